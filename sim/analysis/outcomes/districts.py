"""Where in France: the weight of Paris, concentration, labels."""

from __future__ import annotations

import numpy as np

from sim.analysis.outcomes.registry import PERCENT, Theme
from sim.analysis.run_record import RunRecord, share

DISTRICTS = Theme()


@DISTRICTS.outcome(
    "paris_share",
    "Startups in Île-de-France",
    PERCENT,
    "none",
    "Startups in the places of Île-de-France per 100 startups in France at the horizon; 0 when there are none.",
)
def _paris_share(run: RunRecord) -> float:
    last = run.grid("startups")[-1]
    return share(float(last[run.is_paris & run.is_french].sum()), float(last[run.is_french].sum()))


@DISTRICTS.outcome(
    "district_concentration",
    "Concentration over French places",
    "index 0 to 1",
    "none",
    "Herfindahl index of startups over the French places at the horizon (Rest of France is one place); "
    "0 when there are no startups.",
)
def _district_concentration(run: RunRecord) -> float:
    last = run.grid("startups")[-1][run.is_french]
    total = last.sum()
    return float(np.sum((last / total) ** 2)) if total else 0.0


@DISTRICTS.outcome(
    "labelled_districts", "Labelled districts", "districts", "none", "Districts that hold the label at the horizon."
)
def _labelled_districts(run: RunRecord) -> float:
    return float(run.grid("labelled")[-1][run.is_district].sum())
