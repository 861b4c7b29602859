"""Rows on how startups respond to taxes, broadband, travel, clusters and rents, by paired runs.

Births are expected foundings: what the model draws next, so that small responses do not drown in counts.
"""

from __future__ import annotations

import math

import numpy as np

from sim.experiments.targets.elasticities import DISTRICT
from sim.experiments.targets.film import Watch
from sim.experiments.targets.laboratory import RISE, Laboratory, Measure, stock_elasticity
from sim.experiments.targets.shock import Shock
from sim.model.startups import ALIVE
from sim.world import World

BIRTH_YEARS, EARLY_YEARS, YEAR = 5, 2, 4
# Two districts of one city with a border in common.
TREATED, NEIGHBOUR = "paris_rive_gauche", "paris_sentier"
POORLY_WIRED, SPARSE = "paris_saclay", "rest_of_france"
HOURS = 1.0  # shorter, to Paris or the airport


def firm_rows(lab: Laboratory) -> dict[str, Measure]:
    """Return the rows on firms that need paired runs."""
    return (
        local_tax_rows(lab) | {"F03": founder_tax_row(lab)} | border_rows(lab)
        | {"A07": travel_row(lab), "C01": fibre_row(lab, POORLY_WIRED), "C02": fibre_row(lab, SPARSE)}
        | {"R05": cluster_row(lab), "R06": rent_row(lab)}
    )  # fmt: skip


def stock(watch: Watch, place: str, first: int, last: int, column: str = "startups") -> np.ndarray:
    """Return a column of the series of one place, moments ``first`` to ``last``."""
    series = watch.series[watch.series["place"] == place].sort_values("quarter")
    return series[column].to_numpy(float)[first : last + 1]


def local_tax_rows(lab: Laboratory) -> dict[str, Measure]:
    """F02, F04, F05, F06, F08: what the profit tax leaves is up by ten per cent in one district."""
    shocked, quarters = lab.run(Shock(lab.named((DISTRICT,)), profit_net=RISE)), lab.settings.quarters
    later, last = (lab.first, quarters), (quarters - YEAR + 1, quarters)
    both = (lab.base, shocked)
    france = np.array(lab.geography.ids)[lab.geography.is_french]
    treated = [float(stock(watch, DISTRICT, *last).mean()) for watch in both]
    total = [float(sum(stock(watch, place, *last).mean() for place in france)) for watch in both]
    firms, land = incidence(lab.base, shocked, lab.geography.ids.index(DISTRICT), lab.world)
    return {
        "F02": Measure(stock_elasticity(*(stock(watch, DISTRICT, *later) for watch in both))),
        "F04": Measure(moved_share(treated[1] - treated[0], total[1] - total[0])),
        "F05": Measure(firms),
        "F06": Measure(land),
        "F08": Measure(
            100.0 * (treated[1] / treated[0] - 1.0) / (100.0 * (RISE - 1.0)) if treated[0] > 0 else math.nan
        ),
    }


def moved_share(district: float, nation: float) -> float:
    """F04: share of a district's gain that the nation does not gain; NaN where the district gains nothing."""
    return 1.0 - nation / district if district > 0.0 else math.nan


def incidence(base: Watch, shocked: Watch, place: int, world: World) -> tuple[float, float]:
    """F05, F06: (firms' share, landowners' share) of the tax that startups of a place are spared, last year.

    At the profits, staff and space of the run without the shock. Firms lose what wages and office rents of their staff
    rise by; landowners gain those rents and what their staff's flats cost more; the rest is the staff's.
    """
    year = slice(-YEAR, None)
    names = list(base.geography.ids)

    def column(watch: Watch, name: str) -> np.ndarray:
        return watch.series.pivot(index="quarter", columns="place", values=name)[names].to_numpy(float)[year, place]

    staff = column(base, "jobs")
    tax = float(np.sum(base.taxable[year, place] * (base.profit_rate[year, place] - shocked.profit_rate[year, place])))
    pay = world["startup.pay_factor"] / 4.0
    wages = float(np.sum(staff * pay * (column(shocked, "wage") - column(base, "wage"))))
    rise = column(shocked, "office_rent") - column(base, "office_rent")
    rents = float(np.sum(staff * world["price.office_m2_per_job"] / 4.0 * rise))
    dearer = np.log(column(shocked, "flat_rent") / column(base, "flat_rent"))
    flats = float(np.sum(staff * pay * column(base, "wage") * world["talent.housing_share"] * dearer))
    return (1.0 - (wages + rents) / tax, (rents + flats) / tax) if tax > 0.0 else (math.nan, math.nan)


