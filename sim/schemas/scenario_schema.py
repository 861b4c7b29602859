"""The schema of scenario files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.lever_tables import PLACE_FIELDS, allowed, defaults_of, is_quarter, kinds_of
from sim.scenario import PROVENANCE, RECOMMENDATIONS, REQUIRED
from sim.schemas.parts import DRAFT, NAME, QUARTER, Schema, choice, extensions, flag, number_of, table, text, texts

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.model.levers import Lever


def scenario_schema(evidence: Evidence) -> Schema:
    """Return the schema of a scenario file, with the levers, places and parameters that there are in this process."""
    from sim.model.levers import LEVERS

    letters = "|".join(PROVENANCE)
    properties = {
        "name": text("The name of the file without .toml.", pattern=NAME),
        "title": text("A few words, for tables and figures."),
        "question": text("The question that the scenario asks."),
        "expected": text("The direction that is expected, written before it is run; printed, never tested."),
        "recommendation": choice("The recommendation that it is, if any.", RECOMMENDATIONS, default=""),
        "provenance": {
            "type": "string",
            "pattern": rf"^(({letters})(\s*,\s*({letters}))*)?$",
            "description": "Where its numbers come from: A8 (the report's recommendation), A, R, I; commas between.",
        },
        "rivals_respond": flag("Foreign cities match what French levers spend.", False),
        "extensions": extensions(),
        "world": _world(evidence),
        "levers": table(
            "The policy: a table for each lever, [levers.<name>].",
            {key: _lever(kind, evidence) for key, kind in LEVERS.items()},
        ),
    }
    whole = table("A policy, and what it fixes of the world: a small change of the baseline.", properties, REQUIRED)
    return {"$schema": DRAFT, "title": "Scenario of talent-flight", **whole, "definitions": _definitions(evidence)}


def _definitions(evidence: Evidence) -> Schema:
    return {name: number_of(parameter) for name, parameter in evidence.parameters.items()}


def _world(evidence: Evidence) -> Schema:
    """Parameters by their names in quotes, and as nested tables: both mean the same."""
    tree: dict[str, Any] = {}
    for name in evidence.parameters:
        node = tree
        *groups, last = name.split(".")
        for group in groups:
            node = node.setdefault(group, {})
        node[last] = {"$ref": f"#/definitions/{name}"}
    dotted = {name: {"$ref": f"#/definitions/{name}"} for name in evidence.parameters if "." in name}
    about = "Parameters that the scenario fixes in its worlds, inside their ranges; 'describe parameters' lists them."
    return table(about, {**dotted, **_nested(tree)})


def _nested(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: node if "$ref" in node else table(f"Parameters {name}.*", _nested(node)) for name, node in tree.items()
    }


def _lever(kind: type[Lever], evidence: Evidence) -> Schema:
    """The table of a lever, its fields with what they take."""
    french = [place.place for place in evidence.places if place.country == "FR"]
    whole, defaults = kind.model_json_schema(), defaults_of(kind, plain=True)
    fields = {}
    for name, info in kind.model_fields.items():
        known = dict(whole["properties"][name])
        about = f"{info.description or name} ({allowed(info, name)})"
        if name == "places":
            known = texts(about, {"enum": french}) | {"minItems": 1}
        elif name in PLACE_FIELDS:
            date = text("When it is labelled, such as 2014Q4.", pattern=QUARTER)
            known = table(about, dict.fromkeys(french, date)) | {"minProperties": 1}
        elif is_quarter(name) and str in kinds_of(info.annotation):
            known = text(about, pattern=QUARTER)
        else:
            known = _without_null(known)
        # JSON has neither null for what TOML leaves out nor infinity.
        default = {} if defaults[name] in (None, math.inf, -math.inf) else {"default": defaults[name]}
        fields[name] = {**known, **default, "description": about}
    said = (kind.__doc__ or "").strip().partition("\n")[0]
    number = f"{kind.number}: " if kind.number else ""
    return table(f"{number}{kind.title}. {said} Moves {', '.join(kind.moves)}. Paid by {kind.payer}.", fields)


def _without_null(known: Schema) -> Schema:
    """TOML has no null: a field that may be left out is left out."""
    kinds = [one for one in known.pop("anyOf", []) if one.get("type") != "null"]
    joined = {**known, **kinds[0]} if len(kinds) == 1 else {**known, "anyOf": kinds} if kinds else known
    return {key: value for key, value in joined.items() if key not in ("title", "default")}
