"""The target rows with what the register says of them: class, and how far off even a good model may be.

z = (simulated - value) / sqrt(((high - low) / 3.46)^2 + luck^2 + discrepancy^2): 3.46 makes a standard deviation of a
uniform tolerance. The discrepancy is a share of the value: a figure of another country, moved to France, may be off
further than a French count.
"""

from __future__ import annotations

import pandas as pd

from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.targets.register import ROWS
from sim.experiments.targets.row_kinds import EMERGENT, FITTED

UNIFORM = 3.46


def check_register(evidence: Evidence) -> None:
    """Compare register and evidence.

    Raises:
        InputError: one sentence per row of targets.csv that the register lacks, or per row it has too many.
    """
    ids = list(evidence.targets["id"])
    problems = [f"targets.csv: row '{row}' is not in the register of rows." for row in ids if row not in ROWS]
    problems += [f"Register of rows: '{row}' is no row of targets.csv." for row in ROWS if row not in ids]
    if problems:
        raise InputError(problems)


def described_rows(evidence: Evidence) -> pd.DataFrame:
    """Return all rows in the order of the evidence, as :func:`sim.analysis.targets.target_table` wants them.

    Returns:
        table with row, pattern, class, use, status, unit, target, low, high, source and discrepancy (a standard
        deviation).

    Raises:
        InputError: if register and evidence do not hold the same rows.
    """
    check_register(evidence)
    targets = evidence.targets.reset_index(drop=True)
    table = targets[["id", "pattern", "use", "status", "unit", "value", "low", "high", "source"]]
    table = table.rename(columns={"id": "row", "value": "target"})
    table.insert(2, "class", targets["id"].map(lambda row: ROWS[row].kind))
    table["discrepancy"] = targets["value"].abs() * targets["id"].map(lambda row: ROWS[row].discrepancy)
    return table


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
            "discrepancy": value * chosen["id"].map(lambda row: ROWS[row].discrepancy),
        }
    ).reset_index(drop=True)
