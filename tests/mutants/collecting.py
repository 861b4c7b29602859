"""Collects the tests once, as pytest does, and hands them over instead of running them."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

import pytest

from tests.mutants.planting import forget_caches, remember_fits

FOLDERS = (
    "tests/model", "tests/twin", "tests/analysis", "tests/experiments/designs", "tests/experiments/validating",
    "tests/experiments/targets", "tests/experiments/calibrating", "tests/experiments/test_stopping_rule.py",
    "tests/experiments/test_golden.py",
)  # fmt: skip
FIRST = tuple(f"tests/twin/{file}.py::test_tiny_worlds" for file in ("test_twin", "test_past", "test_talents_of_2013"))
"""Of the model's tests those that changes meet first, and by which all is warmed up."""


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
