"""The evidence with what extensions add: tables joined in a folder of their own, read by the evidence's loader."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from sim.errors import InputError
from sim.evidence import Evidence, load_evidence
from sim.evidence.loader import CAPITALS, DATA_FILES, FIGURES, FOLDER, GEOGRAPHY
from sim.extensions.active import extensions
from sim.extensions.declaring import Extension

# Columns that tell the rows of a table apart; a row of an extension replaces the one that has the same.
KEYS = {"geography.csv": ("place",), "places.csv": ("place", "variable"), "capital.csv": ("place",)}
COLUMNS = {"geography.csv": GEOGRAPHY, "places.csv": FIGURES, "capital.csv": CAPITALS}
Rows = list[list[str]]


def extended_evidence(of: Sequence[Extension] | None = None) -> Evidence:
    """Return the evidence, with the places, figures and parameters of extensions.

    Args:
        of: by default those that are switched on.

    Raises:
        InputError: as :func:`sim.evidence.load_evidence`; lines are those of the joined tables.
    """
    chosen = extensions() if of is None else of
    folders = [extension.folder for extension in chosen if extension.folder is not None]
    if not folders:
        return load_evidence()
    with tempfile.TemporaryDirectory(prefix="evidence-") as made:
        joined = Path(made)
        for name in DATA_FILES:
            shutil.copyfile(FOLDER / name, joined / name)
        problems: list[str] = []
        for folder in folders:
            _join(folder, joined, problems)
        if problems:
            raise InputError(problems)
        return load_evidence(joined)


def problems_of(of: Sequence[Extension]) -> list[str]:
    """Return what is wrong with the evidence that extensions make, a sentence each."""
    try:
        extended_evidence(of)
    except InputError as error:
        return error.problems
    return []


def _join(folder: Path, joined: Path, problems: list[str]) -> None:
    """Add the tables of a folder to the joined ones."""
    if not folder.is_dir():
        problems.append(f"evidence: the folder {folder} is not there any more.")
    for name, keys in KEYS.items():
        path = folder / name
        if not path.is_file():
            continue
        where = f"{folder.name}/{name}"
        header, rows = _read(joined / name)
        new, added = _read(path)
        if new != list(COLUMNS[name]):
            found, allowed = ",".join(new), ",".join(COLUMNS[name])
            problems.append(f"{where} line 1: found columns {found}, allowed are {allowed}.")
            continue
        at = [header.index(key) for key in keys]
        places = {tuple(row[n] for n in at): number for number, row in enumerate(rows)}
        for number, row in enumerate(added, 2):
            if len(row) != len(header):
                problems.append(f"{where} line {number}: found {len(row)} cells, allowed are {len(header)}.")
                continue
            key = tuple(row[n] for n in at)
            if key not in places:
                rows.append(row)
            elif name == "geography.csv":
                problems.append(f"{where} line {number}: there is a place '{key[0]}'; give it another name.")
            else:
                rows[places[key]] = row
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *rows])
        (joined / name).write_text(text.getvalue(), encoding="utf-8")
    if (folder / "parameters.toml").is_file():
        _join_parameters(folder, joined / "parameters.toml", problems)


def _join_parameters(folder: Path, known: Path, problems: list[str]) -> None:
    """Add parameters, each under a name that is free."""
    where, before = f"{folder.name}/parameters.toml", known.read_text(encoding="utf-8")
    try:
        text = (folder / "parameters.toml").read_text(encoding="utf-8")
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{where}: not a valid TOML file in UTF-8 ({error}).")
        return
    heads = re.findall(r"^\[([^\[\]]+)\]", before, flags=re.MULTILINE)
    clashes = [name for name in re.findall(r"^\[([^\[\]]+)\]", text, flags=re.MULTILINE) if name in heads]
    problems += [f"{where} [{name}]: there is a parameter of this name; give it another." for name in clashes]
    if not clashes:
        known.write_text(f"{before.rstrip()}\n\n{text}", encoding="utf-8")


def _read(path: Path) -> tuple[list[str], Rows]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = [[cell.strip() for cell in line] for line in csv.reader(file) if line]
    return (lines[0], lines[1:]) if lines else ([], [])
