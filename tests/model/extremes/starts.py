"""Starts for the cases: talents' constants are fitted once per set of people; some starts are turned upside down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence import Evidence
from sim.evidence.posterior import model_digest
from sim.experiments.storage.atomic import write_atomically
from sim.model import start as start_module
from sim.model.constants import FittedConstants, fit_constants
from sim.model.start import Arrays, Start, prepare_start
from sim.model.startups import CLOSED
from sim.settings import Settings
from sim.world import World
from tests.model.extremes.cases import READ_LATER

POPULATION = 42
MOST_STARTS, MOST_TALENTS = 1500, 5000


class Starts:
    """Prepares starts; fits are kept by what they are fitted to, also in a folder if one is given."""

    def __init__(self, evidence: Evidence, folder: Path | None = None) -> None:
        self.evidence, self.folder = evidence, folder
        self.kept: dict[str, FittedConstants] = {}
        self.fits = 0
        self.made: dict[object, Start] = {}

    def of(self, world: World, settings: Settings) -> Start:
        """Return the start of a world, as the model itself prepares it; talents' constants are not fitted twice.

        Small starts are kept, for worlds that differ only in what a start does not read.
        """
        read = tuple(value for name, value in world.values.items() if not name.startswith(READ_LATER))
        key = (read, settings.talent_scale, settings.startup_scale)
        if key not in self.made:
            with self._remembering():
                start = prepare_start(self.evidence, world, settings, POPULATION)
            if len(start.talents["slot"]) > MOST_TALENTS:
                return start
            self.made[key] = start
            if len(self.made) > MOST_STARTS:
                del self.made[next(iter(self.made))]
        return self.made[key]

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        start_module.fit_constants = self._fit  # type: ignore[assignment]
        try:
            yield
        finally:
            start_module.fit_constants = fit_constants

    def _fit(self, *given: Any) -> FittedConstants:
        digest = hashlib.sha256(model_digest().encode())
        for part in (*given[0].rates, *given[0][1:], *given[1:]):
            digest.update(np.asarray(part).tobytes())
        key = digest.hexdigest()[:32]
        path = self.folder / f"{key}.npz" if self.folder else None
        if key not in self.kept and path is not None and path.exists():
            with np.load(path) as file:
                numbers = float(file["residual"]), int(file["iterations"])
                self.kept[key] = FittedConstants(file["place"], file["country"], *numbers)
        if key not in self.kept:
            self.kept[key] = fitted = fit_constants(*given)
            self.fits += 1
            if path is not None:
                write_atomically(path, lambda file: np.savez(file, **vars(fitted)))
        return self.kept[key]


def turned(start: Start, kind: str) -> Start:
    """Return a start with its talents or firms as no preparation makes them (``cases.STARTS``)."""
    talents = {name: column.copy() for name, column in start.talents.items()}
    firms = {name: column.copy() for name, column in start.startups.items()}
    french = np.flatnonzero(start.geography.is_french)
    if kind == "one place":
        place = start.geography.ids.index("lyon")
        talents["place"][:] = place
        for name in ("hq", "ops", "lead", "foreign_lead"):
            firms[name][:] = place
        firms["away"][:] = 0
    elif kind == "one talent":
        talents = {name: column[:1] for name, column in talents.items()}
        _forget_founders(talents, firms)
    elif kind in ("no startup", "one firm"):
        firms = {name: column[: int(kind == "one firm")] for name, column in firms.items()}
        _count_founders(talents, firms)
    elif kind == "all closed":
        firms["status"][:] = CLOSED
        talents["firms"][:] = 0
    elif kind == "everybody abroad":
        here = start.geography.is_french[talents["place"]]
        talents["place"][here] = start.geography.ids.index("london")
    elif kind == "everybody in France":
        abroad = ~start.geography.is_french[talents["place"]]
        talents["place"][abroad] = french[np.arange(int(abroad.sum())) % len(french)]
        talents["arrived"][abroad] = 0
    elif kind == "nobody counts":
        talents["counts"][:] = 0  # who does not count has no firm
        _forget_founders(talents, firms)
    elif kind == "all are founders":
        firms["founder_slot"][:] = talents["slot"][np.arange(len(firms["uid"])) % len(talents["slot"])]
        firms["founder_generation"][:] = 0
        _count_founders(talents, firms)
    else:
        raise ValueError(f"no such start: {kind}")
    return replace(start, talents=talents, startups=firms)


def _forget_founders(talents: Arrays, firms: Arrays) -> None:
    """Leave firms without a founder, and talents without a firm."""
    firms["founder_slot"][:] = -1
    talents["firms"][:] = 0


def _count_founders(talents: Arrays, firms: Arrays) -> None:
    slots = firms["founder_slot"]
    talents["firms"][:] = np.bincount(slots[slots >= 0], minlength=len(talents["firms"]))
