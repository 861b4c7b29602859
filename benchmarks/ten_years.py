"""One run of ten years, from a start that is there to its records."""

from __future__ import annotations

from types import SimpleNamespace

from benchmarks.against_c import processes
from benchmarks.clock import seconds
from benchmarks.figures import Figure, Section
from benchmarks.sizes import Sizes
from benchmarks.worlds import SEED, evidence, start, world
from sim.model.flight import simulate
from sim.model.recording import Records
from sim.settings import Settings

TITLE = "One run of ten years"


def measure(sizes: Sizes) -> list[Section]:
    """Return the seconds of a run at the middle scale and at the large one."""
    firms = sizes.large_startups
    middle, records = _runs(sizes.small, firms, sizes.ten_years, sizes.ten_year_runs)
    large, _ = _runs(sizes.large, firms, sizes.ten_years, 1)
    return [
        Section(
            TITLE,
            [
                f"Baseline, one thread, {sizes.ten_years} years; building the model and its records included, the "
                f"start prepared before. Below: where the time of a step goes at talent scale {sizes.small}, startup "
                f"scale {firms}."
            ],
            [
                Figure(f"talent scale {sizes.small}, startup scale {firms}", tuple(middle), "s", reach=0.45),
                Figure(f"talent scale {sizes.large}, startup scale {firms}", tuple(large), "s"),
            ],
            [processes(records.timings, 4 * sizes.ten_years)],
        )
    ]


def _runs(talent_scale: int, startup_scale: int, years: int, runs: int) -> tuple[list[float], Records]:
    settings = Settings(talent_scale=talent_scale, startup_scale=startup_scale, years=years, threads=1)
    begin = start(talent_scale, startup_scale)
    kept: list[Records] = []

    def run() -> None:
        kept[:] = [simulate(SimpleNamespace(levers=()), world(), evidence(), begin, settings, SEED)]

    return [seconds(run) for _ in range(runs)], kept[0]
