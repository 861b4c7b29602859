"""The results folder as frames. What is not there is None, and its section is left out of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from os.path import isfile  # says no where a path cannot be followed, as that of a link to a name that is too long
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.consistency import check_results
from sim.analysis.moves import horizon_years, mean_flows
from sim.analysis.paired_worlds import BASELINE, scenario_order
from sim.analysis.reading import (
    read_comparison,
    read_manifest,
    read_parquet,
    read_places,
    read_runs,
    read_scenarios,
)
from sim.errors import InputError
from sim.report.catalogue import Words
from sim.report.world_source import WorldSource

PLACEBO = "placebo"
"""The scenario that is no policy but the noise floor; it stands beside the others, never among them."""
# table -> its columns of text and of numbers that the report uses
TABLES = {
    "series": (("place",), ("run", "quarter", "startups", "startups_french", "talents_french", "jobs", "labelled")),
    "flows": (("origin", "destination", "kind"), ("run", "count")),
    "reasons": (("kind", "direction", "part", "name"), ("run", "year", "count", "total")),
    "pairs": (("scenario", "kind", "class", "place"), ("world", "replicate", "count")),
}


@dataclass(frozen=True)
class ScenarioNote:
    """What a scenario file says about itself; plain text, to be escaped by whoever prints it."""

    name: str
    title: str
    question: str
    expected: str
    recommendation: str
    provenance: str
    levers: Mapping[str, Mapping[str, Any]]
    rivals_respond: bool = False


class Results:
    """A results folder, read on demand.

    Raises:
        InputError: if the folder, or the table of places in it, does not exist; and wherever a file is read that is
            not what a run writes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        path = self.folder / "places.csv"
        if not isfile(path):
            raise InputError(f"{self.folder}: no places.csv found, so this is not a folder of results.")
        self.places = read_places(path)
        self.drawn: dict[str, Path] = {}
        """Figures drawn for the page: name -> SVG file."""
        self.file_digests: dict[str, str] = {}
        """SHA-256 of files of the folder, once they were asked for."""

    def _parquet(self, stem: str) -> pd.DataFrame | None:
        path = self.folder / f"{stem}.parquet"
        if not isfile(path):
            return None
        frame = read_parquet(path, *TABLES[stem])
        return frame if len(frame) else None

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, or an empty dict."""
        path = self.folder / "manifest.json"
        return read_manifest(path) if isfile(path) else {}

    @property
    def reference(self) -> str:
        """The scenario that all others are compared with."""
        return str(self.manifest.get("reference") or BASELINE)

    @cached_property
    def runs(self) -> pd.DataFrame | None:
        """One row per run with its outcomes."""
        path = self.folder / "runs.parquet"
        frame = read_runs(path) if isfile(path) else None
        return frame if frame is not None and len(frame) else None

    @cached_property
    def common_runs(self) -> pd.DataFrame | None:
        """The runs in worlds without overrides: the ones that the baseline's levels are read from."""
        if self.runs is None:
            return None
        changed = {int(w["world"]) for w in self.manifest.get("worlds") or () if w.get("overrides")}
        return self.runs[~self.runs["world"].isin(changed)]

    @cached_property
    def series(self) -> pd.DataFrame | None:
        """One row per run, quarter and place."""
        return self._parquet("series")

    @cached_property
    def pairs(self) -> pd.DataFrame | None:
        """Persons matched with themselves in the baseline: counts by world, scenario, kind, class and place."""
        return self._parquet("pairs")

    @cached_property
    def reasons(self) -> pd.DataFrame | None:
        """Why movers crossed the border of France: triggers and terms by run, year, kind and direction."""
        return self._parquet("reasons")

    @cached_property
    def comparison(self) -> pd.DataFrame | None:
        """The comparison table."""
        path = self.folder / "comparison.csv"
        if not isfile(path):
            return None
        frame = read_comparison(path)
        return frame if len(frame) else None

    @cached_property
    def scenarios(self) -> list[ScenarioNote]:
        """The scenarios in their order; names only when the folder holds no descriptions."""
        path = self.folder / "scenarios.json"
        if isfile(path):
            texts = ("name", "title", "question", "expected", "recommendation", "provenance")
            return [
                ScenarioNote(
                    **{k: str(s.get(k) or "") for k in texts},
                    levers=dict(s.get("levers") or {}),
                    rivals_respond=bool(s.get("rivals_respond")),
                )
                for s in read_scenarios(path)
            ]
        names = scenario_order(self.runs) if self.runs is not None else []
        return [ScenarioNote(name, name, "", "", "", "", {}) for name in names]

    @cached_property
    def source(self) -> WorldSource:
        """Where the worlds come from."""
        return WorldSource.of(self.manifest)

    def over(self, number: int, words: Words) -> str:
        """Return what a mean over a number of worlds is over, such as "24 posterior worlds"."""
        return self.source.counted(number, words)

    @property
    def of_packages(self) -> bool:
        """Whether these are results of the command ``packages``: hundreds of scenarios, told by tables of their own."""
        return isfile(self.folder / "packages.parquet")

    @cached_property
    def policies(self) -> list[ScenarioNote]:
        """Every scenario that the comparison holds but the placebo, in order; of packages the single ones and all."""
        held = [s for s in self._compared if s.name != PLACEBO]
        if not self.of_packages:
            return held
        most = max((len(s.levers) for s in held), default=0)
        return [s for s in held if s.recommendation or len(s.levers) == most]

    @property
    def placebo(self) -> ScenarioNote | None:
        """The placebo, if the comparison holds it."""
        return next((s for s in self._compared if s.name == PLACEBO), None)

    @property
    def _compared(self) -> list[ScenarioNote]:
        held = set(self.comparison["scenario"]) if self.comparison is not None else set()
        return [s for s in self.scenarios if s.name in held]

    @property
    def recommendations(self) -> list[ScenarioNote]:
        """The scenarios of one recommendation each, in order."""
        return [s for s in self.policies if s.recommendation]

    @property
    def recommendations_alone(self) -> list[ScenarioNote]:
        """The scenarios that are one recommendation each and have exactly one lever."""
        return [s for s in self.recommendations if len(s.levers) == 1]

    def check(self) -> None:
        """Read every file, of large ones what tells their rows apart: a damaged one stops the report at once.

        Raises:
            InputError: as :func:`sim.analysis.consistency.check_results`.
        """
        check_results(self.folder)
        _ = (self.manifest, self.runs, self.series, self.reasons, self.pairs, self.comparison, self.scenarios)

    @property
    def worlds_run(self) -> int:
        """Number of worlds in which the baseline ran."""
        runs = self.common_runs
        return 0 if runs is None else int(runs.loc[runs["scenario"] == self.reference, "world"].nunique())

    @cached_property
    def years(self) -> float:
        """Length of the horizon in years; 0 when unknown."""
        if self.series is not None:
            return horizon_years(self.series)
        return float((self.manifest.get("settings") or {}).get("years", 0))

    def years_text(self, words: Words) -> str:
        """Length of the horizon as text, with its noun."""
        if not self.years:
            return words("page.years_unknown")
        return words("page.years_one") if self.years == 1 else words("page.years_many", years=f"{self.years:g}")

    def mean_flows(self, scenario: str = BASELINE) -> pd.DataFrame | None:
        """Mean moves per year of one scenario; only the rows of its runs are read, since the file is large."""
        path = self.folder / "flows.parquet"
        runs = self.common_runs
        if runs is None or not isfile(path) or not self.years:
            return None
        wanted = [int(r) for r in runs.loc[runs["scenario"] == scenario, "run"]]
        if not wanted:
            return None
        flows = read_parquet(path, *TABLES["flows"], filters=[("run", "in", wanted)])
        return mean_flows(runs, flows, scenario, self.years) if len(flows) else None

    @cached_property
    def baseline_flows(self) -> pd.DataFrame | None:
        """Mean moves per year of the baseline."""
        return self.mean_flows()
