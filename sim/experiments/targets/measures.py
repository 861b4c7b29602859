"""One number per target row from one watched run: plain functions on photographs, series and flows.

Quarter q of a photograph is the moment after q steps; quarter q of series and flows is the calendar quarter q - 1
counted from 2013 Q3 = 0. Every function returns NaN where nobody meets its definition.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.experiments.targets.film import Firms, Persons
from sim.model.funding import SEAT_AGE_QUARTERS
from sim.model.geography import Geography
from sim.model.startups import ALIVE, CLOSED
from sim.model.talents import SKILLS
from sim.world import World

FIRST_YEAR = range(4)  # quarters of founding, or of leaving school, of the first simulated year
BORN_2014 = range(2, 6)  # calendar quarters 2014 Q1 to Q4
YEAR_2016 = range(10, 14)
AUGUST_2020 = 29  # in series: the end of 2020 Q3
US_QUARTERS, DISTRICT_QUARTERS = 12, 20
ROUND_QUARTERS = 8
HIGH_PAY = 100_000.0


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _in_us(geography: Geography) -> np.ndarray:
    return np.asarray(geography.country == geography.countries.index("US"))


def _at(values: np.ndarray, moment: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ``values[moment, rows]``, moments beyond the horizon read at its end."""
    return np.asarray(values[np.minimum(moment, len(values) - 1), rows])


def cohort(firms: Firms, geography: Geography, quarters: range) -> np.ndarray:
    """Return rows of firms founded in France in these quarters."""
    return np.flatnonzero(geography.is_french[firms.origin] & np.isin(firms.founded, list(quarters)))


def relocated_share(firms: Firms, geography: Geography) -> float:
    """B01: of funded firms founded in France in the first year, the share with a foreign last headquarters."""
    rows = cohort(firms, geography, FIRST_YEAR)
    rows = rows[firms.stage[-1, rows] > 0]
    return _share(np.sum(~geography.is_french[firms.hq[-1, rows]]), len(rows))


def relocated_value(firms: Firms, geography: Geography) -> float:
    """B02: the same share in money raised, which stands for value: the model has no valuations."""
    rows = cohort(firms, geography, FIRST_YEAR)
    gone = ~geography.is_french[firms.hq[-1, rows]]
    return _share(float(firms.raised[rows[gone]].sum()), float(firms.raised[rows].sum()))


def moves_to_us(flows: pd.DataFrame, geography: Geography) -> float:
    """B03: of moves abroad of headquarters founded in France, the share to hubs of the United States."""
    french = np.array(geography.ids)[geography.is_french]
    us = np.array(geography.ids)[_in_us(geography)]
    moves = flows[(flows["kind"] == "startup_french") & flows["origin"].isin(french)]
    moves = moves[~moves["destination"].isin(french)]
    return _share(float(moves.loc[moves["destination"].isin(us), "count"].sum()), float(moves["count"].sum()))


def us_round_effect(firms: Firms, geography: Geography) -> float:
    """B04: P(headquarters in the US within 12 quarters | first US-led round) minus the same without such a round.

    Firms founded in France with their headquarters there. Without: the quarterly share of funded firms never led from
    the US that move there, over 12 quarters.
    """
    us, french, last = _in_us(geography), geography.is_french, len(firms.hq) - 1
    place = np.minimum(firms.hq, len(us) - 1)
    home = french[firms.origin]
    # A firm whose last lead at the start was American has had its first round unseen.
    never = home & ~((firms.last_foreign[0] > -30_000) & us[np.minimum(firms.lead[0], len(us) - 1)])
    treated = arrived = at_risk = moved = 0
    for q in range(last):
        lead = us[np.minimum(firms.lead[q + 1], len(us) - 1)]
        led = never & (firms.last_foreign[q + 1] == q) & lead
        never = never & ~led
        before = np.where(firms.status[q] > 0, place[q], firms.origin)
        here = french[before] & (firms.status[q + 1] > 0)
        control = never & here & (firms.status[q] == ALIVE) & (firms.stage[q] > 0)
        at_risk += int(control.sum())
        moved += int(np.sum(control & us[place[q + 1]]))
        if q + US_QUARTERS <= last:
            chosen = np.flatnonzero(led & here)
            treated += len(chosen)
            arrived += int(np.sum(us[place[q + 1 : q + 1 + US_QUARTERS, chosen]].any(axis=0)))
    without = 1.0 - (1.0 - _share(moved, at_risk)) ** US_QUARTERS
    return _share(arrived, treated) - without


def district_changes(firms: Firms, geography: Geography) -> float:
    """B09: of firms founded in France in the first year, the share in another French place after 20 quarters."""
    rows = cohort(firms, geography, FIRST_YEAR)
    after = _at(firms.hq, firms.founded[rows] + DISTRICT_QUARTERS, rows)
    return _share(np.sum(geography.is_french[after] & (after != firms.origin[rows])), len(rows))


def survival(firms: Firms, geography: Geography, quarters: int) -> float:
    """B45, B46: of firms founded in France in 2014, the share not closed after so many quarters; sold ones count."""
    rows = cohort(firms, geography, BORN_2014)
    return _share(np.sum(_at(firms.status, firms.founded[rows] + quarters, rows) != CLOSED), len(rows))


