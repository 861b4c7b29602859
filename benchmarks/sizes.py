"""How large each benchmark is: full size for the record, toy size to see that it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Scales, numbers of pairs and horizons."""

    large: int = 1  # talent scale of the large world
    large_startups: int = 1
    small: int = 10  # talent scale of the ten-year run
    thread_quarters: int = 16
    loop_quarters: int = 16
    ten_years: int = 10
    ten_year_runs: int = 7
    mesa_scale: int = 133
    mesa_pairs: int = 5
    twin_worlds: tuple[tuple[int, int], ...] = ((20, 1), (1000, 100))  # talent and startup scales
    twin_pairs: int = 5
    growth: tuple[int, ...] = (270, 90, 27, 9, 3, 1)  # talent scales: each thins the large world
    growth_repeats: int = 10  # and the large world this many times over
    growth_rounds: int = 5
    places: tuple[int, ...] = (6, 12, 26, 48, 96)
    place_talents: int = 100_000
    place_quarters: int = 8
    memory_scales: tuple[int, int] = (40, 20)  # of talents: fewer rows, more rows
    memory_startups: tuple[int, int] = (2, 1)
    cold_repeats: int = 1
    warm_repeats: int = 5
    help_repeats: int = 7
    start_scale: int = 20  # talent scale of the cold and the warm start


FULL = Sizes()
TOY = Sizes(
    large=400,
    large_startups=50,
    small=500,
    thread_quarters=2,
    loop_quarters=2,
    ten_years=1,
    ten_year_runs=2,
    mesa_scale=1000,
    mesa_pairs=1,
    twin_worlds=((1000, 100),),
    twin_pairs=1,
    growth=(1000, 500),
    growth_repeats=3,
    growth_rounds=2,
    places=(6, 30),
    place_talents=2_000,
    place_quarters=2,
    memory_scales=(1000, 500),
    memory_startups=(100, 50),
    warm_repeats=1,
    help_repeats=1,
    start_scale=1000,
)
