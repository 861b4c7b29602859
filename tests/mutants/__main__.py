"""``python -m tests.mutants``: try a random sample of changes and write docs/mutation_sample.md; resumes."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.mutants.campaign import Campaign
from tests.mutants.collecting import FOLDERS, with_tests
from tests.mutants.memory import BUDGET, KEPT, Memory
from tests.mutants.page import PAGE, caught_share, page, reasons, unexplained
from tests.mutants.universe import sample

NUMBER, SEED = 420, 2013
LEAST = 0.85


def options() -> argparse.Namespace:
    """Return the options given."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--mutants", type=int, default=NUMBER, help="how many")
    parser.add_argument("--seed", type=int, default=SEED, help="which")
    parser.add_argument("--workers", type=int, default=1, help="processes side by side")
    parser.add_argument("--budget", type=float, default=BUDGET, help="CPU seconds of tests that a change may meet")
    parser.add_argument("--only", default="", help="keys by commas, or a part of a file's name; writes no page")
    parser.add_argument(
        "--again", default="", help="test files by commas: let what survived without a reason meet these alone"
    )
    parser.add_argument("--kept", action="store_true", help="try nothing: write the page of what was tried so far")
    return parser.parse_args()


def main() -> int:
    """Run the sample; return 1 if too few are caught, or a survivor has no reason on file."""
    given = options()
    drawn = list(sample(given.mutants, given.seed))
    if given.only:
        drawn = [m for m in drawn if m.key in given.only.split(",") or given.only in m.file]
    memory = Memory(KEPT, given.budget, lenient=given.kept or bool(given.again))
    found = [(mutant, memory.verdict(mutant)) for mutant in drawn]
    if given.again:
        survivors = [mutant for mutant, verdict in found if verdict is not None and verdict.how == "survived"]
        unsolved = [mutant for mutant in survivors if mutant.key not in reasons()]
        caught = with_tests(lambda items: Campaign(items, memory).again(unsolved), given.again.split(","))
        print(f"{caught} of {len(unsolved)} that survived are caught now")
        return 0
    if given.kept:
        found = [(mutant, verdict) for mutant, verdict in found if verdict is not None]
    elif any(verdict is None for _, verdict in found):
        found = with_tests(lambda items: Campaign(items, memory).run_side_by_side(drawn, given.workers), FOLDERS)
    print(dict(Counter(verdict.how for _, verdict in found)), f"{sum(v.seconds for _, v in found):.0f} CPU seconds")
    if given.only:
        return 0
    known = reasons()
    PAGE.write_text(page(found, given.seed, known, given.mutants), encoding="utf-8")
    for mutant in (missing := unexplained(found, known)):
        print(f"{mutant.key} survives without a reason: {mutant.file}:{mutant.line} {mutant.owner}: "
              f"{mutant.old} -> {mutant.new}")  # fmt: skip
    return int(caught_share(found) < LEAST or bool(missing))


if __name__ == "__main__":
    sys.exit(main())
