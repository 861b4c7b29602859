"""Rounds: the compiled loops of funding. Each claim's own draw meets acceptance from demand and supply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.compile import kernel
from sim.model.desk import LOT, new_desk
from sim.model.lots import firm_draws
from sim.model.randomness import Purpose, uniforms
from sim.model.rationing import acceptance
from sim.model.startup_rules import StartupTable, seek_chance
from sim.model.startups import pick

P_SEEK, P_LEAD, P_SEAT = np.int64(Purpose.SEEK), np.int64(Purpose.LEAD), np.int64(Purpose.SEAT)
ROUND_COLUMNS = "uid quality accelerated hq stage cash raised last_round last_foreign lead foreign_lead"


@dataclass
class Rounds:
    """Rounds of one quarter by place, (P,): money in euro, rounds closed, of these led from abroad, refused."""

    money: np.ndarray
    closed: np.ndarray
    foreign_led: np.ndarray
    refused: np.ndarray


@kernel
def seek_money(table, seed, quarter, live, desk, uid, quality, stage, last_round, hq, asks, out_demand):
    """Write what each living firm asks for (euro, 0 if it does not look) to ``asks``; add demand by place."""
    rates, ask, first, chance = table.rates, table.ask, desk.first, desk.chance
    at = -LOT
    for n in range(live.shape[0]):
        i = live[n]
        if i < at or i >= at + LOT:
            at = i
            firm_draws(seed, P_SEEK, quarter, uid, at, first, desk.second)
            for k in range(min(LOT, uid.shape[0] - at)):
                chance[k] = seek_chance(rates, stage[at + k], quality[at + k], quarter - last_round[at + k])
        m = i - at
        asks[n] = 0
        if first[m] < chance[m]:
            asks[n] = int(ask[min(stage[i], 3)])
            out_demand[hq[i]] += asks[n]


def ask_for_money(
    table: StartupTable, key: np.uint64, quarter: int, live: np.ndarray, data: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each living firm asks for, (N,) euro, and demand by place, (P,)."""
    asks, demand = np.zeros(len(live), np.int64), np.zeros(len(table.country), np.int64)
    desk = new_desk(len(table.country), len(table.nest_size))
    seek_money(table, key, quarter, live, desk, *pick(data, "uid quality stage last_round hq"), asks, demand)
    return asks, demand


@kernel
def expected_money(table, live, asks, quality, accelerated, hq, share, out):
    """Add what claims would bring at their acceptance, before rounds are resized, to ``out`` (P,), whole euro."""
    tilt, signal = table.rates.tilt, table.rates.signal
    for n in range(live.shape[0]):
        if asks[n] > 0:
            i = live[n]
            seen = quality[i] + signal * accelerated[i]
            out[hq[i]] += int(asks[n] * acceptance(share[hq[i]], tilt, seen))


@kernel
def close_rounds(
    table,
    seed,
    quarter,
    live,
    asks,
    uid,
    quality,
    accelerated,
    hq,
    stage,
    cash,
    raised,
    last_round,
    last_foreign,
    lead,
    foreign_lead,
    share,
    size,
    foreign_share,
    lead_cumulative,
    out_money,
    out_rounds,
    out_foreign,
    out_refused,
):
    """Clear rounds: each claim's own draw against acceptance from demand and supply; lead at home or abroad.

    ``share`` (P,) of claims that can be met, ``size`` (P,) of the amount; ``foreign_share`` (4, P) of rounds led from
    abroad; ``lead_cumulative`` (P, P) distribution of the foreign lead's place. Outputs are counts by place.
    """
    places = share.shape[0]
    tilt, signal = table.rates.tilt, table.rates.signal
    for n in range(live.shape[0]):
        if asks[n] == 0:
            continue
        i = live[n]
        here = hq[i]
        seen = quality[i] + signal * accelerated[i]
        _, second = uniforms(seed, P_SEEK, uid[i], quarter, 0)
        if second >= acceptance(share[here], tilt, seen):
            out_refused[here] += 1
            continue
        amount = int(asks[n] * size[here])
        first, second = uniforms(seed, P_LEAD, uid[i], quarter, 0)
        last_round[i] = quarter
        lead[i] = here
        out_rounds[here] += 1
        if first < foreign_share[min(stage[i], 3), here]:
            place = 0
            while place < places - 1 and second >= lead_cumulative[here, place]:
                place += 1
            lead[i] = place
            foreign_lead[i] = place
            last_foreign[i] = quarter
            out_foreign[here] += 1
        cash[i] += amount
        raised[i] += amount
        stage[i] = min(stage[i] + 1, 250)
        out_money[here] += amount


def clear_rounds(
    table: StartupTable,
    key: np.uint64,
    quarter: int,
    live: np.ndarray,
    data: dict[str, np.ndarray],
    asks: np.ndarray,
    terms: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> Rounds:
    """Clear the claims; ``terms``: share met, size, foreign share and leads, as in :func:`close_rounds`."""
    done = Rounds(*(np.zeros(len(table.country), np.int64) for _ in range(4)))
    columns = pick(data, ROUND_COLUMNS)
    close_rounds(table, key, quarter, live, asks, *columns, *terms, *vars(done).values())
    return done


@kernel
def take_seats(seed, quarter, live, uid, founded, hq, accelerated, young, chance, out):
    """Ration accelerator seats among young firms not yet accelerated: each one's own draw; count seats by place."""
    for n in range(live.shape[0]):
        i = live[n]
        if accelerated[i] or quarter - founded[i] >= young or chance[hq[i]] <= 0.0:
            continue
        first, _ = uniforms(seed, P_SEAT, uid[i], quarter, 0)
        if first < chance[hq[i]]:
            accelerated[i] = 1
            out[hq[i]] += 1
