"""The results folder as frames. What is not there is None, and its section is left out of the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from sim.analysis.compare import BASELINE, scenario_order
from sim.analysis.moves import horizon_years, mean_flows
from sim.errors import InputError


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


class Results:
    """A results folder, read on demand.

    Raises:
        InputError: if the folder, or the table of places in it, does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        if not (self.folder / "places.csv").is_file():
            raise InputError(f"{self.folder}: no places.csv found, so this is not a folder of results.")
        self.places = pd.read_csv(
            self.folder / "places.csv", keep_default_na=False, na_values={"latitude": [""], "longitude": [""]}
        )

    def _parquet(self, stem: str) -> pd.DataFrame | None:
        path = self.folder / f"{stem}.parquet"
        if not path.is_file():
            return None
        frame: pd.DataFrame = pq.read_table(path).to_pandas()
        return frame if len(frame) else None

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, or an empty dict."""
        path = self.folder / "manifest.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}

    @cached_property
    def runs(self) -> pd.DataFrame | None:
        """One row per run with its outcomes."""
        return self._parquet("runs")

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
    def worlds(self) -> pd.DataFrame | None:
        """The drawn parameters: world, parameter, value."""
        return self._parquet("worlds")

    @cached_property
    def comparison(self) -> pd.DataFrame | None:
        """The comparison table."""
        path = self.folder / "comparison.csv"
        if not path.is_file():
            return None
        frame = pd.read_csv(path)
        return frame if len(frame) else None

    @cached_property
    def scenarios(self) -> list[ScenarioNote]:
        """The scenarios in their order; names only when the folder holds no descriptions."""
        path = self.folder / "scenarios.json"
        if path.is_file():
            listed = sorted(json.loads(path.read_text(encoding="utf-8")), key=lambda s: int(s.get("order", 0)))
            texts = ("name", "title", "question", "expected", "recommendation", "provenance")
            return [
                ScenarioNote(**{k: str(s.get(k) or "") for k in texts}, levers=dict(s.get("levers") or {}))
                for s in listed
            ]
        names = scenario_order(self.runs) if self.runs is not None else []
        return [ScenarioNote(name, name, "", "", "", "", {}) for name in names]

    @property
    def policies(self) -> list[ScenarioNote]:
        """Every scenario that the comparison holds, in order."""
        held = set(self.comparison["scenario"]) if self.comparison is not None else set()
        return [s for s in self.scenarios if s.name in held]

    @property
    def recommendations(self) -> list[ScenarioNote]:
        """The scenarios of one recommendation each, in order."""
        return [s for s in self.policies if s.recommendation]

    @property
    def worlds_run(self) -> int:
        """Number of worlds in which the baseline ran."""
        runs = self.common_runs
        return 0 if runs is None else int(runs.loc[runs["scenario"] == BASELINE, "world"].nunique())

    @cached_property
    def years(self) -> float:
        """Length of the horizon in years; 0 when unknown."""
        return horizon_years(self.series) if self.series is not None else 0.0

    def mean_flows(self, scenario: str = BASELINE) -> pd.DataFrame | None:
        """Mean moves per year of one scenario; only the rows of its runs are read, since the file is large."""
        path = self.folder / "flows.parquet"
        runs = self.common_runs
        if runs is None or not path.is_file() or not self.years:
            return None
        wanted = [int(r) for r in runs.loc[runs["scenario"] == scenario, "run"]]
        if not wanted:
            return None
        flows: pd.DataFrame = pq.read_table(path, filters=[("run", "in", wanted)]).to_pandas()
        return mean_flows(runs, flows, scenario, self.years) if len(flows) else None

    @cached_property
    def baseline_flows(self) -> pd.DataFrame | None:
        """Mean moves per year of the baseline."""
        return self.mean_flows()
