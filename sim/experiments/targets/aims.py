"""How far each row may lie from its target: the tolerance of the published figure, and what the model cannot be.

z = (simulated - value) / sqrt(((high - low) / 3.46)^2 + luck^2 + discrepancy^2): 3.46 makes a standard deviation of a
uniform tolerance. The discrepancy is a share of the value: a figure of another country, moved to France, may be off
further than a French count.
"""

from __future__ import annotations

import pandas as pd

from sim.evidence import Evidence
from sim.experiments.targets.register import EMERGENT, FITTED, ROWS

UNIFORM = 3.46
FRENCH, FOREIGN = 0.10, 0.25
# Rows that were not measured in France, or not there alone.
ABROAD = frozenset(
    {"M01", "M06", "M08", "M16", "F01", "F07", "A01", "P07", "P10", "B01", "B02", "B03", "B04", "B09"}
)  # fmt: skip


def rows_to_meet(evidence: Evidence) -> pd.DataFrame:
    """Return the rows that calibration meets, those fitted and those that emerge, in the order of the evidence.

    Returns:
        table with row, pattern, class, unit, value, low, high, tolerance and discrepancy (standard deviations).
    """
    targets = evidence.targets
    chosen = targets[
        (targets["use"] == "calibrate")
        & targets["id"].map(lambda row: row in ROWS and ROWS[row].kind in (FITTED, EMERGENT))
    ]
    value = chosen["value"].abs()
    return pd.DataFrame(
        {
            "row": chosen["id"],
            "pattern": chosen["pattern"],
            "class": chosen["id"].map(lambda row: ROWS[row].kind),
            "unit": chosen["unit"],
            "value": chosen["value"],
            "low": chosen["low"],
            "high": chosen["high"],
            "tolerance": (chosen["high"] - chosen["low"]) / UNIFORM,
            "discrepancy": value * chosen["id"].map(lambda row: FOREIGN if row in ABROAD else FRENCH),
        }
    ).reset_index(drop=True)
