"""The C loop of ``moving_loop.c``: compiled on the spot, called on copies of a model's own columns and tables."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from sim.model.events import TALENT_TERMS, TALENT_TRIGGERS, Events
from sim.model.flight import FlightModel

SOURCE = Path(__file__).with_name("moving_loop.c")
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC", "-pthread")
READ = ("slot", "generation", "origin", "skill", "entry", "log_ability", "startup_rank", "firms", "counts")
WRITTEN = ("place", "arrived")
MAX_PLACES, BLOCK = 128, 32_768
C_TYPES = {"f4": "float", "f8": "double"} | {
    f"{sign}{size}": f"{'u' if sign == 'u' else ''}int{8 * size}_t" for sign in "iu" for size in (1, 2, 4, 8)
}

_WHOLE = ("quarter", "places", "countries", "france", "young_quarters")
_RATES = (
    "beta", "nest", "taste_country", "taste_place", "school_cost", "older_cost", "hazard_young", "hazard_older",
    "hazard_abroad", "home", "displaced", "tied", "dwellings_per_agent", "rationing",
)  # fmt: skip
_INDICES = ("country", "nest_size", "market")
_TABLES = (
    "log_labour_cost", "wage_ratio", "wedge_100", "wedge_167", "top_rate", "housing", "constants", "affinity", "cost",
    "entry", "awareness", "relief", "class_log_pay", "class_cost",
)  # fmt: skip
_STATE = ("staff", "talents", "jobs_lost", "following", "offered")


class _Quarter(ctypes.Structure):
    _fields_ = (
        [("run_seed", ctypes.c_uint64), ("population_seed", ctypes.c_uint64)]
        + [(name, ctypes.c_int64) for name in _WHOLE]
        + [(name, ctypes.c_double) for name in _RATES]
        + [(name, ctypes.c_void_p) for name in _INDICES + _TABLES + _STATE]
    )


class _Columns(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in READ + WRITTEN]


class NoCompiler(Exception):
    """There is no C compiler on this machine."""


def compiler() -> str | None:
    """Return the C compiler of this machine, None if there is none."""
    return shutil.which("gcc")


class MovingLoop:
    """The compiled loop; ``columns``: the talents' columns by name, whose types it is compiled for.

    Args:
        columns: column name -> array.
        folder: where the library is built.
        chunk: rows whose draws are made together.

    Raises:
        NoCompiler: without gcc.
    """

    def __init__(self, columns: dict[str, np.ndarray], folder: Path, chunk: int = 1) -> None:
        gcc = compiler()
        if gcc is None:
            raise NoCompiler
        self.types = {name: columns[name].dtype for name in READ + WRITTEN}
        defines = [f"-DT_{name.upper()}={C_TYPES[kind.str[1:]]}" for name, kind in self.types.items()]
        self.flags = (*FLAGS, *defines, f"-DCHUNK={chunk}")
        library = folder / f"moving_loop_{chunk}.so"
        subprocess.run([gcc, *self.flags, "-o", str(library), str(SOURCE), "-lm"], check=True)
        version = subprocess.run([gcc, "--version"], capture_output=True, text=True, check=True).stdout
        self.compiler = version.splitlines()[0]
        self._library = ctypes.CDLL(str(library))
        self._library.bytes_of_sums.restype = ctypes.c_int64
        self._sum_bytes = int(self._library.bytes_of_sums())
        rows = len(columns["place"])
        self._wishes = np.zeros(rows, np.uint64)  # wish_t has 8 bytes
        self._wished = np.zeros(-(-rows // BLOCK), np.int64)

    def run(self, state: MovingState, threads: int = 1) -> float:
        """Let everyone move; write places to the columns of ``state``, sums to its ``events``; return the seconds."""
        sums = np.zeros(threads * self._sum_bytes // 8, np.int64)
        columns = _Columns(*(state.columns[name].ctypes.data for name in READ + WRITTEN))
        quarter, rows = state.quarter, len(state.columns["place"])
        begun = time.perf_counter()
        self._library.moving_process(
            ctypes.byref(quarter), ctypes.byref(columns), ctypes.c_int64(rows), ctypes.c_int64(threads),
            ctypes.c_void_p(self._wishes.ctypes.data), ctypes.c_void_p(self._wished.ctypes.data),
            ctypes.c_void_p(sums.ctypes.data),
        )  # fmt: skip
        taken = time.perf_counter() - begun
        state.events = _events(sums, int(quarter.places))
        return taken


class MovingState:
    """What the moving process of a model is about to read: copies of columns, tables and seeds."""

    def __init__(self, model: FlightModel) -> None:
        self.columns = {name: model.talents.data[name].copy() for name in READ + WRITTEN}
        self.events = Events(model.places.count)
        table, rates, world, places = model.talent_table, model.talent_table.rates, model.world, model.places
        self._kept: list[np.ndarray] = []
        values: dict[str, Any] = {
            "run_seed": int(model.key),
            "population_seed": int(model.population_key),
            "quarter": model.quarter,
            "places": places.count,
            "countries": len(table.nest_size),
            "displaced": world["talent.displaced_consider"],
            "tied": min(1.0, model.settings.startup_scale / model.settings.talent_scale),
            "dwellings_per_agent": model.settings.talent_scale / world["price.persons_per_dwelling"],
            "rationing": world["price.rationing"],
            "market": self._pointer(model.geography.market, np.int64),
            "staff": self._pointer(places.startup_staff),
            "talents": self._pointer(places.talents),
            "jobs_lost": self._pointer(model.jobs_lost),
            "following": self._pointer(model.following),
            "offered": self._pointer(places.dwellings_on_offer(world)),
        }
        for name in ("france", "young_quarters", *_RATES):
            if name not in values:
                values[name] = getattr(rates, name)
        values |= {name: self._pointer(getattr(table, name), np.int64) for name in ("country", "nest_size")}
        values |= {name: self._pointer(getattr(table, name)) for name in _TABLES}
        self.quarter = _Quarter(**values)

    def _pointer(self, array: np.ndarray, kind: type = np.float64) -> int:
        self._kept.append(np.array(array, dtype=kind, order="C"))
        return int(self._kept[-1].ctypes.data)

    def differing_rows(self, model: FlightModel) -> int:
        """Return how many talents of ``model``, which has moved since, are elsewhere, or arrived at another time."""
        data = model.talents.data
        return int(np.sum(np.any([self.columns[name] != data[name] for name in WRITTEN], axis=0)))

    def differing_counts(self, events: Events) -> int:
        """Return by how many moves, refusals and triggers the loop's sums differ from those of ``events``."""
        mine = self.events
        pairs = (
            (mine.talent_flows, events.talent_flows),
            (mine.counts["refused_dwellings"], events.counts["refused_dwellings"]),
            (mine.talent_triggers[..., :-1], events.talent_triggers[..., :-1]),  # the last: with own firm
        )
        return int(sum(np.abs(a - b).sum() for a, b in pairs))

    def largest_term_difference(self, events: Events) -> int:
        """Return the largest difference of a sum of terms of utility, in millionths."""
        return int(np.abs(self.events.talent_terms - events.talent_terms).max())


def _events(sums: np.ndarray, places: int) -> Events:
    """Return the first thread's sums, which hold the result, as events."""
    events = Events(places)
    parts = np.split(sums, np.cumsum([MAX_PLACES, MAX_PLACES, 2 * MAX_PLACES**2, 4 * len(TALENT_TRIGGERS)]))
    events.counts["refused_dwellings"] += parts[1][:places]
    events.talent_flows += parts[2].reshape(2, MAX_PLACES, MAX_PLACES)[:, :places, :places]
    events.talent_triggers += parts[3].reshape(2, 2, -1)
    events.talent_terms += parts[4][: 4 * len(TALENT_TERMS)].reshape(2, 2, -1)
    return events
