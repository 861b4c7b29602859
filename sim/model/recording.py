"""What a run leaves behind: series by quarter and place, flows, costs. Real units; counts are integers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.person_states import Persons

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

CHAMPION_HEADS, CHAMPION_RAISED = 250, 100_000_000
FLOW_KINDS = ("talent_french", "talent_foreign", "startup_french", "startup_foreign")
COUNTED = (
    "births",
    "births_french",
    "closures",
    "closures_french",
    "exits",
    "rounds",
    "rounds_foreign_led",
    "refused_rounds",
)


@dataclass(frozen=True)
class Records:
    """The frames of one run (see docs/ODD.md for columns), everyone at its end, seconds per process, start's facts."""

    series: pd.DataFrame
    flows: pd.DataFrame
    costs: pd.DataFrame
    persons: Persons
    timings: dict[str, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


@dataclass
class Events:
    """What happened this quarter, agents by place (unscaled)."""

    births: np.ndarray
    births_french: np.ndarray
    closures: np.ndarray
    closures_french: np.ndarray
    exits: np.ndarray
    rounds: np.ndarray
    rounds_foreign_led: np.ndarray
    refused_rounds: np.ndarray
    capital_eur: np.ndarray
    talent_flows: np.ndarray  # (2, P, P) French origin, foreign
    startup_flows: np.ndarray  # (2, P, P) founded in France, abroad
    retired: int = 0

    @classmethod
    def empty(cls, places: int) -> Events:
        """Return a quarter without events."""
        a = [np.zeros(places, np.int64) for _ in range(9)]
        talents, startups = np.zeros((2, places, places), np.int64), np.zeros((2, places, places), np.int64)
        return cls(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], talents, startups)


class Recorder:
    """Collects one row per quarter and place."""

    def __init__(self, place_ids: tuple[str, ...]) -> None:
        self.ids = np.array(place_ids)
        self._series: list[dict[str, np.ndarray]] = []
        self._flows: list[tuple[np.ndarray, ...]] = []
        self._costs: list[tuple[int, str, str, str, float]] = []

    def record(self, model: FlightModel, quarter: int) -> None:
        """Append stocks, prices and events; ``quarter`` 0 is the initial state."""
        settings, places, events = model.settings, model.places, model.events
        startups = model.startup_counts
        people, firms = settings.talent_scale, settings.startup_scale
        frame: dict[str, np.ndarray] = {
            "quarter": np.full(places.count, quarter, np.int64),
            "place": self.ids,
            "talents": model.talent_counts * people,
            "talents_french": model.talent_counts_french * people,
            "startups": startups.by_place * firms,
            "startups_french": startups.french * firms,
            "champions": startups.champions * firms,
            "champions_french": startups.champions_french * firms,
            "jobs": startups.staff * firms,
        }
        frame |= {name: getattr(events, name) * firms for name in COUNTED}
        frame |= {
            "capital_meur": events.capital_eur * firms / 1e6,
            "wage": places.wage.copy(),
            "office_rent": places.office_rent.copy(),
            "flat_rent": places.flat_rent.copy(),
            "labelled": model.conditions.labelled.astype(np.int64),
            "fibre": model.conditions.fibre.copy(),
            "mobile": model.conditions.mobile.copy(),
            "awareness": model.conditions.awareness[2].copy(),
        }
        self._series.append(frame)
        # Kinds in the order of FLOW_KINDS; one frame is made of all quarters at the end.
        flows = np.concatenate([events.talent_flows * people, events.startup_flows * firms])
        kind, origin, destination = np.nonzero(flows)
        self._flows.append((np.full(len(kind), quarter), origin, destination, kind, flows[kind, origin, destination]))

    def charge(self, quarter: int, lever: str, item: str, payer: str, meur: float) -> None:
        """Append one line of spending; lines of zero are left out."""
        if meur != 0.0:
            self._costs.append((quarter, lever, item, payer, meur))

    def records(self, persons: Persons, timings: dict[str, float], facts: dict[str, float]) -> Records:
        """Return everything collected, with everyone as they are now."""
        costs = pd.DataFrame(self._costs, columns=["quarter", "lever", "item", "payer", "meur"])
        costs = costs.astype({"quarter": np.int64, "meur": np.float64, "lever": str, "item": str, "payer": str})
        series = {name: np.concatenate([frame[name] for frame in self._series]) for name in self._series[0]}
        quarter, origin, destination, kind, count = (np.concatenate(part) for part in zip(*self._flows, strict=True))
        flows = {
            "quarter": quarter.astype(np.int64),
            "origin": self.ids[origin],
            "destination": self.ids[destination],
            "kind": np.array(FLOW_KINDS)[kind],
            "count": count,
        }
        return Records(pd.DataFrame(series), pd.DataFrame(flows), costs, persons, timings, facts)
