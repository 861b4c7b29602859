"""Open a posterior that somebody may have handed over: its files are looked at before ``load_posterior`` reads them.

The sources of that loader count in the digest of the fit, so what a file may do to its reader (a pipe, gigabytes, lists
nested thousands deep, blank lines) is refused here; every command comes in by this door.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, Problems
from sim.evidence import posterior
from sim.input_files import Kind, read_text

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior

MOST_DRAWS = 50_000
"""Rows of a table: five times the most that ``calibrate`` draws."""
ANEW = "'calibrate' makes it anew."


def open_posterior(evidence: Evidence, folder: Path | None = None) -> Posterior:
    """Check the files of a posterior, and read it.

    Args:
        evidence: its parameters and their priors.
        folder: that holds ``posterior.csv`` and ``posterior.json``; by default that of the evidence.

    Raises:
        InputError: one sentence per problem: a file is missing, cannot be read, is too large or is not what
            ``calibrate`` wrote; a parameter is unknown or named twice; a value is outside its prior.
    """
    held = posterior.FOLDER if folder is None else folder  # type: ignore[attr-defined]  # also when a test says where
    problems = Problems()
    problems += _of_note(held / posterior.NOTE)
    problems += _of_table(held / posterior.TABLE)
    if problems:
        raise InputError(problems)
    try:
        return posterior.load_posterior(evidence, folder)
    except RecursionError:  # one level less deep than would have been too deep above
        raise InputError(_too_deep(posterior.NOTE)) from None


def _of_note(path: Path) -> list[str]:
    """Return what is wrong with posterior.json, apart from digests, of which the loader says it."""
    text, problems = _text(path, "note")
    if text is None:
        return problems
    try:
        note = json.loads(text)
    except RecursionError:
        return [_too_deep(path.name)]
    except json.JSONDecodeError as error:
        return [f"{path.name} line {error.lineno}: not valid JSON ({error.msg[:1].lower()}{error.msg[1:]}); {ANEW}"]
    except ValueError:
        return [f"{path.name}: a whole number of thousands of digits; {ANEW}"]
    if not isinstance(note, dict):
        return [f"{path.name}: not a table of names and values; {ANEW}"]
    rows = note.get("rows", [])
    if not (isinstance(rows, list) and all(isinstance(row, str) for row in rows)):
        return [f"{path.name} 'rows': must be a list of target rows; {ANEW}"]
    return []


def _of_table(path: Path) -> list[str]:
    """Return what is wrong with the shape of posterior.csv; its names and numbers are the loader's."""
    text, problems = _text(path, "posterior")
    if text is None:
        return problems
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = next(reader, [])
        if not names:
            return [f"{path.name} line 1: no names of parameters; {ANEW}"]
        if twice := next((name for name in names if names.count(name) > 1), None):
            return [f"{path.name} line 1: '{twice}' stands there twice; {ANEW}"]
        for number, cells in enumerate(reader, 1):
            where = f"{path.name} line {reader.line_num}"
            if not cells:
                return [f"{where}: a blank line; {ANEW}"]
            if len(cells) != len(names):
                return [f"{where}: found {len(cells)} cells, allowed are {len(names)}; {ANEW}"]
            if number > MOST_DRAWS:
                return [f"{where}: more draws than the {MOST_DRAWS} that are allowed; {ANEW}"]
    except csv.Error as error:
        return [f"{path.name}: not a table that can be read ({error}); {ANEW}"]
    return []


def _text(path: Path, kind: Kind) -> tuple[str | None, list[str]]:
    """Return the text of a file, or None and why it cannot be read; of a missing one the loader says it."""
    try:
        return read_text(path, kind), []
    except FileNotFoundError:
        return None, []
    except UnicodeDecodeError:
        return None, [f"{path.name}: not UTF-8 text; {ANEW}"]
    except OSError as error:
        reason = (error.strerror or "unknown reason").removesuffix(".")
        return None, [f"{path.name}: cannot be read ({reason[:1].lower()}{reason[1:]}); {ANEW}"]


def _too_deep(name: str) -> str:
    return f"{name}: lists or tables nested too deeply; {ANEW}"
