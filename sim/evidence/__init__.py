"""The evidence: every number of the model once, with unit, year, status and source."""

from sim.evidence.loader import Evidence, PlaceRecord, load_evidence
from sim.evidence.parameters import Parameter
from sim.evidence.variables import VARIABLES, Variable

__all__ = ["VARIABLES", "Evidence", "Parameter", "PlaceRecord", "Variable", "load_evidence"]
