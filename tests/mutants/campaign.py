"""A random sample of changes, each met by the tests that come near it; kept as it goes on, so that it may be stopped.

Tests of laws and known answers come first, quick and near ones before others; those that compare with kept values
(golden) come last, and a change that only they notice is told apart. The first of all, for the model, are tiny worlds
held against the twin, which is written from the description alone.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants.collecting import FIRST
from tests.mutants.memory import BUDGET, Memory, Verdict
from tests.mutants.nearness import Nearness
from tests.mutants.operators import Mutant
from tests.mutants.planting import roots_of
from tests.mutants.trying import LONGEST, Outcome, attempt

GOLDEN = (
    "tests/experiments/test_golden.py::test_golden_values_are_made_again_to_the_bit",
    "tests/analysis/test_reference_comparison.py::test_the_comparison_is_made_again_from_the_runs_to_the_byte",
)
SIMULATED = ("sim/model", "sim/experiments", "sim/analysis/outcomes")
"""What golden runs of the model can show; the other golden test reads results."""
NOT_ASKED = (
    "tests/model/test_mesa_memory.py", "tests/model/test_compile.py", "tests/experiments/test_golden.py",
    "tests/analysis/test_reference_comparison.py",
)  # fmt: skip
"""They look at processes of their own, in which no change is, or at what the golden tests notice themselves."""
GUESS = 0.4


class Campaign:
    """Changes meet tests."""

    def __init__(self, items: Sequence[pytest.Function], memory: Memory) -> None:
        self.items = [
            item for item in items if item.nodeid in GOLDEN or item.nodeid.partition("::")[0] not in NOT_ASKED
        ]
        self.memory = memory
        self.near = Nearness(self.items)
        self._useless: set[tuple[str, str, str]] = set()
        self._sound: set[tuple[str, str, str]] = set()

    def run(self, mutants: Sequence[Mutant]) -> list[tuple[Mutant, Verdict]]:
        """Try all changes that have no verdict; return all verdicts."""
        found = []
        for mutant in mutants:
            verdict = self.memory.verdict(mutant)
            if verdict is None:
                verdict = self.judge(mutant, self.memory.budget)
                self.memory.keep(mutant, verdict)
                self.tell(mutant, verdict)
            found.append((mutant, verdict))
        return found

    @staticmethod
    def tell(mutant: Mutant, verdict: Verdict) -> None:
        """Print one line of a change that was tried."""
        where = f"{mutant.file}:{mutant.line} {mutant.owner}"
        what = f"{mutant.old[:60]} -> {mutant.new[:60]}"
        print(f"{mutant.key} {verdict.how} {verdict.seconds:.1f} s {where}: {what} {verdict.by}", flush=True)

    def again(self, mutants: Sequence[Mutant]) -> int:
        """Let changes meet these tests alone; keep what is noticed, no other verdict; return how many."""
        caught = 0
        for mutant in mutants:
            verdict = self.judge(mutant, self.memory.budget)
            if verdict.how in ("failure", "late"):
                self.memory.keep(mutant, verdict)
                self.tell(mutant, verdict)
                caught += 1
        return caught

    def run_side_by_side(self, mutants: Sequence[Mutant], workers: int) -> list[tuple[Mutant, Verdict]]:
        """Try changes in several processes, forked from this one; return all verdicts."""
        children = []
        for n in range(workers if workers > 1 else 0):
            child = os.fork()
            if child == 0:
                try:
                    os.setsid()
                    new = sorted(mutants[n::workers], key=lambda m: (self.memory.folder / f"{m.key}.json").exists())
                    self.run(new)
                finally:
                    os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        return self.run(mutants)

    def order(self, mutant: Mutant) -> list[pytest.Function]:
        """Return the tests that may notice a change, the most promising for their time first."""
        catches = self.memory.catches[mutant.file]
        scored = []
        for n, item in enumerate(self.items):
            first = item.nodeid.startswith(FIRST) and mutant.file.startswith("sim/model")
            depth = 1 if first else self.near.of(item.nodeid, mutant)
            golden = item.nodeid in GOLDEN
            if depth is None or (golden and mutant.file.startswith(SIMULATED) != (item.nodeid == GOLDEN[0])):
                continue
            cost = max(self.memory.usual.get(item.nodeid, GUESS), 0.02)
            own = Path(mutant.file).stem in item.nodeid.partition("::")[0]
            score = cost * (1 + depth) / (1 + 3 * catches.get(item.nodeid, 0)) / (10 if first else 5 if own else 1)
            scored.append((golden, score, n, item))
        scored.sort(key=lambda row: row[:3])
        # Of one test in many forms the first forms first: another test sees more than the same with another number.
        forms: dict[object, int] = defaultdict(int)
        spread = []
        for golden, score, n, item in scored:
            spread.append((golden, score * (1 + forms[item.function]), n, item))
            forms[item.function] += 1
        return [item for *_, item in sorted(spread, key=lambda row: row[:3])]

    def judge(self, mutant: Mutant, budget: float = BUDGET) -> Verdict:
        """Let one change meet the tests."""
        seconds, passed = 0.0, 0
        kernel = bool(roots_of(mutant))
        asked = self.order(mutant)
        laws = [item for item in asked if item.nodeid not in GOLDEN]
        golden = [] if kernel or budget < BUDGET else [item for item in asked if item.nodeid in GOLDEN]
        for how, items, allowed in (("failure", laws, budget), ("golden", golden, 60.0)):
            while items:
                out = attempt(mutant, items, self.memory.usual, allowed)
                self.memory.learn(out)
                seconds, passed, allowed = seconds + out.seconds, passed + len(out.times), allowed - out.seconds
                if out.broken:
                    return Verdict("not planted", "", out.broken, seconds, passed, out.slow)
                met = out.failed or out.late
                if met is None:
                    break
                test = next(item for item in items if item.nodeid == met)
                sound, more = self.sound(mutant, test, out)
                seconds += more
                if sound:
                    kind = how if how == "golden" else ("late" if out.late else "failure")
                    return Verdict(kind, met, out.said, seconds, passed, out.slow)
                items = [item for item in items if item.nodeid not in {*out.times, met}]
                if allowed <= 0.0:
                    break
        return Verdict("survived", "", "", seconds, passed, 0)

    def sound(self, mutant: Mutant, test: pytest.Function, out: Outcome) -> tuple[bool, float]:
        """Say whether a test passes, in time, without the change but with the same rules plain; and CPU seconds."""
        key = (mutant.file, mutant.owner, test.nodeid) if out.slow else ("", "", test.nodeid)
        if key in self._useless:
            return False, 0.0
        seconds = 0.0
        if out.failed and out.times:  # what ran before may have left something behind
            alone = attempt(mutant, [test], {}, 1e9, longest=30.0)
            seconds += alone.seconds
            if not alone.failed:
                return False, seconds
        if key in self._sound and not out.late:
            return True, seconds
        for _ in range(2):  # the first may have to compile
            bare = attempt(mutant, [test], {}, 1e9, change=False, longest=LONGEST if out.late else 60.0)
            seconds += bare.seconds
            took = bare.times.get(test.nodeid)
            if took is None:
                self._useless.add(key)
                return False, seconds
            self._sound.add(key)
            if out.failed or took < LONGEST / 4:
                break
        if out.failed:
            return True, seconds
        if took >= LONGEST / 4:
            self._useless.add(key)
            return False, seconds
        again = attempt(mutant, [test], {}, 1e9)
        return bool(again.late or again.failed), seconds + again.seconds
