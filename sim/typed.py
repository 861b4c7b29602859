"""What a user types to call this program again, or to add what it lacks, in the environment that is at work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sim import __version__
from sim.shipped import IS_CHECKOUT, ROOT


def program() -> str:
    """Return how this program was called, with its Python if that is the project's: ``.venv/bin/python run_sim.py``."""
    called = Path(sys.argv[0])
    if called.stem == "talent-flight":
        return called.name
    if called.name == "run_sim.py" and _is_own():
        return f"{python()} {called}"
    return "run_sim.py"


def installing(extra: str) -> str:
    """Return the command that adds an extra of the project, such as ``pdf``."""
    if not IS_CHECKOUT:
        return f"{python()} -m pip install 'talent_flight-{__version__}-py3-none-any.whl[{extra}]'"
    constraints = f"constraints/py{sys.version_info.major}{sys.version_info.minor}.txt"
    tested = f" -c {constraints}" if (ROOT / constraints).is_file() else ""
    return f"{python()} -m pip install -e '.[{extra}]'{tested}"


def python() -> str:
    """Return the Python at work: the project's by its path, which needs no activation, any other as ``python``."""
    path = ROOT / ".venv" / "bin" / "python"
    return min(str(path), os.path.relpath(path), key=len) if _is_own() else "python"


def _is_own() -> bool:
    return IS_CHECKOUT and Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
