"""What moved between two comparisons: the headline effects of the old one beside those of the new one."""

from __future__ import annotations

import pandas as pd

KEYS = ["scenario", "outcome"]
VALUES = {"difference": "mean", "joint_low": "low", "joint_high": "high"}
SIGN, SIGN_UNSURE, APART, NEW, GONE = "sign", "sign, not told apart from 0", "intervals apart", "new", "gone"
REMARKS = (SIGN, SIGN_UNSURE, APART, NEW, GONE)


def moved_effects(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return a row per headline effect of either comparison, in the order of the new one.

    Args:
        old: of comparison.csv, as it was.
        new: of comparison.csv, as it is.

    Returns:
        ``scenario, outcome, label, unit``; ``old_mean, old_low, old_high, new_mean, new_low, new_high``: mean paired
        difference and its simultaneous interval, in the unit; ``same``: whether all three are equal; ``remark``: "sign"
        if the mean changed its sign and both intervals exclude 0, "sign, not told apart from 0" if they do not both,
        "intervals apart" if they do not meet, "new" or "gone" if only one of the two has the effect, else "".
    """
    sides = []
    for name, table in (("old", old), ("new", new)):
        own = table[table["family"] == "headlines"].set_index(KEYS)
        sides.append(own[list(VALUES)].rename(columns={key: f"{name}_{word}" for key, word in VALUES.items()}))
    order = sides[1].index.append(sides[0].index.difference(sides[1].index, sort=False))
    joined = pd.concat([side.reindex(order) for side in sides], axis=1)
    words = pd.concat([new, old]).drop_duplicates(KEYS).set_index(KEYS)[["label", "unit"]]
    joined = words.reindex(order).join(joined)
    before, after = (joined[[f"{name}_{word}" for word in VALUES.values()]].to_numpy(float) for name in ("old", "new"))
    joined["same"] = [
        all(a == b or (a != a and b != b) for a, b in zip(one, two, strict=True))
        for one, two in zip(before, after, strict=True)
    ]
    joined["remark"] = [_remark(*one, *two) for one, two in zip(before, after, strict=True)]
    return joined.reset_index()


def _remark(old: float, old_low: float, old_high: float, new: float, new_low: float, new_high: float) -> str:
    """Return what there is to say of one effect; comparisons with a missing interval are false."""
    if old != old or new != new:
        return "" if old != old and new != new else NEW if old != old else GONE
    if old * new < 0.0:
        told = (old_low > 0.0 or old_high < 0.0) and (new_low > 0.0 or new_high < 0.0)
        return SIGN if told else SIGN_UNSURE
    return APART if old_low > new_high or new_low > old_high else ""
