"""What happened in a quarter: counts by place, flows, and why those who crossed the border of France did so."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

# Who moves: persons by origin, firms by where they were founded; the index is the first axis of flows and reasons.
FLOW_KINDS = ("talent_french", "talent_foreign", "startup_french", "startup_foreign")
# Directions across the border of France; the second axis of reasons.
DEPARTURE, ARRIVAL = 0, 1
DIRECTIONS = ("departure", "arrival")
# What made someone consider moving, or move without a choice of place ("with ...").
TALENT_TRIGGERS = ("school", "young", "older", "job lost", "with employer", "with own firm")
STARTUP_TRIGGERS = ("background", "funded", "foreign lead", "outgrown premises")
# Terms of utility; each mover's difference between destination and origin is summed in millionths.
TALENT_TERMS = (
    "wage",
    "taxes",
    "housing",
    "place and country",
    "home",
    "people and jobs",
    "taste",
    "moving cost",
    "visa",
)
STARTUP_TERMS = (
    "exit tax",
    "profit tax",
    "labour cost",
    "research subsidy",
    "premises",
    "ecosystem",
    "capital",
    "broadband",
    "travel",
    "place and country",
    "taste",
    "lead investor",
    "moving cost",
)
TERM_UNIT = 1e-6
# Counts by place that the series record under the same name: firms, rounds, claims of firms.
FIRM_COUNTS = (
    "births",
    "births_french",
    "closures",
    "closures_french",
    "exits",
    "rounds",
    "rounds_foreign_led",
    "refused_rounds",
    "first_customers",
    "site_closures",
    "refused_premises",
    "refused_hires",
)
# Counts by place in talents.
TALENT_COUNTS = ("refused_dwellings",)


@dataclass
class Events:
    """What happened this quarter, agents by place (unscaled); whole numbers throughout."""

    places: int
    counts: dict[str, np.ndarray] = field(init=False)  # name of FIRM_COUNTS or TALENT_COUNTS -> (P,)
    capital_eur: np.ndarray = field(init=False)  # (P,)
    talent_flows: np.ndarray = field(init=False)  # (2, P, P) French origin, foreign
    startup_flows: np.ndarray = field(init=False)  # (2, P, P) founded in France, abroad
    talent_triggers: np.ndarray = field(init=False)  # (2 origins, 2 directions, triggers) moves across the border
    talent_terms: np.ndarray = field(init=False)  # (2, 2, terms) millionths of utility, moves with a choice of place
    startup_triggers: np.ndarray = field(init=False)
    startup_terms: np.ndarray = field(init=False)
    retired: int = 0

    def __post_init__(self) -> None:
        """Start with nothing."""
        places = self.places

        def zeros(*shape: int) -> np.ndarray:
            return np.zeros(shape, np.int64)

        self.counts = {name: zeros(places) for name in FIRM_COUNTS + TALENT_COUNTS}
        self.capital_eur = zeros(places)
        self.talent_flows, self.startup_flows = zeros(2, places, places), zeros(2, places, places)
        self.talent_triggers, self.talent_terms = zeros(2, 2, len(TALENT_TRIGGERS)), zeros(2, 2, len(TALENT_TERMS))
        self.startup_triggers, self.startup_terms = zeros(2, 2, len(STARTUP_TRIGGERS)), zeros(2, 2, len(STARTUP_TERMS))
