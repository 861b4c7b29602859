"""Target rows: the register covers the evidence, hand-made firms and flows give known numbers, shocks are exact."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.targets import FITTED, INPUT, NOT_COMPUTABLE
from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.targets import measures
from sim.experiments.targets.aims import check_register, described_rows, rows_to_meet
from sim.experiments.targets.film import ABSENT, Firms, Persons
from sim.experiments.targets.laboratory import RISE, grouped, stock_elasticity
from sim.experiments.targets.probes import with_probes
from sim.experiments.targets.register import ROWS
from sim.experiments.targets.row_kinds import CLASSES, FOREIGN, FRENCH
from sim.experiments.targets.shock import Shock
from sim.experiments.targets.watched_run import WatchedFlight, watch_run
from sim.model.adapter import forget
from sim.model.flight import simulate
from sim.model.geography import Geography, read_geography
from sim.model.start import Start, prepare_start
from sim.model.startups import ALIVE, CLOSED, SOLD
from sim.model.talent_rules import log_net_share
from sim.model.talents import SKILLS
from sim.settings import Settings
from sim.world import World
from tests.model.small_runs import frame_bytes, policy

TINY = Settings(talent_scale=1000, startup_scale=50, years=1)
NEVER = -30_000


@pytest.fixture(scope="module")
def geography(evidence: Evidence) -> Geography:
    return read_geography(evidence)


@pytest.fixture(scope="module")
def start(evidence: Evidence, world: World) -> Start:
    return prepare_start(evidence, world, TINY, 7)


# --- the register ------------------------------------------------------------------------------------------


def test_the_register_covers_exactly_the_rows_of_the_evidence(evidence: Evidence):
    assert sorted(ROWS) == sorted(evidence.targets["id"])
    assert list(described_rows(evidence)["row"]) == list(evidence.targets["id"])


def test_twin_a_missing_and_a_foreign_row_are_named(evidence: Evidence, monkeypatch: pytest.MonkeyPatch):
    row = ROWS["B01"]
    monkeypatch.delitem(ROWS, "B01")
    monkeypatch.setitem(ROWS, "M99", row)
    with pytest.raises(InputError) as error:
        check_register(evidence)
    assert len(error.value.problems) == 2
    assert "'B01'" in error.value.problems[0]
    assert "'M99'" in error.value.problems[1]


def test_the_register_names_known_classes_and_parameters(evidence: Evidence):
    for name, row in ROWS.items():
        assert row.kind in CLASSES, name
        assert set(row.parameters) <= set(evidence.parameters), name
        assert row.how.endswith("."), name
        assert (row.kind == NOT_COMPUTABLE) == (not row.cause), name
        if row.kind in (FITTED, INPUT):
            assert row.parameters, name


def test_a_row_kept_for_checking_is_fitted_by_nothing(evidence: Evidence):
    use = evidence.targets.set_index("id")["use"]
    assert {use[name] for name, row in ROWS.items() if row.kind == FITTED} == {"calibrate"}


def test_discrepancies_of_the_rows_to_meet(evidence: Evidence):
    share = {
        line["row"]: line["discrepancy"] / abs(line["target"]) for line in rows_to_meet(evidence).to_dict("records")
    }
    assert len(share) == 23
    foreign = {row for row, part in share.items() if part == pytest.approx(FOREIGN)}
    assert foreign == {"M01", "M06", "M08", "M16", "F01", "F07", "P07", "B01", "B02", "B03", "B04", "B09"}
    assert all(share[row] == pytest.approx(FRENCH) for row in share.keys() - foreign)


# --- known answers -----------------------------------------------------------------------------------------


def blank_firms(quarters: int, origin: list[int], founded: list[int]) -> Firms:
    """Firms that stay where they were founded, without a round."""
    shape = (quarters + 1, len(origin))
    after = np.arange(quarters + 1)[:, None] > np.array(founded)
    return Firms(
        np.array(origin, np.uint8), np.array(founded, np.int16), np.zeros(len(origin), np.int64),
        np.where(after, np.array(origin), ABSENT).astype(np.uint8), np.where(after, ALIVE, 0).astype(np.uint8),
        np.zeros(shape, np.uint8), np.zeros(shape, np.uint8),
        np.where(after, np.array(origin), ABSENT).astype(np.uint8), np.full(shape, NEVER, np.int16),
        np.where(after, np.array(origin), ABSENT).astype(np.uint8), after.astype(np.int32),
        np.zeros(shape, np.int32), np.zeros(len(origin), np.uint8), np.arange(len(origin), dtype=np.uint64),
    )  # fmt: skip


def test_survival_counts_sold_firms_and_only_those_of_2014(geography: Geography):
    lyon, berlin = geography.ids.index("lyon"), geography.ids.index("berlin")
    firms = blank_firms(30, [lyon] * 5 + [berlin], [2, 3, 4, 5, 1, 2])
    firms.status[10:, 0] = CLOSED  # age 8: dead at 12 and at 20 quarters
    firms.status[10:, 1] = SOLD
    firms.status[4 + 15 :, 2] = CLOSED  # age 15: alive at 12, dead at 20
    firms.status[5:, 4] = CLOSED  # founded in 2013: not asked for
    firms.status[5:, 5] = CLOSED  # founded in Germany
    assert measures.survival(firms, geography, 12) == pytest.approx(3 / 4)
    assert measures.survival(firms, geography, 20) == pytest.approx(2 / 4)


def test_relocation_shares(geography: Geography):
    lyon, lille, bay = (geography.ids.index(p) for p in ("lyon", "lille", "silicon_valley"))
    firms = blank_firms(40, [lyon] * 4, [0, 1, 2, 3])
    firms.stage[20:, :3] = 1  # three are funded
    firms.raised[:] = [1, 2, 7, 0]
    firms.hq[15:, 0] = lille
    firms.hq[35:, 1] = lille  # later than 20 quarters after founding
    firms.hq[30:, 2] = bay
    assert measures.relocated_share(firms, geography) == pytest.approx(1 / 3)
    assert measures.relocated_value(firms, geography) == pytest.approx(0.7)
    assert measures.district_changes(firms, geography) == pytest.approx(1 / 4)


def test_effect_of_a_first_round_from_the_us(geography: Geography):
    lyon, london, bay = (geography.ids.index(p) for p in ("lyon", "london", "silicon_valley"))
    firms = blank_firms(20, [lyon] * 4, [-1] * 4)
    for firm, lead in ((0, bay), (1, bay), (2, london)):
        firms.lead[4:, firm], firms.last_foreign[4:, firm], firms.stage[4:, firm] = lead, 3, 1
    firms.hq[16:, 0] = bay  # the thirteenth choice after the round: too late
    firms.hq[15:, 1] = bay  # the twelfth
    firms.stage[:, 3] = 1  # funded from the start, never from abroad
    assert measures.us_round_effect(firms, geography) == pytest.approx(1 / 2)
    firms.hq[15:, 3] = bay  # one move of a control firm
    at_risk = 15 + 16  # firm 3 until it moves, firm 2 from its round on (moments 4 to 19)
    without = 1 - (1 - 1 / at_risk) ** 12
    assert measures.us_round_effect(firms, geography) == pytest.approx(1 / 2 - without)


def test_effect_of_an_accelerator_seat(geography: Geography):
    lyon = geography.ids.index("lyon")
    firms = blank_firms(8, [lyon] * 6, [-1] * 6)
    firms.accelerated[1:, :2] = 1  # two seats in the first quarter
    firms.stage[4:, 0] = 1  # one of the two is funded
    firms.stage[6:, 2] = 1  # and one of the four others
    assert measures.seat_effect(firms, geography) == pytest.approx((1 / 2) / (1 / 4))
    firms.accelerated[3:, 3] = 1  # drew a seat in the third quarter: followed until then
    assert measures.seat_effect(firms, geography) == pytest.approx((1 / 2) / (1 / 3))
    firms.stage[:, 2] = 1  # had its round before
    firms.founded[4] = -12  # too old
    assert math.isnan(measures.seat_effect(firms, geography))  # nobody without a seat is funded


def test_flows_of_people_and_firms(geography: Geography):
    rows = [
        (1, "lyon", "london", "talent_french", 100),
        (4, "lyon", "berlin", "talent_french", 100),
        (4, "london", "lille", "talent_french", 60),
        (5, "london", "lille", "talent_french", 500),  # the second year
        (1, "lyon", "lille", "talent_french", 900),  # inside France
        (1, "berlin", "lyon", "talent_foreign", 900),
        (9, "lyon", "silicon_valley", "startup_french", 6),
        (9, "lille", "new_york", "startup_french", 2),
        (9, "lille", "london", "startup_french", 2),
        (9, "london", "new_york", "startup_french", 9),  # left France before
    ]
    flows = pd.DataFrame(rows, columns=["quarter", "origin", "destination", "kind", "count"])
    assert measures.return_ratio(flows, geography) == pytest.approx(60 / 200)
    assert measures.moves_to_us(flows, geography) == pytest.approx(0.8)


def test_calendar_years_of_money(geography: Geography):
    assert measures.quarters_of(2014) == [3, 4, 5, 6]  # quarter 1 is 2013 Q3
    rows = [(q, p, 1.0 + (p == "lyon")) for q in range(12) for p in ("paris_saclay", "lyon", "london")]
    series = pd.DataFrame(rows, columns=["quarter", "place", "capital_meur"])
    assert measures.capital_of(series, geography, 2014) == pytest.approx(12.0)
    share = measures.paris_share(series, geography, "capital_meur", measures.quarters_of(2015))
    assert share == pytest.approx(1 / 3)


def test_graduates_and_departures_of_the_highly_paid(geography: Geography):
    lyon, london = geography.ids.index("lyon"), geography.ids.index("london")
    star = SKILLS.index("star")
    place = np.full((15, 4), lyon, np.uint8)
    entry = np.tile(np.array([0, 3, -9, -9], np.int16), (15, 1))
    place[1:, 0] = london  # one of two graduates leaves
    place[13:, 2] = london  # leaves in the third of four quarters
    entry[12:, 3], place[12:, 3] = 12, london  # retires; the next person is no leaver
    pay = np.full((15, 4), 150_000.0)
    pay[:, 1] = 50_000.0
    persons = Persons(np.full(4, lyon, np.uint8), np.full(4, star), np.ones(4), place, entry, pay)
    assert measures.first_jobs_abroad(persons, geography) == pytest.approx(1 / 2)
    hazard = 1 / 5  # two residents in two quarters, one in the third, none in the fourth
    assert measures.high_pay_departures(persons, geography) == pytest.approx(1 - (1 - hazard) ** 4)


def test_elasticity_of_a_stock():
    base = np.full(50, 2.0)
    assert stock_elasticity(base, base * RISE**1.7) == pytest.approx(1.7)
    value, error = grouped(base, base * RISE**0.3)
    assert value == pytest.approx(0.3)
    assert error == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(stock_elasticity(np.zeros(5), np.ones(5)))


# --- shocks and probes -------------------------------------------------------------------------------------


def test_a_factor_on_labour_cost_is_a_factor_on_the_untaxed_share():
    wedges = np.array([0.48, 0.54, 0.6])
    shocked = 1.0 - RISE * (1.0 - wedges)
    for ratio in (0.8, 1.3, 4.0):
        plain, raised = log_net_share(ratio, *wedges, 0.0), log_net_share(ratio, *shocked, 0.0)
        assert raised - plain == pytest.approx(math.log(RISE))


def test_a_shock_reaches_the_named_tables_and_no_other(evidence: Evidence, world: World, start: Start):
    g = start.geography
    where = np.array([p == "lyon" for p in g.ids])
    models = [
        WatchedFlight((), world, evidence, start, TINY, 3, shock) for shock in (None, Shock(where, 1.1, 1.2, 1.3, 4.0))
    ]
    for model in models:
        model.step()
    plain, shocked = (model.talent_table for model in models)
    assert shocked.log_labour_cost - plain.log_labour_cost == pytest.approx(where * math.log(1.1))
    foreign = np.outer(~g.is_french, where)
    assert plain.entry - shocked.entry == pytest.approx(foreign * world["talent.beta"] * math.log(1.2))
    gap = models[1].startup_table.move_value - models[0].startup_table.move_value
    tax = world["startup.share_profit"] * (
        np.log(1.0 - models[1].conditions.profit_rate) - np.log(1.0 - models[0].conditions.profit_rate)
    )
    assert models[1].conditions.profit_rate - models[0].conditions.profit_rate == pytest.approx(0.04 * where)
    assert gap[~where] == pytest.approx(0.0)
    jei = 1.0 - world["law.jei_take_up"] * world["law.jei_profit_share"]
    assert gap[where] == pytest.approx(world["startup.beta_move"] * (math.log(1.3) + tax[where]), abs=0.01 * jei)
    for model in models:
        forget(model)


def test_probes_change_nothing(evidence: Evidence, world: World, start: Start):
    plain = simulate(policy(), world, evidence, start, TINY, 3)
    probed = with_probes(start, evidence, world, TINY, 500)
    watch = watch_run((), world, evidence, probed, TINY, 3)
    assert frame_bytes(plain.series) == frame_bytes(watch.series)
    assert frame_bytes(plain.flows) == frame_bytes(watch.flows)
    assert watch.persons is not None
    assert watch.persons.place.shape == (5, 1000)
    assert (watch.persons.place[-1] != watch.persons.origin).any()
    assert watch.firms.hq.shape[0] == 5
    assert (watch.foreign_foundings > 0).all()
