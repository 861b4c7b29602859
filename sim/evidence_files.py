"""Open evidence after a look at its files: what an edit may do to their reader is told in a sentence.

The sources of that reader count in the digest of the fit, so lists nested thousands deep and numbers of thousands of
digits are refused here; commands come in by this door.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, Problems
from sim.input_files import read_text
from sim.toml_files import TOO_DEEP, is_too_deep

if TYPE_CHECKING:
    from sim.evidence import Evidence

PARAMETERS, TARGETS = "parameters.toml", "targets.csv"
MOST_DIGITS = 4000
"""Of a number; Python itself refuses to read a whole one of more than 4300."""


def open_evidence(folder: Path | None = None) -> Evidence:
    """Check the files of a folder of evidence, and read it.

    Args:
        folder: by default that of the model.

    Raises:
        InputError: as :func:`sim.evidence.load_evidence`, and if a file is nested too deeply, holds a number of
            thousands of digits, or no row.
    """
    from sim.evidence import load_evidence
    from sim.evidence.loader import FOLDER

    if problems := _of_parameters((FOLDER if folder is None else folder) / PARAMETERS):
        raise InputError(problems)
    try:
        found = load_evidence(folder)
    except RecursionError:
        raise InputError(f"{PARAMETERS}: {TOO_DEEP}") from None
    if found.targets.empty:
        raise InputError(f"{TARGETS}: found no target below the names of the columns, needed is at least one.")
    return found


def _of_parameters(path: Path) -> Problems:
    """Return what would stop the parser; what it says itself, it says."""
    problems = Problems()
    try:
        text = read_text(path, "evidence")
    except (FileNotFoundError, UnicodeDecodeError):
        return problems  # the loader says it
    except OSError as error:
        reason = (error.strerror or "unknown reason").removesuffix(".")
        problems.append(f"{path.name}: cannot be read ({reason[:1].lower()}{reason[1:]}).")
        return problems
    if is_too_deep(text):
        problems.append(f"{path.name}: {TOO_DEEP}")
    if re.search(rf"\d[\d_]{{{MOST_DIGITS},}}", text):
        problems.append(f"{path.name}: a number of more than {MOST_DIGITS} digits.")
    return problems
