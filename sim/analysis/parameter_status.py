"""What stands behind each parameter: its typed status, and what an adopted posterior makes of it.

No file says that a parameter is calibrated. It is if the posterior leaves less than half of its prior's variance
(:mod:`sim.analysis.calibration.identification`); so it is no longer when another posterior, or none, is adopted.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.analysis.calibration.identification import identification
from sim.evidence import Evidence
from sim.evidence.posterior import Posterior

CALIBRATED, ASSUMED, WEAKLY = "calibrated", "assumed", "weakly informed"
# The words of the verdicts: where the rows say nothing, the posterior is the prior.
VERDICTS = {"identified": "identified", "weakly identified": "weakly identified", "not identified": "prior unchanged"}
NOT_FITTED, FIXED = "not fitted", "fixed"
POSTERIOR = ("posterior_median", "posterior_q05", "posterior_q95", "variance_left", "verdict")
COLUMNS = (
    "parameter", "label", "value", "unit", "low", "high", "prior", "status", *POSTERIOR, "source", "checked",
)  # fmt: skip


def parameter_table(evidence: Evidence, posterior: Posterior | None) -> pd.DataFrame:
    """Return one row per parameter, in the order of their file.

    Args:
        evidence: the parameters.
        posterior: the adopted one, if there is one.

    Returns:
        table with ``COLUMNS``. ``status``: "calibrated" if identified, with "(weakly informed)" behind the typed one if
        weakly identified, else as typed. ``variance_left``: posterior over prior variance, of the shares of the prior.
        The columns of the posterior are empty without one, and its numbers for parameters that it does not hold.
    """
    held = _held(evidence, posterior)
    nothing = dict.fromkeys(POSTERIOR[:-1], math.nan)
    rows = []
    for name, parameter in evidence.parameters.items():
        verdict = "" if posterior is None else FIXED if parameter.prior == "fixed" else NOT_FITTED
        found = held.get(name, {**nothing, "verdict": verdict})
        rows.append(
            {"parameter": name, "label": parameter.label, "value": parameter.value, "unit": parameter.unit,
             "low": parameter.low, "high": parameter.high, "prior": parameter.prior,
             "status": _status(parameter.status, str(found["verdict"])), **found, "source": parameter.source,
             "checked": str(parameter.checked)}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _held(evidence: Evidence, posterior: Posterior | None) -> dict[str, dict[str, float | str]]:
    """Return what is known of each parameter of the posterior."""
    if posterior is None:
        return {}
    columns = [evidence.parameters[name].shares(v) for name, v in zip(posterior.names, posterior.values.T, strict=True)]
    with np.errstate(under="ignore"):  # a probability of a test nobody reads here, too small for a number
        table = identification(posterior.names, np.column_stack(columns)).set_index("parameter")
    found: dict[str, dict[str, float | str]] = {}
    for name, values in zip(posterior.names, posterior.values.T, strict=True):
        low, median, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
        verdict = VERDICTS[str(table.loc[name, "verdict"])]
        numbers = (median, low, high, float(table.loc[name, "left"]))  # type: ignore[arg-type]
        found[name] = dict(zip(POSTERIOR, (*numbers, verdict), strict=True))
    return found


def _status(typed: str, verdict: str) -> str:
    if verdict == VERDICTS["identified"]:
        return CALIBRATED
    return f"{typed} ({WEAKLY})" if verdict == VERDICTS["weakly identified"] else typed


def group_of(parameter: str) -> str:
    """Return the first part of a dotted name: talent, startup, lever, ..."""
    return parameter.partition(".")[0]


def status_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many parameters of each group have each status: a row per group, then ``all``; last column ``all``."""
    groups = table["parameter"].map(group_of)
    counts = pd.crosstab(groups, table["status"]).loc[list(dict.fromkeys(groups))]
    counts = counts.reindex(columns=sorted(counts.columns, key=_order))
    counts.loc["all"] = counts.sum()
    counts["all"] = counts.sum(axis=1)
    return counts.rename_axis(index="group", columns=None)


def _order(status: str) -> tuple[int, str]:
    known = (CALIBRATED, "measured", "law", ASSUMED)
    typed = status.partition(" (")[0]
    return (known.index(typed) if typed in known else len(known), status)


def summary(table: pd.DataFrame, posterior: Posterior | None) -> list[str]:
    """Return how many parameters are assumed, and what the others are, in sentences."""
    assumed = table["status"].str.startswith(ASSUMED)
    weakly = int((assumed & table["status"].str.endswith(f"({WEAKLY})")).sum())
    fixed = int((assumed & (table["prior"] == "fixed")).sum())
    notes = [f"{weakly} of them {WEAKLY} by the posterior"] * bool(weakly) + [f"{fixed} at one value"] * bool(fixed)
    others = table.loc[~assumed, "status"].value_counts().sort_index()
    rest = ", ".join(f"{number} {status}" for status, number in others.items())
    found = [
        f"{int(assumed.sum())} of {len(table)} parameters are assumed{_in_brackets(notes)}; {rest or 'none else'}."
    ]
    if posterior is None:
        return [*found, "No posterior is adopted, so none is calibrated."]
    rows = len(posterior.note.get("rows", ()))
    fitted = f"The posterior holds {len(posterior.names)} parameters, fitted to {rows} target rows"
    return [*found, f"{fitted}: {int((table['status'] == CALIBRATED).sum())} are identified."]


def _in_brackets(notes: list[str]) -> str:
    return f" ({', '.join(notes)})" if notes else ""
