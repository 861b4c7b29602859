"""Rows on what labels, zones, accelerators and the status of young innovative firm do: runs with and without them."""

from __future__ import annotations

import math

import numpy as np

from sim.experiments.targets.elasticities import DISTRICT
from sim.experiments.targets.film import Firms, Watch
from sim.experiments.targets.firm_shocks import staff_of
from sim.experiments.targets.laboratory import Laboratory, Measure
from sim.experiments.targets.shock import Shock
from sim.model.geography import Geography
from sim.model.levers import Lever
from sim.model.levers.label_network import LabelNetwork
from sim.model.levers.zone_exemption import ZoneExemption
from sim.model.startups import ALIVE

ZONE = "paris_rive_gauche"  # where the lever exempts by default
ZONE_MOMENT = 21  # twenty quarters after its start
LABEL_YEARS, YEAR = 7, 4
JEI_MOMENT, JEI_QUARTERS = 8, 32  # two years later; below eight years of age
SEATS, DEAL_YEARS, EARLY_STAGE = 5.0, 3, 2  # seats a quarter of the accelerator that arrives; seed and first round


def policy_rows(lab: Laboratory) -> dict[str, Measure]:
    """Return the rows on programmes that need paired runs."""
    return zone_rows(lab) | label_rows(lab) | {"P04": jei_row(lab), "P12": accelerator_row(lab)}


def zone_rows(lab: Laboratory) -> dict[str, Measure]:
    """Z01, Z02, Z03: one district of Paris is exempt from employer contributions and profit tax, five years on."""
    years = -(-ZONE_MOMENT // YEAR)
    if lab.settings.quarters < ZONE_MOMENT:
        return {row: Measure(math.nan) for row in ("Z01", "Z02", "Z03")}
    treated = lab.run(lab.nothing(), years, (*lab.levers, ZoneExemption.model_validate({"places": (ZONE,)})))
    without, within = (zone_counts(watch.firms, lab.geography) for watch in (lab.base, treated))
    gain = {name: within[name] - without[name] for name in without}
    return {
        "Z01": Measure(_over(within["zone"], without["zone"])),
        "Z02": Measure(_over(gain["moved in"], gain["zone"])),
        "Z03": Measure(_over(gain["city"], gain["zone"])),
    }


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else math.nan


def zone_counts(firms: Firms, geography: Geography) -> dict[str, float]:
    """Return living firms in the zone, of these those founded elsewhere in France, and those in its whole city."""
    zone = geography.ids.index(ZONE)
    hq = firms.hq[ZONE_MOMENT, firms.status[ZONE_MOMENT] == ALIVE]
    origin = firms.origin[firms.status[ZONE_MOMENT] == ALIVE]
    there = hq == zone
    return {
        "zone": float(there.sum()),
        "moved in": float(np.sum(there & (origin != zone) & geography.is_french[origin])),
        "city": float(np.sum(geography.market[hq] == geography.market[zone])),
    }


def label_rows(lab: Laboratory) -> dict[str, Measure]:
    """P01, P02: staff of firms that lived where the label went, mean of seven years, against the run without a label.

    P01: the flag alone; P02: the label as it was given.
    """
    label = next((lever for lever in lab.levers if isinstance(lever, LabelNetwork)), None)
    if label is None:
        return {"P01": Measure(math.nan), "P02": Measure(math.nan)}
    others = tuple(lever for lever in lab.levers if lever is not label)
    flag = label.model_copy(update={"network": False, "premises": False, "call": False})
    without = lab.run(lab.nothing(), LABEL_YEARS, others)
    flagged = lab.run(lab.nothing(), LABEL_YEARS, _in_place_of(lab.levers, label, flag))
    rows = firms_to_be_labelled(lab.base, lab.geography)
    last = len(without.firms.hq) - 1
    staff = [staff_of(watch, rows, 1, last) for watch in (without, flagged, lab.base)]
    if not staff[0] > 0.0:
        return {"P01": Measure(math.nan), "P02": Measure(math.nan)}
    return {
        "P01": Measure(100.0 * (staff[1] / staff[0] - 1.0)),
        "P02": Measure(100.0 * (staff[2] / staff[0] - 1.0)),
    }


def _in_place_of(levers: tuple[Lever, ...], old: Lever, new: Lever) -> tuple[Lever, ...]:
    return tuple(new if lever is old else lever for lever in levers)


def firms_to_be_labelled(watch: Watch, geography: Geography) -> np.ndarray:
    """Return rows of firms that live at the start in a place that ever holds the label."""
    held = watch.series[watch.series["labelled"] > 0]["place"].unique()
    where = np.isin(np.array(geography.ids), held)
    firms = watch.firms
    place = np.minimum(firms.hq[0], len(where) - 1)
    return np.flatnonzero((firms.status[0] == ALIVE) & where[place])


def jei_row(lab: Laboratory) -> Measure:
    """P04: share of young innovative firms with more staff after two years than without the relief, same luck."""
    shocked = lab.run(Shock(lab.geography.is_french, without_jei=True), -(-JEI_MOMENT // YEAR))
    return Measure(better_off_share(lab.base.firms, shocked.firms, lab.geography.is_french))


def better_off_share(with_relief: Firms, without: Firms, french: np.ndarray) -> float:
    """P04: of firms of the status that live in France at the start and stay young, those with more staff with relief.

    Firms that live at the start have the same rows in both runs. A firm that has closed has no staff.
    """
    moment = min(JEI_MOMENT, len(without.hq) - 1, len(with_relief.hq) - 1)
    place = np.minimum(with_relief.ops[0], len(french) - 1)
    young = (with_relief.jei == 1) & (moment - with_relief.founded < JEI_QUARTERS)
    rows = np.flatnonzero((with_relief.status[0] == ALIVE) & french[place] & young)
    if not len(rows):
        return math.nan
    staff = [firms.headcount[moment, rows] * (firms.status[moment, rows] == ALIVE) for firms in (with_relief, without)]
    return float(np.mean(staff[0] > staff[1]))


def accelerator_row(lab: Laboratory) -> Measure:
    """P12: per cent more early rounds in a district over three years with an accelerator, its cohort left out."""
    shocked = lab.run(Shock(lab.named((DISTRICT,)), seats=SEATS), DEAL_YEARS)
    place = lab.geography.ids.index(DISTRICT)
    quarters = len(shocked.firms.hq) - 1
    seated = [set(firms.uid[firms.accelerated[quarters] == 1].tolist()) for firms in (lab.base.firms, shocked.firms)]
    cohort = np.array(sorted(seated[1] - seated[0]), np.uint64)
    deals = [early_rounds(watch.firms, place, quarters, cohort) for watch in (lab.base, shocked)]
    return Measure(100.0 * (deals[1] / deals[0] - 1.0) if deals[0] > 0 else math.nan)


def early_rounds(firms: Firms, place: int, quarters: int, left_out: np.ndarray) -> int:
    """Return rounds up to the second one closed by firms of a place over some quarters, some uids left out."""
    counted = ~np.isin(firms.uid, left_out)
    total = 0
    for q in range(quarters):
        closed = (firms.stage[q + 1] > firms.stage[q]) & (firms.stage[q + 1] <= EARLY_STAGE)
        total += int(np.sum(closed & counted & (firms.hq[q + 1] == place)))
    return total
