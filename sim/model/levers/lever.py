"""What every lever has: strength, dates, ramp, places, cost and payer."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sim.quarters import parse_quarter

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel
    from sim.world import World

Payer = Literal["state", "city", "private"]


def _quarter(text: str) -> str:
    parse_quarter(text)
    return text


Quarter = Annotated[str, AfterValidator(_quarter)]


class Charge(NamedTuple):
    """One line of public or private spending in one quarter, in million euro of 2013 (negative: money back)."""

    item: str
    payer: Payer
    meur: float


class Reached(NamedTuple):
    """Rows that a lever reached in one quarter, bool masks over all rows; None: nobody of that kind."""

    talents: np.ndarray | None = None
    startups: np.ndarray | None = None


class Lever(BaseModel):
    """A dated instrument. Subclasses say which named quantities it moves, and what that costs."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    key: ClassVar[str]
    number: ClassVar[str] = ""
    title: ClassVar[str]
    provenance: ClassVar[str]
    moves: ClassVar[tuple[str, ...]]
    payer: ClassVar[str]

    strength: float = Field(1.0, ge=0.0, le=1.0, description="0 = absent (bit for bit the baseline), 1 = as described")
    start: Quarter = Field("2013Q4", description="first quarter in force")
    end: Quarter | None = Field(None, description="first quarter no longer in force; none: to the horizon")
    ramp_quarters: int = Field(0, ge=0, le=80, description="quarters to reach full strength, linearly")
    places: Annotated[tuple[str, ...], Field(strict=False)] | None = Field(
        None, description="place ids treated; none: the lever's own rule"
    )

    def intensity(self, quarter: int, start: str | None = None) -> float:
        """Return strength times the ramp in ``quarter`` (0 before the start and after the end)."""
        first = parse_quarter(start or self.start)
        if quarter < first or (self.end is not None and quarter >= parse_quarter(self.end)):
            return 0.0
        ramp = min(1.0, (quarter - first + 1) / (self.ramp_quarters + 1))
        return self.strength * ramp

    def parameter(self, world: World, name: str) -> float:
        """Return the world's value of ``lever.<key>.<name>``."""
        return world[f"lever.{self.key}.{name}"]

    @abstractmethod
    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        """Change named quantities of ``conditions`` for the model's current quarter."""

    @abstractmethod
    def charges(self, model: FlightModel) -> list[Charge]:
        """Return what the lever costs in the model's current quarter, after the agents have acted."""

    def reach(self, model: FlightModel) -> Reached | None:
        """Return who received the lever in the model's current quarter, after the agents have acted.

        None where no receiver can be named (visibility, space on a market). Nobody at strength 0.
        """
        return None

    def memory(self, model: FlightModel) -> dict[str, Any]:
        """Return this lever's own state in this run (an awareness stock, a spent budget)."""
        return model.lever_memory.setdefault(self.key, {})
