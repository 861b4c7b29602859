"""Where a package has its effect: startups and talents by French place, from the counts of persons.

Signed counts of matched persons are exactly the difference of the totals of a place (see
:mod:`sim.analysis.pairing`), so that a study of packages needs no quarterly series for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.held_means import held_means
from sim.analysis.packages.members import Packages
from sim.analysis.pairing import OUTSIDE, RESTAGED_FROM, SAME, SIGNS
from sim.analysis.run_record import FRANCE
from sim.errors import InputError
from sim.person_states import KINDS

NATION = "france"
EMPTY = "the empty package itself: 0 by definition"
ENDS = ("low", "high", "joint_low", "joint_high")
COLUMNS = ("package", "members", "mask", "kind", "where", "baseline_mean", "difference", *ENDS, "n", "reading")
# Who is at a place in the baseline: counted there as the same or as a loss, the displaced by their second label.
BEFORE = (SAME, *(name for name, sign in SIGNS.items() if sign < 0 and name != RESTAGED_FROM))


def package_places(pairs: pd.DataFrame, runs: pd.DataFrame, places: pd.DataFrame, packages: Packages) -> pd.DataFrame:
    """Paired differences at the horizon of every package, by kind of person and French place, and for France.

    Args:
        pairs: ``scenario, world, replicate`` and what :func:`sim.analysis.pairing.pair_counts` returns.
        runs: ``scenario, world, replicate``; only pairs of world and replicate that every package ran in count.
        places: ``place, country``, in the order of the model.
        packages: which scenario each package is.

    Returns:
        ``COLUMNS``, ``KINDS`` x (``france`` and each French place) a package; ``joint_low, joint_high`` hold for the
        whole table at once. Talents are those of any origin.

    Raises:
        InputError: if no world was run with every package, or someone is counted at a place that is not there.
    """
    french = [str(place) for place in places.loc[places["country"] == FRANCE, "place"]]
    ours = runs[runs["scenario"].isin(packages.scenarios)]
    ran = ours.groupby(["world", "replicate"], sort=True).size()
    meetings = pd.MultiIndex.from_frame(ran.index[ran == len(packages.scenarios)].to_frame())
    if not len(meetings):
        raise InputError("runs.parquet: no world was run with every package.")
    net = _cube(pairs, packages, meetings, french, dict(SIGNS))
    one = pairs[pairs["scenario"] == packages.scenarios[1]]  # in the baseline everyone is where they are, whoever asks
    before = _cube(one, packages, meetings, french, dict.fromkeys(BEFORE, 1))
    world = meetings.get_level_values("world").to_numpy()
    starts = np.flatnonzero(np.r_[True, world[1:] != world[:-1]])
    replicates = np.diff(np.r_[starts, len(world)])
    values = np.add.reduceat(net, starts, axis=0) / replicates[:, None, None, None]  # (W, 2**k, kind, place)
    levels = (np.add.reduceat(before, starts, axis=0) / replicates[:, None, None, None]).sum(axis=1).mean(axis=0)
    wheres = [NATION, *french]
    shape = (len(packages.scenarios), len(KINDS), len(wheres))
    held, _ = held_means(values.reshape(len(starts), -1))
    held["baseline_mean"] = np.broadcast_to(levels, shape).ravel()
    mask, kind, where = (index.ravel() for index in np.indices(shape))
    labels = np.array([packages.label(n) for n in range(shape[0])], dtype=object)
    held["package"], held["members"] = np.array(packages.scenarios, dtype=object)[mask], labels[mask]
    held["mask"], held["kind"], held["where"] = mask, np.array(KINDS)[kind], np.array(wheres)[where]
    held.loc[mask == 0, list(ENDS)] = 0.0
    held.loc[mask == 0, "reading"] = EMPTY
    return held.rename(columns={"value": "difference"})[list(COLUMNS)]


def _cube(
    pairs: pd.DataFrame, packages: Packages, meetings: pd.MultiIndex, french: list[str], signs: dict[str, int]
) -> np.ndarray:
    """Sum signed counts: (world and replicate, package, kind, France and its places)."""
    sign = _looked_up(pairs["class"], lambda name: signs.get(name, 0)).astype(np.float64)
    where = _looked_up(pairs["place"], lambda name: french.index(name) if name in french else -1) + 1
    outside = _looked_up(pairs["place"], lambda name: int(name == OUTSIDE)) > 0
    kind = _looked_up(pairs["kind"], KINDS.index)
    numbers = {name: mask for mask, name in enumerate(packages.scenarios)}
    mask = _looked_up(pairs["scenario"], lambda name: numbers.get(name, -1))
    worlds, world = np.unique(pairs["world"].to_numpy(), return_inverse=True)
    replicates, replicate = np.unique(pairs["replicate"].to_numpy(), return_inverse=True)
    grid = meetings.get_indexer(pd.MultiIndex.from_product([worlds, replicates])).reshape(len(worlds), -1)
    meeting = grid[world, replicate]
    counted = (sign != 0.0) & ~outside & (mask >= 0) & (meeting >= 0)
    if (lost := counted & (where == 0)).any():
        name = pairs["place"].astype(str).to_numpy()[lost][0]
        raise InputError(f"pairs.parquet: someone is counted at '{name}', which is no French place.")
    shape = (len(meetings), len(packages.scenarios), len(KINDS), len(french) + 1)
    cells = np.ravel_multi_index((meeting[counted], mask[counted], kind[counted], where[counted]), shape)
    amounts = sign[counted] * pairs["count"].to_numpy(np.float64)[counted]
    cube = np.bincount(cells, weights=amounts, minlength=int(np.prod(shape))).reshape(shape)
    cube[..., 0] = cube.sum(axis=-1)
    return np.asarray(cube)


def _looked_up(words: pd.Series[Any], number: Callable[[str], int]) -> np.ndarray:
    """Return the number of each word, looked up once a word."""
    codes, names = pd.factorize(words)
    return np.array([number(str(name)) for name in names], np.int64)[codes]
