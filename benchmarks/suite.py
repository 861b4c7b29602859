"""All benchmarks by name, in the order in which they run: new processes first, while this one is small."""

from __future__ import annotations

import importlib

from benchmarks.figures import Section
from benchmarks.sizes import Sizes

MAIN_JOB = "main_job"
BENCHMARKS = (
    "cold_start",
    "memory",
    "against_mesa",
    "against_twin",
    "ten_years",
    "places_growth",
    "against_c",
    "threads",
    "growth",
    MAIN_JOB,
)


def measure(name: str, sizes: Sizes) -> list[Section]:
    """Return the sections of one benchmark; its module is loaded only now."""
    return list(importlib.import_module(f"benchmarks.{name}").measure(sizes))
