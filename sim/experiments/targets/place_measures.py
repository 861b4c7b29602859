"""Rows on startups and money by place that one watched run gives and that the model is not fitted to.

Moments and quarters are counted as in ``measures.py``. Every function returns NaN where nobody meets its definition.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.experiments.targets.film import Firms
from sim.experiments.targets.measures import AUGUST_2020, quarters_of
from sim.model.geography import Geography
from sim.model.startups import ALIVE

JUNE_2017 = 16  # moment, and quarter of series
END_2015 = 10
JEI_QUARTERS = 32  # below eight years of age
SCALEUP_KEUR = 1000  # a million, of euro in place of dollars
PARIS_CITY = ("paris_sentier", "paris_rive_gauche")
PARIS_REGION = (*PARIS_CITY, "paris_saclay")
SECOND_REGION = ("lyon", "grenoble")
# Inhabitants of Ile-de-France and Auvergne-Rhone-Alpes by the source of rows B34, B36 and B37: startups over startups
# per million.
PARIS_REGION_MILLIONS, SECOND_REGION_MILLIONS = 4074 / 332, 855 / 106
END_OF_FIRST_YEAR = 4


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else math.nan


def _sum(series: pd.DataFrame, column: str, places: tuple[str, ...] | np.ndarray, quarters: list[int]) -> float:
    chosen = series[series["quarter"].isin(quarters) & series["place"].isin(list(places))]
    return float(chosen[column].sum()) if set(quarters) <= set(chosen["quarter"]) else math.nan


def _french(geography: Geography) -> np.ndarray:
    return np.asarray(np.array(geography.ids)[geography.is_french])


def scaleups_abroad(firms: Firms, geography: Geography) -> float:
    """B05: of living firms founded in France with a million raised by June 2017, those led from abroad."""
    if len(firms.hq) <= JUNE_2017:
        return math.nan
    grown = (firms.status[JUNE_2017] == ALIVE) & (firms.raised_keur[JUNE_2017] >= SCALEUP_KEUR)
    rows = np.flatnonzero(grown & geography.is_french[firms.origin])
    gone = ~geography.is_french[firms.hq[JUNE_2017, rows]] & geography.is_french[firms.ops[JUNE_2017, rows]]
    return _share(float(gone.sum()), len(rows))


def us_moves_to_silicon_valley(flows: pd.DataFrame, geography: Geography) -> float:
    """B07: of moves of French headquarters from France to the United States, the share to Silicon Valley."""
    us = np.array(geography.ids)[geography.country == geography.countries.index("US")]
    moves = flows[(flows["kind"] == "startup_french") & flows["origin"].isin(_french(geography))]
    moves = moves[moves["destination"].isin(us)]
    return _share(
        float(moves.loc[moves["destination"] == "silicon_valley", "count"].sum()), float(moves["count"].sum())
    )


def french_startups_in(series: pd.DataFrame, place: str) -> float:
    """B28: startups founded in France with headquarters in a place, mean from the start to the end of 2014."""
    quarters = list(range(quarters_of(2014)[-1] + 1))
    return _sum(series, "startups_french", (place,), quarters) / len(quarters)


def share_of(series: pd.DataFrame, part: tuple[str, ...], whole: tuple[str, ...] | np.ndarray) -> float:
    """B35, B36: startups of some places over those of others, end of 2020 Q3."""
    return _share(_sum(series, "startups", part, [AUGUST_2020]), _sum(series, "startups", whole, [AUGUST_2020]))


def density_ratio(series: pd.DataFrame) -> float:
    """B37: startups per inhabitant of Ile-de-France over Lyon and Grenoble by Auvergne-Rhone-Alpes, end of 2020 Q3."""
    paris, second = (_sum(series, "startups", region, [AUGUST_2020]) for region in (PARIS_REGION, SECOND_REGION))
    return _share(paris / PARIS_REGION_MILLIONS, second / SECOND_REGION_MILLIONS)


def _young_innovative(firms: Firms, geography: Geography) -> np.ndarray:
    """Return rows of living firms in France with the status of young innovative firm at the end of 2015."""
    if len(firms.hq) <= END_2015:
        return np.empty(0, np.int64)
    alive = (firms.status[END_2015] == ALIVE) & (firms.jei == 1) & (END_2015 - firms.founded < JEI_QUARTERS)
    return np.flatnonzero(alive & geography.is_french[np.minimum(firms.ops[END_2015], len(geography.ids) - 1)])


def jei_paris_share(firms: Firms, geography: Geography) -> float:
    """B43: share of Ile-de-France among young innovative firms, end of 2015, by place of operations."""
    rows = _young_innovative(firms, geography)
    paris = np.isin(np.array(geography.ids), PARIS_REGION)
    return _share(float(paris[firms.ops[END_2015, rows]].sum()), len(rows)) if len(rows) else math.nan


def jei_size(firms: Firms, geography: Geography) -> float:
    """B44: mean staff of young innovative firms, end of 2015."""
    rows = _young_innovative(firms, geography)
    return float(firms.headcount[END_2015, rows].mean()) if len(rows) else math.nan


def stock_2016_2020(series: pd.DataFrame, geography: Geography) -> float:
    """B49: startups with headquarters in France, mean from the start of 2016 to the end of 2020."""
    quarters = [q for year in range(2016, 2021) for q in quarters_of(year)]
    return _sum(series, "startups", _french(geography), quarters) / len(quarters)


def funded_in_three_markets(firms: Firms, geography: Geography) -> float:
    """A06: share of living funded startups with headquarters in the three French cities that have most, after a year.

    Places of one labour market are one city; Rest of France is no city, but counts in the whole.
    """
    funded = (firms.status[END_OF_FIRST_YEAR] == ALIVE) & (firms.stage[END_OF_FIRST_YEAR] > 0)
    count = np.bincount(firms.hq[END_OF_FIRST_YEAR, funded], minlength=len(geography.ids)).astype(float)
    count = count * geography.is_french
    by_city = np.bincount(geography.market, weights=count * geography.is_district)
    return _share(float(np.sort(by_city)[-3:].sum()), float(count.sum()))


def capital_of_places(series: pd.DataFrame, places: tuple[str, ...], year: int) -> float:
    """H_*: money raised by startups with headquarters in some places in a calendar year, billion euro."""
    return _sum(series, "capital_meur", places, quarters_of(year)) / 1000.0


def rent_slope(office_rent: np.ndarray, jobs: np.ndarray) -> float:
    """R03: per cent that office rents rise per standard deviation of ln jobs; (n,) each, over French districts."""
    x = np.log(jobs)
    deviation = float(np.std(x))
    if deviation <= 0.0:
        return math.nan
    slope = float(np.mean((x - x.mean()) * np.log(office_rent))) / deviation**2
    return 100.0 * (math.exp(slope * deviation) - 1.0)
