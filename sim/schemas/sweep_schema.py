"""The schema of sweep files; :mod:`sim.experiments.designs.sweep_file` says at length what the keys mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.designs.points import MOST_POINTS
from sim.experiments.designs.study import BOUNDS, GRAINS
from sim.experiments.designs.sweep_file import GROWTH, MOST, SEED
from sim.experiments.designs.sweep_parameters import MOST_STEPS, SPREADS, STATUSES
from sim.experiments.designs.sweep_worlds import DESIGNS, MOST_BLOCKS
from sim.schemas.parts import DRAFT, NAME, Schema, choice, extensions, flag, number_of, table, text, texts, whole

if TYPE_CHECKING:
    from sim.evidence import Evidence

POSITIVE = {"type": "number", "exclusiveMinimum": 0}


def sweep_schema(evidence: Evidence) -> Schema:
    """Return the schema of a sweep file, with the outcomes, lever fields and parameters there are in this process."""
    properties = {
        "name": text("The name of the file without .toml.", pattern=NAME),
        "title": text("A few words."),
        "question": text("The question that the sweep asks."),
        "extensions": extensions(),
        "policies": _policies(),
        "worlds": _worlds(evidence),
        "runs": _runs(),
        "until": _until(),
        "keep": table(
            "Tables kept of each run besides its outcomes; by default pairs where there is a reference.",
            {grain: flag(f"Keep {grain}.", grain == "pairs") for grain in GRAINS},
        ),
        "limits": table(
            "Bounds on the sweep; none by default.",
            {
                "seconds_per_run": {**POSITIVE, "description": "A run that takes longer is given up, s."},
                "disk": {"type": ["string", "integer"], "description": 'Most that results may take, such as "5 GB".'},
            },
        ),
    }
    required = ("name", "title", "question", "policies")
    whole_file = table("Many runs: which policies, in which worlds, how often, what is kept.", properties, required)
    return {"$schema": DRAFT, "title": "Sweep of talent-flight", **whole_file, "definitions": _definitions(evidence)}


def _policies() -> Schema:
    from sim.model.levers import LEVERS

    named = "names in scenarios/, patterns with *, paths ending in .toml"
    fields = [f"{key}.{field}" for key, lever in LEVERS.items() for field in lever.model_fields]
    choices = {name: {"description": "A value or a list of values."} for name in [*fields, "rivals_respond"]}
    some = [texts(f"Some: {named}."), {"const": "all", "description": "All of them."}]
    variant = table(
        "A scenario at every combination of values.",
        {
            "scenario": text("The scenario that is varied."),
            "set": {"type": "object", "minProperties": 1, "description": '"<lever>.<field>" = a value or a list.',
                    "properties": choices},
        },
        ("scenario", "set"),
    )  # fmt: skip
    return table(
        "What is compared: at least one of scenarios, packages, variants.",
        {
            "scenarios": {"anyOf": some, "description": f'"all", or a list: {named}.'},
            "packages": {"anyOf": some, "description": '"all" (the eight recommendations) or members; every subset.'},
            "package_sizes": {
                "type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1,
                "description": "Only subsets of so many members, such as [0, 1, 2].",
            },
            "reference": {"type": "string", "description": "What others are compared with; empty: nothing."},
            "variants": {"type": "array", "items": variant, "description": "Scenarios with changed lever fields."},
        },
    )  # fmt: skip


def _worlds(evidence: Evidence) -> Schema:
    said: dict[str, Any] = {
        "low": {"type": "number", "description": "Lower end, inside the parameter's own range."},
        "high": {"type": "number", "description": "Upper end."},
        "prior": choice("How values lie between the ends.", SPREADS),
        "steps": whole("Equal steps of probability, of grid and one_at_a_time", 2, MOST_STEPS),
        "values": {"type": "array", "items": {"type": "number"}, "minItems": 1, "description": "These values."},
    }
    spec = table("What a parameter takes; {} is its own prior.", said)
    by_name = {name: {"$ref": f"#/definitions/{name}"} for name in evidence.parameters}
    words = choice("All that are not fixed, or those of a status.", ("all", *STATUSES))
    tables: Schema = {"type": "object", "properties": by_name, "additionalProperties": {"type": "object"}}
    tables["description"] = "Name or pattern = what it takes."
    names: Schema = {"anyOf": [{"enum": list(evidence.parameters)}, {"type": "string"}]}
    return table(
        "In which worlds. Beside [until] it may be left out.",
        {
            "design": choice("How worlds are laid out; docs/sweeps.md tells them apart.", list(DESIGNS)),
            "size": whole("Points, base points or trajectories of the design", 1, MOST_POINTS),
            "blocks": whole("Latin hypercubes of size points each", 1, MOST_BLOCKS, 1),
            "second_order": flag("Of saltelli: indices of second order, too.", True),
            "levels": whole("Of morris", 2, 1000, 4),
            "others": choice("Parameters that are not named.", ("central", "prior"), default="central"),
            "luck": choice("Who shares luck; by default as the design needs it.", ("same", "own", "base")),
            "parameters": {
                "anyOf": [words, texts("Names and patterns such as talent.*", names), tables],
                "description": "Which parameters the design varies, and over what.",
            },
        },
    ) | {"definitions": {"parameter": spec}}


def _definitions(evidence: Evidence) -> Schema:
    found = {}
    for name, parameter in evidence.parameters.items():
        about = number_of(parameter)["description"]
        found[name] = {
            "allOf": [{"$ref": "#/properties/worlds/definitions/parameter"}], "type": "object", "description": about,
        }  # fmt: skip
    return found


def _runs() -> Schema:
    return table(
        "As the options of the command line.",
        {
            "talent_scale": whole("Real talents that one simulated talent stands for", 1, 1000, 20),
            "startup_scale": whole("The same for startups", 1, 100, 1),
            "years": whole("Horizon from 2013 Q3", 1, 100, 10),
            "seed": whole("Study seed", *BOUNDS["seed"], SEED),
            "replicates": whole("Runs of each policy in each world, with other luck", *BOUNDS["replicates"], 1),
        },
    )


def _until() -> Schema:
    from sim.analysis.outcomes import OUTCOMES

    names = [{"const": name, "description": f"{one.label}, {one.unit}"} for name, one in OUTCOMES.items()]
    return table(
        "Worlds are added until an interval is narrow enough.",
        {
            "outcome": {"anyOf": names, "description": "The outcome whose paired difference is looked at."},
            "scenario": text("The policy that is compared with the reference."),
            "half_width": {**POSITIVE, "description": "Most that the 95% interval reaches to either side."},
            "first": whole("Worlds before the first look", 2, BOUNDS["worlds"][1]),
            "most": whole("Worlds at the end", 2, BOUNDS["worlds"][1], MOST),
            "growth": {"type": "number", "exclusiveMinimum": 1, "default": GROWTH,
                       "description": "Each look has so many times as many worlds."},
        },
        ("outcome", "scenario", "half_width"),
    )  # fmt: skip
