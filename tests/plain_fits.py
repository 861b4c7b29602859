"""Fits of constants for tests in plain Python: each is asked once of a process that compiles.

``NUMBA_DISABLE_JIT=1 pytest -p tests.plain_fits`` runs tests with every rule in plain Python, where a world of some 270
talents takes seconds a year and the fit of its constants (:mod:`sim.model.constants`) hours. The fit is the same to the
last bit, whoever makes it; what it calls is tried in plain Python on small inputs of its own.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_KEPT: dict[bytes, bytes] = {}


def pytest_collection_finish() -> None:
    """Let starts ask for their constants, once all that is tested is imported."""
    from sim.model import start

    start.fit_constants = asked


def asked(*given: Any) -> Any:
    """Return the fitted constants of these arguments from a process of its own, or what it said before."""
    question = pickle.dumps(given)
    if question not in _KEPT:
        compiling = os.environ | {"NUMBA_DISABLE_JIT": "0"}
        command = [sys.executable, "-m", "tests.plain_fits"]
        done = subprocess.run(command, cwd=ROOT, env=compiling, input=question, stdout=subprocess.PIPE, check=True)
        _KEPT[question] = done.stdout
    return pickle.loads(_KEPT[question])


if __name__ == "__main__":
    from sim.model.constants import fit_constants

    sys.stdout.buffer.write(pickle.dumps(fit_constants(*pickle.loads(sys.stdin.buffer.read()))))
