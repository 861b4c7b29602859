"""The packages that belong to some results: tables of every subset of the recommendations, in a folder or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from os.path import isfile  # says no where a path cannot be followed, as that of a link to a name that is too long
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.damage import damaged
from sim.analysis.packages.coalitions import OBJECTIVES
from sim.analysis.packages.tables import (
    BUDGET_COLUMNS,
    FRONTIER_COLUMNS,
    INTERACTION_COLUMNS,
    PACKAGE_COLUMNS,
    SHAPLEY_COLUMNS,
    TOTAL,
)
from sim.analysis.reading import read_csv, read_manifest, read_parquet
from sim.errors import InputError
from sim.report.driver_results import _entry as entry
from sim.report.results import Results
from sim.report.world_source import WorldSource
from sim.scenario import short_names

FOLDER = "packages"
MARK, PLACES = "packages.parquet", "package_places.parquet"
TEXTS = (
    "package", "members", "outcome", "label", "unit", "better", "reading", "member", "first", "second", "kind", "where"
)  # fmt: skip
PLACE_COLUMNS = (
    "mask", "kind", "where", "baseline_mean", "difference", "joint_low", "joint_high", "n", "reading",
)  # fmt: skip
SAME = ("digests.code", "digests.evidence", "seed", "settings.years", "settings.world_kind")
"""Entries of the manifest that must be there and agree: the same model, evidence, luck, horizon and kind of worlds."""
SAME_OR_NONE = ("settings.structure", "posterior")
"""Entries that must agree. How many persons an agent stands for may differ: a study of its own says its own."""


@dataclass(frozen=True)
class PackageResults:
    """The tables of a study in which every package was run; see :mod:`sim.analysis.packages.tables`.

    ``own``: whether the study is the results themselves; ``places``: effects by place, None where persons were not
    counted; ``members``: names of the members, bit i of a mask is the i-th.
    """

    folder: Path
    own: bool
    manifest: Mapping[str, Any]
    packages: pd.DataFrame
    shapley: pd.DataFrame
    interactions: pd.DataFrame
    frontier: pd.DataFrame
    budgets: pd.DataFrame
    places: pd.DataFrame | None
    members: tuple[str, ...]

    @property
    def worlds(self) -> int:
        """Number of worlds that every mean is over."""
        return int(self.packages["n"].min())

    @property
    def source(self) -> WorldSource:
        """Where the worlds come from."""
        return WorldSource.of(self.manifest)

    @property
    def talent_scale(self) -> int:
        """How many talents one agent stands for; 0 when unknown."""
        scale = entry(dict(self.manifest), "settings.talent_scale")
        return int(scale) if isinstance(scale, int | float) else 0

    @property
    def shorts(self) -> tuple[str, ...]:
        """``r3`` for ``r3_international_brand``, as in the tables' column ``members``."""
        return tuple(short_names(self.members))


@lru_cache(maxsize=1)
def packages_of(results: Results) -> PackageResults | None:
    """Return the packages of some results: their own, else those in a folder ``packages`` below or beside them.

    Another folder counts only if it was made by the same model from the same evidence, seed and kind of worlds, and was
    not interrupted; one that cannot be read is as good as none.

    Raises:
        InputError: if the results' own tables are damaged.
    """
    folder = results.folder.absolute()
    if isfile(folder / MARK):
        return _read(folder, results.manifest, own=True)
    for other in (folder / FOLDER, folder.parent / FOLDER):
        if not all(isfile(other / name) for name in (MARK, "manifest.json")):
            continue
        try:
            manifest = read_manifest(other / "manifest.json")
            if _fits(manifest, results.manifest):
                return _read(other, manifest, own=False)
        except InputError:
            continue
    return None


def _fits(manifest: dict[str, Any], wanted: dict[str, Any]) -> bool:
    if manifest.get("interrupted") or wanted.get("interrupted"):
        return False
    found = [(entry(manifest, name), entry(wanted, name)) for name in SAME]
    if any(one is None or one != other for one, other in found):
        return False
    return all(entry(manifest, name) == entry(wanted, name) for name in SAME_OR_NONE)


def _read(folder: Path, manifest: Mapping[str, Any], *, own: bool) -> PackageResults:
    packages = read_parquet(folder / MARK, *_typed(PACKAGE_COLUMNS))
    if packages[["baseline_mean", "difference"]].isna().any(axis=None):
        raise damaged(folder / MARK, "a package without its difference")
    tables = {
        name: read_csv(folder / f"{name}.csv", *_typed(columns))
        for name, columns in (
            ("shapley", SHAPLEY_COLUMNS),
            ("interactions", INTERACTION_COLUMNS),
            ("frontier", FRONTIER_COLUMNS),
            ("budgets", BUDGET_COLUMNS),
        )
    }
    members = tuple(dict.fromkeys(str(name) for name in tables["shapley"]["member"] if name != TOTAL))
    masks = packages["mask"].nunique()
    if not members or masks != 2 ** len(members) or not set(packages["mask"]) == set(range(masks)):
        raise damaged(folder / MARK, f"{masks} packages are not all subsets of {len(members)} members")
    counts = packages.groupby("outcome", sort=False)["mask"].agg(["size", "nunique"])
    if (counts != masks).any(axis=None) or not set(OBJECTIVES) <= set(counts.index):
        raise damaged(folder / MARK, "an outcome is missing or does not stand once for each package")
    places = None
    if isfile(folder / PLACES):
        places = read_parquet(folder / PLACES, *_typed(PLACE_COLUMNS))
        sizes = places.groupby(["kind", "where"])["mask"].agg(["size", "nunique"])
        if (sizes != masks).any(axis=None):
            raise damaged(folder / PLACES, "a place does not stand once for each package")
    return PackageResults(folder, own, manifest, packages, **tables, places=places, members=members)


def _typed(columns: tuple[str, ...]) -> tuple[list[str], list[str]]:
    texts = [name for name in columns if name in TEXTS]
    return texts, [name for name in columns if name not in TEXTS and name != "on_mean_frontier"]
