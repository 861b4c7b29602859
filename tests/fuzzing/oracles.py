"""What must hold of an input that was accepted, said again by other means than the loader's."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

STUDIES: list[Any] = []
"""The study that a command of this process would have carried out; the last one."""


def of_scenario(path: Path, evidence: Any) -> list[str]:
    """An accepted scenario: a file in TOML whose numbers are finite and in their ranges, and which fits the schema."""
    import tomllib

    from sim.scenario import load_scenario

    content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    wrong = [f"{name} is no finite number" for name, value in _numbers(content, "") if not math.isfinite(value)]
    scenario = load_scenario(path, evidence)
    return wrong + _of_loaded(scenario, evidence) + _against_schema(content)


def _against_schema(content: dict[str, Any]) -> list[str]:
    """The schema for editors is another statement of what a scenario may hold."""
    return [f"schema: {error.message[:80]}" for error in _validator().iter_errors(content)]


@cache
def _validator() -> Any:
    import jsonschema

    from sim.evidence import load_evidence
    from sim.schemas import SCHEMAS

    return jsonschema.Draft202012Validator(SCHEMAS["scenario"](load_evidence()))


def _of_loaded(scenario: Any, evidence: Any) -> list[str]:
    wrong = []
    if not re.fullmatch(r"[a-z][a-z0-9_]*", scenario.name, re.ASCII) or scenario.name != scenario.path.stem:
        wrong.append(f"name {scenario.name!r}")
    french = {place.place for place in evidence.places if place.country == "FR"}
    for lever in scenario.levers:
        for field, value in lever.model_dump().items():
            if isinstance(value, float | int) and not math.isfinite(value):
                wrong.append(f"{lever.key}.{field} is {value}")
            named = value if isinstance(value, dict | list | tuple) else ()
            wrong += [f"{lever.key}.{field}: {place!r}" for place in named if place not in french]
            if (
                field in ("start", "end")
                and value is not None
                and not re.fullmatch(r"2[01]\d\dQ[1-4]", value, re.ASCII)
            ):
                wrong.append(f"{lever.key}.{field}: {value!r}")
    for name, value in scenario.world_overrides.items():
        parameter = evidence.parameters[name]
        if not parameter.low <= value <= parameter.high:
            wrong.append(f"world {name}: {value}")
    return wrong


def of_study() -> list[str]:
    """What would have been run: a study, of a size that a machine can hold, finite, inside the priors."""
    return of_one_study(STUDIES.pop()) if STUDIES else ["no study"]


def of_one_study(study: Any, least: int = 1) -> list[str]:
    """Return what is wrong with a study that was accepted. ``least``: runs that it must have."""
    from tests.fuzzing.stage import own_evidence

    evidence = own_evidence()
    wrong = [text for scenario in study.scenarios for text in _of_loaded(scenario, evidence)]
    values = study.points.values
    for name, column in zip(study.points.names, values.T, strict=True):
        parameter = evidence.parameters[name]
        if len(column) and not (parameter.low <= column.min() and column.max() <= parameter.high):
            wrong.append(f"point of {name}: {column.min()} to {column.max()}")
    if not least <= study.n_runs <= 10**9 or len(set(one.name for one in study.scenarios)) < len(study.scenarios):
        wrong.append(f"{study.n_runs} runs")
    if not (study.replicates >= 1 and 0 <= study.seed < 2**63 and 1 <= study.settings.years <= 100):
        wrong.append(f"seed {study.seed}, replicates {study.replicates}")
    return wrong


def of_evidence(evidence: Any) -> list[str]:
    """Accepted evidence: finite numbers in their ranges, places once, priors that can be drawn from."""
    import numpy as np

    from sim.evidence import VARIABLES

    wrong = []
    for name, variable in VARIABLES.items():
        column = evidence.column(name)
        known = column[~np.isnan(column)]
        if not np.isfinite(known).all() or (known < variable.low).any() or (known > variable.high).any():
            wrong.append(f"{name} out of range")
        if not variable.optional and np.isnan(column).any():
            wrong.append(f"{name} missing")
    if len(set(evidence.place_ids)) < len(evidence.places) or not evidence.places:
        wrong.append("places")
    wrong += [f"place {name!r}" for name in evidence.place_ids if not re.fullmatch(r"[a-z][a-z0-9_]*", name, re.ASCII)]
    for name, parameter in evidence.parameters.items():
        drawn = [parameter.quantile(u) for u in (0.0, 0.5, 1.0)]
        if not all(math.isfinite(value) and parameter.low <= value <= parameter.high for value in drawn):
            wrong.append(f"{name} draws {drawn}")
        if not re.fullmatch(r"[A-Za-z0-9_.]+", name, re.ASCII):
            wrong.append(f"parameter {name!r}")
    targets = evidence.targets
    for column in ("value", "low", "high"):
        if not np.isfinite(targets[column].dropna()).all():
            wrong.append(f"targets {column}")
    if (targets["low"] > targets["high"]).any() or targets["id"].duplicated().any():
        wrong.append("targets: low above high, or an id twice")
    return wrong


def of_posterior(posterior: Any, evidence: Any) -> list[str]:
    """An accepted posterior: a finite table with a parameter a column, once, inside its prior."""
    import numpy as np

    wrong = [] if np.isfinite(posterior.values).all() else ["not finite"]
    if len(set(posterior.names)) < len(posterior.names) or not posterior.names or not len(posterior):
        wrong.append("columns")
    for name, column in zip(posterior.names, posterior.values.T, strict=True):
        parameter = evidence.parameters[name]
        if column.min() < parameter.low or column.max() > parameter.high:
            wrong.append(f"{name} out of range")
    return wrong


def of_board(board: Any, evidence: Any) -> list[str]:
    """An accepted link: the same board again from its own link, and scenarios that the loader takes."""
    import tomllib

    from sim.dashboard.link import board_of, link_of
    from sim.dashboard.scenario_text import policy_content, toml_text
    from sim.scenario import scenario_of

    wrong = [] if board_of(link_of(board)) == board else ["another board from its own link"]
    for policy in board.policies:
        content = policy_content(policy, board)
        if tomllib.loads(toml_text(content, {})) != content:
            wrong.append("another scenario from its own text")
        wrong += _of_loaded(scenario_of(content, Path(f"{content['name']}.toml"), evidence), evidence)
    return wrong


def of_estimator(kept: list[Any]) -> list[str]:
    """Packages that were accepted answer with finite numbers; without any the page says that it has none."""
    from sim.dashboard.board import Board, Choice, Policy

    wrong = []
    for estimator in kept:
        years = min(max(estimator.years, 1), 20)
        for choices in ((), (Choice("r1", 0.5),), (Choice("r1"), Choice("r6"))):
            estimate = estimator.of(Policy(choices), Board(years=years))
            found = {} if estimate is None else {name: effect.difference for name, effect in estimate.effects.items()}
            wrong += [f"{name} is {value}" for name, value in found.items() if not math.isfinite(value)]
    return wrong


def of_extension(path: Path) -> list[str]:
    """An extension that was accepted: the evidence with what it adds is evidence, and its levers have names."""
    from sim.extensions.active import activate, using
    from sim.extensions.evidence import extended_evidence
    from sim.model.levers import LEVERS

    with using(()):
        activate(str(path))
        wrong = of_evidence(extended_evidence())
        return wrong + [f"lever {key!r}" for key in LEVERS if not re.fullmatch(r"[a-z][a-z0-9_]*", key, re.ASCII)]


def _numbers(node: Any, name: str) -> list[tuple[str, float]]:
    if isinstance(node, dict):
        return [pair for key, value in node.items() for pair in _numbers(value, f"{name}.{key}")]
    if isinstance(node, list):
        return [pair for value in node for pair in _numbers(value, name)]
    return [(name, float(node))] if isinstance(node, float) else []
