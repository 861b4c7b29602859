"""Runs tests against one change: in a forked child each, so that the next begins from the same, loaded process.

A test that takes far longer than it should counts as having noticed. A test that fails is tried once without the
change, with the same rules plain: what fails then, too, says nothing and is never asked again.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.operators import Mutant
from tests.mutants.planting import DoesNotLoad, forget_caches, plant

LONGEST = 4.0
"""CPU seconds of a test whose usual time is not known, or of which a part goes on plain."""
WALL = 900


@dataclass
class Outcome:
    """What came of a row of tests in one child."""

    failed: str | None = None
    late: str | None = None
    broken: str | None = None  # the child itself
    said: str = ""
    slow: int = 0  # compiled functions that went on plain
    seconds: float = 0.0
    times: dict[str, float] = field(default_factory=dict)  # of tests that passed


def limit(usual: float | None, slow: bool) -> float:
    """Return the CPU seconds that a test may take: five times the usual, and one more."""
    return LONGEST if usual is None or slow else max(2.0, 5.0 * usual + 1.0)


def attempt(
    mutant: Mutant, items: Sequence[pytest.Function], usual: dict[str, float], budget: float, change: bool = True,
    longest: float | None = None,
) -> Outcome:  # fmt: skip
    """Run tests in a child in which a change is made, to the first that fails or until the budget is used."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(write, mutant, items, usual, budget, change, longest)
    os.close(write)
    outcome, running = Outcome(), ""
    with os.fdopen(read, encoding="utf-8") as pipe:
        for line in pipe:
            told = json.loads(line)
            running = told.get("begin", running)
            if "passed" in told:
                outcome.times[told["passed"]] = told["seconds"]
            outcome.failed = told.get("failed", outcome.failed)
            outcome.said = told.get("said", outcome.said)
            outcome.slow = told.get("slow", outcome.slow)
            outcome.broken = told.get("broken", outcome.broken)
    _, status, used = os.wait4(child, 0)
    outcome.seconds = used.ru_utime + used.ru_stime
    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM):
            outcome.late = running
        else:  # the interpreter itself broke down: noticed by whatever ran
            outcome.failed, outcome.said = running, f"ended by signal {os.WTERMSIG(status)}"
    elif os.WEXITSTATUS(status) and not outcome.failed:
        outcome.broken = outcome.broken or f"exit {os.WEXITSTATUS(status)}"
    return outcome


def _child(
    write: int, mutant: Mutant, items: Sequence[pytest.Function], usual: dict[str, float], budget: float,
    change: bool, longest: float | None,
) -> None:  # fmt: skip
    """Make the change, run the tests, tell of each, and end."""
    gc.disable()  # else it writes to all memory shared with the parent
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))  # a change may ask for all memory there is

    def tell(**what: object) -> None:
        os.write(write, (json.dumps(what) + "\n").encode())

    code = 0
    try:
        forget_caches()
        slow = plant(mutant, change)
        tell(slow=slow)
        begun, following = time.process_time(), [*items[1:], None]
        for n, item in enumerate(items):
            if time.process_time() - begun + usual.get(item.nodeid, 0.0) > budget:
                continue
            tell(begin=item.nodeid)
            item.session._setupstate.teardown_exact(item)  # what was shared with a test that was passed over
            before = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, longest or limit(usual.get(item.nodeid), slow > 0))
            signal.setitimer(signal.ITIMER_REAL, WALL)
            reports = runtestprotocol(item, log=False, nextitem=following[n])
            signal.setitimer(signal.ITIMER_PROF, 0)
            if bad := [r for r in reports if r.failed]:
                tell(failed=item.nodeid, said=str(bad[0].longrepr)[-300:])
                break
            tell(passed=item.nodeid, seconds=time.process_time() - before)
    except DoesNotLoad as error:
        tell(begin=items[0].nodeid, failed=items[0].nodeid, said=str(error))
    except BaseException as error:
        tell(broken=f"{type(error).__name__}: {error}")
        code = 3
    finally:
        os._exit(code)
