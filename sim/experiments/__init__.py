"""Which runs to make, running them whatever happens, and keeping every finished one."""

from sim.experiments.design import Experiment, Study, WorldPlan, design
from sim.experiments.runner import Outcome, run_study
from sim.experiments.store import Store

__all__ = ["Experiment", "Outcome", "Store", "Study", "WorldPlan", "design", "run_study"]
