"""From records and tables of runs to outcomes and comparisons. Reads data only, never the model."""

from sim.analysis.compare import compare, levels, warnings_of
from sim.analysis.outcomes import OUTCOMES, Outcome, outcomes_of

__all__ = ["OUTCOMES", "Outcome", "compare", "levels", "outcomes_of", "warnings_of"]
