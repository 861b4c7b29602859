"""One talent may stand for 50, 100 or 200: headline figures agree within their sampling error."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
from scipy import stats

from sim.model.flight import FlightModel
from sim.model.founding import found_startups
from sim.settings import Settings
from tests.model.small_runs import Case, run, with_process

SCALES = (50, 100, 200)
SEEDS = (1, 2, 3, 4)
FALSE_ALARM = 1e-4


def headlines(case: Case, kind: type[FlightModel]) -> dict[str, tuple[float, float]]:
    """Return mean over seeds and a cautious standard error (of a Poisson count of agents) of each headline figure."""
    french = case.start.geography.is_french
    totals: dict[str, float] = {}
    for seed in SEEDS:
        records = run(case, kind=kind, seed=seed)
        series = records.series
        last = series[series["quarter"] == case.settings.quarters]
        flows = records.flows
        at_home = dict(zip(case.start.geography.ids, french.tolist(), strict=True))
        out = flows[flows["origin"].map(at_home) & ~flows["destination"].map(at_home).astype(bool)]
        one = {
            "talents in France": last["talents"][french].sum(),
            "French talents abroad": last["talents_french"][~french].sum(),
            "French departures": out["count"][out["kind"] == "talent_french"].sum(),
            "firms in France": last["startups"][french].sum(),
            "firms abroad": last["startups"][~french].sum(),
            "firms founded in France, headquarters abroad": last["startups_french"][~french].sum(),
            "births in France": series["births"][series["place"].map(at_home)].sum(),
            "births abroad": series["births"][~series["place"].map(at_home).astype(bool)].sum(),
            "closures": series["closures"].sum(),
        }
        totals = {name: totals.get(name, 0.0) + float(value) for name, value in one.items()}
    people, firms = case.settings.talent_scale, case.settings.startup_scale
    means = {name: value / len(SEEDS) for name, value in totals.items()}
    figures = {}
    for name, mean in means.items():
        talents = "talents" in name or "departures" in name
        # Stocks of talents share one population, so seeds do not shrink their error; foundings are events.
        draws = 1 if "talents" in name else len(SEEDS)
        scale = people if talents else firms
        figures[name] = (mean, scale * math.sqrt(max(mean / scale, 1.0) / draws))
    return figures


def disagreements(prepare: Callable[..., Case], kind: type[FlightModel] = FlightModel) -> list[str]:
    """Return headline figures that differ between scales by more than sampling error."""
    figures = {
        scale: headlines(prepare(Settings(talent_scale=scale, startup_scale=10, years=2)), kind) for scale in SCALES
    }
    pairs = list(itertools.combinations(SCALES, 2))
    limit = float(stats.norm.isf(FALSE_ALARM / 2.0 / len(pairs) / len(figures[SCALES[0]])))
    found = []
    for one, other in pairs:
        for name, (mean, error) in figures[one].items():
            second, second_error = figures[other][name]
            if abs(mean - second) > limit * math.hypot(error, second_error):
                found.append(f"{name}: {mean:.0f} at scale {one}, {second:.0f} at {other}")
    return found


@pytest.mark.long
def test_headline_figures_do_not_depend_on_the_talent_scale(prepare: Callable[..., Case]) -> None:
    assert disagreements(prepare) == []


@pytest.mark.long
def test_twin_a_process_that_forgets_the_scale_is_reported(prepare: Callable[..., Case]) -> None:
    def forgets(model: FlightModel) -> None:
        kept = model.settings
        model.settings = Settings(talent_scale=100, startup_scale=10, years=2)
        found_startups(model)
        model.settings = kept

    found = disagreements(prepare, with_process("found_startups", forgets))
    assert any(name.startswith("births in France") for name in found), found


@pytest.mark.parametrize("scale", SCALES)
def test_recorded_counts_are_multiples_of_the_scale(prepare: Callable[..., Case], scale: int) -> None:
    records = run(prepare(Settings(talent_scale=scale, startup_scale=10, years=1)))
    assert (records.series[["talents", "talents_french"]] % scale == 0).all(axis=None)
    assert (records.series[["startups", "births", "jobs", "rounds"]] % 10 == 0).all(axis=None)
    talents = records.flows["kind"].str.startswith("talent")
    assert (records.flows["count"][talents] % scale == 0).all()
    assert (records.flows["count"] > 0).all()
