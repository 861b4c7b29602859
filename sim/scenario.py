"""Scenario files: one question each, a small commented delta on the baseline, in TOML.

A file states ``name``, ``title``, ``question`` and ``expected`` (a sentence, printed beside the results and
never asserted), and may state ``recommendation`` ("R1" to "R8"), ``provenance`` (A8, A, R, I), ``rivals_respond``
(foreign cities match what French levers spend; false if left out), ``extensions`` (files and names whose levers,
outcomes and processes it needs; docs/extending.md), ``[world]`` overrides and a table ``[levers.<key>]`` for each
lever it uses. Every problem of a file is reported at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import MOST_PROBLEMS, InputError, nearest, shortened
from sim.lever_tables import all_of, found, read_lever
from sim.names import NAME
from sim.toml_files import flat, read_toml
from sim.world import override_problems

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.model.levers import Lever

REQUIRED = ("name", "title", "question", "expected")
OPTIONAL = ("recommendation", "provenance", "rivals_respond", "extensions", "world", "levers")
RECOMMENDATIONS = ("", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")
PROVENANCE = ("A8", "A", "R", "I")
BASELINE, PLACEBO = "baseline", "placebo"


@dataclass(frozen=True)
class Scenario:
    """A policy (levers) with world overrides, as one file states it. ``digest`` leaves comments out.

    ``content``: the parsed file, from which :func:`scenario_of` makes the same scenario again.
    """

    name: str
    title: str
    question: str
    expected: str
    recommendation: str
    provenance: str
    levers: tuple[Lever, ...]
    world_overrides: dict[str, float]
    digest: str
    path: Path
    rivals_respond: bool = False
    content: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def levers_as_dict(self) -> dict[str, dict[str, Any]]:
        """Return lever key -> field -> value, all fields with their defaults filled in."""
        return {lever.key: lever.model_dump(mode="json") for lever in self.levers}


def load_scenario(path: Path, evidence: Evidence, levers: Mapping[str, type[Lever]] | None = None) -> Scenario:
    """Read and check one scenario file.

    Args:
        path: the TOML file.
        evidence: gives the places and the parameters a file may name.
        levers: lever key -> class; by default all levers of the model.

    Raises:
        InputError: one sentence for every problem of the file.
    """
    return scenario_of(read_toml(path, "scenario"), path, evidence, levers)


def scenario_of(
    content: Mapping[str, Any], path: Path, evidence: Evidence, levers: Mapping[str, type[Lever]] | None = None
) -> Scenario:
    """Check the parsed content of a scenario file and make the scenario.

    Args:
        content: plain values, as a TOML or JSON file holds them.
        path: the file that holds it, or would; its stem is the name, and problems start with it.
        evidence: gives the places and the parameters a file may name.
        levers: lever key -> class; by default all levers of the model.

    Raises:
        InputError: one sentence for every problem.
    """
    problems = _check_heading(path, content)
    before = None
    if "extensions" in content:
        from sim.extensions.active import switched_on
        from sim.extensions.naming import activate_of

        before = switched_on()
        problems += activate_of(content, path, evidence)
    if levers is None:
        from sim.model.levers import LEVERS

        levers = LEVERS
    built: list[Lever] = []
    tables = content.get("levers", {})
    if not isinstance(tables, dict):
        problems.append(f"{path}: levers: found {found(tables)}, allowed are tables such as [levers.simplification].")
        tables = {}
    for key, table in tables.items():
        if len(problems) > MOST_PROBLEMS:
            break
        lever, wrong = read_lever(key, table, levers, evidence)
        problems += [f"{path}: {sentence}" for sentence in wrong]
        if lever is not None:
            built.append(lever)
    overrides, wrong = _overrides(content.get("world", {}), evidence)
    problems += [f"{path}: {sentence}" for sentence in wrong]
    if problems:
        if before is not None:  # what is refused switches nothing on
            from sim.extensions.active import restore

            restore(before)
        raise InputError(problems)
    order = list(levers)
    return Scenario(
        name=content["name"],
        title=content["title"].strip(),
        question=content["question"].strip(),
        expected=content["expected"].strip(),
        recommendation=content.get("recommendation", ""),
        provenance=content.get("provenance", ""),
        # Levers act in the model's order, so the order of tables in a file changes nothing.
        levers=tuple(sorted(built, key=lambda lever: order.index(lever.key))),
        world_overrides=overrides,
        digest=content_digest(content),
        path=path,
        rivals_respond=content.get("rivals_respond", False),
        content=deepcopy(dict(content)),  # whoever holds the mapping may go on changing it
    )


def load_scenarios(
    paths: Iterable[Path], evidence: Evidence, levers: Mapping[str, type[Lever]] | None = None
) -> list[Scenario]:
    """Read several files in the given order; InputError holds the problems of all of them."""
    scenarios: list[Scenario] = []
    problems: list[str] = []
    for path in paths:
        try:
            scenario = load_scenario(path, evidence, levers)
        except InputError as error:
            problems += error.problems
            continue
        twin = next((other for other in scenarios if other.name == scenario.name), None)
        if twin is not None:
            problems.append(f"{path}: name: '{scenario.name}' is also the name in {twin.path}; give each its own.")
        scenarios.append(scenario)
    if problems:
        raise InputError(problems)
    return scenarios


def find_scenarios(folder: Path) -> list[Path]:
    """Return the scenario files of a folder: the baseline first, r1 to r8, the others by name, the placebo.

    Raises:
        InputError: if there is no such folder, or no scenario file in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of scenario files; run from the project's own folder.")
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise InputError(f"{folder}: no scenario files (*.toml) in this folder.")

    return sorted(files, key=reading_order)


