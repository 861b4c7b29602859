"""The moving process and the whole step against the moving process written by hand in C."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clock import ratios
from benchmarks.figures import Figure, Section, table
from benchmarks.moving_loop import SOURCE, NoCompiler
from benchmarks.moving_pair import PROCESS, MovingPair
from benchmarks.sizes import Sizes
from benchmarks.worlds import model_of, start
from sim.model.flight import FlightModel
from sim.settings import Settings

TITLE = "Against a hand-written C loop"
IN_CHUNKS = 256


@dataclass(frozen=True)
class Measured:
    """Seconds a quarter of the process, the whole step and both loops, in one world; and what was decided."""

    pair: MovingPair
    engine: list[float]
    step: list[float]
    plain: list[float]
    chunks: list[float]
    talents: int
    firms: int
    timings: dict[str, float]

    def per_talent(self, seconds: list[float]) -> tuple[float, ...]:
        """Return nanoseconds per talent."""
        return tuple(1e9 * taken / self.talents for taken in seconds)


def measure(sizes: Sizes) -> list[Section]:
    """Return the ratios to the C loop, what it decided, and where a step's time goes; or a sentence without gcc."""
    try:
        with tempfile.TemporaryDirectory() as large, tempfile.TemporaryDirectory() as usual:
            at_large = _measured(sizes.large, sizes, Path(large))
            at_usual = _measured(sizes.start_scale, sizes, Path(usual))
    except NoCompiler:
        return [Section(TITLE, ["Skipped: this machine has no gcc."])]
    loop = at_large.pair.compiled[1]
    pairs = at_large.pair, at_usual.pair
    usual_scale = f"talent scale {sizes.start_scale}"
    return [
        Section(
            TITLE,
            [
                f"{at_large.talents:,} talents, {at_large.firms:,} living startups; at {usual_scale} "
                f"{at_usual.talents:,} and {at_usual.firms:,}. One thread, {sizes.loop_quarters} quarters in a row. In "
                f"each quarter the process `{PROCESS}` and the loop see the same state; every second quarter the loop "
                "comes first. The loop does all that the process does: the same generator and keys, events at "
                "employers, choice among all places, dwellings, reasons.",
                f"Rows that differ: {sum(pair.differing for pair in pairs)} of {sum(pair.moves for pair in pairs):,} "
                f"moves, in both forms of the loop together; counts of moves, refusals and triggers differ by "
                f"{sum(pair.differing_counts for pair in pairs)}, sums of reasons by at most "
                f"{max(pair.largest_term for pair in pairs)} millionths of utility.",
                f"[{SOURCE.name}]({SOURCE.name}), {loop.compiler}: `gcc {' '.join(loop.flags)}`.",
            ],
            [
                Figure("moving process / C loop", ratios(at_large.engine, at_large.plain), reach=1.5),
                Figure("whole step / C loop", ratios(at_large.step, at_large.plain), reach=3.0),
                Figure(f"moving process / C loop, {usual_scale}", ratios(at_usual.engine, at_usual.plain)),
                Figure(f"whole step / C loop, {usual_scale}", ratios(at_usual.step, at_usual.plain)),
                Figure("moving process / C loop that draws in chunks", ratios(at_large.engine, at_large.chunks)),
                Figure("moving process", at_large.per_talent(at_large.engine), "ns per talent"),
                Figure("C loop", at_large.per_talent(at_large.plain), "ns per talent"),
                Figure("C loop that draws in chunks", at_large.per_talent(at_large.chunks), "ns per talent"),
            ],
            [processes(at_large.timings, sizes.loop_quarters)],
        )
    ]


def _measured(talent_scale: int, sizes: Sizes, folder: Path) -> Measured:
    settings = Settings(talent_scale=talent_scale, startup_scale=sizes.large_startups, threads=1)
    step: list[float] = []
    with model_of(start(talent_scale, sizes.large_startups), settings) as model:
        pair = MovingPair(model, folder, ((1, 1), (IN_CHUNKS, 1)))
        model.step()  # the first quarter loads and touches everything: it is compared, not timed
        model.timings = dict.fromkeys(model.timings, 0.0)
        for _ in range(sizes.loop_quarters):
            before = _others(model)
            model.step()
            step.append(_others(model) - before + pair.engine[-1])
        # The process was timed with the loops inside; its own time is the pair's.
        timings = model.timings | {PROCESS: sum(pair.engine[1:])}
        talents, firms = model.talents.size, len(model.live_rows())
    plain, chunks = pair.loops[1, 1][1:], pair.loops[IN_CHUNKS, 1][1:]
    return Measured(pair, pair.engine[1:], step, plain, chunks, talents, firms, timings)


def _others(model: FlightModel) -> float:
    """Return the seconds spent so far in all but the moving process."""
    return sum(model.timings.values()) - model.timings[PROCESS]


def processes(timings: dict[str, float], quarters: int) -> str:
    """Return the table of where a step's time goes."""
    total = sum(timings.values())
    rows = [[f"`{name}`", f"{1e3 * t / quarters:.2f}", f"{100 * t / total:.0f}%"] for name, t in timings.items()]
    rows.append(["all", f"{1e3 * total / quarters:.2f}", "100%"])
    return table(["process", "ms a step", "share"], rows)
