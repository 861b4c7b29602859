"""The evidence with what extensions add: tables joined in a folder of their own, read by the evidence's loader."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError, Problems
from sim.evidence import Evidence
from sim.evidence.loader import CAPITALS, DATA_FILES, FIGURES, FOLDER, GEOGRAPHY
from sim.evidence_files import open_evidence
from sim.extensions.active import extensions
from sim.extensions.declaring import Extension
from sim.input_files import read_text
from sim.toml_files import TOO_DEEP, is_too_deep
from sim.toml_values import toml_key, toml_value

PARAMETERS = "parameters.toml"

# Columns that tell the rows of a table apart; a row of an extension replaces the one that has the same.
KEYS = {"geography.csv": ("place",), "places.csv": ("place", "variable"), "capital.csv": ("place",)}
COLUMNS = {"geography.csv": GEOGRAPHY, "places.csv": FIGURES, "capital.csv": CAPITALS}
MOST_SIGNS = 2000
"""Of a cell: three times the longest line of the model's own; Python refuses numbers of more than 4300 digits."""
MOST_ROWS = 5000
"""Of a table of an extension: four times as many as the places of the model have figures."""
Line = tuple[list[str], str]  # cells, and where they come from if that is an extension


@dataclass
class Joined:
    """Tables and parameters as they are joined; ``problems``: what is wrong with what extensions add."""

    tables: dict[str, list[Line]]
    parameters: dict[str, tuple[Mapping[str, object], str]]  # fields, and the file
    problems: list[str]


def extended_evidence(of: Sequence[Extension] | None = None) -> Evidence:
    """Return the evidence, with the places, figures and parameters of extensions.

    Args:
        of: by default those that are switched on.

    Raises:
        InputError: as :func:`sim.evidence.load_evidence`; lines are those of the extensions' own files.
    """
    chosen = extensions() if of is None else of
    folders = [extension.folder for extension in chosen if extension.folder is not None]
    if not folders:
        return open_evidence()
    joined = Joined({name: [(cells, "") for _, cells in _lines(FOLDER / name)] for name in KEYS}, {}, Problems())
    known = [name for name, _ in parameter_tables(_text(FOLDER / PARAMETERS))]
    for folder in folders:
        _join(folder, joined, known)
    if joined.problems:
        raise InputError(joined.problems)
    with tempfile.TemporaryDirectory(prefix="evidence-") as made:
        for name in DATA_FILES:
            shutil.copyfile(FOLDER / name, Path(made) / name)
        places = _write(joined, Path(made))
        try:
            return open_evidence(Path(made))
        except InputError as error:
            raise InputError([_at_home(problem, places) for problem in error.problems]) from None


def problems_of(of: Sequence[Extension]) -> list[str]:
    """Return what is wrong with the evidence that extensions make, a sentence each."""
    try:
        extended_evidence(of)
    except InputError as error:
        return error.problems
    return []


def _join(folder: Path, joined: Joined, known: Sequence[str]) -> None:
    """Add the tables and parameters of a folder."""
    problems = joined.problems
    if not folder.is_dir():
        problems.append(f"evidence: the folder {folder} is not there any more.")
    for name, keys in KEYS.items():
        path, where = folder / name, f"{folder.name}/{name}"
        if not path.is_file():
            continue
        try:
            (_, header), *lines = _lines(path) or [(1, [])]
        except UnicodeDecodeError as error:
            problems.append(f"{where} line {_line_of(path, error)}: not UTF-8 text; save the file as UTF-8.")
            continue
        except (OSError, csv.Error) as error:
            problems.append(f"{where}: not a table that can be read ({_reason(error)}).")
            continue
        if len(lines) > MOST_ROWS:
            problems.append(f"{where}: found {len(lines)} rows, allowed are {MOST_ROWS}.")
            continue
        if header != list(COLUMNS[name]):
            found, allowed = ",".join(header), ",".join(COLUMNS[name])
            problems.append(f"{where} line 1: found columns {found}, allowed are {allowed}.")
            continue
        rows, at = joined.tables[name], [header.index(key) for key in keys]
        there = {tuple(cells[n] for n in at): number for number, (cells, _) in enumerate(rows)}
        own: set[tuple[str, ...]] = set()
        for line, cells in lines:
            if len(cells) != len(header):
                problems.append(f"{where} line {line}: found {len(cells)} cells, allowed are {len(header)}.")
                continue
            if (longest := max(map(len, cells))) > MOST_SIGNS:
                problems.append(f"{where} line {line}: found a cell of {longest} signs, allowed are {MOST_SIGNS}.")
                continue
            key, row = tuple(cells[n] for n in at), (cells, f"{where} line {line}")
            if key not in there:
                there[key] = len(rows)
                rows.append(row)
            elif name == "geography.csv":
                problems.append(f"{where} line {line}: there is a place '{key[0]}'; give it another name.")
            elif key in own:
                problems.append(f"{where} line {line}: {' '.join(key)}: there is a row for it above.")
            else:
                rows[there[key]] = row
            own.add(key)
    if (folder / PARAMETERS).is_file():
        _join_parameters(folder, joined, known)


