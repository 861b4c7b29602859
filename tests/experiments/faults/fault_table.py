"""The table of faults: ``python -m tests.experiments.faults.fault_table`` tries each and prints what the user is told.

After each fault the store is valid (every file can be read, nothing is left behind, no finished run is made again), and
the same command without the fault completes the study with the tables of one that was never disturbed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sim.evidence import load_evidence
from tests.experiments.faults import faults_of_drivers, faults_of_files, faults_of_folders, faults_of_runs
from tests.experiments.faults.stage import Stage, undisturbed_tables

# Name -> what to do, and whether it is quick enough for every run of the tests.
CASES: dict[str, tuple[Callable[[Stage], str], bool]] = {
    **faults_of_runs.CASES, **faults_of_drivers.CASES, **faults_of_files.CASES, **faults_of_folders.CASES,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code is 1 if a fault was not survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="faults whose name has this in it")
    given = parser.parse_args(arguments)
    evidence, failed = load_evidence(), 0
    with tempfile.TemporaryDirectory(prefix="faults-") as made:
        folder = Path(made)
        expected = undisturbed_tables(folder / "undisturbed", evidence)
        chosen = [name for name in CASES if given.only in name]
        for number, name in enumerate(chosen):
            clock = time.monotonic()
            try:
                stage = Stage(folder / f"{number}", evidence, expected)
                told, found = CASES[name][0](stage).replace(f"{stage.folder}/", ""), "survived"
            except AssertionError as error:
                told, found = str(error) or "not as it should be", "NOT SURVIVED"
                failed += 1
            print(f"{name:<50} {found:<13} {time.monotonic() - clock:5.1f} s  {told}", flush=True)
    print(f"{len(chosen) - failed} of {len(chosen)} faults survived")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
