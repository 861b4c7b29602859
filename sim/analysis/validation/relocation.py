"""What moves headquarters abroad, in paired worlds: rounds led from abroad, or the tax on profit?

The evidence ties relocation to foreign venture capital (Weik et al. 2024); a fitted model that moves more startups with
tax than with US funding contradicts it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.intervals import mean_interval, share_interval

BASE = "base"
US, ABROAD, TAX = "no_us_lead", "no_foreign_lead", "low_profit_tax"
EXPERIMENTS = {
    US: "No round in France is led from the United States",
    ABROAD: "No round in France is led from abroad",
    TAX: "Profit tax of 15% in France",
}
MOVES, TO_US = "moves", "to_us"
COLUMNS = ("experiment", "words", "n", "base", "base_us", "change", "low", "high", "percent", "change_us", "low_us",
           "high_us", "worlds_beyond_tax", "share", "share_low", "share_high")  # fmt: skip


def column(what: str, experiment: str) -> str:
    """Return the column of one count (``MOVES`` abroad, or ``TO_US`` alone) in one experiment."""
    return f"{what}_{experiment}"


def relocation_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one line an experiment, the tax last.

    Args:
        runs: one world each, columns :func:`column` of ``BASE`` and every experiment: headquarters founded in France
            that moved from France abroad over the horizon.

    Returns:
        ``change`` against the same world and luck with its 95% interval; ``percent`` of the mean of ``base``;
        ``share``: of worlds in which the experiment changes relocations by more than the tax does (ties count half).
    """
    base, base_us = (runs[column(what, BASE)].to_numpy(float) for what in (MOVES, TO_US))
    tax = np.abs(runs[column(MOVES, TAX)].to_numpy(float) - base)
    lines = []
    for name, words in EXPERIMENTS.items():
        change = runs[column(MOVES, name)].to_numpy(float) - base
        change_us = runs[column(TO_US, name)].to_numpy(float) - base_us
        whole, american = mean_interval(change), mean_interval(change_us)
        line = {
            "experiment": name, "words": words, "n": len(base), "base": float(base.mean()),
            "base_us": float(base_us.mean()), "change": whole.value, "low": whole.low, "high": whole.high,
            "percent": 100.0 * whole.value / float(base.mean()) if base.mean() > 0.0 else np.nan,
            "change_us": american.value, "low_us": american.low, "high_us": american.high,
        }  # fmt: skip
        if name != TAX:
            beyond = float(np.sum(np.abs(change) > tax) + 0.5 * np.sum(np.abs(change) == tax))
            share = share_interval(beyond, len(base))
            line |= {
                "worlds_beyond_tax": beyond,
                "share": share.value,
                "share_low": share.low,
                "share_high": share.high,
            }
        lines.append(line)
    return pd.DataFrame(lines, columns=list(COLUMNS))


def verdict(table: pd.DataFrame) -> str:
    """Say whether the model agrees with the evidence. ``table``: of :func:`relocation_table`.

    It agrees if fewer leave without US leads, and these change more than the tax does, in the mean and in most worlds:
    the 95% interval of their share lies above one half. It contradicts the evidence if more leave without US leads, or
    if the tax changes more, in the mean and in most worlds. Else it does not tell.
    """
    lines = {str(line["experiment"]): line for line in table.to_dict("records")}
    us, tax = lines[US], lines[TAX]
    beyond = abs(us["change"]) - abs(tax["change"])
    agreed = "does not tell"
    if us["change"] < 0.0 and beyond > 0.0 and us["share_low"] > 0.5:
        agreed = "agrees with the evidence"
    elif us["low"] > 0.0 or (beyond < 0.0 and us["share_high"] < 0.5):
        agreed = "contradicts the evidence"
    return (
        f"On average over {us['n']} worlds {us['base']:,.0f} headquarters move out of France in ten years; "
        f"{us['change']:+,.0f} without leads from the United States, {tax['change']:+,.0f} with a profit tax of 15%. "
        f"US leads change more than the tax does in {100.0 * us['share']:.0f}% of worlds. The model {agreed}."
    )
