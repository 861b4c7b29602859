"""Two threads against one, for the engine as for the C loop."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.clock import ratios
from benchmarks.figures import Figure, Section
from benchmarks.moving_loop import NoCompiler
from benchmarks.moving_pair import PROCESS, MovingPair
from benchmarks.sizes import Sizes
from benchmarks.worlds import model_of, set_threads, start
from sim.settings import Settings

TITLE = "Two threads"


def measure(sizes: Sizes) -> list[Section]:
    """Return the speed-ups; pairs of quarters in a row, the first of a pair on one thread, the second on two."""
    settings = Settings(talent_scale=sizes.large, startup_scale=sizes.large_startups, threads=1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return [_measured(settings, sizes.thread_quarters, Path(folder))]
    except NoCompiler:
        return [Section(TITLE, ["Skipped: this machine has no gcc."])]


def _measured(settings: Settings, quarters: int, folder: Path) -> Section:
    steps: list[float] = []
    with model_of(start(settings.talent_scale, settings.startup_scale), settings) as model:
        pair = MovingPair(model, folder, ((1, 1), (1, 2)))
        model.step()
        for n in range(quarters):
            set_threads(model, 1 + n % 2)
            before = sum(model.timings.values()) - model.timings[PROCESS]
            model.step()
            steps.append(sum(model.timings.values()) - model.timings[PROCESS] - before + pair.engine[-1])
    engine, one, two = pair.engine[1:], pair.loops[1, 1][1:], pair.loops[1, 2][1:]
    # Quarters differ a little in work: the engine on one thread and on two is each held against the loop on one.
    mine = tuple((engine[n] / one[n]) / (engine[n + 1] / one[n + 1]) for n in range(0, quarters - 1, 2))
    by_c = tuple((one[n] + one[n + 1]) / (two[n] + two[n + 1]) for n in range(0, quarters - 1, 2))
    whole = tuple((steps[n] / one[n]) / (steps[n + 1] / one[n + 1]) for n in range(0, quarters - 1, 2))
    return Section(
        TITLE,
        ["The world of the C loop. Both take blocks of rows in turn; the C loop 32,768 rows with two POSIX threads."],
        [
            Figure(
                "speed-up of the moving process / speed-up of the C loop",
                ratios(list(mine), list(by_c)),
                reach=0.95,
                at_least=True,
            ),
            Figure("speed-up of the moving process", mine),
            Figure("speed-up of the C loop", by_c),
            Figure("speed-up of the whole step", whole),
        ],
    )
