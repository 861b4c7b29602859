"""Where the scenario files are: beside the package in a checkout, inside it where a wheel was installed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_PACKAGE = Path(__file__).parent
ROOT = _PACKAGE.parent
IS_CHECKOUT = (ROOT / "run_sim.py").is_file() and (ROOT / "scenarios").is_dir()
SCENARIOS = ROOT / "scenarios" if IS_CHECKOUT else _PACKAGE / "scenarios"


def shipped_file(asked: Path) -> Path:
    """Return the file that is meant: the one there is, or the shipped one of this name.

    ``baseline``, ``baseline.toml`` and ``scenarios/baseline.toml`` all name a shipped scenario where there is no such
    file in the current folder; ``sweeps/screening`` names a shipped sweep.
    """
    if asked.is_file() or asked.is_absolute():
        return asked
    inside = Path(*asked.parts[1:]) if asked.parts[:1] == ("scenarios",) else asked
    for path in (SCENARIOS / inside, SCENARIOS / f"{inside}.toml"):
        if path.suffix == ".toml" and path.is_file():
            return path
    return asked


def shipped_files(asked: Iterable[Path]) -> list[Path]:
    """Return the files that are meant, in order; see :func:`shipped_file`."""
    return [shipped_file(path) for path in asked]
