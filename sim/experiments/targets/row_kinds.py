"""What a target row is to the model: its class, how it is measured, what lies behind it.

Classes: ``input`` (a parameter or starting figure is the row itself), ``to be fitted`` (a parameter is there for it),
``emergent`` (no parameter of its own: many rules together make it), ``not computable`` (the model has no such thing).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.targets import EMERGENT, FITTED, INPUT, NOT_COMPUTABLE

CLASSES = (INPUT, FITTED, EMERGENT, NOT_COMPUTABLE)
# A figure of another country, moved to France, may be off further than one measured there.
FRENCH, FOREIGN = 0.10, 0.25


@dataclass(frozen=True)
class Row:
    """One row of the register.

    ``how``: what is computed, or why nothing is. ``parameters``: those directly behind it by the rules, not by a
    sensitivity analysis. ``cause``: likely cause of a miss, a judgement. ``measured``: where the figure comes from if
    it is another country's, or not one's alone, moved to where the row is computed; empty for figures of that place.
    """

    kind: str
    how: str
    parameters: tuple[str, ...] = ()
    cause: str = ""
    measured: str = ""

    @property
    def discrepancy(self) -> float:
        """Share of the value that even a perfect model of this kind may be off by (one standard deviation)."""
        return FOREIGN if self.measured else FRENCH
