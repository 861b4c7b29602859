"""Memory: bytes per talent and per startup, and the whole process at the real size."""

from __future__ import annotations

import json
import tracemalloc

from benchmarks.figures import Figure, Section, table
from benchmarks.new_process import wait_for
from benchmarks.sizes import Sizes
from benchmarks.worlds import model_of, start
from sim.model.flight import FlightModel, Process
from sim.settings import Settings

TITLE = "Memory"
QUARTERS = 4
STEP = "whole step"
FEW_TALENTS, FEW_STARTUPS = 1000, 100  # scales


def measure(sizes: Sizes) -> list[Section]:
    """Return bytes per row, columns and the largest arrays of a process, and the peak of a whole process."""
    # Few of the other kind, so that the highest peak of a step is that of the rows in question.
    few, many = (_peaks(scale, FEW_STARTUPS) for scale in sizes.memory_scales)
    talents = _slopes(few, many, "talents")
    less, more = (_peaks(FEW_TALENTS, scale) for scale in sizes.memory_startups)
    startups = _slopes(less, more, "startups")
    arguments = ["-m", "benchmarks.one_process", str(QUARTERS), str(sizes.large), str(sizes.large_startups)]
    whole = json.loads(wait_for(arguments, TALENT_FLIGHT_STARTS="off")[1])
    kept = {kind: int(few[f"{kind}_columns"]) for kind in ("talents", "startups")}
    rows = [
        [name, f"{max(talents[name], 0):.1f}", f"{max(startups[name], 0):.1f}"]
        for name in sorted(talents, key=lambda name: -talents[name] - startups[name])
        if max(talents[name], startups[name]) > 0.5
    ]
    return [
        Section(
            TITLE,
            [
                "Bytes per row: the columns' own types, plus the most that a step holds above them at one "
                "time, measured as the difference between worlds of different size. Whole process: "
                f"{whole['talents']:,} talents, {whole['startups']:,} startups, the start prepared anew, "
                f"{QUARTERS} steps, one thread; up to the end of the start {whole['start'] / 1e6:.0f} MB."
            ],
            [
                Figure(
                    "per talent",
                    (kept["talents"] + max(talents.values()),),
                    "bytes",
                    reach=32,
                    note=f"columns {kept['talents']}",
                ),
                Figure(
                    "per startup",
                    (kept["startups"] + max(startups.values()),),
                    "bytes",
                    reach=160,
                    note=f"columns {kept['startups']}",
                ),
                Figure("whole process at the real size", (whole["whole"] / 1e6,), "MB", reach=600),
            ],
            [table(["held above the columns", "bytes per talent", "bytes per startup"], rows)] if rows else [],
        )
    ]


def _slopes(fewer: dict[str, float], more: dict[str, float], rows: str) -> dict[str, float]:
    """Return for each process how much its peak grows with a row."""
    names = [name for name in fewer if not name.startswith(("talents", "startups"))]
    return {name: (more[name] - fewer[name]) / (more[rows] - fewer[rows]) for name in names}


def _peaks(talent_scale: int, startup_scale: int) -> dict[str, float]:
    """Return the most bytes that each process, and a step, holds above what was there; numbers and bytes of rows."""
    settings = Settings(talent_scale=talent_scale, startup_scale=startup_scale, threads=1)
    peaks: dict[str, float] = {}
    highest: list[int] = []  # peaks of the parts of a step, each reset before the next

    def watched(process: Process) -> Process:
        def watch(model: FlightModel) -> None:
            highest.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            process(model)
            highest.append(tracemalloc.get_traced_memory()[1])
            peak = highest[-1] - before
            peaks[process.__name__] = max(peaks.get(process.__name__, 0.0), float(peak))

        watch.__name__ = process.__name__
        return watch

    # Traced from the building of the model on: columns that grow are let go of only if their old form was traced.
    tracemalloc.start()
    with model_of(start(talent_scale, startup_scale), settings) as model:
        try:
            model.step()
            model.processes = tuple(watched(process) for process in model.processes)
            for _ in range(QUARTERS):
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                highest.clear()
                model.step()
                highest.append(tracemalloc.get_traced_memory()[1])
                peaks[STEP] = max(peaks.get(STEP, 0.0), float(max(highest) - before))
        finally:
            tracemalloc.stop()
        peaks["talents"], peaks["startups"] = float(model.talents.size), float(model.startups.size)
        for kind in ("talents", "startups"):
            columns = getattr(model, kind).data.values()
            peaks[f"{kind}_columns"] = sum(column.dtype.itemsize for column in columns)
    return peaks
