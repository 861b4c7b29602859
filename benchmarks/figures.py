"""What a benchmark hands over: figures with their reach, tables and sentences; and how they are written down."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    ``values``: one per pair or repetition; the median counts. ``reach``: the bound it should keep, None for a figure
    that is only reported. ``at_least``: whether the bound is a lower one.
    """

    name: str
    values: tuple[float, ...]
    unit: str = ""
    reach: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def median(self) -> float:
        """The figure."""
        return statistics.median(self.values)

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or nothing where there is no reach."""
        if self.reach is None:
            return ""
        kept = self.median >= self.reach if self.at_least else self.median <= self.reach
        return "met" if kept else "**missed**"

    def cells(self) -> list[str]:
        """Return the row of the table: name, median, spread, reach, verdict, note."""
        unit = f" {self.unit}" if self.unit else ""
        spread = "" if len(self.values) == 1 else f"{short(min(self.values))} – {short(max(self.values))}"
        count = "" if len(self.values) == 1 else f" ({len(self.values)})"
        sign = "≥" if self.at_least else "≤"
        reach = "" if self.reach is None else f"{sign} {short(self.reach)}{unit}"
        return [self.name, f"{short(self.median)}{unit}", spread + count, reach, self.verdict, self.note]


@dataclass
class Section:
    """Figures of one theme, with sentences and tables that explain them."""

    title: str
    text: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def render(self) -> str:
        """Return the section in Markdown."""
        parts = [f"## {self.title}", *self.text]
        if self.figures:
            parts.append(table(FIGURE_HEAD, [figure.cells() for figure in self.figures]))
        return "\n\n".join(parts + self.tables)


FIGURE_HEAD = ("figure", "median", "min – max (pairs)", "reach", "", "")


def short(value: float) -> str:
    """Return a number with three figures that count, and no exponent."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others stand to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
