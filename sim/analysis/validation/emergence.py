"""Patterns that should emerge: in how many worlds they do. A pattern is an end of the published interval of its row.

*Emerges*: the 95% interval of the share of posterior worlds that show it lies above one half; *does not*: below it;
*not told*: one half is inside. The rule asks for the model's typical behaviour, not for the row's exact value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.analysis.intervals import share_interval
from sim.analysis.targets import numbers

EMERGES, DOES_NOT, NOT_TOLD = "emerges", "does not", "not told"
HALF = 0.5


@dataclass(frozen=True)
class Pattern:
    """One pattern. ``end``: the end of the published interval that bounds it, from below (low) or above (high).

    One end alone, so that luck that scatters worlds to both sides alike does not decide.
    """

    words: str
    end: Literal["low", "high"]


PATTERNS = {
    "M18": Pattern("Foreigners respond to taxes many times as much as natives", "low"),
    "M13": Pattern("Stocks of star scientists respond much less than flows", "high"),
    "F07": Pattern("Firms are clearly more mobile than workers over ten years", "low"),
    "F04": Pattern("A large part of what a place gains by a tax cut comes from other places", "low"),
    "Z02": Pattern("Most of what a tax-free zone gains moved in from elsewhere", "low"),
}
COLUMNS = ("row", "words", "rule", "class", "use", "target", "n", "median", "q05", "q95", "share", "share_low",
           "share_high", "prior_share", "verdict")  # fmt: skip


def emergence(rows: pd.DataFrame, posterior: pd.DataFrame, prior: pd.DataFrame) -> pd.DataFrame:
    """Return one line a pattern.

    Args:
        rows: columns row, class, use, target, low and high.
        posterior: runs of worlds, one each, a column a row.
        prior: the same of the prior.
    """
    described = {str(row["row"]): row for row in rows.to_dict("records")}
    lines = []
    for name, pattern in PATTERNS.items():
        row = described[name]
        bound, sign = float(row[pattern.end]), 1.0 if pattern.end == "low" else -1.0
        here, before = numbers(posterior, name), numbers(prior, name)
        line = {
            "row": name,
            "words": pattern.words,
            "rule": f"at {'least' if sign > 0.0 else 'most'} {bound:g}",
            "n": len(here),
        }
        line |= {key: row[key] for key in ("class", "use", "target")}
        line["verdict"] = NOT_TOLD
        if len(here):
            shown = int(np.sum(sign * here >= sign * bound))
            share = share_interval(shown, len(here))
            q05, median, q95 = np.quantile(here, [0.05, 0.5, 0.95]).tolist()
            line |= {"median": median, "q05": q05, "q95": q95, "share": share.value, "share_low": share.low,
                     "share_high": share.high}  # fmt: skip
            line["verdict"] = EMERGES if share.low > HALF else DOES_NOT if share.high < HALF else NOT_TOLD
        if len(before):
            line["prior_share"] = float(np.mean(sign * before >= sign * bound))
        lines.append(line)
    return pd.DataFrame(lines, columns=list(COLUMNS))
