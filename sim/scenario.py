"""Scenario files: one question each, a small commented delta on the baseline, in TOML.

A file states ``name``, ``title``, ``question`` and ``expected`` (a sentence, printed beside the results and
never asserted), and may state ``recommendation`` ("R1" to "R8"), ``provenance`` (A8, A, R, I), ``rivals_respond``
(foreign cities match what French levers spend; false if left out), ``[world]`` overrides and a table
``[levers.<key>]`` for each lever it uses. Every problem of a file is reported at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, nearest
from sim.lever_tables import all_of, found, read_lever
from sim.world import override_problems

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.model.levers import Lever

REQUIRED = ("name", "title", "question", "expected")
OPTIONAL = ("recommendation", "provenance", "rivals_respond", "world", "levers")
RECOMMENDATIONS = ("", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")
PROVENANCE = ("A8", "A", "R", "I")
BASELINE, PLACEBO = "baseline", "placebo"


@dataclass(frozen=True)
class Scenario:
    """A policy (levers) with world overrides, as one file states it. ``digest`` leaves comments out."""

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
    if levers is None:
        from sim.model.levers import LEVERS

        levers = LEVERS
    content = _parse(path)
    problems = _check_heading(path, content)
    built: list[Lever] = []
    tables = content.get("levers", {})
    if not isinstance(tables, dict):
        problems.append(f"{path}: levers: found {found(tables)}, allowed are tables such as [levers.simplification].")
        tables = {}
    for key, table in tables.items():
        lever, wrong = read_lever(key, table, levers, evidence)
        problems += [f"{path}: {sentence}" for sentence in wrong]
        if lever is not None:
            built.append(lever)
    overrides, wrong = _overrides(content.get("world", {}), evidence)
    problems += [f"{path}: {sentence}" for sentence in wrong]
    if problems:
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


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the sha256 of a file's parsed content in canonical JSON: comments and layout do not count."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _parse(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        folder = path.parent
        beside = [str(other) for other in folder.glob("*.toml")] if folder.is_dir() else []
        raise InputError(f"{path}: no such file{nearest(str(path), beside) or '.'}") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; name a scenario file (.toml).") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or 'unknown reason').lower()}).") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}: line {line}: not UTF-8 text; save the file as UTF-8.") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {_syntax(str(error))}") from None
    except RecursionError:
        raise InputError(f"{path}: lists or tables nested too deeply; three levels are enough.") from None
    except ValueError:
        raise InputError(f"{path}: a whole number of thousands of digits; no key of a scenario takes one.") from None


def _syntax(message: str) -> str:
    """Turn "Expected ... (at line 3, column 5)" into "line 3, column 5: not valid TOML: expected ..."."""
    place = re.search(r" \(at (line \d+, column \d+|end of document)\)", message)
    where = place[1] if place else "somewhere"
    what = message.replace(place[0], "") if place else message
    return f"{where}: not valid TOML: {what[:1].lower()}{what[1:]}."


def _check_heading(path: Path, content: Mapping[str, Any]) -> list[str]:
    """Check the top-level keys; return one sentence per problem."""
    problems = []
    known = [*REQUIRED, *OPTIONAL]
    for key in content:
        if key not in known:
            problems.append(f"{path}: {key}: unknown key{nearest(key, known) or all_of(known)}")
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
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            problems.append(f"{path}: name: found '{name}', allowed are small letters, digits and _.")
        elif name != path.stem:
            problems.append(f"{path}: name: found '{name}', allowed is '{path.stem}', the name of the file.")
    recommendation = content.get("recommendation", "")
    if isinstance(recommendation, str) and recommendation not in RECOMMENDATIONS:
        problems.append(f"{path}: recommendation: found '{recommendation}', allowed are R1 to R8, or an empty text.")
    provenance = content.get("provenance", "")
    if isinstance(provenance, str) and provenance:
        letters = [part.strip() for part in provenance.split(",")]
        if any(letter not in PROVENANCE for letter in letters):
            allowed = ", ".join(PROVENANCE)
            problems.append(f"{path}: provenance: found '{provenance}', allowed are {allowed}, with commas between.")
    return problems


def _overrides(table: object, evidence: Evidence) -> tuple[dict[str, float], list[str]]:
    """Check ``[world]``: parameter names (quoted or as nested tables), numbers within their ranges."""
    if not isinstance(table, dict):
        return {}, [f"world: found {found(table)}, allowed is a table of parameter = number."]
    flat = dict(_flat(table, ""))
    problems = override_problems(evidence, flat, "world")
    return ({} if problems else {name: float(value) for name, value in flat.items()}), problems


def _flat(table: Mapping[str, Any], prefix: str, levels: int = 9) -> list[tuple[str, Any]]:
    """Return (dotted name, value) pairs: ``"a.b" = 1`` and ``a.b = 1`` mean the same, down to some levels."""
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and levels:
            pairs += _flat(value, f"{prefix}{key}.", levels - 1)
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
