"""Target rows as outcomes of a run, so that everything that makes runs makes them too: ledger, workers, resume."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.analysis.targets import ERROR
from sim.experiments.engine import ModelEngine

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.scenario import Scenario
    from sim.settings import Settings
    from sim.world import World

# Sources that say what rows are and show them, besides the registers; no number of a run depends on them.
WORDS = ("__init__.py", "aims.py", "page.py", "row_kinds.py")


@dataclass(frozen=True)
class RowRecords:
    """What one run leaves: a number a row and, where paired runs give one, its standard error."""

    rows: dict[str, float]
    persons: None = None
    facts: dict[str, float] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetEngine:
    """The model, watched.

    ``probes``: probe persons of each probed class; ``rows``: those that the model may be fitted to, or all that can be
    computed.
    """

    probes: int
    rows: Literal["calibrate", "all"] = "calibrate"

    def code_digest(self) -> str:
        """Return a digest of the model's sources, of those that measure, and of how much is measured."""
        digest = hashlib.sha256(ModelEngine().code_digest().encode())
        for path in sorted(Path(__file__).parent.glob("*.py")):
            if path.name in WORDS or path.name.startswith("register"):
                continue
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        digest.update(f"{self.probes}|{self.rows}".encode())
        return digest.hexdigest()

    def warm_up(self) -> None:
        """Compile the rules of the model."""
        ModelEngine().warm_up()

    def prepare(self, evidence: Evidence, world: World, settings: Settings, seed: int, draw: int) -> Any:
        """Return the start of a world, with probe persons."""
        from sim.experiments.targets.probes import with_probes

        start = ModelEngine().prepare(evidence, world, settings, seed, draw)
        return with_probes(start, evidence, world, settings, self.probes)

    def simulate(
        self, scenario: Scenario, world: World, evidence: Evidence, start: Any, settings: Settings,
        seed: int, draw: int, replicate: int,
    ) -> RowRecords:  # fmt: skip
        """Run the model and its shocked twins under the same luck."""
        from sim.experiments.targets.all_rows import checked_rows, paired_rows
        from sim.experiments.targets.laboratory import Laboratory
        from sim.experiments.targets.rows import run_rows
        from sim.experiments.targets.watched_run import watch_run
        from sim.model.randomness import run_seed

        levers, luck = tuple(scenario.levers), run_seed(seed, draw, replicate)
        watch = watch_run(levers, world, evidence, start, settings, luck)
        rows = run_rows(watch, world)
        lab = Laboratory(levers, world, evidence, start, settings, luck, watch)
        if self.rows == "all":
            hubs = np.array([place.kind == "hub" for place in evidence.places])
            rows |= checked_rows(watch, world, hubs)
        found = paired_rows(lab, everything=self.rows == "all")
        rows |= {row: measure.value for row, measure in found.items()}
        rows |= {row + ERROR: measure.error for row, measure in found.items()}
        return RowRecords(rows)

    def outcomes(self, records: RowRecords, places: pd.DataFrame) -> dict[str, float]:
        """Return row -> number."""
        return records.rows
