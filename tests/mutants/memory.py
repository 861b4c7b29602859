"""Verdicts on disk, one file a change: what was stopped goes on, and what rests on other sources is tried anew."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.collecting import FOLDERS
from tests.mutants.operators import Mutant
from tests.mutants.trying import Outcome
from tests.mutants.universe import ROOT

KEPT = ROOT / ".cache" / "mutants"
BUDGET = 20.0
"""CPU seconds of tests that a change may meet before it counts as not noticed; golden tests come on top, and are left
out where the budget is smaller."""


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

    def __init__(self, folder: Path, budget: float = BUDGET, lenient: bool = False) -> None:
        self.budget, self.lenient = budget, lenient  # lenient: what survived older or fewer tests still counts
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
        if verdict.how in ("failure", "late"):
            return None
        return verdict if self.lenient or (by == self._tests and budget >= self.budget) else None

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
