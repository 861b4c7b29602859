"""Closing: firms close or are sold, sites left behind close; jobs lost make their holders consider moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.compile import kernel
from sim.model.desk import LOT, new_desk
from sim.model.lots import firm_draws
from sim.model.randomness import Purpose, uniforms
from sim.model.relocation import founder_rows
from sim.model.startup_rules import FOLLOW_QUARTERS, StartupTable, death_hazard, frailty_of
from sim.model.startups import ALIVE, CLOSED, SOLD, pick

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

P_CLOSE, P_CLOSE_SITE = np.int64(Purpose.CLOSE), np.int64(Purpose.CLOSE_SITE)


@kernel
def close_rows(table, seed, quarter, live, desk, uid, founded, quality, cash, stage, status, flows):
    """Close firms by hazard, sell some funded ones; ``flows`` holds the last quarter's cash flow by row."""
    rates, first, second, frailty = table.rates, desk.first, desk.second, desk.chance
    at = -LOT
    for n in range(live.shape[0]):
        i = live[n]
        if i < at or i >= at + LOT:
            at = i
            firm_draws(seed, P_CLOSE, quarter, uid, at, first, second)
            for k in range(min(LOT, uid.shape[0] - at)):
                frailty[k] = frailty_of(rates, max(quarter - founded[at + k], 0), quality[at + k])
        m = i - at
        broke = cash[i] <= 0
        year_of_cash = not broke and cash[i] >= -4 * min(flows[n], 0)
        if first[m] < death_hazard(rates, frailty[m], quarter - founded[i], year_of_cash, broke):
            status[i] = CLOSED
        elif stage[i] > 0 and quarter - founded[i] >= 16 and second[m] < rates.exit_hazard:
            status[i] = SOLD


def close_or_sell(
    table: StartupTable,
    key: np.uint64,
    quarter: int,
    live: np.ndarray,
    data: dict[str, np.ndarray],
    flows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Close or sell living firms; return the rows that closed and the rows that were sold."""
    desk = new_desk(len(table.country), len(table.nest_size))
    close_rows(table, key, quarter, live, desk, *pick(data, "uid founded quality cash stage status"), flows)
    status = data["status"][live]
    return live[status == CLOSED], live[status == SOLD]


@kernel
def close_site_rows(hazard, seed, quarter, country, live, uid, hq, ops, headcount, away, moved, out_sites, out_jobs):
    """Close sites left behind, from two years after the headquarters crossed a border; count them and jobs by place.

    The firm goes on with the staff at its headquarters; where nobody followed, its founder starts again alone.
    """
    for n in range(live.shape[0]):
        i = live[n]
        if country[hq[i]] == country[ops[i]] or quarter - moved[i] <= FOLLOW_QUARTERS:
            continue
        first, _ = uniforms(seed, P_CLOSE_SITE, uid[i], quarter, 0)
        if first < hazard:
            out_sites[ops[i]] += 1
            out_jobs[ops[i]] += headcount[i] - away[i]
            ops[i] = hq[i]
            headcount[i] = max(1, away[i])
            away[i] = 0


def close_sites(
    table: StartupTable, key: np.uint64, quarter: int, live: np.ndarray, data: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Close sites left behind; return closed sites and jobs lost by place, (P,) each, agents."""
    sites, jobs = np.zeros(len(table.country), np.int64), np.zeros(len(table.country), np.int64)
    columns = pick(data, "uid hq ops headcount away moved")
    close_site_rows(table.rates.site_close, key, quarter, table.country, live, *columns, sites, jobs)
    return sites, jobs


def close_startups(model: FlightModel) -> None:
    """Process: closing by hazard (age, quality, cash), sale of some funded firms, closing of sites left behind."""
    data, live, world, places = model.startups.data, model.live_rows(), model.world, model.places.count
    table, key, quarter = model.startup_table, model.key, model.quarter
    closed, sold = close_or_sell(table, key, quarter, live, data, model.cash_flows)
    events = model.events
    events.counts["closures"] += np.bincount(data["hq"][closed], minlength=places)
    french = closed[model.geography.is_french[data["origin"][closed]]]
    events.counts["closures_french"] += np.bincount(data["hq"][french], minlength=places)
    events.counts["exits"] += np.bincount(data["hq"][sold], minlength=places)
    # A sale pays founders a share of a multiple of the money raised; taxed where the headquarters is.
    gain = world["startup.exit_multiple"] * world["startup.exit_founder_share"]
    gains = (data["raised"][sold].astype(float) * gain).astype(np.int64)
    np.add.at(model.tax_base.exit_gains, data["hq"][sold], gains)
    gone = np.concatenate([closed, sold])
    rows, _ = founder_rows(model, gone)
    np.subtract.at(model.talents.data["firms"], rows, 1)
    sites, lost = close_sites(table, key, quarter, live[data["status"][live] == ALIVE], data)
    events.counts["site_closures"] += sites
    np.add.at(lost, data["ops"][closed], data["headcount"][closed] - data["away"][closed])
    np.add.at(lost, data["hq"][closed], data["away"][closed])
    model.jobs_lost = lost.astype(np.float64) * model.settings.startup_scale
