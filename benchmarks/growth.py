"""Cost of a step with the number of talents, from ten thousand to tens of millions."""

from __future__ import annotations

import dataclasses
from contextlib import AbstractContextManager, ExitStack

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.figures import Figure, Section, table
from benchmarks.moving_pair import PROCESS
from benchmarks.sizes import Sizes
from benchmarks.worlds import model_of, resized, start
from sim.model.flight import FlightModel
from sim.model.start import Start
from sim.settings import Settings

TITLE = "Growth with talents"
# So few firms that talents are the cost.
FEW_STARTUPS = 100
LARGE_FROM = 90_000


def measure(sizes: Sizes) -> list[Section]:
    """Return time by number of talents and the exponents of least squares in logarithms; one of each per round."""
    whole = start(sizes.large, sizes.large_startups)
    begun = [(scale, resized(whole, max(1, scale // sizes.large))) for scale in sizes.growth]
    begun.append((sizes.large, resized(whole, times=sizes.growth_repeats)))
    with ExitStack() as stack:
        models = [stack.enter_context(_model(scale, begin)) for scale, begin in begun]
        begun.clear()
        talents = np.array([model.talents.size for model in models])
        times = np.array([_round(models) for _ in range(sizes.growth_rounds + 1)])[1:]  # (rounds, sizes, 2)
    large = talents >= LARGE_FROM if np.count_nonzero(talents >= LARGE_FROM) > 1 else talents > 0
    steps, moving = times[:, :, 0], times[:, :, 1]
    middle = np.median(times, axis=0)
    rows = [
        [f"{n:,}", f"{1e3 * s:.2f}", f"{1e9 * s / n:.1f}", f"{1e3 * m:.2f}", f"{1e9 * m / n:.1f}"]
        for n, (s, m) in zip(talents, middle, strict=True)
    ]

    def exponents(of: np.ndarray, which: np.ndarray) -> tuple[float, ...]:
        return tuple(exponent(talents[which], line[which]) for line in of)

    return [
        Section(
            TITLE,
            [
                f"One thread; one firm stands for {FEW_STARTUPS}, so that talents are the cost. Up to the real number "
                "every n-th talent of the world at scale 1, beyond it all of them several times over; all under luck "
                "of their own. In a round each world makes one step; the exponent is taken within the round. A step "
                "has a cost that does not grow, which flattens the line where talents are few: the exponent of the "
                "large worlds alone is the stricter one."
            ],
            [
                Figure("exponent of the step", exponents(steps, talents > 0), reach=1.03),
                Figure(f"exponent of the step, from {LARGE_FROM:,} talents on", exponents(steps, large), reach=1.03),
                Figure(f"exponent of the moving process, from {LARGE_FROM:,} talents on", exponents(moving, large)),
            ],
            [table(["talents", "step, ms", "ns per talent", "moving process, ms", "ns per talent"], rows)],
        )
    ]


def exponent(sizes: ArrayLike, times: ArrayLike) -> float:
    """Return the slope of ln time over ln size by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def _model(scale: int, begin: Start) -> AbstractContextManager[FlightModel]:
    """Return a model with few startups."""
    few = {name: column[::FEW_STARTUPS].copy() for name, column in begin.startups.items()}
    settings = Settings(talent_scale=scale, startup_scale=FEW_STARTUPS, threads=1)
    return model_of(dataclasses.replace(begin, startups=few), settings)


def _round(models: list[FlightModel]) -> list[tuple[float, float]]:
    """Let each model make a step; return the seconds of the step and of its moving process."""
    found = []
    for model in models:
        before, moving = sum(model.timings.values()), model.timings[PROCESS]
        model.step()
        found.append((sum(model.timings.values()) - before, model.timings[PROCESS] - moving))
    return found
