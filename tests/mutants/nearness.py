"""Which tests may meet a function, and how far it is from them: by the names that code refers to, read from the code.

An estimate from above: a test that comes near by name alone is run in vain. Nothing is traced: that would cost more
than all changes together.
"""

from __future__ import annotations

from collections import defaultdict
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.mutants.operators import Mutant
from tests.mutants.planting import _targets, module_of, modules, names_in, plain

DEEPEST = 9


def _graph() -> dict[str, set[str]]:
    """Return which names each name of the project leads to."""
    leads: dict[str, set[str]] = defaultdict(set)
    for module in modules():
        for name, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__.split(".")[0] in ("sim", "tests"):
                for part, inner in vars(value).items():
                    if (function := plain(inner)) is not None:
                        leads[part].update(names_in(function.__code__))
                        if part in ("__init__", "__post_init__", "__call__", "__iter__", "__getitem__", "__mul__"):
                            leads[name].update(names_in(function.__code__))
                leads[name].update(base.__name__ for base in value.__bases__)
            elif (
                callable(value)
                and getattr(value, "__module__", "")
                and isinstance(function := plain(value), FunctionType)
            ):
                if function.__module__.split(".")[0] in ("sim", "tests"):
                    leads[name].update(names_in(function.__code__))
            elif isinstance(value, tuple | list | dict):
                for inner in value.values() if isinstance(value, dict) else value:
                    if callable(inner) and hasattr(inner, "__name__"):
                        leads[name].add(inner.__name__)
    return dict(leads)


class Nearness:
    """Depth of every name of the project from every test."""

    def __init__(self, items: list[pytest.Function]) -> None:
        leads = _graph()
        self._depths: dict[str, dict[str, int]] = {}
        kept: dict[Any, dict[str, int]] = {}
        for item in items:
            codes: list[CodeType] = [item.function.__code__]
            for definitions in item._fixtureinfo.name2fixturedefs.values():
                codes += [d.func.__code__ for d in definitions if hasattr(d.func, "__code__")]
            key = tuple(codes)
            if key not in kept:
                kept[key] = self._walk({name for code in codes for name in names_in(code)}, leads)
            self._depths[item.nodeid] = kept[key]
        self._known = set().union(*kept.values())

    @staticmethod
    def _walk(first: set[str], leads: dict[str, set[str]]) -> dict[str, int]:
        depths, edge = {}, first
        for depth in range(1, DEEPEST + 1):
            edge = {name for name in edge if name not in depths}
            depths |= dict.fromkeys(edge, depth)
            edge = {further for name in edge if name in leads for further in leads[name]}
        return depths

    def of(self, nodeid: str, mutant: Mutant) -> int | None:
        """Return how many calls lie between a test and the function of a change; None if it is never named."""
        if mutant.owner.endswith("="):
            names = list(_targets(mutant.owner))
        else:
            holder, _, name = mutant.owner.rpartition(".")
            names = [holder if name.startswith("__") and holder else name]
            if names[0] not in self._known:  # kept in a register, and called from there
                names = ["outcomes_of"] if "/outcomes/" in mutant.file else list(vars(module_of(mutant.file)))
        found = [self._depths[nodeid][name] for name in names if name in self._depths[nodeid]]
        return min(found, default=None)
