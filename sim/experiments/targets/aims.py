"""The target rows with what the register says of them: class, and how far off even a good model may be."""

from __future__ import annotations

import pandas as pd

from sim.analysis.targets import EMERGENT, FITTED, UNIFORM
from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.targets.register import ROWS


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
        table as :func:`described_rows` returns, with ``tolerance`` (a standard deviation).
    """
    rows = described_rows(evidence)
    chosen = rows[(rows["use"] == "calibrate") & rows["class"].isin([FITTED, EMERGENT])].reset_index(drop=True)
    return chosen.assign(tolerance=(chosen["high"] - chosen["low"]) / UNIFORM)
