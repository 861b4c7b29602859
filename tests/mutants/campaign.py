"""A random sample of changes, each met by the tests that come near it; kept as it goes on, so that it may be stopped.

Tests of laws and known answers come first, quick and near ones before others; those that compare with kept values
(golden) come last, and a change that only they notice is told apart. The first of all, for the model, are tiny worlds
held against the twin, which is written from the description alone.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.nearness import Nearness
from tests.mutants.operators import Mutant
from tests.mutants.planting import forget_caches, remember_fits, roots_of
from tests.mutants.trying import LONGEST, Outcome, attempt
from tests.mutants.universe import ROOT

KEPT = ROOT / ".cache" / "mutants"
FOLDERS = (
    "tests/model", "tests/twin", "tests/analysis", "tests/experiments/designs", "tests/experiments/validating",
    "tests/experiments/targets", "tests/experiments/calibrating", "tests/experiments/test_stopping_rule.py",
    "tests/experiments/test_golden.py",
)  # fmt: skip
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
FIRST = tuple(f"tests/twin/{file}.py::test_tiny_worlds" for file in ("test_twin", "test_past", "test_talents_of_2013"))
BUDGET = 20.0
"""CPU seconds of tests that a change may meet before it counts as not noticed; golden tests come on top, and are left
out where the budget is smaller."""
GUESS = 0.4


@dataclass(frozen=True)
class Verdict:
    """What came of one change."""

    how: str  # failure | late | golden | survived | not planted
    by: str
    said: str
    seconds: float
    tests: int  # that ran and passed
    slow: int


def sources_digest() -> str:
    """Return the digest of all sources of the project that a verdict depends on, tests aside."""
    total = hashlib.sha256()
    for path in sorted((ROOT / "sim").rglob("*")):
        if path.suffix in (".py", ".toml", ".csv"):
            total.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:16]


def digest_of(path: str) -> str:
    """Return the digest of a test file."""
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:16]


def tests_digest() -> str:
    """Return the digest of all tests that a change may meet."""
    total = hashlib.sha256()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(FOLDERS[:-2]) or name in FOLDERS:
            total.update(name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


class Memory:
    """Verdicts on disk, one file a change, and what was learned of tests: their times, and which catch what."""

    def __init__(self, folder: Path, budget: float = BUDGET) -> None:
        self.budget = budget
        self.folder = folder / sources_digest()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tests = tests_digest()
        self.usual: dict[str, float] = {}
        self.catches: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        learned = self.folder / "usual.json"
        if learned.exists():
            self.usual = json.loads(learned.read_text(encoding="utf-8"))

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """Return the kept verdict if what it rests on is as it was: the catching test, or for a survivor all tests."""
        path = self.folder / f"{mutant.key}.json"
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        by, budget = kept.pop("rests on"), kept.pop("budget")
        verdict = Verdict(**kept)
        file = verdict.by.partition("::")[0]
        if verdict.how in ("failure", "late") and (ROOT / file).exists() and digest_of(file) == by:
            self.catches[mutant.file][verdict.by] += 1
            return verdict
        return (
            verdict if by == self._tests and verdict.how not in ("failure", "late") and budget >= self.budget else None
        )

    def keep(self, mutant: Mutant, verdict: Verdict) -> None:
        """Write a verdict, whole or not at all."""
        if verdict.how in ("failure", "late"):
            rests = digest_of(verdict.by.partition("::")[0])
            self.catches[mutant.file][verdict.by] += 1
        else:
            rests = self._tests
        for name, value in (
            (mutant.key, vars(verdict) | {"rests on": rests, "budget": self.budget}),
            ("usual", self.usual),
        ):
            part = self.folder / f"{name}.{os.getpid()}.part"
            part.write_text(json.dumps(value), encoding="utf-8")
            part.replace(self.folder / f"{name}.json")

    def learn(self, outcome: Outcome) -> None:
        """Remember how long tests take, where nothing went on plain."""
        if not outcome.slow:
            for test, seconds in outcome.times.items():
                self.usual[test] = round(min(seconds, self.usual.get(test, seconds)), 3)


class Campaign:
    """Changes meet tests."""

    def __init__(self, items: Sequence[pytest.Function], memory: Memory, tell: Any = print) -> None:
        self.items = [
            item for item in items if item.nodeid in GOLDEN or item.nodeid.partition("::")[0] not in NOT_ASKED
        ]
        self.memory, self.tell = memory, tell
        self.near = Nearness(self.items)
        self._useless: set[tuple[str, str, str]] = set()
        self._sound: set[tuple[str, str, str]] = set()

    def run(self, mutants: Sequence[Mutant]) -> list[tuple[Mutant, Verdict]]:
        """Try all changes that have no verdict; return all verdicts."""
        found = []
        for n, mutant in enumerate(mutants):
            verdict = self.memory.verdict(mutant)
            if verdict is None:
                verdict = self.judge(mutant, self.memory.budget)
                self.memory.keep(mutant, verdict)
                where = f"{mutant.file}:{mutant.line} {mutant.owner}"
                self.tell(
                    f"{n + 1}/{len(mutants)} {mutant.key} {verdict.how} {verdict.seconds:.1f} s {where}: "
                    f"{mutant.old[:60]} -> {mutant.new[:60]} {verdict.by}"
                )
            found.append((mutant, verdict))
        return found

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
        begun, seconds, passed = time.monotonic(), 0.0, 0
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
        del begun
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


class Plugin:
    """Takes the tests that pytest has collected, and uses them its own way."""

    def __init__(self, work: Any) -> None:
        self.work, self.result = work, None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Warm up on the tiny worlds, then let changes meet tests instead of running them."""
        from _pytest.runner import runtestprotocol

        items = [item for item in session.items if isinstance(item, pytest.Function)]
        remember_fits()
        warm = [item for item in items if item.nodeid.startswith(FIRST)]
        for item, following in zip(warm, [*warm[1:], None], strict=False):
            reports = runtestprotocol(item, log=False, nextitem=following)
            assert not any(r.failed for r in reports), f"{item.nodeid} fails without any change"
        forget_caches()
        gc.collect()
        gc.freeze()
        self.result = self.work(items)
        return True


def with_tests(work: Any, folders: Sequence[str] = FOLDERS) -> Any:
    """Collect the tests once and hand them to ``work``; return what it returns."""
    plugin = Plugin(work)
    options = ["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--timeout=0", "--tb=line"]
    code = pytest.main([*options, *folders], plugins=[plugin])
    if plugin.result is None:
        raise SystemExit(f"The tests could not be collected (pytest: {code}).")
    return plugin.result
