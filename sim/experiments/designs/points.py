"""The points of a design: which worlds a study looks at, as arrays, so that a million of them fit in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.evidence.posterior import Posterior

WorldKind = Literal["central", "prior", "posterior"]
MOST_POINTS = 10_000_000


@dataclass(frozen=True, eq=False)
class Points:
    """n points of a design.

    ``kind``: what the parameters that the design does not name are, central values or draws from their priors
    ("posterior": from their priors, and the design names those that have been fitted).
    ``names``: the k parameters that it names. ``values`` (n, k) float64: their values. ``draws`` (n,) int64: which draw
    of worlds and luck each point has; points of one draw share their luck. ``fit``: of a posterior, what its worlds
    rest on: ``draws, parameters`` (numbers), ``rows`` (target rows fitted) and ``digests``.
    """

    kind: WorldKind
    names: tuple[str, ...]
    values: np.ndarray
    draws: np.ndarray
    fit: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.draws), len(self.names)):
            raise ValueError(
                f"values of shape {self.values.shape} for {len(self.draws)} draws, {len(self.names)} names"
            )

    def __len__(self) -> int:
        return len(self.draws)

    def overrides(self, point: int) -> dict[str, float]:
        """Return parameter -> value of one point."""
        return dict(zip(self.names, self.values[point].tolist(), strict=True))

    def first(self, number: int) -> Points:
        """Return the first points alone."""
        return Points(self.kind, self.names, self.values[:number], self.draws[:number], self.fit)


def prior_points(number: int) -> Points:
    """Return worlds drawn from the priors, each with its own luck.

    Raises:
        InputError: for a number out of range.
    """
    if not 1 <= number <= MOST_POINTS:
        raise InputError(f"--worlds: found {number}, allowed are whole numbers from 1 to {MOST_POINTS}.")
    return Points("prior", (), np.empty((number, 0)), np.arange(number))


def posterior_points(posterior: Posterior, number: int, seed: int) -> Points:
    """Return worlds of the posterior, each with its own luck; what was not fitted is drawn from its prior.

    Raises:
        InputError: for a number out of range.
    """
    draws = prior_points(number).draws
    values = posterior.values[posterior.rows(seed, number)]
    return Points("posterior", posterior.names, values, draws, fit_of(posterior))


def fit_of(posterior: Posterior) -> dict[str, Any]:
    """Return what is told of a posterior wherever its worlds are used."""
    note = posterior.note
    return {"draws": len(posterior), "parameters": len(posterior.names), "rows": list(note.get("rows", ())),
            "digests": dict(note.get("digests", {}))}  # fmt: skip


def central_point() -> Points:
    """Return the one world of central values."""
    return Points("central", (), np.empty((1, 0)), np.zeros(1, np.int64))
