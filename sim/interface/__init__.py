"""What ``import sim`` offers besides reading results: scenarios, paired runs, one model, tables of what there is."""

from sim.interface.choosing import describe, extend, load_scenario
from sim.interface.one_model import measure, start_model
from sim.interface.running import compare, run

__all__ = ["compare", "describe", "extend", "load_scenario", "measure", "run", "start_model"]