def seat_effect(firms: Firms, geography: Geography) -> float:
    """P07: chance of a first round within 8 quarters with an accelerator seat, over the chance without.

    Compares, quarter by quarter and place by place, eligible French firms without a round that draw a seat with those
    that do not (the draw is random). Those who draw one later are followed until then.
    """
    last = len(firms.hq) - 1
    events, risk = np.zeros((2, ROUND_QUARTERS)), np.zeros((2, ROUND_QUARTERS))
    for q in range(last - ROUND_QUARTERS + 1):
        new = firms.founded == q
        place = np.where(new, firms.origin, firms.hq[q])
        open_to = (firms.status[q] == ALIVE) | new
        open_to &= (firms.stage[q] == 0) & (firms.accelerated[q] == 0)
        open_to &= (q - firms.founded < SEAT_AGE_QUARTERS) & (firms.founded <= q)
        rows = np.flatnonzero(open_to)
        rows = rows[geography.is_french[place[rows]]]
        seat = firms.accelerated[q + 1, rows] == 1
        with_seat = np.bincount(place[rows[seat]], minlength=len(geography.ids)).astype(float)
        without = np.bincount(place[rows[~seat]], minlength=len(geography.ids))
        # Firms without a seat are weighted to the places of those with one.
        ratio = np.divide(with_seat, without, out=np.zeros(len(without)), where=without > 0)
        weight = np.where(seat, (without > 0)[place[rows]].astype(float), ratio[place[rows]])
        for k in range(ROUND_QUARTERS):
            waiting = firms.stage[q + k, rows] == 0
            waiting &= seat | (firms.accelerated[q + k + 1, rows] == 0)
            funded = waiting & (firms.stage[q + k + 1, rows] > 0)
            for arm, mine in enumerate((seat, ~seat)):
                risk[arm, k] += weight[waiting & mine].sum()
                events[arm, k] += weight[funded & mine].sum()
    hazard = np.divide(events, risk, out=np.full_like(risk, np.nan), where=risk > 0)
    chance = 1.0 - np.prod(1.0 - hazard, axis=1)
    return _share(float(chance[0]), float(chance[1]))


def return_ratio(flows: pd.DataFrame, geography: Geography) -> float:
    """B14: returns over departures of people of French origin in the first four quarters."""
    french = np.array(geography.ids)[geography.is_french]
    year = flows[(flows["kind"] == "talent_french") & flows["quarter"].between(1, 4)]
    here, there = year["origin"].isin(french), year["destination"].isin(french)
    return _share(float(year.loc[~here & there, "count"].sum()), float(year.loc[here & ~there, "count"].sum()))


def first_jobs_abroad(persons: Persons, geography: Geography) -> float:
    """B17: of star-track French who leave school in the first year, the share abroad after that quarter's choice."""
    star = (persons.skill == SKILLS.index("star")) & geography.is_french[persons.origin]
    total = abroad = 0
    for q in FIRST_YEAR:
        leavers = star & (persons.entry[q] == q)
        total += int(leavers.sum())
        abroad += int(np.sum(~geography.is_french[persons.place[q + 1, leavers]]))
    return _share(abroad, total)


def high_pay_departures(persons: Persons, geography: Geography) -> float:
    """B23: yearly chance of leaving, 2016, of residents of France at work with gross pay above 100,000 euro."""
    stayed = left = 0.0
    for q in (q for q in YEAR_2016 if q + 1 < len(persons.place)):
        here = geography.is_french[persons.place[q]] & (persons.pay[q] > HIGH_PAY) & (persons.entry[q] < q)
        gone = here & ~geography.is_french[persons.place[q + 1]] & (persons.entry[q] == persons.entry[q + 1])
        left += float(persons.weight[gone].sum())
        stayed += float(persons.weight[here & ~gone].sum())
    return 1.0 - (1.0 - _share(left, left + stayed)) ** 4


def french_in_silicon_valley(series: pd.DataFrame) -> float:
    """B30: talents of French origin in Silicon Valley at the start."""
    return float(series.loc[(series["quarter"] == 0) & (series["place"] == "silicon_valley"), "talents_french"].sum())


def paris_share(series: pd.DataFrame, geography: Geography, column: str, quarters: list[int]) -> float:
    """B34, B38: share of Ile-de-France in the French total of a column, summed over quarters of ``series``."""
    ids = np.array(geography.ids)
    paris = ids[geography.market == geography.market[geography.ids.index("paris_sentier")]]
    chosen = series[series["quarter"].isin(quarters) & series["place"].isin(ids[geography.is_french])]
    return _share(float(chosen.loc[chosen["place"].isin(paris), column].sum()), float(chosen[column].sum()))


def quarters_of(year: int) -> list[int]:
    """Return the quarters of ``series`` in a calendar year: quarter 1 is the third quarter of 2013."""
    first = 4 * (year - 2013) - 1
    return list(range(first, first + 4))


def capital_of(series: pd.DataFrame, geography: Geography, year: int) -> float:
    """H_FR: money raised by startups with headquarters in France in a calendar year, million euro."""
    french = np.array(geography.ids)[geography.is_french]
    chosen = series[series["quarter"].isin(quarters_of(year)) & series["place"].isin(french)]
    return float(chosen["capital_meur"].sum())


def urban_cost(world: World, inhabitants: float) -> float:
    """R01, R02: elasticity of the cost of living to population once building has answered, from the rent rule."""
    from sim.model.places import dwelling_supply

    response, supply = world["price.rent_response"], float(dwelling_supply(world, np.array(inhabitants)))
    return world["talent.housing_share"] * response / (1.0 + response * supply)
