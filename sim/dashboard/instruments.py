"""The eight levers as the scenario files of the recommendations set them: what a policy starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.toml_files import read_toml

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = (
    "r1_label_network", "r2_paris_showcase", "r3_international_brand", "r4_seed_acceleration", "r5_ultra_broadband",
    "r6_attractive_taxation", "r7_open_innovation", "r8_simplification",
)  # fmt: skip
BUDGET = "budget_meur"
MOST_MEUR = {"international_brand": 1000.0, "seed_acceleration": 10_000.0}
"""Largest budget that a lever takes, million euro; levers without one have no budget of their own."""
NATIONAL = ("attractive_taxation",)
"""Levers that take no places: tax law is the same everywhere."""
YEARS = (1, 20)
"""Horizons that the page offers, years from 2013 Q3."""


@dataclass(frozen=True)
class Instrument:
    """A lever as its recommendation sets it. ``table``: its fields in the file; ``budget``: None without one."""

    short: str
    key: str
    scenario: str
    title: str
    table: Mapping[str, Any]

    @property
    def start(self) -> str:
        """First quarter in force."""
        return str(self.table["start"])

    @property
    def budget(self) -> float | None:
        """Total budget, million euro."""
        return float(self.table[BUDGET]) if BUDGET in self.table else None


@cache
def instruments() -> Mapping[str, Instrument]:
    """The eight by their short names, ``r1`` to ``r8``.

    Raises:
        InputError: if a file of theirs cannot be read.
    """
    found = {}
    for name in FILES:
        content = read_toml(SCENARIOS / f"{name}.toml", "scenario")
        ((key, table),) = content["levers"].items()
        short = str(content["recommendation"]).lower()
        found[short] = Instrument(short, key, name, str(content["title"]), MappingProxyType(dict(table)))
    return MappingProxyType(found)
