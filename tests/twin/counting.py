"""The count at the end of a quarter (ODD 3.3)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.agents import ALIVE
from tests.twin.arithmetic import trunc, zeros

CHAMPION_HEADS, CHAMPION_EURO = 250, 100_000_000


def count_agents(model, coming):
    """Count talents and living firms; ``coming`` is the quarter that comes."""
    count, french = model.geography.size, model.geography.is_french
    model.talent_counts, model.talent_counts_french = zeros(count), zeros(count)
    for talent in model.talents:
        if talent.counts:
            model.talent_counts[talent.place] += 1
            model.talent_counts_french[talent.place] += french[talent.origin]
    found = SimpleNamespace(
        **{name: zeros(count) for name in ("by_place", "french", "champions", "champions_french", "staff", "young")}
    )
    young_quarters = 4 * model.world["startup.young_years"]
    for firm in model.startups:
        if firm.status != ALIVE:
            continue
        is_champion = firm.headcount >= CHAMPION_HEADS or firm.raised >= CHAMPION_EURO
        found.by_place[firm.hq] += 1
        found.champions[firm.hq] += is_champion
        if french[firm.origin]:
            found.french[firm.hq] += 1
            found.champions_french[firm.hq] += is_champion
        found.staff[firm.ops] += firm.headcount - firm.away
        found.staff[firm.hq] += firm.away
        if coming - firm.founded < trunc(young_quarters):
            found.young[firm.ops] += 1
    found.real = [float(n * model.settings.startup_scale) for n in found.by_place]
    model.startup_counts = found
