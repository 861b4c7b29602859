"""Long forms of the laws, at the main job's size: run by ``make torture`` only."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.model.flight import simulate
from sim.model.levers import LEVERS
from sim.model.randomness import population_seed, run_seed
from sim.model.recording import Records
from sim.model.start import Start, prepare_start
from sim.scenario import load_scenario
from sim.settings import Settings
from sim.world import World, central_world, draw_world
from tests.model import sanity

pytestmark = pytest.mark.torture
ROOT = Path(__file__).parents[1]
TABLES = ("runs", "series", "flows", "costs", "worlds", "pairs")


def ten_years(evidence: Evidence, world: World, start: Start, settings: Settings, *levers: object) -> Records:
    return simulate(SimpleNamespace(levers=levers), world, evidence, start, settings, run_seed(2013, world.index, 0))


def test_strength_zero_equals_the_baseline_for_ten_years_in_three_worlds(evidence: Evidence) -> None:
    settings = Settings()
    for index in range(3):
        world = draw_world(evidence, 2013, index)
        start = prepare_start(evidence, world, settings, population_seed(2013, index))
        baseline = ten_years(evidence, world, start, settings)
        for levers in [(kind(strength=0.0),) for kind in LEVERS.values()] + [
            tuple(kind(strength=0.0) for kind in LEVERS.values())
        ]:
            run = ten_years(evidence, world, start, settings, *levers)
            pd.testing.assert_frame_equal(run.series, baseline.series, check_exact=True)
            pd.testing.assert_frame_equal(run.flows, baseline.flows, check_exact=True)
            pd.testing.assert_frame_equal(run.costs, baseline.costs, check_exact=True)  # cities' own


def test_headlines_agree_at_talent_scales_1_10_and_30(evidence: Evidence) -> None:
    world = central_world(evidence)
    found = {}
    for scale in (1, 10, 30):
        settings = Settings(talent_scale=scale)
        start = prepare_start(evidence, world, settings, population_seed(2013, 0))
        series = ten_years(evidence, world, start, settings).series
        french = series["place"].isin([p.place for p in evidence.places if p.country == "FR"])
        last = french & (series["quarter"] == settings.quarters)
        found[scale] = {
            "startups": series.loc[last, "startups"].sum(),
            "births": series.loc[french, "births"].sum(),
            "jobs": series.loc[last, "jobs"].sum(),
            "talents": series.loc[last, "talents_french"].sum(),
        }
    # Four standard deviations of the difference of two independent counts; headcounts are a few per firm.
    bounds = {"startups": 0.07, "births": 0.075, "jobs": 0.15, "talents": 0.012}
    for scale in (10, 30):
        for name, bound in bounds.items():
            assert abs(found[scale][name] / found[1][name] - 1.0) < bound, (scale, name, found)


def test_same_bytes_for_any_workers_and_threads(tmp_path: Path) -> None:
    for workers, threads in ((1, 1), (2, 2)):
        command = [sys.executable, "run_sim.py", "--world", "prior", "--worlds", "2", "--workers", str(workers)]
        command += ["--threads", str(threads), "--out", str(tmp_path / f"{workers}")]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=1200)
    for table in TABLES:
        one, two = ((tmp_path / folder / f"{table}.parquet").read_bytes() for folder in ("1", "2"))
        assert one == two, table
    assert (tmp_path / "1/comparison.csv").read_bytes() == (tmp_path / "2/comparison.csv").read_bytes()


@pytest.mark.parametrize("name", ["baseline", "french_tech_2014"])
def test_fifty_prior_worlds_stay_sane_for_twenty_years(evidence: Evidence, name: str) -> None:
    """Nothing negative or infinite; what leaves its bounds (see ``sanity``) has a cause in the run's own accounts."""
    settings = Settings(talent_scale=50, startup_scale=4, years=20)
    scenario = load_scenario(ROOT / "scenarios" / f"{name}.toml", evidence)
    causes: Counter[tuple[str, str, str]] = Counter()
    for index in range(50):
        world = draw_world(evidence, 77, index)
        start = prepare_start(evidence, world, settings, population_seed(77, index))
        records = simulate(scenario, world, evidence, start, settings, run_seed(77, index, 0))
        assert sanity.impossible(records) == [], f"world {index}"
        causes.update((*where, cause) for where, cause in sanity.extremes(records).items())
    print(f"{name}: " + "; ".join(f"{s} of {p}, {c}: {n} worlds" for (s, p, c), n in causes.most_common()))
    assert not any(stock == "talents" for stock, _, _ in causes), causes
    assert not any(cause == "unexplained" for _, _, cause in causes), causes
