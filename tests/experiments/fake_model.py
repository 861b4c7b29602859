"""A tiny stand-in for the model, which can also raise, die, and take its time. Worker processes import it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import outcomes_of
from sim.person_states import ABROAD, CLOSED, FRANCE, NOWHERE, STARTUP, Persons
from sim.scenario import Scenario, content_digest

STOCKS = ("talents", "talents_french", "startups", "startups_french", "champions", "champions_french", "jobs")
EVENTS = (
    "births", "births_french", "closures", "closures_french", "exits", "rounds", "rounds_foreign_led",
    "refused_rounds", "refused_premises", "refused_hires", "refused_dwellings", "site_closures", "first_customers",
)  # fmt: skip
PRICES = ("capital_meur", "wage", "office_rent", "flat_rent", "fibre", "mobile", "awareness")


@dataclass(frozen=True)
class FakeRecords:
    series: pd.DataFrame
    flows: pd.DataFrame
    costs: pd.DataFrame
    reasons: pd.DataFrame
    revenue: pd.DataFrame
    persons: Persons
    timings: dict[str, float]
    facts: dict[str, float]


@dataclass(frozen=True)
class FakeEngine:
    """Counts its calls in ``log``; raises in scenario ``raises``; dies in draw ``dies`` (once or always)."""

    log: Path
    raises: str = ""
    dies: int = -1
    dies_once: bool = False
    seconds: float = 0.0
    version: str = "1"
    unloadable: bool = False

    def code_digest(self) -> str:
        return self.version

    def warm_up(self) -> None:
        if self.unloadable:
            raise ImportError("no model here")
        self._note("warm_up")

    def prepare(self, evidence: Any, world: Any, settings: Any, seed: int, draw: int) -> str:
        self._note(f"prepare {draw}")
        return world.digest

    def simulate(
        self, scenario: Scenario, world: Any, evidence: Any, start: str, settings: Any,
        seed: int, draw: int, replicate: int,
    ) -> FakeRecords:  # fmt: skip
        assert start == world.digest
        if scenario.name == self.raises:
            raise RuntimeError("the talents went missing")
        if draw == self.dies and scenario.name != "baseline":
            marker = self.log / "died"
            if not (self.dies_once and marker.exists()):
                marker.touch()
                os._exit(9)
        time.sleep(self.seconds)
        self._note(f"simulate {scenario.name} {draw} {replicate}")
        # The same luck in every scenario; a lever adds to it.
        luck = np.random.default_rng([seed, draw, replicate])
        return records(evidence, settings.quarters, luck, 10 * len(scenario.levers))

    def outcomes(self, records: FakeRecords, places: pd.DataFrame) -> dict[str, float]:
        return outcomes_of(records.series, records.flows, records.costs, records.revenue, places)

    def calls(self, kind: str) -> list[str]:
        return sorted(path.name[33:] for path in self.log.iterdir() if path.name[33:].startswith(kind))

    def _note(self, text: str) -> None:
        (self.log / f"{hashlib.md5(os.urandom(16)).hexdigest()} {text}").touch()


def records(evidence: Any, quarters: int, luck: np.random.Generator, gain: int) -> FakeRecords:
    places = evidence.place_ids
    rows = len(places) * (quarters + 1)
    series = pd.DataFrame(
        {"quarter": np.repeat(np.arange(quarters + 1), len(places)), "place": np.tile(places, quarters + 1)}
    )
    for name in (*STOCKS, *EVENTS):
        series[name] = luck.integers(50, 100, rows) + gain
    for name in PRICES:
        series[name] = luck.random(rows)
    series["labelled"] = 0
    flows = pd.DataFrame(
        {
            "quarter": np.arange(1, quarters + 1),
            "origin": "lyon",
            "destination": "london",
            "kind": "startup_french",
            "count": luck.integers(1, 5, quarters),
        }
    )
    costs = pd.DataFrame(columns=["quarter", "lever", "item", "payer", "meur"])
    if gain:
        costs.loc[0] = [1, "simplification", "visas", "state", 2.5]
    reasons = pd.DataFrame(
        {"year": [0], "kind": "startup_french", "direction": "departure", "part": "trigger", "name": "funded",
         "count": [3], "total": [3.0]}
    )  # fmt: skip
    revenue = pd.DataFrame(
        {"quarter": [1], "cause": "people", "item": "income tax", "receiver": "state", "meur": [100.0 + gain]}
    )
    people = persons(places, luck, gain)
    return FakeRecords(series, flows, costs, reasons, revenue, people, {"record": 0.1}, {"residual": 0.01})


def persons(places: tuple[str, ...], luck: np.random.Generator, gain: int) -> Persons:
    """Return forty firms; a lever founds some more, all in the first place, and reaches as many of the forty."""
    number, france = 40, places.index("london")
    place = np.concatenate([luck.integers(0, len(places), number), np.zeros(gain)]).astype(np.uint8)
    closed = np.concatenate([luck.random(number) < 0.2, np.zeros(gain, bool)])
    origin = np.concatenate([luck.integers(0, len(places), number), np.zeros(gain)]).astype(np.uint8)
    return Persons(
        uid=np.arange(number + gain, dtype=np.uint64),
        kind=np.full(number + gain, STARTUP, np.uint8),
        origin=origin,
        french=origin < france,
        founder_french=origin < france,
        state=np.where(closed, CLOSED, np.where(place < france, FRANCE, ABROAD)).astype(np.uint8),
        received=np.where(np.arange(number + gain) < gain, 4, 0).astype(np.uint16),
        group=np.zeros(number + gain, np.uint8),
        place=np.where(closed, NOWHERE, place).astype(np.uint8),
    )


def scenario(name: str, levers: Iterable[Any] = (), **world: float) -> Scenario:
    content = {"name": name, "levers": [lever.model_dump() for lever in levers], "world": world}
    return Scenario(
        name, name, "?", "none", "", "", tuple(levers), world, content_digest(content), Path(f"{name}.toml")
    )
