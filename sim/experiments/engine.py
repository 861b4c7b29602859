"""What the runner needs from the model, behind one small door that loads the model only when it is used.

The driver never imports Mesa or Numba: help, checks and errors answer at once, and Ctrl-C is heard at once.
"""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sim.experiments.designs.study import WorldPlan
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.scenario import Scenario
    from sim.world import World

# Sources that can change a number in the tables; the command line and the report cannot.
SOURCES = (
    "model/**/*.py",
    "evidence/*.py",
    "world.py",
    "quarters.py",
    "settings.py",
    "person_states.py",
    "analysis/outcomes/*.py",
    "analysis/pairing.py",
    "analysis/run_record.py",
    "experiments/designs/structures.py",
    "experiments/engine.py",
    "experiments/starts.py",
    "experiments/running/worker.py",
)
PACKAGES = ("mesa", "numpy", "scipy", "pandas", "numba", "pyarrow", "pydantic", "matplotlib", "typer", "rich")
# Packages whose version may move the last bit of a result.
NUMERIC = ("mesa", "numpy", "scipy", "pandas", "numba")


class Engine(Protocol):
    """The model as the runner sees it. Must be picklable: it travels to the worker processes."""

    def code_digest(self) -> str:
        """Return a digest of every source that can change a result."""

    def warm_up(self) -> None:
        """Compile what is compiled, once, into the cache that all workers load from."""

    def prepare(self, evidence: Evidence, world: World, settings: Settings, seed: int, draw: int) -> Any:
        """Return the start of a world: the state that all its runs share."""

    def simulate(
        self, scenario: Scenario, world: World, evidence: Evidence, start: Any, settings: Settings,
        seed: int, draw: int, replicate: int,
    ) -> Any:  # fmt: skip
        """Return the records of one run: series, flows, costs, timings, facts, persons."""

    def outcomes(self, records: Any, places: pd.DataFrame) -> dict[str, float]:
        """Return outcome name -> value for one run."""


@dataclass(frozen=True)
class ModelEngine:
    """The real model."""

    def code_digest(self) -> str:
        """Return the sha256 of all sources in ``SOURCES``, in name order."""
        root = Path(__file__).parents[1]
        digest = hashlib.sha256()
        for path in sorted({path for pattern in SOURCES for path in root.glob(pattern)}):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def warm_up(self) -> None:
        """Compile the rules of the model."""
        from sim.model.compile import warm_up

        warm_up()

    def prepare(self, evidence: Evidence, world: World, settings: Settings, seed: int, draw: int) -> Any:
        """Fit the constants of a world and age its population to 2013 Q3, or load it as it was kept."""
        code = _loaded_code(self)
        from sim.experiments.starts import cache_folder, keep_start, load_start, start_digest
        from sim.model.randomness import population_seed
        from sim.model.start import Start, prepare_start

        population = population_seed(seed, draw)
        folder = cache_folder()
        if folder is None or code is None:
            return prepare_start(evidence, world, settings, population)
        digest = start_digest(
            {
                "world": world.digest,
                "scales": [settings.talent_scale, settings.startup_scale],
                "population_seed": population,
                "evidence": evidence.digest,
                "code": code,
                "versions": package_versions(NUMERIC),
            }
        )
        start = load_start(folder, digest, Start)
        if start is None:
            start = prepare_start(evidence, world, settings, population)
            keep_start(folder, digest, start)
        return start

    def simulate(
        self, scenario: Scenario, world: World, evidence: Evidence, start: Any, settings: Settings,
        seed: int, draw: int, replicate: int,
    ) -> Any:  # fmt: skip
        """Run the model from the start of its world to the horizon."""
        from sim.model.flight import simulate
        from sim.model.randomness import run_seed

        return simulate(scenario, world, evidence, start, settings, run_seed(seed, draw, replicate))

    def outcomes(self, records: Any, places: pd.DataFrame) -> dict[str, float]:
        """Measure all registered outcomes."""
        from sim.analysis import outcomes_of

        return outcomes_of(records.series, records.flows, records.costs, records.revenue, places)


@cache
def _loaded_code(engine: ModelEngine) -> str | None:
    """Return the digest of the model that this process has loaded; None if its sources changed while it loaded."""
    code = engine.code_digest()
    import sim.model.start  # noqa: F401  (loads all that prepares a start)

    return code if engine.code_digest() == code else None


def draw(plan: WorldPlan, evidence: Evidence, seed: int) -> World:
    """Return the world of a plan: central values, or one draw from the priors, under its structure."""
    from sim.world import central_world, draw_world

    if plan.kind == "central":
        return plan.structure.of(central_world(evidence, plan.overrides))
    return plan.structure.of(draw_world(evidence, seed, plan.draw, plan.overrides))


def place_table(evidence: Evidence) -> pd.DataFrame:
    """Return the table of places, one row each in model order: names, kind, country, region, position."""
    import pandas as pd

    names = ("place", "name", "short_name", "city", "country", "kind", "region", "labour_market")
    table = pd.DataFrame({name: [getattr(place, name) for place in evidence.places] for name in names})
    for column in ("latitude", "longitude"):
        table[column] = evidence.column(f"{column}_district")
    return table


def package_versions(names: tuple[str, ...] = PACKAGES) -> dict[str, str]:
    """Return package -> installed version, with Python's own."""
    versions = {"python": platform.python_version()}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions
