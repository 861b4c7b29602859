"""An outcome of one's own: how much dearer offices in Paris are than in the other French districts."""

from __future__ import annotations

from sim.analysis.run_record import RunRecord
from sim.extensions import Extension

extension = Extension("paris_rent_gap")


@extension.outcome("paris_rent_gap", "Office rent, Paris over other districts", "ratio", "lower")
def paris_rent_gap(run: RunRecord) -> float:
    """Mean office rent of the Paris districts over that of the other districts, at the horizon."""
    rent = run.grid("office_rent")[-1]  # a column of series.parquet as (quarters + 1, places)
    paris = run.is_district & run.is_paris
    return float(rent[paris].mean() / rent[run.is_district & ~run.is_paris].mean())
