"""Rows from paired runs: known answers, shocks that reach what they name, and the rows to fit unmoved by the others."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.targets import NOT_COMPUTABLE
from sim.evidence import Evidence
from sim.experiments.targets import firm_shocks, people_shocks, policy_shocks
from sim.experiments.targets.all_rows import checked_rows
from sim.experiments.targets.engine import ERROR, TargetEngine
from sim.experiments.targets.film import Persons, Watch
from sim.experiments.targets.laboratory import RISE, Laboratory, Measure, probes_of
from sim.experiments.targets.register import ROWS
from sim.experiments.targets.rows import run_rows
from sim.experiments.targets.shock import Shock
from sim.experiments.targets.watched_run import WatchedFlight, watch_run
from sim.model.adapter import forget
from sim.model.geography import Geography, read_geography
from sim.model.start import Start, prepare_start
from sim.model.startups import ALIVE, CLOSED
from sim.scenario import load_scenario
from sim.settings import Settings
from sim.world import World
from tests.experiments.targets.test_target_rows import blank_firms

TINY = Settings(talent_scale=400, startup_scale=20, years=1)
SCENARIO = Path(__file__).parents[3] / "scenarios" / "french_tech_2014.toml"
# Rows to fit of TINY, population and luck 7 and 0, as they were when only they were measured; R01, F01 and H_FR_2014
# moved since with the rules of dwelling supply and of the money of 2013.
BEFORE = {
    "B09": 0.0, "B14": 0.3333333333333333, "B17": 0.2413793103448276, "B30": 9200.0, "B45": 0.9090909090909091,
    "B46": 0.9090909090909091, "H_FR_2014": 328.80378, "H_FR_2015": 0.0, "M01": 0.368180186873151,
    "M08": 0.061047638281194604, "M06": 0.27253632777305725, "M16": 0.012565345752532939,
    "F01": -1.000344694778188, "F07": 0.0, "M01 error": 0.20491726635766397, "M08 error": 0.04166153351069073,
    "M06 error": 0.2116564550882973, "M16 error": 0.01258446049773694, "R01": 0.04590779288420724,
}  # fmt: skip


@pytest.fixture(scope="module")
def geography(evidence: Evidence) -> Geography:
    return read_geography(evidence)


@pytest.fixture(scope="module")
def start(evidence: Evidence, world: World) -> Start:
    return prepare_start(evidence, world, TINY, 7)


@pytest.fixture(scope="module")
def calm(evidence: Evidence, world: World, start: Start) -> Watch:
    """A run without policy, shock or probes."""
    return watch_run((), world, evidence, start, TINY, 3)


def same_persons(place: list[list[int]], entry: int = -9) -> Persons:
    """Persons of one origin and class; ``place`` by moment."""
    where = np.array(place, np.uint8)
    n = where.shape[1]
    return Persons(np.full(n, where[0, 0]), np.full(n, 3), np.ones(n), where, np.full(where.shape, entry, np.int16),
                   np.full(where.shape, 1.0))  # fmt: skip


# --- people ------------------------------------------------------------------------------------------------


def test_moves_of_a_year_among_french_places(geography: Geography):
    lyon, lille, nantes, london = (geography.ids.index(p) for p in ("lyon", "lille", "nantes", "london"))
    old = [lille, lille, lyon, lyon, lille, london, lyon]
    new = [lyon, lille, lille, lyon, nantes, lyon, london]
    persons = same_persons([old] * 4 + [new])
    where = np.array([place == "lyon" for place in geography.ids])
    everyone = np.ones(persons.place.shape, dtype=bool)
    moves = people_shocks.region_moves(persons, everyone, geography, where)
    assert moves.sum(axis=1).tolist() == [1, 1, 1, 1, 1]  # in, stayed out, out, stayed in, elsewhere; none by London
    persons.entry[4:, 0] = 3  # another person by then
    assert people_shocks.region_moves(persons, everyone, geography, where)[0].sum() == 0
    nobody = np.zeros(persons.place.shape, dtype=bool)
    assert people_shocks.region_moves(persons, nobody, geography, where).sum() == 0


def test_a_flow_elasticity_from_both_directions():
    base = np.array([[100.0], [900.0], [50.0], [450.0], [10.0]])
    shocked = base * np.array([RISE**2, 1.0, RISE**-2, 1.0, 1.0])[:, None]
    all_of_them = np.ones(1, dtype=bool)
    assert people_shocks.flow_elasticity(base, shocked, all_of_them) == pytest.approx(2.0)
    only_in = base * np.array([RISE**3, 1.0, 1.0, 1.0, 1.0])[:, None]
    assert people_shocks.flow_elasticity(base, only_in, all_of_them) == pytest.approx(3.0 * 100 / 150)
    assert math.isnan(people_shocks.flow_elasticity(base, 0 * base, all_of_them))


def test_the_choice_of_movers():
    base = np.array([[20.0], [0.0], [0.0], [0.0], [80.0]])
    shocked = np.array([[30.0], [0.0], [0.0], [0.0], [70.0]])
    kept = np.ones(1, dtype=bool)
    assert people_shocks.choice_response(base, shocked, kept) == pytest.approx(1.0)  # ten points for ten per cent
    assert math.isnan(people_shocks.choice_response(base, 0 * base, kept))


def test_ratios_and_ranks():
    ratio = people_shocks.quotient(Measure(1.0, "", 0.1), Measure(0.2, "", 0.02))
    assert (ratio.value, ratio.error) == (pytest.approx(5.0), pytest.approx(5.0 * math.sqrt(0.02)))
    assert math.isnan(people_shocks.quotient(Measure(1.0), Measure(0.0)).value)
    sizes = np.array([1.0, 2.0, 3.0, 9.0])
    assert people_shocks.rank_correlation(np.array([4.0, 3.0, 2.5, 0.0]), sizes) == pytest.approx(-1.0)
    assert people_shocks.rank_correlation(np.array([4.0, 9.0, 9.5, 10.0]), sizes) == pytest.approx(1.0)
    assert math.isnan(people_shocks.rank_correlation(np.array([1.0, np.nan, 2.0, 3.0]), sizes))
    assert math.isnan(people_shocks.rank_correlation(np.ones(4), sizes))


def test_a_jackknife_knows_no_error_of_a_constant():
    measure = people_shocks.jackknife(lambda kept: 3.0, 50)
    assert (measure.value, measure.error) == (3.0, 0.0)
    spread = people_shocks.jackknife(lambda kept: float(np.mean(np.arange(50.0)[kept])), 50)
    assert spread.error > 0.0


def test_the_small_district_is_the_only_one_below_a_hundredth(
    evidence: Evidence, world: World, start: Start, calm: Watch
):
    lab = Laboratory((), world, evidence, start, TINY, 3, calm)
    g = lab.geography
    share = lab.population / lab.population[g.is_french].sum()
    small = [
        place for place, part, district in zip(g.ids, share, g.is_district, strict=True) if district and part < 0.01
    ]
    assert small == [people_shocks.SMALL_DISTRICT]


# --- firms and policies ------------------------------------------------------------------------------------


def test_moved_shares():
    assert firm_shocks.moved_share(10.0, 4.0) == pytest.approx(0.6)
    assert math.isnan(firm_shocks.moved_share(0.0, 4.0))


def test_incidence_adds_up(calm: Watch, world: World):
    place = calm.geography.ids.index("lyon")
    spared = replace(calm, profit_rate=calm.profit_rate - 0.1)
    assert firm_shocks.incidence(calm, spared, place, world) == (pytest.approx(1.0), pytest.approx(0.0))
    series = calm.series.copy()
    series["office_rent"] = series["office_rent"] + 1.0
    dearer = replace(spared, series=series)
    last = calm.series[(calm.series["place"] == "lyon") & (calm.series["quarter"] > TINY.quarters - 4)]
    rents = float(last["jobs"].sum()) * world["price.office_m2_per_job"] / 4.0
    part = rents / (0.1 * float(calm.taxable[-4:, place].sum()))
    assert firm_shocks.incidence(calm, dearer, place, world) == (pytest.approx(1.0 - part), pytest.approx(part))
    assert all(math.isnan(share) for share in firm_shocks.incidence(calm, calm, place, world))


def test_staff_of_the_living():
    firms = blank_firms(4, [4, 4], [-1, -1])
    firms.headcount[:] = [10, 6]
    firms.status[3:, 1] = CLOSED
    watch = Watch(None, firms, None, None, None, None, None, None, None, None)  # type: ignore[arg-type]
    assert firm_shocks.staff_of(watch, np.array([0, 1]), 1, 4) == pytest.approx((16 + 16 + 10 + 10) / 4)


def test_who_is_in_a_zone(geography: Geography):
    zone, sentier, lyon, london = (
        geography.ids.index(p) for p in ("paris_rive_gauche", "paris_sentier", "lyon", "london")
    )
    firms = blank_firms(policy_shocks.ZONE_MOMENT, [zone, lyon, london, sentier, lyon, zone], [-1] * 6)
    firms.hq[10:, 1:3] = zone
    firms.status[15:, 5] = CLOSED
    assert policy_shocks.zone_counts(firms, geography) == {"zone": 3.0, "moved in": 1.0, "city": 4.0}


def test_who_is_better_off(geography: Geography):
    lyon, london = geography.ids.index("lyon"), geography.ids.index("london")
    with_relief, without = (blank_firms(8, [lyon] * 5 + [london], [-1, -1, -1, -40, -1, -1]) for _ in range(2))
    for firms in (with_relief, without):
        firms.jei[[0, 1, 2, 3, 5]] = 1
    with_relief.headcount[8] = [3, 2, 2, 9, 9, 9]
    without.headcount[8] = [2, 2, 2, 1, 1, 1]
    without.status[8, 2] = CLOSED
    share = policy_shocks.better_off_share(with_relief, without, geography.is_french)
    assert share == pytest.approx(2 / 3)  # more staff, and alive; one alike; too old, without the status, abroad
    assert policy_shocks.better_off_share(without, without, geography.is_french) == 0.0


def test_early_rounds_without_the_cohort(geography: Geography):
    lyon, lille = geography.ids.index("lyon"), geography.ids.index("lille")
    firms = blank_firms(6, [lyon, lyon, lyon, lille], [-1] * 4)
    firms.stage[2:, 0] = 1
    firms.stage[4:, 0] = 2
    firms.stage[2:, 1] = 3  # a late round
    firms.stage[3:, 2] = 1
    firms.stage[3:, 3] = 1
    none = np.empty(0, np.uint64)
    assert policy_shocks.early_rounds(firms, lyon, 6, none) == 3
    assert policy_shocks.early_rounds(firms, lyon, 6, firms.uid[2:3]) == 2
    assert policy_shocks.early_rounds(firms, lyon, 3, none) == 2
    assert (firms.status[0] == ALIVE).all()


def test_each_shock_moves_its_own_quantity_and_no_other(evidence: Evidence, world: World, start: Start):
    where = np.array([place == "paris_saclay" for place in start.geography.ids])
    shocks = {
        "profit_rate": Shock(where, profit_net=RISE),
        "founder_exit_rate": Shock(where, founder_tax=RISE),
        "fibre": Shock(where, fibre=1.0),
        "flat_rent_factor": Shock(where, flat_rent=RISE),
        "hours_saved": Shock(where, hours_saved=1.0),
        "accelerator_seats": Shock(where, seats=3.0),
        "jei_payroll_schedule": Shock(where, without_jei=True),
    }
    laws = {}
    for name, shock in {"nothing": Shock(where), **shocks}.items():
        model = WatchedFlight((), world, evidence, start, TINY, 3, shock)
        for process in model.processes[:2]:
            process(model)
        laws[name] = model.conditions
        forget(model)
    plain = vars(laws["nothing"])
    for name in shocks:
        moved = {key for key, value in vars(laws[name]).items() if not np.array_equal(value, plain[key])}
        assert moved == ({name, "jei_profit_share"} if name == "jei_payroll_schedule" else {name})
        if name != "jei_payroll_schedule":
            assert (np.asarray(getattr(laws[name], name) != plain[name]) == where).all()
    assert 1.0 - laws["profit_rate"].profit_rate[where] == pytest.approx(RISE * (1.0 - plain["profit_rate"][where]))
    assert laws["fibre"].fibre[where] == pytest.approx(1.0)
    assert not laws["jei_payroll_schedule"].jei_payroll_schedule.any()


def test_expected_foundings_are_those_that_are_drawn(evidence: Evidence, world: World):
    settings = Settings(talent_scale=400, startup_scale=1, years=1)
    watch = watch_run((), world, evidence, prepare_start(evidence, world, settings, 7), settings, 3)
    drawn = watch.series[watch.series["quarter"] > 0].groupby("place", sort=False)["births"].sum().to_numpy(float)
    expected = watch.births.sum(axis=0)
    assert expected.sum() == pytest.approx(drawn.sum(), rel=0.05)
    assert np.abs(drawn - expected).max() < 6.0 * math.sqrt(expected.max())
    assert (watch.births.sum(axis=1) > watch.foreign_foundings).all()


# --- all together ------------------------------------------------------------------------------------------


def rows_of(evidence: Evidence, world: World, engine: TargetEngine) -> dict[str, float]:
    start = engine.prepare(evidence, world, TINY, 7, 0)
    scenario = load_scenario(SCENARIO, evidence)
    return engine.outcomes(engine.simulate(scenario, world, evidence, start, TINY, 7, 0, 0), pd.DataFrame())


@pytest.mark.long
def test_all_rows_are_computed_and_the_rows_to_fit_are_as_before(evidence: Evidence, world: World):
    fit, everything = (rows_of(evidence, world, TargetEngine(3000, rows=rows)) for rows in ("calibrate", "all"))
    assert np.array_equal([everything[row] for row in fit], list(fit.values()), equal_nan=True)
    for row, number in BEFORE.items():
        assert fit[row] == pytest.approx(number, rel=1e-9, abs=1e-12), row
    made = {row for row in everything if not row.endswith(ERROR)}
    # The rows without a number that an input fixes are not added up from runs.
    assert made == {row for row in ROWS if ROWS[row].kind != NOT_COMPUTABLE} - {"H_FR_2013", "H_US_2015"}
    assert all(isinstance(number, float) for number in everything.values())
    assert everything["R06"] in (-1.0, 0.0, 1.0)
    assert math.isnan(everything["B49"])  # the years are not simulated


def test_twin_engines_that_measure_something_else_have_another_digest():
    digests = {TargetEngine(1).code_digest(), TargetEngine(2).code_digest(), TargetEngine(1, rows="all").code_digest()}
    assert len(digests) == 3


def test_what_a_run_is_too_short_or_too_plain_for_has_no_number() -> None:
    short = SimpleNamespace(settings=SimpleNamespace(quarters=policy_shocks.ZONE_MOMENT - 1))
    assert {name: math.isnan(row.value) for name, row in policy_shocks.zone_rows(short).items()} == {
        "Z01": True, "Z02": True, "Z03": True,
    }  # fmt: skip
    rows = policy_shocks.label_rows(SimpleNamespace(levers=()))
    assert [math.isnan(rows[name].value) for name in ("P01", "P02")] == [True, True]
    assert math.isnan(policy_shocks._over(1.0, 0.0))
    assert policy_shocks._over(1.0, 4.0) == 0.25


def test_without_probe_persons_rows_on_small_groups_are_refused() -> None:
    plain = SimpleNamespace(geography=None, firms=None, series=None, flows=None, persons=None)
    for rows in (lambda: run_rows(plain, None), lambda: checked_rows(plain, None, None), lambda: probes_of(plain)):
        with pytest.raises(ValueError, match="prepare the start with with_probes"):
            rows()


def test_of_no_young_firm_nobody_is_better_off(geography: Geography) -> None:
    firms = blank_firms(8, [0, 1], [-60, -60])
    assert math.isnan(policy_shocks.better_off_share(firms, firms, geography.is_french))


def test_a_zone_is_told_by_what_it_has_over_the_run_without(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {
        "base": {"zone": 4.0, "moved in": 1.0, "city": 10.0},
        "run": {"zone": 10.0, "moved in": 5.0, "city": 13.0},
    }
    monkeypatch.setattr(policy_shocks, "zone_counts", lambda firms, geography: counts[firms])
    asked: list[tuple[int, int]] = []

    def run(shock: object, years: int, levers: tuple[object, ...]) -> SimpleNamespace:
        asked.append((years, len(levers)))
        return SimpleNamespace(firms="run")

    lab = SimpleNamespace(
        settings=SimpleNamespace(quarters=policy_shocks.ZONE_MOMENT), base=SimpleNamespace(firms="base"),
        geography=None, levers=("label",), nothing=lambda: None, run=run,
    )  # fmt: skip
    assert {name: row.value for name, row in policy_shocks.zone_rows(lab).items()} == {
        "Z01": 2.5, "Z02": pytest.approx(4 / 6), "Z03": 0.5,
    }  # fmt: skip
    assert asked == [(-(-policy_shocks.ZONE_MOMENT // 4), 2)]
