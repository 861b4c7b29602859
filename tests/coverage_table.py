"""Branch coverage by package: what ran of ``sim`` while the tests were watched, and whether that is enough.

``make coverage`` watches the whole suite, and once more in plain Python tests of rules and of tiny worlds: a compiled
rule is not seen running. ``python -m tests.coverage_table`` then reads what coverage.py kept in ``.cache/coverage``,
prints the table and every file below a bound with what is missing in it, and ends with 1 if too little ran. What a
process did that was ended by ``kill -9`` is not known and does not count.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import CoverageException

ROOT = Path(__file__).resolve().parents[1]
ALL = "all of sim"
BOUNDS = {"sim/experiments": 95.0, "sim/analysis": 95.0, ALL: 90.0}
LISTED = 90.0


@dataclass(frozen=True)
class Ran:
    """How many statements there are and ran, how many branches (ways out of a decision) there are and were taken."""

    statements: int = 0
    statements_run: int = 0
    branches: int = 0
    branches_taken: int = 0

    def __add__(self, other: Ran) -> Ran:
        return Ran(
            self.statements + other.statements,
            self.statements_run + other.statements_run,
            self.branches + other.branches,
            self.branches_taken + other.branches_taken,
        )

    @property
    def both(self) -> float:
        """Percent of statements and branches together: what coverage.py calls its total with branches."""
        return _percent(self.statements_run + self.branches_taken, self.statements + self.branches)

    @property
    def of_branches(self) -> float:
        """Percent of branches alone."""
        return _percent(self.branches_taken, self.branches)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def measured(coverage: Coverage, kept: Path) -> dict[str, Ran]:
    """Return what ran by file, path from the root of the project; coverage.py's report of it is left in ``kept``."""
    coverage.json_report(outfile=str(kept))
    files = json.loads(kept.read_text(encoding="utf-8"))["files"]
    return {
        name: Ran(told["num_statements"], told["covered_lines"], told["num_branches"], told["covered_branches"])
        for name, told in ((Path(name).as_posix(), file["summary"]) for name, file in files.items())
    }


def by_package(files: Mapping[str, Ran]) -> dict[str, Ran]:
    """Return the sums of the folders of ``sim``, of the files that lie in none, and of all, in this order."""
    sums: defaultdict[str, Ran] = defaultdict(Ran)
    for name, ran in files.items():
        parts = Path(name).parts
        sums["/".join(parts[:2]) if len(parts) > 2 else "sim/*.py"] += ran
    return {name: sums[name] for name in sorted(sums)} | {ALL: sum(sums.values(), Ran())}


def table(packages: Mapping[str, Ran]) -> str:
    """Return the table of packages as text."""
    line = "{:18}{:>12}{:>8}{:>10}{:>8}{:>14}{:>12}{:>10}".format
    rows = [line("package", "statements", "run", "branches", "taken", "both together", "branches", "at least")]
    for name, ran in packages.items():
        bound = f"{BOUNDS[name]:.0f}%" if name in BOUNDS else ""
        numbers = (ran.statements, ran.statements_run, ran.branches, ran.branches_taken)
        rows.append(line(name, *numbers, f"{ran.both:.1f}%", f"{ran.of_branches:.1f}%", bound))
    return "\n".join(rows)


def below(files: Mapping[str, Ran], bound: float = LISTED) -> list[str]:
    """Return the files of which too little ran, by either share."""
    return sorted(name for name, ran in files.items() if min(ran.both, ran.of_branches) < bound)


def too_little(packages: Mapping[str, Ran], bounds: Mapping[str, float] = BOUNDS) -> list[str]:
    """Return one sentence for each bound that is not kept: both shares count, and what was not watched keeps none."""
    found = []
    for name, bound in bounds.items():
        ran = packages.get(name, Ran())
        if not ran.statements:
            found.append(f"{name}: nothing of it was watched")
            continue
        shares = {"statements and branches": ran.both, "branches": ran.of_branches}
        found += [f"{name}: {share:.2f}% of its {what}, wanted {bound:.0f}%"
                  for what, share in shares.items() if share < bound]  # fmt: skip
    return found


def main() -> int:
    """Print the table; return 1 if too little ran, 2 if nothing was kept."""
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    try:
        coverage.load()
        files = measured(coverage, ROOT / ".cache" / "coverage" / "report.json")
    except CoverageException as problem:
        print(f".cache/coverage: {str(problem).rstrip('.')}; `make coverage` makes what is read here", file=sys.stderr)
        return 2
    packages = by_package(files)
    if few := below(files):
        print(f"Files below {LISTED:.0f}% in either share, and what did not run (TOTAL: of these files alone):\n")
        coverage.report(morfs=[str(ROOT / name) for name in few], show_missing=True)
        print()
    print(table(packages))
    print("\nBoth together: statements and branches that ran, of all; branches: ways out of a decision, alone.")
    sentences = too_little(packages)
    print("\n".join(sentences) or "Enough.")
    return int(bool(sentences))


if __name__ == "__main__":
    sys.exit(main())
