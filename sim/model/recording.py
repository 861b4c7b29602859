"""What a run leaves behind: series by quarter and place, flows, costs, revenue, reasons. Real units, whole counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.model.events import (
    DIRECTIONS,
    FIRM_COUNTS,
    FLOW_KINDS,
    STARTUP_TERMS,
    STARTUP_TRIGGERS,
    TALENT_COUNTS,
    TALENT_TERMS,
    TALENT_TRIGGERS,
    TERM_UNIT,
)
from sim.person_states import Persons

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

CHAMPION_HEADS, CHAMPION_RAISED = 250, 100_000_000


@dataclass(frozen=True)
class Records:
    """The frames of one run (see docs/ODD.md for columns), everyone at its end, seconds per process, start's facts."""

    series: pd.DataFrame
    flows: pd.DataFrame
    costs: pd.DataFrame
    reasons: pd.DataFrame
    revenue: pd.DataFrame
    persons: Persons
    timings: dict[str, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


class Recorder:
    """Collects one row per quarter and place."""

    def __init__(self, place_ids: tuple[str, ...]) -> None:
        self.ids = np.array(place_ids)
        self._series: list[dict[str, np.ndarray]] = []
        self._flows: list[tuple[np.ndarray, ...]] = []
        self._costs: list[tuple[int, str, str, str, float]] = []
        self._revenue: list[tuple[int, str, str, str, float]] = []
        # Year -> sums of the year's quarters, by the name of the array of Events.
        self._reasons: dict[int, dict[str, np.ndarray]] = {}

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
        frame |= {name: events.counts[name] * firms for name in FIRM_COUNTS}
        frame |= {name: events.counts[name] * people for name in TALENT_COUNTS}
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

        if quarter > 0:
            year = self._reasons.setdefault((quarter - 1) // 4, {})
            for name in ("talent_triggers", "talent_terms", "startup_triggers", "startup_terms"):
                scale = people if name.startswith("talent") else firms
                year[name] = year.get(name, 0) + getattr(events, name) * scale

    def charge(self, quarter: int, lever: str, item: str, payer: str, meur: float) -> None:
        """Append one line of spending; lines of zero are left out."""
        if meur != 0.0:
            self._costs.append((quarter, lever, item, payer, meur))

    def public_spending(self, first: int, last: int, left_out: tuple[str, ...]) -> float:
        """Return what State and cities paid from quarter ``first`` to ``last``, million euro, some levers left out."""
        return sum(
            meur
            for quarter, lever, _, payer, meur in self._costs
            if first <= quarter <= last and payer in ("state", "city") and lever not in left_out and meur > 0.0
        )

    def collect(self, quarter: int, cause: str, item: str, receiver: str, meur: float) -> None:
        """Append one line of revenue, million euro of the quarter, at the law of July 2013."""
        self._revenue.append((quarter, cause, item, receiver, meur))

    def _reasons_frame(self) -> pd.DataFrame:
        """Return year, kind, direction, part (trigger or term), name, count (moves) and total (utility summed)."""
        rows: list[tuple[int, str, str, str, str, int, float]] = []
        named = (
            ("talent_triggers", "trigger", TALENT_TRIGGERS, FLOW_KINDS[:2]),
            ("talent_terms", "term", TALENT_TERMS, FLOW_KINDS[:2]),
            ("startup_triggers", "trigger", STARTUP_TRIGGERS, FLOW_KINDS[2:]),
            ("startup_terms", "term", STARTUP_TERMS, FLOW_KINDS[2:]),
        )
        for year, sums in self._reasons.items():
            for array, part, names, kinds in named:
                triggers = sums[array.replace("terms", "triggers")]
                for (k, d, n), value in np.ndenumerate(sums[array]):
                    chose = [not name.startswith("with ") for name in _trigger_names(array)]
                    count = int(value) if part == "trigger" else int(triggers[k, d, chose].sum())
                    total = float(value) if part == "trigger" else float(value) * TERM_UNIT
                    rows.append((year, kinds[k], DIRECTIONS[d], part, names[n], count, total))
        columns = ["year", "kind", "direction", "part", "name", "count", "total"]
        types = {"year": np.int64, "count": np.int64, "total": np.float64}
        return pd.DataFrame(rows, columns=columns).astype(types)

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
        revenue = pd.DataFrame(self._revenue, columns=["quarter", "cause", "item", "receiver", "meur"])
        revenue = revenue.astype({"quarter": np.int64, "meur": np.float64})
        return Records(
            pd.DataFrame(series),
            pd.DataFrame(flows),
            costs,
            self._reasons_frame(),
            revenue,
            persons,
            timings,
            facts,
        )


def _trigger_names(array: str) -> tuple[str, ...]:
    return TALENT_TRIGGERS if array.startswith("talent") else STARTUP_TRIGGERS
