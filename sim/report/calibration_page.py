"""The page of a calibration, in Markdown: what was met, what was missed and why, what the data do not identify."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.analysis.calibration.simulation_based import CHAINS, DRAWS, LEVEL
from sim.report.markdown_pages import markdown_template

FALSE_ALARMS = 0.01  # of all tests of uniform ranks together


def calibration_page(tables: Mapping[str, pd.DataFrame], note: Mapping[str, Any], command: str, figures: str) -> str:
    """Return the page.

    Args:
        tables: as :func:`sim.experiments.calibrating.tables.write_tables` returns.
        note: of the posterior (``posterior.json``).
        command: that repeats it.
        figures: folder of the figures, as seen from the page.
    """
    rows, coverage = tables["rows"], tables["coverage"]
    counts: dict[str, int] = defaultdict(int)
    for verdict in tables["identification"]["verdict"]:
        counts[str(verdict)] += 1
    listed = {name: tables[name].to_dict("records") for name in ("rows", "waves", "emulators", "correlations")}
    worst = coverage.sort_values("p_value").iloc[0]
    return markdown_template("calibration.md").render(
        listed | {
            "note": note, "command": command, "figures": figures, "met": int((rows["verdict"] == "met").sum()),
            "far": int((rows["verdict"] == "missed").sum()), "known": tables["identification"].to_dict("records"),
            "counts": counts, "truths": len(tables["ranks"]), "coverage": coverage.to_dict("records"),
            "worst": worst, "flat": bool(worst["p_value"] > FALSE_ALARMS / len(coverage)),
            "ranked": CHAINS * DRAWS,
            # Of an interval between quantiles of so few draws, a right calibration holds a little less than its level.
            "expected": LEVEL * (CHAINS * DRAWS - 1) / (CHAINS * DRAWS + 1),
            "held": float(coverage["coverage"].mean()), "model_held": float(coverage["model_coverage"].mean()),
        }
    )  # fmt: skip