def reading_order(path: Path) -> tuple[int, str]:
    """Return a sorting key for scenario files: the baseline, then r1 to r8, then the others by name.

    The placebo comes last: it is no policy to read about but the yardstick of the others' noise.
    """
    if path.stem == BASELINE:
        return 0, path.stem
    if path.stem == PLACEBO:
        return 3, path.stem
    return (1 if re.match(r"r\d+_", path.stem) else 2), path.stem


def short_names(names: Sequence[str]) -> list[str]:
    """Return ``r3`` for ``r3_international_brand`` where that tells the scenarios apart, else the whole name."""
    starts = [match[0] if (match := re.match(r"r\d+(?=_)", name)) else name for name in names]
    return [start if starts.count(start) == 1 else name for start, name in zip(starts, names, strict=True)]


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the sha256 of a file's parsed content in canonical JSON: comments and layout do not count."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_heading(path: Path, content: Mapping[str, Any]) -> list[str]:
    """Check the top-level keys; return one sentence per problem."""
    problems: list[str] = []
    known = [*REQUIRED, *OPTIONAL]
    for key in content:
        if key not in known and len(problems) <= MOST_PROBLEMS:
            problems.append(f"{path}: {shortened(key)}: unknown key{nearest(key, known) or all_of(known)}")
    for key in REQUIRED:
        if key not in content:
            problems.append(f"{path}: {key}: missing; every scenario states {', '.join(REQUIRED)}.")
    for key in (*REQUIRED, "recommendation", "provenance"):
        value = content.get(key, "text")
        if not isinstance(value, str):
            problems.append(f"{path}: {key}: found {found(value)}, allowed is a text in quotes.")
        elif key in REQUIRED and not value.strip():
            problems.append(f"{path}: {key}: found an empty text, allowed is a text.")
    rivals = content.get("rivals_respond", False)
    if not isinstance(rivals, bool):
        problems.append(f"{path}: rivals_respond: found {found(rivals)}, allowed is true or false.")
    name = content.get("name")
    if isinstance(name, str) and name.strip():
        if not NAME.fullmatch(name):
            problems.append(f"{path}: name: found '{shortened(name)}', allowed are small letters, digits and _.")
        elif name != path.stem:
            problems.append(f"{path}: name: found '{shortened(name)}', allowed is '{path.stem}', the name of the file.")
    recommendation = content.get("recommendation", "")
    if isinstance(recommendation, str) and recommendation not in RECOMMENDATIONS:
        what = shortened(recommendation)
        problems.append(f"{path}: recommendation: found '{what}', allowed are R1 to R8, or an empty text.")
    provenance = content.get("provenance", "")
    if isinstance(provenance, str) and provenance:
        letters = [part.strip() for part in provenance.split(",")]
        if any(letter not in PROVENANCE for letter in letters):
            allowed = ", ".join(PROVENANCE)
            what = shortened(provenance)
            problems.append(f"{path}: provenance: found '{what}', allowed are {allowed}, with commas between.")
    return problems


def _overrides(table: object, evidence: Evidence) -> tuple[dict[str, float], list[str]]:
    """Check ``[world]``: parameter names (quoted or as nested tables), numbers within their ranges."""
    if not isinstance(table, dict):
        return {}, [f"world: found {found(table)}, allowed is a table of parameter = number."]
    values = dict(flat(table))
    if len(values) > len(evidence.parameters):
        return {}, [f"world: found {len(values)} parameters, there are {len(evidence.parameters)}."]
    problems = override_problems(evidence, values, "world")
    return ({} if problems else {name: float(value) for name, value in values.items()}), problems
