"""Worlds to measure in: the central world at any scale, thinned, or many times over; and models of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from sim.evidence import Evidence, load_evidence
from sim.model.adapter import forget
from sim.model.flight import FlightModel, Process
from sim.model.start import Start, prepare_start
from sim.settings import Settings
from sim.world import World, central_world

SEED = 20130701


@cache
def evidence() -> Evidence:
    """Return the evidence the project ships."""
    return load_evidence()


@cache
def world() -> World:
    """Return the central world."""
    return central_world(evidence())


@cache
def start(talent_scale: int, startup_scale: int) -> Start:
    """Return the start of the central world at these scales; kept, because the large one takes seconds."""
    settings = Settings(talent_scale=talent_scale, startup_scale=startup_scale, threads=2)
    return prepare_start(evidence(), world(), settings, SEED)


def resized(whole: Start, every: int = 1, times: int = 1) -> Start:
    """Return a start with every n-th talent, and these so many times over.

    Rows are in order of origin and skill, so all are met in proportion. A talent's tastes hang on its slot, and
    slots are numbered anew: in all worlds made here nobody lives where its own tastes have led, which makes them alike
    among themselves, but livelier than the world they come from. Firms have unknown founders.
    """
    people = len(whole.talents["place"][::every])
    talents = {name: np.tile(np.roll(column[::every], people // 3), times) for name, column in whole.talents.items()}
    talents["slot"] = np.arange(people * times, dtype=talents["slot"].dtype)
    talents["firms"][:] = 0
    startups = {name: column.copy() for name, column in whole.startups.items()}
    startups["founder_slot"][:] = -1
    return dataclasses.replace(whole, talents=talents, startups=startups)


@contextmanager
def model_of(begin: Start, settings: Settings, **parts: Any) -> Iterator[FlightModel]:
    """Build a model without levers and let it be freed afterwards; ``parts``: another world or evidence."""
    model = FlightModel((), parts.get("world") or world(), parts.get("evidence") or evidence(), begin, settings, SEED)
    try:
        yield model
    finally:
        forget(model)


def replace_process(model: FlightModel, name: str, by: Process) -> Process:
    """Put ``by`` in the place of a model's process and return the process that was there."""
    names = [process.__name__ for process in model.processes]
    place = names.index(name)
    before = model.processes[place]

    def named(model: FlightModel) -> None:
        by(model)

    named.__name__ = name
    model.processes = (*model.processes[:place], named, *model.processes[place + 1 :])
    return before


def set_threads(model: FlightModel, threads: int) -> None:
    """Let a running model go on with so many threads."""
    model.settings = dataclasses.replace(model.settings, threads=threads)
