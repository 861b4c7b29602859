"""Who received a lever (ODD 7.23). No decision reads it."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.agents import ALIVE
from tests.twin.levers import bit_of, receivers_of


def states_of_firms(model):
    """Return what firms are before the first process of a quarter, and the young firms of the last count."""
    scale = model.settings.startup_scale
    return SimpleNamespace(
        firms=[(firm.status, firm.hq, firm.ops) for firm in model.startups],
        young=[count * scale for count in model.startup_counts.young],
    )


def acting_firms(model, before):
    """Return firms alive before the quarter, as they were then, and firms founded in it, as they are now."""
    acting = []
    for n, firm in enumerate(model.startups):
        status, hq, ops = before.firms[n] if n < len(before.firms) else (ALIVE, firm.hq, firm.ops)
        if status == ALIVE:
            young = before.young[ops]
            acting.append(SimpleNamespace(firm=firm, status=status, hq=hq, ops=ops, young_at_ops=young))
    return acting


def mark_receivers(model, before):
    """Set the bit of each lever on those it reached; the next generation starts with none."""
    for talent in model.talents:
        if talent.entry == model.quarter + 1:
            talent.received = 0
    acting = acting_firms(model, before)
    for lever in model.levers:
        for agent in receivers_of(model, lever, acting):
            agent.received |= bit_of(lever)
