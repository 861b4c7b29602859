"""Where the variance of an effect comes from: luck, parameters, structure.

The paired effect ``y[w, r, s]`` of world ``w``, replicate ``r`` and structure ``s`` is split as

    y = mean + W[w] + S[s] + WS[w, s] + R[w, r] + RS[w, r, s]

with worlds (parameters, and the luck of the population) and replicates (luck of a run) drawn, replicates nested in
worlds and structures crossed with both, because a replicate meets the same luck under every structure. Components are
those of the analysis of variance (Searle, Casella and McCulloch 1992, chapter 4): mean squares solved for their
expectations, unbiased without any assumption about distributions, and therefore sometimes below zero. In shares those
stand at 0, and the table says which.

- ``luck``: R + RS, what another seed of a run would change;
- ``parameters``: W, what another draw of the parameters would change under every structure alike;
- ``structure``: S, what another structure would change in every world alike;
- ``both``: WS, what a structure changes in one world and not in another.

S is the spread over the structures named, each counted once: with others in the list it is another number, and it is
read the same way whether they are thought of as drawn or as fixed. With one replicate luck cannot be told apart: R is
in ``parameters`` and RS in ``both``.

Intervals: percentiles when whole worlds are drawn again with replacement. Drawing again adds noise of its own: mean
squares between worlds are too small by (n - 1) / n in the mean, and that of structures too large by what WS and RS
leave in it; both are taken out in every draw. The tails are those of Student's t and n / (n - 1), as percentiles alone
are too narrow with few worlds (Hesterberg 2015, The American Statistician 69, 371-386). They hold for the structures
named. Coverage of nominal 95% in per cent: the least and the most of four shares and three sets of normal components,
7 structures, 2 replicates (``tests/analysis/test_variance_split.py``; 600 repeats, standard error 0.9):

======= ====== =====
worlds  least  most
======= ====== =====
8       84.5   98.3
12      88.7   98.5
24      90.2   96.5
48      91.8   95.7
======= ====== =====

With few worlds they are an order of magnitude and no more; shares of luck are known best, that of parameters least.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.intervals import FEWEST_WORLDS, LEVEL, keyed_luck, student
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.paired_worlds import BASELINE, by_world, outcome_columns, scenario_order

RESAMPLES = 999
SOURCES = ("luck", "parameters", "structure", "both")
VARIANCE_COLUMNS = (
    "scenario", "outcome", "label", "unit", "effect", "variance",
    *(f"{name}{end}" for name in SOURCES for end in ("", "_low", "_high")),
    "worlds", "replicates", "structures", "below_zero", "reading",
)  # fmt: skip


class Components(NamedTuple):
    """Components of variance, each (...,); ``luck`` is R, ``luck_by_structure`` RS; NaN where not identified."""

    parameters: np.ndarray
    structure: np.ndarray
    both: np.ndarray
    luck: np.ndarray
    luck_by_structure: np.ndarray


def components(effects: np.ndarray, drawn_again: bool = False) -> Components:
    """Return the components of variance, unbiased, so that they may be below zero.

    Args:
        effects: (..., W, R, S) of W worlds, R replicates and S structures, complete; W and S at least 2.
        drawn_again: the worlds were drawn with replacement from W worlds: what that adds is taken out.

    Raises:
        ValueError: for fewer than two worlds or structures.
    """
    worlds, replicates, structures = effects.shape[-3:]
    if min(worlds, structures) < 2:
        raise ValueError(f"found {worlds} worlds and {structures} structures, needed are two of each")
    of_cell = effects.mean(axis=-2)
    of_world, of_structure = of_cell.mean(axis=-1), of_cell.mean(axis=-2)
    middle = of_world.mean(axis=-1)
    world = replicates * structures * _squares(of_world - middle[..., None], 1) / (worlds - 1)
    structure = worlds * replicates * _squares(of_structure - middle[..., None], 1) / (structures - 1)
    inside = of_cell - of_world[..., None] - of_structure[..., None, :] + middle[..., None, None]
    cell = replicates * _squares(inside, 2) / ((worlds - 1) * (structures - 1))
    if drawn_again:
        world, cell = world * worlds / (worlds - 1), cell * worlds / (worlds - 1)
        structure = structure - cell * (worlds - 1) / worlds
    of_structures = (structure - cell) / (worlds * replicates)
    if replicates == 1:
        unknown = np.full_like(world, np.nan)
        return Components((world - cell) / structures, of_structures, cell, unknown, unknown)
    of_run = effects.mean(axis=-1)
    run = structures * _squares(of_run - of_world[..., None], 2) / (worlds * (replicates - 1))
    rest = effects - of_run[..., None] - (of_cell - of_world[..., None])[..., None, :]
    error = _squares(rest, 3) / (worlds * (replicates - 1) * (structures - 1))
    return Components(
        (world - cell - run + error) / (replicates * structures), of_structures, (cell - error) / replicates,
        (run - error) / structures, error,
    )  # fmt: skip


def shares(found: Components) -> np.ndarray:
    """Return the shares of ``SOURCES`` in the variance of one run's effect, (4, ...), those below zero at 0.

    Luck is NaN where it is not identified, all are NaN where nothing varies.
    """
    luck = np.maximum(found.luck, 0.0) + np.maximum(found.luck_by_structure, 0.0)
    parts = np.stack([luck, *(np.maximum(part, 0.0) for part in (found.parameters, found.structure, found.both))])
    total = np.nansum(parts, axis=0)
    return np.asarray(np.where(total > 0.0, parts / np.where(total > 0.0, total, 1.0), np.nan))


def share_intervals(effects: np.ndarray, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL) -> np.ndarray:
    """Return low and high of the four shares, (2, 4), by drawing whole worlds again; NaN below ``FEWEST_WORLDS``.

    Args:
        effects: (W, R, S).
        seed: of the draws.
        resamples: how many.
        level: probability of each interval.
    """
    worlds = len(effects)
    if worlds < FEWEST_WORLDS:
        return np.full((2, len(SOURCES)), np.nan)
    from scipy.special import ndtr

    luck = keyed_luck(seed, "worlds drawn again", worlds)
    again = effects[luck.integers(0, worlds, (resamples, worlds))]
    found = shares(components(again, drawn_again=True))
    tail = float(ndtr(-np.sqrt(worlds / (worlds - 1)) * student(level, worlds - 1)))
    ends = np.full((2, len(SOURCES)), np.nan)
    for at, values in enumerate(found):
        if np.isfinite(values).any():
            ends[:, at] = np.nanquantile(values, [tail, 1.0 - tail])
    return ends


def variance_table(
    runs: pd.DataFrame, baseline: str = BASELINE, outcomes: Sequence[str] | None = None, seed: int = 0,
    resamples: int = RESAMPLES,
) -> pd.DataFrame:  # fmt: skip
    """Split the variance of every scenario's paired effect on every outcome.

    Args:
        runs: ``structure, run, scenario, world, replicate`` and outcomes.
        baseline: the scenario to compare with.
        outcomes: those to take; none: all.
        seed: of the draws for the intervals.
        resamples: how many.

    Returns:
        ``VARIANCE_COLUMNS``: ``effect`` its mean over all; ``variance`` sum of the components, those below zero at 0;
        shares of ``SOURCES`` with their intervals; ``below_zero`` the components that were; ``reading`` what cannot be
        said and why. Only worlds that have every replicate under every structure count.
    """
    columns = list(outcomes) if outcomes is not None else outcome_columns(runs.drop(columns="structure"))
    names = list(dict.fromkeys(runs["structure"].astype(str)))
    rows = []
    for scenario in (name for name in scenario_order(runs) if name != baseline):
        cube = _cube(runs, scenario, baseline, names, columns)
        for at, outcome in enumerate(columns):
            said = {word: getattr(OUTCOMES[outcome], word) for word in ("label", "unit")}
            rows.append({"scenario": scenario, "outcome": outcome, **said, **_row(cube[..., at], seed, resamples)})
    return pd.DataFrame(rows, columns=list(VARIANCE_COLUMNS))


def _cube(runs: pd.DataFrame, scenario: str, baseline: str, structures: list[str], columns: list[str]) -> np.ndarray:
    """Return paired effects, (W, R, S, outcomes), of the worlds that are complete."""
    parts = {}
    for name in structures:
        own = runs[runs["structure"] == name]
        after, before = (by_world(own, one, columns) for one in (scenario, baseline))
        parts[name] = after.sub(before).dropna(how="all")
    joined = pd.concat(parts, axis=1, join="inner")
    replicates = joined.index.get_level_values("replicate").nunique()
    sizes = joined.groupby(level="world").size()
    whole = joined[joined.index.get_level_values("world").isin(sizes.index[sizes == replicates])].sort_index()
    values = whole.to_numpy(np.float64).reshape(-1, max(replicates, 1), len(structures), len(columns))
    return values


def _row(effects: np.ndarray, seed: int, resamples: int) -> dict[str, object]:
    held = effects[np.isfinite(effects).all(axis=(1, 2))]
    worlds, replicates, structures = held.shape
    row: dict[str, object] = {"worlds": worlds, "replicates": replicates, "structures": structures, "below_zero": ""}
    if min(worlds, structures) < 2:
        return row | {"reading": f"{worlds} complete worlds and {structures} structures: nothing to split"}
    unit = float(np.abs(held).max())
    row |= {"effect": float(held.mean())}
    if unit == 0.0:
        return row | {"variance": 0.0, "reading": "no effect in any world"}
    with np.errstate(under="ignore"):  # what is far below the largest counts as nothing
        found = components(held / unit)
        ends = share_intervals(held / unit, seed, resamples)
    parts = dict(zip(found._fields, (float(part) for part in found), strict=True))
    row |= {"variance": unit**2 * sum(max(part, 0.0) for part in parts.values() if np.isfinite(part))}
    row |= dict(zip(SOURCES, shares(found).tolist(), strict=True))
    for end, values in zip(("low", "high"), ends, strict=True):
        row |= {f"{name}_{end}": float(value) for name, value in zip(SOURCES, values, strict=True)}
    row["below_zero"] = " ".join(name for name, part in parts.items() if part < 0.0)
    reading = []
    if replicates == 1:
        reading.append("one replicate: luck is inside parameters and both")
    if worlds < FEWEST_WORLDS:
        reading.append(f"only {worlds} worlds: no interval")
    return row | {"reading": "; ".join(reading)}


def _squares(values: np.ndarray, axes: int) -> np.ndarray:
    """Return the sum of squares over the last axes."""
    return np.asarray((values**2).sum(axis=tuple(range(-axes, 0))))