def _join_parameters(folder: Path, joined: Joined, known: Sequence[str]) -> None:
    """Add parameters, each under a name that is free."""
    where = f"{folder.name}/{PARAMETERS}"
    try:
        text = _text(folder / PARAMETERS)
        if is_too_deep(text):
            raise RecursionError
        tables = parameter_tables(text)
    except RecursionError:
        joined.problems.append(f"{where}: {TOO_DEEP}")
        return
    except (OSError, ValueError) as error:
        joined.problems.append(f"{where}: not a valid TOML file in UTF-8 ({_reason(error)}).")
        return
    for name, fields in tables:
        taken = [*known, *joined.parameters]
        if not isinstance(fields, Mapping):
            told = "found a bare value, allowed are tables such as [lever.welcome_desk.eur_per_arrival]."
            joined.problems.append(f"{where} {name}: {told}")
        elif name in taken:
            joined.problems.append(f"{where} [{name}]: there is a parameter of this name; give it another.")
        elif any(one.startswith(f"{name}.") or name.startswith(f"{one}.") for one in taken):
            joined.problems.append(f"{where} [{name}]: a group and a parameter cannot share a name; give it another.")
        else:
            joined.parameters[name] = fields, where


def _write(joined: Joined, folder: Path) -> dict[str, str]:
    """Write the joined evidence; return where what extensions added comes from, by where it stands now."""
    places: dict[str, str] = {}
    for name, rows in joined.tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(cells for cells, _ in rows)
        (folder / name).write_text(text.getvalue(), encoding="utf-8")
        for (line, _), (_, home) in zip(_lines(folder / name), rows, strict=True):
            places |= {f"{name} line {line}": home} if home else {}
    lines = [_text(folder / PARAMETERS).rstrip(), ""]
    for name, (fields, home) in joined.parameters.items():
        lines += [f"[{'.'.join(map(toml_key, name.split('.')))}]"]
        lines += [f"{toml_key(key)} = {toml_value(value)}" for key, value in fields.items()] + [""]
        places[f"{PARAMETERS} [{name}]"] = f"{home} [{name}]"
    (folder / PARAMETERS).write_text("\n".join(lines), encoding="utf-8")
    return places


def _at_home(problem: str, places: Mapping[str, str]) -> str:
    """Say a problem of the joined evidence by the line of the extension's own file."""
    found = re.match(r"\S+ (line \d+|\[[^\]]*\])", problem)
    home = places.get(found[0]) if found else None
    return f"{home}{problem[len(found[0]) :]}" if found and home else problem


def parameter_tables(text: str) -> list[tuple[str, object]]:
    """Return dotted name and fields of each parameter in a TOML text; a bare value outside of tables as it is.

    Raises:
        tomllib.TOMLDecodeError: if it is no TOML.
    """
    return list(_leaves(tomllib.loads(text), ""))


def _leaves(tree: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    for key, node in tree.items():
        if isinstance(node, dict) and node and all(isinstance(child, dict) for child in node.values()):
            yield from _leaves(node, f"{above}{key}.")
        else:
            yield f"{above}{key}", node


def _text(path: Path) -> str:
    return read_text(path, "evidence").removeprefix("\ufeff")  # spreadsheets put a mark at the start


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file with the line each ends in; empty lines are left out."""
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]


def _reason(error: Exception) -> str:
    """What the system or the parser says, in small letters, without the path."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said[:1].lower() + said[1:].rstrip(".")


def _line_of(path: Path, error: UnicodeDecodeError) -> int:
    return path.read_bytes()[: error.start].count(b"\n") + 1
