"""One run as arrays: the five records of a run, summed the ways the outcomes need."""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.evidence import load_evidence

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

FRANCE = "FR"
PARIS_REGION = "ile_de_france"
QUARTERS_PER_YEAR = 4
PUBLIC_PAYERS = ("state", "city")
# What levers forgo on contributions: items of the costs that the accounts leave out where contributions count nothing.
FORGONE_CONTRIBUTIONS = ("employer contributions", "jei payroll relief")
CITIES = "cities"  # in the costs, the lever that stands for what cities spend by themselves, in every scenario


@cache
def discount_rate() -> float:
    """Return the yearly discount rate of public sums (``law.discount`` of the parameters)."""
    return discount_rates()[1]


@cache
def discount_rates() -> tuple[float, float, float]:
    """Return the three rates at which public sums are shown: low, central, high (``law.discount*``)."""
    parameters = load_evidence().parameters
    low, central, high = (parameters[f"law.discount{name}"].value for name in ("_low", "", "_high"))
    return low, central, high


def discounted(meur: FloatArray, quarter: FloatArray, rate: float) -> FloatArray:
    """Money of each quarter at its value at the start, quarter 0."""
    return np.asarray(meur * (1.0 + rate) ** -(quarter / QUARTERS_PER_YEAR))


class RunRecord:
    """The records of one run beside the table of places.

    Args:
        series: one row per quarter (0 = initial state) and place; stocks at the end, events during the quarter.
        flows: ``quarter, origin, destination, kind, count``; only pairs with a positive count.
        costs: ``quarter, lever, item, payer, meur``; undiscounted, money coming back is negative.
        revenue: ``quarter, cause, item, receiver, meur``; undiscounted, at the law of July 2013.
        places: one row per place with ``place, country, kind, region``.

    Raises:
        ValueError: if a record names a place that the table of places does not have.
    """

    def __init__(
        self,
        series: pd.DataFrame,
        flows: pd.DataFrame,
        costs: pd.DataFrame,
        revenue: pd.DataFrame,
        places: pd.DataFrame,
    ) -> None:
        self.flows, self.costs, self._revenue = flows, costs, revenue
        self._series = series
        self._index = pd.Index(places["place"].astype(str))
        self.is_french: BoolArray = (places["country"] == FRANCE).to_numpy(dtype=np.bool_)
        self.is_district: BoolArray = (places["kind"] == "district").to_numpy(dtype=np.bool_)
        self.is_paris: BoolArray = (places["region"] == PARIS_REGION).to_numpy(dtype=np.bool_)
        self._rows = series["quarter"].to_numpy(dtype=np.int64)
        self._columns = self._codes(series["place"])
        self.horizon = int(self._rows.max()) if len(self._rows) else 0
        self.years = self.horizon // QUARTERS_PER_YEAR
        self._grids: dict[str, FloatArray] = {}

    def _codes(self, names: pd.Series[str]) -> NDArray[np.int64]:
        """Positions of place ids in the table of places, shape (n,)."""
        if isinstance(names.dtype, pd.CategoricalDtype):  # a few look-ups instead of one per row
            lookup = self._index.get_indexer(pd.Index(names.cat.categories.astype(str)))
            codes = lookup[names.cat.codes.to_numpy()].astype(np.int64)
        else:
            codes = self._index.get_indexer(pd.Index(names)).astype(np.int64)
        if len(codes) and codes.min() < 0:
            unknown = sorted({str(name) for name, code in zip(names, codes, strict=True) if code < 0})
            raise ValueError(f"the records name places that the table of places lacks: {', '.join(unknown)}")
        return codes

    def grid(self, column: str) -> FloatArray:
        """A column of the series as an array of shape (quarters + 1, places)."""
        if column not in self._grids:
            grid = np.zeros((self.horizon + 1, len(self._index)))
            np.add.at(grid, (self._rows, self._columns), self._series[column].to_numpy(dtype=np.float64))
            self._grids[column] = grid
        return self._grids[column]

    def france(self, column: str) -> FloatArray:
        """National totals, Rest of France included, shape (quarters + 1,)."""
        return np.asarray(self.grid(column)[:, self.is_french].sum(axis=1))

    def abroad(self, column: str) -> FloatArray:
        """Totals over all places outside France, shape (quarters + 1,)."""
        return np.asarray(self.grid(column)[:, ~self.is_french].sum(axis=1))

    @cached_property
    def _crossings(self) -> dict[tuple[str, bool], FloatArray]:
        """Moves across the French border per quarter, by kind and direction (True = out of France)."""
        origin = self.is_french[self._codes(self.flows["origin"])]
        destination = self.is_french[self._codes(self.flows["destination"])]
        quarter = self.flows["quarter"].to_numpy(dtype=np.int64)
        count = self.flows["count"].to_numpy(dtype=np.float64)
        kinds = self.flows["kind"]
        result: dict[tuple[str, bool], FloatArray] = {}
        for kind in kinds.unique():
            of_kind = (kinds == kind).to_numpy(dtype=np.bool_)
            for outward in (True, False):
                chosen = of_kind & (origin == outward) & (destination != outward)
                result[str(kind), outward] = np.bincount(
                    quarter[chosen], weights=count[chosen], minlength=self.horizon + 1
                ).astype(np.float64)
        return result

    def departures(self, kind: str) -> FloatArray:
        """Moves out of France per quarter, shape (quarters + 1,)."""
        return self._crossings.get((kind, True), np.zeros(self.horizon + 1))

    def arrivals(self, kind: str) -> FloatArray:
        """Moves into France per quarter, shape (quarters + 1,)."""
        return self._crossings.get((kind, False), np.zeros(self.horizon + 1))

    def yearly_rate(self, events: FloatArray, stock: FloatArray) -> float:
        """Mean over whole years of events in the year per 100 of the stock at its start (quarters 0, 4, 8 ...).

        Years that start with an empty stock are left out; with none left the rate is 0.
        """
        last = QUARTERS_PER_YEAR * self.years
        per_year = events[1 : last + 1].reshape(self.years, QUARTERS_PER_YEAR).sum(axis=1)
        start = stock[0:last:QUARTERS_PER_YEAR]
        some = start > 0
        return float(np.mean(100.0 * per_year[some] / start[some])) if some.any() else 0.0

    def money(
        self, payers: tuple[str, ...], back: bool = False, cities: bool = False, items: tuple[str, ...] | None = None
    ) -> float:
        """Discounted sum of what the payers pay or forgo (or, with ``back``, of what comes back), million euro.

        ``cities``: cities' own programmes instead of levers; ``items``: these items of cost alone.
        """
        if self.costs.empty:
            return 0.0
        amount = self.costs["meur"].to_numpy(dtype=np.float64)
        chosen = self.costs["payer"].isin(payers).to_numpy(dtype=np.bool_) & ((amount < 0) == back)
        chosen &= (self.costs["lever"] == CITIES).to_numpy(dtype=np.bool_) == cities
        if items is not None:
            chosen &= self.costs["item"].isin(items).to_numpy(dtype=np.bool_)
        quarter = self.costs["quarter"].to_numpy(dtype=np.float64)
        return float(np.sum(discounted(np.abs(amount), quarter, discount_rate())[chosen]))

    def revenue(self, cause: str | None = None, receiver: str | None = None) -> float:
        """Discounted revenue, million euro: of one cause or receiver, or of all."""
        frame = self._revenue
        if frame.empty:
            return 0.0
        chosen = np.ones(len(frame), dtype=np.bool_)
        for column, wanted in (("cause", cause), ("receiver", receiver)):
            if wanted is not None:
                chosen &= (frame[column] == wanted).to_numpy(dtype=np.bool_)
        amount, quarter = (frame[c].to_numpy(dtype=np.float64)[chosen] for c in ("meur", "quarter"))
        return float(np.sum(discounted(amount, quarter, discount_rate())))


def share(part: float, whole: float) -> float:
    """``part`` in per cent of ``whole``; 0 when the whole is 0."""
    return float(100.0 * part / whole) if whole else 0.0