def founder_tax_row(lab: Laboratory) -> Measure:
    """F03: elasticity of sites in a district, years 5 to 10, to the rate of the tax on founders' gains there."""
    shocked = lab.run(Shock(lab.named((DISTRICT,)), founder_tax=RISE))
    both = (stock(watch, DISTRICT, lab.first, lab.settings.quarters) for watch in (lab.base, shocked))
    return Measure(stock_elasticity(*both))


def births(watch: Watch, place: int, quarters: int) -> float:
    """Return expected foundings in a place over the first quarters."""
    return float(watch.births[:quarters, place].sum())


def births_ratio(base: Watch, shocked: Watch, place: int) -> float:
    """Return expected foundings in a place with a shock over those without, for as long as the shorter run."""
    quarters = min(len(base.births), len(shocked.births))
    without = births(base, place, quarters)
    return births(shocked, place, quarters) / without if without > 0.0 else math.nan


def border_rows(lab: Laboratory) -> dict[str, Measure]:
    """F09, F10: births in a district with one more point of profit tax, over those across the border to the next."""
    shocked = lab.run(Shock(lab.named((TREATED,)), profit_tax_points=1.0), BIRTH_YEARS)
    here, there = (lab.geography.ids.index(place) for place in (TREATED, NEIGHBOUR))
    ratio = births_ratio(lab.base, shocked, here) / births_ratio(lab.base, shocked, there)
    rates = [watch.profit_rate[: len(shocked.births), here].mean() for watch in (lab.base, shocked)]
    return {
        "F09": Measure(100.0 * (ratio - 1.0)),
        "F10": Measure(math.log(ratio) / math.log(rates[1] / rates[0])),
    }


def fibre_row(lab: Laboratory, place: str) -> Measure:
    """C01, C02: per cent more births from no fibre to full coverage, by a step to full coverage in one place."""
    shocked = lab.run(Shock(lab.named((place,)), fibre=1.0), BIRTH_YEARS)
    quarters = len(shocked.births)
    step = float(np.mean(stock(shocked, place, 1, quarters, "fibre") - stock(lab.base, place, 1, quarters, "fibre")))
    ratio = births_ratio(lab.base, shocked, lab.geography.ids.index(place))
    return Measure(100.0 * (math.exp(math.log(ratio) / step) - 1.0) if step > 0.0 else math.nan)


def travel_row(lab: Laboratory) -> Measure:
    """A07: per cent more staff in startups funded before, outside Ile-de-France, when Paris is an hour nearer."""
    paris = lab.geography.market == lab.geography.market[lab.geography.ids.index(NEIGHBOUR)]
    where = lab.geography.is_french & ~paris
    shocked = lab.run(Shock(where, hours_saved=HOURS), EARLY_YEARS)
    firms = lab.base.firms
    rows = np.flatnonzero(
        (firms.status[0] == ALIVE) & (firms.stage[0] > 0) & where[np.minimum(firms.hq[0], len(where) - 1)]
    )
    staff = [staff_of(watch, rows, 1, YEAR * EARLY_YEARS) for watch in (lab.base, shocked)]
    return Measure(100.0 * (staff[1] / staff[0] - 1.0) if staff[0] > 0.0 else math.nan)


def staff_of(watch: Watch, rows: np.ndarray, first: int, last: int) -> float:
    """Return the staff of some firms that still live, mean over moments ``first`` to ``last``."""
    firms = watch.firms
    moments = slice(first, min(last, len(firms.hq) - 1) + 1)
    living = firms.status[moments][:, rows] == ALIVE
    return float((firms.headcount[moments][:, rows] * living).sum(axis=1).mean())


def cluster_row(lab: Laboratory) -> Measure:
    """R05: elasticity of births in a district to the startups that count as its ecosystem."""
    value = RISE ** lab.world["startup.agglomeration"]
    shocked = lab.run(Shock(lab.named((DISTRICT,)), startup_value=value), BIRTH_YEARS)
    return Measure(math.log(births_ratio(lab.base, shocked, lab.geography.ids.index(DISTRICT))) / math.log(RISE))


def rent_row(lab: Laboratory) -> Measure:
    """R06: sign of the change of births over startups in a district whose flats cost ten per cent more."""
    shocked = lab.run(Shock(lab.named((DISTRICT,)), flat_rent=RISE), BIRTH_YEARS)
    quarters, place = len(shocked.births), lab.geography.ids.index(DISTRICT)
    rates = [
        births(watch, place, quarters) / stock(watch, DISTRICT, 0, quarters - 1).sum() for watch in (lab.base, shocked)
    ]
    return Measure(float(np.sign(rates[1] - rates[0])))
