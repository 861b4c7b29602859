"""Write a study down as plain values, and make it again without the files it came from.

Numbers keep every bit: arrays are stored as their bytes in base64 (float64 and int64, little-endian), rows first.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import DamagedError, InputError
from sim.experiments.designs.limits import Limits
from sim.experiments.designs.points import MOST_POINTS, Points
from sim.experiments.designs.structures import REFERENCE, STRUCTURES
from sim.experiments.designs.study import BOUNDS, GRAINS, Study
from sim.scenario import Scenario, scenario_of
from sim.settings import Settings

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.stopping_rule import StoppingRule

FORMAT = 1
FLOAT, WHOLE = "<f8", "<i8"


def study_to_json(study: Study, rule: StoppingRule | None, limits: Limits) -> dict[str, Any]:
    """Return everything that makes the study again, as values that JSON can hold.

    Threads are left out: they are no part of a study.

    Raises:
        ValueError: for a scenario that does not carry its content.
    """
    bare = [scenario.name for scenario in study.scenarios if not scenario.content]
    if bare:
        raise ValueError(f"scenarios without their content cannot be written down: {', '.join(bare)}")
    settings = asdict(study.settings)
    del settings["threads"]
    return {
        "format": FORMAT,
        "scenarios": [
            {"path": scenario.path.as_posix(), "digest": scenario.digest, "content": dict(scenario.content)}
            for scenario in study.scenarios
        ],
        "points": _points_to_json(study.points),
        "settings": settings,
        "seed": study.seed,
        "replicates": study.replicates,
        "reference": study.reference,
        "keep": sorted(study.keep),
        "structure": study.structure.name,
        "rule": None if rule is None else asdict(rule),
        "limits": asdict(limits),
    }


def study_from_json(
    content: Mapping[str, Any], evidence: Evidence, file: str = "study.json", threads: int = 1
) -> tuple[Study, StoppingRule | None, Limits]:
    """Make a study again from what :func:`study_to_json` returned.

    Args:
        content: the values.
        evidence: what scenarios and parameters are checked against.
        file: what holds them, for messages.
        threads: threads per run.

    Raises:
        DamagedError: if these are not such values.
        InputError: if a scenario or a parameter no longer fits the evidence.
    """
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise DamagedError(f"{file}: not a study that this version wrote; start the sweep anew in an empty folder.")
    try:
        scenarios = tuple(_scenario(one, evidence, file) for one in content["scenarios"])
        points = _points_from_json(content["points"], evidence, file)
        reference, keep = content["reference"], frozenset(content["keep"])
        if reference is not None and reference not in [scenario.name for scenario in scenarios]:
            raise ValueError(reference)
        if not keep <= set(GRAINS):
            raise ValueError(keep)
        settings = replace(_settings(content["settings"], file), threads=threads)
        structure = STRUCTURES[content.get("structure", REFERENCE.name)]
        seed, replicates = (_whole(content[name], name, *BOUNDS[name]) for name in ("seed", "replicates"))
        study = Study(scenarios, points, seed, replicates, settings, reference, keep, structure)
        limits = Limits(**content["limits"])
        rule = None
        if content["rule"] is not None:
            from sim.experiments.designs.stopping_rule import StoppingRule

            rule = StoppingRule(**content["rule"])
    except KeyError as error:
        raise DamagedError(f"{file}: damaged (no entry {error}); start the sweep anew in an empty folder.") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"an entry is not what was written: {error}"
        raise DamagedError(f"{file}: damaged ({what}); start the sweep anew in an empty folder.") from None
    return study, rule, limits


def _whole(value: object, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r:.40}")
    return value


def _settings(stored: Mapping[str, Any], file: str) -> Settings:
    try:
        return Settings(**stored, threads=1)
    except InputError as error:  # said as of options, which nobody gave
        raise DamagedError(f"{file}: settings: {problem.removeprefix('--')}" for problem in error.problems) from None


def _scenario(stored: Mapping[str, Any], evidence: Evidence, file: str) -> Scenario:
    try:
        scenario = scenario_of(stored["content"], Path(stored["path"]), evidence)
    except InputError as error:  # not the file: what was written down of it
        raise InputError(f"{file}: its copy of {problem}" for problem in error.problems) from None
    if scenario.digest != stored["digest"]:
        raise DamagedError(f"{file}: the scenario '{scenario.name}' is not what its digest says; the file was altered.")
    return scenario


def _points_to_json(points: Points) -> dict[str, Any]:
    return {
        "kind": points.kind,
        "names": [*points.names],
        "number": len(points),
        "values": _packed(points.values, FLOAT),
        "draws": _draws_to_json(points.draws),
    } | ({} if points.fit is None else {"fit": dict(points.fit)})


def _points_from_json(stored: Mapping[str, Any], evidence: Evidence, file: str) -> Points:
    from sim.evidence.parameters import column_problems

    names, number = tuple(stored["names"]), _whole(stored["number"], "the number of points", 0, MOST_POINTS)
    values = _unpacked(stored["values"], FLOAT).reshape(number, len(names))
    problems = column_problems(evidence.parameters, names, values, f"{file}: points:")
    if stored["kind"] not in ("central", "prior", "posterior"):
        raise ValueError(stored["kind"])
    fit = stored.get("fit")
    if not isinstance(fit, dict | None):
        raise ValueError(fit)
    if problems:
        raise DamagedError(problems)
    return Points(stored["kind"], names, values, _draws_from_json(stored["draws"], number), fit)


def _draws_to_json(draws: np.ndarray) -> str:
    """Return "same", "own" (0, 1, 2, ...) or the bytes."""
    if not draws.any():
        return "same"
    return "own" if np.array_equal(draws, np.arange(len(draws))) else _packed(draws, WHOLE)


def _draws_from_json(stored: str, number: int) -> np.ndarray:
    if stored in ("same", "own"):
        return np.zeros(number, np.int64) if stored == "same" else np.arange(number, dtype=np.int64)
    draws = _unpacked(stored, WHOLE)
    if (draws < 0).any():
        raise ValueError("a draw is below 0")
    return draws


def _packed(array: np.ndarray, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode("ascii")


def _unpacked(text: str, kind: str) -> np.ndarray:
    array = np.frombuffer(base64.b64decode(text, validate=True), kind)
    return array.astype(np.float64 if kind == FLOAT else np.int64)
