"""Small models for the tests: few agents, short horizons, and a way to compare two runs to the last bit."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.evidence import Evidence
from sim.model.adapter import forget
from sim.model.flight import PROCESSES, FlightModel, Process
from sim.model.growth import TaxBase
from sim.model.levers import Lever
from sim.model.recording import Records
from sim.model.start import Start
from sim.settings import Settings
from sim.world import World

# One talent stands for 200, one firm for 10: about 13,000 and 3,600 agents.
SMALL = Settings(talent_scale=200, startup_scale=10, years=2)
RUN_SEED = 20130701


@dataclasses.dataclass(frozen=True)
class Case:
    """What a run needs besides its levers."""

    world: World
    evidence: Evidence
    start: Start
    settings: Settings = SMALL

    def with_settings(self, **changes: int) -> Case:
        return dataclasses.replace(self, settings=dataclasses.replace(self.settings, **changes))

    def with_world(self, **changes: float) -> Case:
        """Change parameters of the run, priors ignored (``lever__key__name`` for ``lever.key.name``)."""
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        return dataclasses.replace(self, world=changed_world(self.world, changed))


def changed_world(world: World, changes: Mapping[str, float]) -> World:
    unknown = set(changes) - set(world.values)
    assert not unknown, f"no such parameters: {sorted(unknown)}"
    return World(world.index, dict(world.values) | dict(changes), {})


@contextmanager
def flight(
    case: Case, *levers: Lever, kind: type[FlightModel] = FlightModel, seed: int = RUN_SEED
) -> Iterator[FlightModel]:
    """Build a model, and let it be freed afterwards."""
    model = kind(levers, case.world, case.evidence, case.start, case.settings, seed)
    try:
        yield model
    finally:
        forget(model)


def run(case: Case, *levers: Lever, kind: type[FlightModel] = FlightModel, seed: int = RUN_SEED) -> Records:
    """Run to the horizon, as ``simulate`` does, with any class of model."""
    with flight(case, *levers, kind=kind, seed=seed) as model:
        for _ in range(case.settings.quarters):
            model.step()
        return model.records()


def policy(*levers: Lever) -> SimpleNamespace:
    return SimpleNamespace(levers=levers)


def with_process(name: str, process: Process) -> type[FlightModel]:
    """Return a model class in which one process is replaced."""
    assert name in [p.__name__ for p in PROCESSES]

    class Changed(FlightModel):
        processes = tuple(process if p.__name__ == name else p for p in PROCESSES)

    process.__name__ = name
    return Changed


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """Return all of a frame's content: names, types and every value to the last bit."""
    parts = [repr([(name, str(kind)) for name, kind in frame.dtypes.items()]).encode()]
    for name in frame.columns:
        values = frame[name].to_numpy()
        parts.append("\x00".join(values).encode() if values.dtype == object else values.tobytes())
    return b"\x01".join(parts)


def differences(one: Records, other: Records) -> list[str]:
    """Return the names of the tables that are not the same bytes."""
    return [
        name
        for name in ("series", "flows", "costs", "reasons", "revenue")
        if frame_bytes(getattr(one, name)) != frame_bytes(getattr(other, name))
    ]


def digest(arrays: Mapping[str, np.ndarray]) -> str:
    """Return the SHA-256 of some arrays, names and types included."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        total.update(f"{name}{arrays[name].dtype}{arrays[name].shape}".encode())
        total.update(np.ascontiguousarray(arrays[name]).tobytes())
    return total.hexdigest()


def random_base(places: int, seed: int = 6) -> TaxBase:
    """Return a base of startups' taxes with something of everything, by place."""
    draw = np.random.default_rng(seed)
    return TaxBase(
        heads=draw.integers(1, 500, places),
        jei_heads=draw.integers(1, 50, (places, 8)),
        profit=draw.integers(1, 10**6, places),
        jei_profit=draw.integers(1, 10**6, places),
        exit_gains=draw.integers(1, 10**6, places),
    )
