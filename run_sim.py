#!/usr/bin/env python3
"""Hand over to sim.cli, or say in one line what is missing."""

import importlib.util
import os
import signal
import sys

PACKAGES = (
    "mesa", "networkx", "numpy", "scipy", "pandas", "matplotlib",
    "numba", "pyarrow", "pydantic", "typer", "rich", "jinja2", "SALib", "babel", "xlsxwriter",
)  # fmt: skip


def problem() -> str | None:
    """Return one sentence if this Python cannot run the project."""
    if sys.version_info < (3, 11):
        version = sys.version.split()[0]
        return f"Python {version} is too old: use Python 3.11 or 3.13 ('make run' sets everything up)."
    constraints = "constraints/py313.txt" if sys.version_info >= (3, 13) else "constraints/py311.txt"
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            return (
                f"Missing package '{package}': run 'make run' (sets everything up)"
                f" or 'python3 -m pip install -e . -c {constraints}'."
            )
    return None


def leave(*_: object) -> None:
    """Stop at once while modules load: an exception could be swallowed by an import."""
    os.write(2, b"Stopped. Nothing was run or written yet; the same command starts anew.\n")
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, leave)
    if sentence := problem():
        print(sentence, file=sys.stderr)
        sys.exit(2)
    from sim.cli import main

    sys.exit(main())
