"""Rows on people that one watched run gives and that the model is not fitted to: who leaves, where to, for how long.

Moments and quarters are counted as in ``measures.py``. Every function returns NaN where nobody meets its definition.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from sim.experiments.targets.film import Persons
from sim.experiments.targets.measures import quarters_of
from sim.model.geography import Geography
from sim.model.talents import SKILLS

YEAR = 4
FIRST_THREE_YEARS = range(12)
SURVEY_2015 = range(6, 14)  # two years of leavers, centred two years after those of row B17
END_2013, END_2017 = 2, 18  # in series
SHORT_STAY, LONG_STAY = 1, 9  # years: a stay of "about five" lies between
STAR, TOP = SKILLS.index("star"), SKILLS.index("top")


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else math.nan


def young_departures(reasons: pd.DataFrame) -> float:
    """B13: of French people who leave in the first year by their own choice, the share below 30."""
    left = reasons[
        (reasons["kind"] == "talent_french") & (reasons["direction"] == "departure")
        & (reasons["part"] == "trigger") & (reasons["year"] == 0)
    ]  # fmt: skip
    count = left.set_index("name")["count"].reindex(["school", "young", "older"]).fillna(0.0)
    return _share(float(count["school"] + count["young"]), float(count.sum()))


def growth_abroad(series: pd.DataFrame, geography: Geography) -> float:
    """B16: mean yearly growth of the stock of French people abroad from the end of 2013 to the end of 2017."""
    abroad = series[series["place"].isin(np.array(geography.ids)[~geography.is_french])]
    stock = abroad.groupby("quarter")["talents_french"].sum()
    if END_2017 not in stock.index or stock[END_2013] <= 0 or stock[END_2017] <= 0:
        return math.nan
    return float((stock[END_2017] / stock[END_2013]) ** (YEAR / (END_2017 - END_2013)) - 1.0)


def leavers_abroad(persons: Persons, geography: Geography, quarters: range) -> tuple[int, np.ndarray]:
    """Return how many star-track French leave school in these quarters, and where they live abroad after, (k,)."""
    star = (persons.skill == STAR) & geography.is_french[persons.origin]
    total, places = 0, [np.empty(0, np.int64)]
    for q in (q for q in quarters if q + 1 < len(persons.place)):
        leavers = star & (persons.entry[q] == q)
        total += int(leavers.sum())
        after = persons.place[q + 1, leavers]
        places.append(after[~geography.is_french[after]].astype(np.int64))
    return total, np.concatenate(places)


def first_jobs_abroad_later(persons: Persons, geography: Geography) -> float:
    """B18: as B17, two years later."""
    total, abroad = leavers_abroad(persons, geography, SURVEY_2015)
    return _share(len(abroad), total)


def graduates_to(persons: Persons, geography: Geography, country: str) -> float:
    """B21, B22: of star-track French of the first three years with a first job abroad, the share in one country."""
    _, abroad = leavers_abroad(persons, geography, FIRST_THREE_YEARS)
    there = geography.country[abroad] == geography.countries.index(country)
    return _share(float(there.sum()), len(abroad))


def stays_of_five_years(persons: Persons, geography: Geography) -> float:
    """B31: share of French arrivals in Silicon Valley who leave after more than one and at most nine years.

    Chances to leave by length of stay from all stays that begin in the run (product limit); a new working life or the
    horizon ends the view of a stay.
    """
    bay = geography.ids.index("silicon_valley")
    french = geography.is_french[persons.origin]
    longest = YEAR * LONG_STAY
    at_risk, left = np.zeros(longest), np.zeros(longest)
    stay = np.full(persons.place.shape[1], -1)  # quarters since arrival; -1: no stay in view
    for q in range(len(persons.place) - 1):
        same = persons.entry[q + 1] == persons.entry[q]
        now, then = persons.place[q] == bay, persons.place[q + 1] == bay
        seen = french & same & now & (stay >= 0) & (stay < longest)
        at_risk += np.bincount(stay[seen], weights=persons.weight[seen], minlength=longest)[:longest]
        gone = seen & ~then
        left += np.bincount(stay[gone], weights=persons.weight[gone], minlength=longest)[:longest]
        arrived = french & same & ~now & then
        stay = np.where(arrived, 0, np.where(same & then & (stay >= 0), stay + 1, -1))
    if at_risk[0] <= 0 or (at_risk <= 0).any():
        return math.nan
    staying = np.cumprod(1.0 - left / at_risk)
    return float(staying[YEAR * SHORT_STAY - 1] - staying[-1])


def french_in(series: pd.DataFrame, place: str, year: int) -> float:
    """B32: talents of French origin in a place, mean of a calendar year."""
    chosen = series[(series["place"] == place) & series["quarter"].isin(quarters_of(year))]
    return float(chosen["talents_french"].mean()) if len(chosen) else math.nan


def foreign_share(persons: Persons, geography: Geography) -> float:
    """B52: share of foreign origin in the top class living in France at the start."""
    here = geography.is_french[persons.place[0]] & (persons.skill == TOP)
    foreign = here & ~geography.is_french[persons.origin]
    return _share(float(persons.weight[foreign].sum()), float(persons.weight[here].sum()))


def net_migration_sign(persons: Persons, geography: Geography) -> float:
    """B53: sign of foreigners in France less French abroad, top class, at the start."""
    top = persons.skill == TOP
    home, here = geography.is_french[persons.origin], geography.is_french[persons.place[0]]
    coming = persons.weight[top & ~home & here].sum()
    return float(np.sign(coming - persons.weight[top & home & ~here].sum()))


def diaspora_elasticity(persons: Persons, series: pd.DataFrame, geography: Geography, hubs: np.ndarray) -> float:
    """M21: elasticity of yearly flows of French people from France to a hub, to the French stock there.

    Star track and top class; Poisson regression over hubs and years on ln stock and ln distance to Paris, without
    effects of hubs. ``hubs`` (P,) bool. Hubs without any French person in a year are left out.
    """
    names = np.array(geography.ids)
    stock = series.pivot(index="quarter", columns="place", values="talents_french")[names].to_numpy(float)
    km = geography.km[geography.ids.index("paris_sentier")]
    french = geography.is_french[persons.origin]
    flow, ln_stock, ln_km = [], [], []
    for q in range(0, len(persons.place) - YEAR, YEAR):
        end = q + YEAR
        same = french & (persons.entry[end] == persons.entry[q]) & geography.is_french[persons.place[q]]
        moved = np.bincount(persons.place[end, same], weights=persons.weight[same], minlength=len(names))
        for hub in np.flatnonzero(hubs & (stock[q] > 0)):
            flow.append(moved[hub])
            ln_stock.append(math.log(stock[q, hub]))
            ln_km.append(math.log(km[hub]))
    return poisson_slope(np.array(flow), np.column_stack([ln_stock, ln_km])) if np.sum(flow) > 0 else math.nan


def poisson_slope(count: np.ndarray, about: np.ndarray) -> float:
    """Return the slope of the first column of ``about`` (n, k) in a Poisson regression of ``count`` (n,) with a level.

    NaN if the columns do not tell the slopes apart.
    """
    centred = about - about.mean(axis=0)
    if len(count) <= about.shape[1] + 1 or np.linalg.matrix_rank(centred) < about.shape[1]:
        return math.nan
    scaled = count / count.mean()

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        line = np.clip(b[0] + centred @ b[1:], -50.0, 50.0)
        gap = np.exp(line) - scaled
        return float(np.sum(np.exp(line) - scaled * line)), np.array([gap.sum(), *(centred.T @ gap)])

    found = minimize(loss, np.zeros(about.shape[1] + 1), jac=True, method="BFGS", options={"gtol": 1e-7})
    return float(found.x[1])
