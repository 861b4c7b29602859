"""Tables that several figures, or both languages, are drawn from: made once per results folder."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from sim.report.results import Results

Table = TypeVar("Table")


def once(results: Results, key: Hashable, make: Callable[[], Table]) -> Table:
    """Return what ``make`` gives, from the second time on what it gave: never change it in place."""
    made = results.__dict__.setdefault("_tables_of_figures", {})
    if key not in made:
        made[key] = make()
    return made[key]  # type: ignore[no-any-return]
