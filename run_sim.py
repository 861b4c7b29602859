#!/usr/bin/env python3
"""Hand over to sim.cli, or say in one line what is missing."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys

PACKAGES = (
    "mesa", "networkx", "numpy", "scipy", "pandas", "matplotlib",
    "numba", "pyarrow", "pydantic", "typer", "rich", "jinja2", "SALib", "babel", "xlsxwriter",
)  # fmt: skip


def own_python() -> str | None:
    """Return how to call the Python that make set up in this folder, unless it is the one at work or there is none."""
    environment = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".venv")
    python = os.path.join(environment, "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(environment) or not os.path.exists(python):
        return None
    return min(python, os.path.relpath(python), key=len)


def problem() -> str | None:
    """Return one sentence if this Python cannot run the project."""
    too_old = sys.version_info < (3, 11)
    missing = next((name for name in PACKAGES if too_old or importlib.util.find_spec(name) is None), None)
    if missing is None:
        return None
    python = own_python()
    if python is not None:
        return f"'{sys.executable}' is not the project's Python, which is set up: {python} {sys.argv[0]} ..."
    if too_old:
        version = sys.version.split()[0]
        return f"Python {version} is too old: use Python 3.11 or 3.13 ('make run' sets everything up)."
    constraints = "constraints/py313.txt" if sys.version_info >= (3, 13) else "constraints/py311.txt"
    return (
        f"Missing package '{missing}': 'make setup' sets everything up, 'make run' also runs the main job;"
        f" without make: 'python3 -m pip install -e . -c {constraints}'."
    )


def leave(*_: object) -> None:
    """Stop at once while modules load: an exception could be swallowed by an import."""
    os.write(2, b"Stopped. Nothing was run or written yet; the same command starts anew.\n")
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, leave)
    sentence = problem()
    if sentence is not None:
        print(sentence, file=sys.stderr)
        sys.exit(2)
    from sim.cli import main

    sys.exit(main())
