"""Forecasts without skill, row by row: 2013 held constant, and a straight line through what was known by then.

A *level* is a stock, share or flow at a date: its constant is the same measure in the evidence of 2013, or the nearest
that the evidence has; its trend is the line through the dated figures that were known before the year of the row, where
there are two, else the constant. A *response* is a reaction to a change: without skill nobody reacts, under both. A
*ratio* of two responses is nothing over nothing then, and has no forecast. Rows without an entry have none either.

Numbers are computed from the evidence; the few that stand in the text of a row's source alone are typed, and say so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sim.evidence import Evidence

LEVEL, RESPONSE, RATIO = "level", "response", "ratio"
Number = Callable[["Evidence"], float]
PARIS_CITY = ("paris_sentier", "paris_rive_gauche")
PARIS_REGION = (*PARIS_CITY, "paris_saclay")
SECOND_REGION = ("lyon", "grenoble")
STARTUPS, CAPITAL = "digital_startups", "vc_investment"
# Elasticities and effects that are 0 if nobody responds.
UNMOVED = (
    "M01", "M02", "M04", "M05", "M06", "M08", "M09", "M10", "M14", "M16", "M17", "M20", "M21", "F01", "F02", "F03",
    "F06", "F08", "F09", "F10", "A07", "C01", "C02", "R05", "P01", "P02", "P04", "P12",
)  # fmt: skip
COLUMNS = ("row", "kind", "year", "constant", "trend", "how", "how_trend")


@dataclass(frozen=True)
class Forecast:
    """What is foretold of one row without skill.

    ``year``: of the published figure, of levels. ``how``: what the constant is. ``trend``, ``how_trend``: the line, if
    two dated figures were known.
    """

    kind: str
    how: str
    constant: Number | None = None
    year: float = math.nan
    trend: Number | None = None
    how_trend: str = ""


def of_2013(evidence: Evidence, variable: str) -> np.ndarray:
    """Return a variable by place, (P,). Startups are those that the central world starts with: counts x perimeter."""
    values = evidence.column(variable)
    if variable != STARTUPS:
        return values
    from sim.model.start import startup_perimeter
    from sim.world import central_world

    return np.asarray(values * startup_perimeter(central_world(evidence), evidence))


def total(evidence: Evidence, variable: str, places: tuple[str, ...]) -> float:
    """Return a variable of 2013 summed over some places."""
    chosen = np.isin([place.place for place in evidence.places], places)
    return float(of_2013(evidence, variable)[chosen].sum())


def france(evidence: Evidence) -> tuple[str, ...]:
    """Return the French places, Rest of France among them."""
    return tuple(place.place for place in evidence.places if place.country == "FR")


def cities(evidence: Evidence, variable: str) -> list[float]:
    """Return a variable of 2013 by French labour market, the largest first; Rest of France is none."""
    found: dict[str, float] = {}
    for place, value in zip(evidence.places, of_2013(evidence, variable), strict=True):
        if place.kind == "district":
            found[place.labour_market] = found.get(place.labour_market, 0.0) + float(value)
    return sorted(found.values(), reverse=True)


def published(evidence: Evidence, row: str) -> float:
    """Return the published figure of a row that the model may know."""
    targets = evidence.targets.set_index("id")
    if targets.loc[row, "use"] not in ("calibrate", "input"):
        raise ValueError(f"row {row} is kept for checking: no forecast may know it")
    return float(targets["value"][row])


def line(dated: dict[int, float], year: float) -> float:
    """Return the value at ``year`` of the line of least squares through dated figures, two or more."""
    slope, height = np.polyfit([*dated], [*dated.values()], 1).tolist()
    return float(slope * year + height)


def _share(variable: str, part: tuple[str, ...], whole: tuple[str, ...] | None = None) -> Number:
    return lambda e: total(e, variable, part) / total(e, variable, france(e) if whole is None else whole)


def _capital(*years: int) -> Callable[[Evidence, float], float]:
    return lambda e, year: line({known: published(e, f"H_FR_{known}") for known in years}, year)


def _density(evidence: Evidence) -> float:
    from sim.experiments.targets.place_measures import PARIS_REGION_MILLIONS, SECOND_REGION_MILLIONS

    paris, second = (total(evidence, STARTUPS, region) for region in (PARIS_REGION, SECOND_REGION))
    return (paris / PARIS_REGION_MILLIONS) / (second / SECOND_REGION_MILLIONS)


def _three_largest(evidence: Evidence) -> float:
    return sum(cities(evidence, STARTUPS)[:3]) / total(evidence, STARTUPS, france(evidence))


def _still(value: float, how: str) -> Forecast:
    return Forecast(RESPONSE, how, lambda e: value)


def _levels() -> dict[str, Forecast]:
    startups = "startups of 2013 (places.csv, times the central perimeter)"
    money = "money raised in 2013 (capital.csv)"
    three, two = "line through H_FR_2013 to H_FR_2015", "line through H_FR_2013 and H_FR_2014"
    return {
        "A06": Forecast(LEVEL, f"the three cities with most, {startups}", _three_largest, 2013),
        "B18": Forecast(LEVEL, "row B17, survey of 2013", lambda e: published(e, "B17"), 2015),
        "B22": Forecast(LEVEL, "5.5% in 2012, in the source of the row", lambda e: 0.055, 2013),
        "B34": Forecast(LEVEL, startups, _share(STARTUPS, PARIS_REGION), 2020),
        "B35": Forecast(LEVEL, startups, _share(STARTUPS, PARIS_CITY, PARIS_REGION), 2020),
        "B36": Forecast(LEVEL, startups, _share(STARTUPS, SECOND_REGION), 2020),
        "B37": Forecast(LEVEL, f"{startups}, per inhabitant of the regions as for the row", _density, 2020),
        "B38": Forecast(LEVEL, money, _share(CAPITAL, PARIS_REGION), 2016),
        "B43": Forecast(LEVEL, f"Ile-de-France among {startups}, of any status", _share(STARTUPS, PARIS_REGION), 2015),
        "B49": Forecast(LEVEL, startups, lambda e: total(e, STARTUPS, france(e)), 2018),
        "B52": Forecast(LEVEL, "foreign share of all talents in France (population.foreign_share_france)",
                        lambda e: e.parameters["population.foreign_share_france"].value, 2013),
        "B16": Forecast(LEVEL, "a stock that stays", lambda e: 0.0, 2017, lambda e: 0.03,
                        "about 3% a year in the ten years before, in the source of the row"),
        "H_FR_2014": Forecast(LEVEL, "row H_FR_2013", lambda e: published(e, "H_FR_2013"), 2014),
        "H_FR_2015": Forecast(LEVEL, "row H_FR_2013", lambda e: published(e, "H_FR_2013"), 2015,
                              lambda e: _capital(2013, 2014)(e, 2015), two),
        "H_FR_2016": Forecast(LEVEL, "row H_FR_2013", lambda e: published(e, "H_FR_2013"), 2016,
                              lambda e: _capital(2013, 2014, 2015)(e, 2016), three),
        "H_FR_2017": Forecast(LEVEL, "row H_FR_2013", lambda e: published(e, "H_FR_2013"), 2017,
                              lambda e: _capital(2013, 2014, 2015)(e, 2017), three),
        "H_LON_2017": Forecast(LEVEL, money, lambda e: total(e, CAPITAL, ("london",)) / 1000.0, 2017),
        "H_BER_2017": Forecast(LEVEL, money, lambda e: total(e, CAPITAL, ("berlin",)) / 1000.0, 2017),
        "H_PAR_2017": Forecast(LEVEL, money, lambda e: total(e, CAPITAL, PARIS_REGION) / 1000.0, 2017,
                               lambda e: _share(CAPITAL, PARIS_REGION)(e) * _capital(2013, 2014, 2015)(e, 2017) / 1000,
                               f"share of Ile-de-France in {money} times the {three}"),
    }  # fmt: skip


def _silent_levels() -> dict[str, Forecast]:
    """Levels of which the evidence has no earlier figure."""
    years = {"B05": 2017, "B07": 2013, "B13": 2013, "B21": 2013, "B23": 2016, "B28": 2014, "B31": 2013, "B32": 2016,
             "B44": 2015, "B45": 2017, "B46": 2019}  # fmt: skip
    return {row: Forecast(LEVEL, "no earlier figure in the evidence", year=year) for row, year in years.items()}


def _responses() -> dict[str, Forecast]:
    found = {row: _still(0.0, "nobody responds") for row in UNMOVED}
    found["F05"] = _still(1.0, "wages and rents do not respond, so firms keep all that is spared")
    found |= {row: _still(1.0, "the policy changes nothing: a ratio of one") for row in ("P07", "Z01")}
    return found | {
        row: Forecast(RATIO, "a ratio of two responses: nothing over nothing")
        for row in ("M13", "M18", "F04", "F07", "Z02", "Z03")
    }


FORECASTS: dict[str, Forecast] = _levels() | _silent_levels() | _responses()


def no_skill_forecasts(evidence: Evidence) -> pd.DataFrame:
    """Return one line a row: kind, year, both forecasts (NaN: none) and how they were made."""
    lines = []
    for row, forecast in FORECASTS.items():
        constant = math.nan if forecast.constant is None else forecast.constant(evidence)
        trend, how = constant, "" if forecast.constant is None else "as the constant"
        if forecast.trend is not None:
            trend, how = forecast.trend(evidence), forecast.how_trend
        elif forecast.kind == LEVEL and forecast.constant is not None:
            how = "one dated figure alone: as the constant"
        lines.append((row, forecast.kind, forecast.year, constant, trend, forecast.how, how))
    return pd.DataFrame(lines, columns=list(COLUMNS))
