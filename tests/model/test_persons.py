"""Everyone of a run at its horizon: the rows add up to the recorded stocks, and so do the classes of two runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.pairing import RESTAGED, SECOND_LABELS, net_counts, pair_counts
from sim.experiments.engine import place_table
from sim.model.flight import FlightModel
from sim.model.levers import LEVERS, Lever
from sim.model.persons import persons_of
from sim.model.recording import Records
from sim.model.startup_rules import STAGES
from sim.model.startups import ALIVE, CLOSED, SOLD
from sim.model.talents import SKILLS
from sim.person_states import ABROAD, FRANCE, GROUPS, KINDS, NOWHERE, STARTUP, TALENT, Persons
from sim.person_states import CLOSED as STATE_CLOSED
from sim.person_states import SOLD as STATE_SOLD
from tests.model.small_runs import Case, flight, run, with_process

STOCKS = (("talents", "talents_french"), ("startups", "startups_french"))


@pytest.fixture(scope="module")
def baseline(case: Case) -> Records:
    return run(case)


def stocks(records: Records) -> pd.DataFrame:
    """Return the series at the horizon, by place in model order."""
    return records.series[records.series["quarter"] == records.series["quarter"].max()].reset_index(drop=True)


def stock_problems(case: Case, records: Records, persons: Persons) -> list[str]:
    """Return which recorded stocks the persons do not add up to."""
    last, scales, problems = stocks(records), (case.settings.talent_scale, case.settings.startup_scale), []
    for kind, (everyone, french) in enumerate(STOCKS):
        alive = (persons["kind"] == kind) & (persons["place"] != NOWHERE)
        for name, chosen in ((everyone, alive), (french, alive & persons["french"])):
            counted = scales[kind] * np.bincount(persons["place"][chosen], minlength=26)
            if counted.tolist() != last[name].tolist():
                problems.append(name)
    return problems


def test_persons_add_up_to_the_recorded_stocks(case: Case, baseline: Records) -> None:
    assert stock_problems(case, baseline, baseline.persons) == []


def test_twin_a_person_in_another_place_is_reported(case: Case, baseline: Records) -> None:
    place = baseline.persons["place"].copy()
    row = np.flatnonzero((baseline.persons["kind"] == TALENT) & ~baseline.persons["french"])[0]
    place[row] = (place[row] + 1) % 26
    assert stock_problems(case, baseline, {**baseline.persons, "place": place}) == ["talents"]


def test_states_are_those_of_the_model(case: Case) -> None:
    with flight(case) as model:
        for _ in range(case.settings.quarters):
            model.step()
        persons, firms = persons_of(model), model.startups.data
        assert (np.diff(persons["uid"].astype(np.float64)) >= 0).all()
        assert len(np.unique(persons["uid"])) == len(persons["uid"]) == model.talents.size + model.startups.size
        mine = persons["kind"] == STARTUP
        order = np.argsort(firms["uid"])
        code = {STATE_CLOSED: CLOSED, STATE_SOLD: SOLD, FRANCE: ALIVE, ABROAD: ALIVE}
        assert [code[s] for s in persons["state"][mine].tolist()] == firms["status"][order].tolist()
        french = model.geography.is_french
        alive = persons["place"] != NOWHERE
        assert (french[persons["place"][alive]] == (persons["state"][alive] == FRANCE)).all()
        assert (persons["french"] == french[persons["origin"]]).all()
        assert persons["group"][mine].tolist() == np.minimum(firms["stage"], 4)[order].tolist()
        skills = dict(zip(model.talents.uid.tolist(), model.talents.data["skill"].tolist(), strict=True))
        assert persons["group"][~mine].tolist() == [skills[uid] for uid in persons["uid"][~mine].tolist()]
        assert {len(column) for column in persons.values()} == {len(persons["uid"])}


def test_groups_are_named_as_the_model_names_them() -> None:
    assert GROUPS[TALENT] == SKILLS
    assert GROUPS[STARTUP][0] == "no_round"
    assert [name.removeprefix("series_") for name in GROUPS[STARTUP][1:]] == list(STAGES)


def test_inert_agents_are_no_persons(case: Case) -> None:
    with flight(case) as model:
        before = len(persons_of(model)["uid"])
        model.talents.data["counts"][:7] = 0
        assert len(persons_of(model)["uid"]) == before - 7


def in_groups(case: Case, persons: Persons, kind: int) -> np.ndarray:
    """Return who lives in France, real units, by place and group of the kind."""
    held = np.zeros((26, len(GROUPS[kind])), np.int64)
    chosen = (persons["kind"] == kind) & (persons["state"] == FRANCE)
    np.add.at(held, (persons["place"][chosen], persons["group"][chosen]), 1)
    return held * (case.settings.talent_scale, case.settings.startup_scale)[kind]


def group_problems(case: Case, baseline: Records, other: Records, counts: pd.DataFrame) -> list[str]:
    """Return the kinds whose signed counts are not the difference of totals in every place and group."""
    net, places = net_counts(counts, ("kind", "place", "group")), place_table(case.evidence)["place"]
    problems = []
    for kind, name in enumerate(KINDS):
        change = in_groups(case, other.persons, kind) - in_groups(case, baseline.persons, kind)
        own = net[net["kind"] == name].pivot(index="place", columns="group", values="net")
        if own.reindex(index=places, columns=list(GROUPS[kind])).fillna(0).to_numpy().tolist() != change.tolist():
            problems.append(name)
    return problems


STRONG = [LEVERS["zone_exemption"](), LEVERS["attractive_taxation"](ramp_quarters=0, founder_exit_rate=0.0)]


@pytest.mark.parametrize("levers", [STRONG, [LEVERS["simplification"]()], [LEVERS["placebo"]()]], ids=len)
def test_signed_classes_are_the_difference_of_the_recorded_stocks(
    case: Case, baseline: Records, levers: list[Lever]
) -> None:
    other, places = run(case, *levers), place_table(case.evidence)
    scales = (case.settings.talent_scale, case.settings.startup_scale)
    counts = pair_counts(baseline.persons, other.persons, places, scales)
    net = net_counts(counts)
    french = places["country"] == "FR"
    for kind, (name, _) in zip(KINDS, STOCKS, strict=True):
        own = net[net["kind"] == kind].set_index("place")["net"]
        change = stocks(other)[name] - stocks(baseline)[name]
        assert own.reindex(places["place"][french]).fillna(0).tolist() == change[french].tolist()
        assert own.sum() == change[french].sum()
    assert group_problems(case, baseline, other, counts) == []
    everyone = counts[~counts["class"].isin(SECOND_LABELS)].groupby("kind")["count"].sum()
    assert everyone["talent"] == len(case.start.talents["slot"]) * scales[TALENT]
    assert set(counts["class"]) >= {"same"}


def test_twin_without_the_labels_of_changed_stages_groups_do_not_add_up(case: Case, baseline: Records) -> None:
    other, scales = run(case, *STRONG), (case.settings.talent_scale, case.settings.startup_scale)
    counts = pair_counts(baseline.persons, other.persons, place_table(case.evidence), scales)
    assert group_problems(case, baseline, other, counts[counts["class"] != RESTAGED]) == ["startup"]


def test_both_runs_hold_the_same_talents(case: Case, baseline: Records) -> None:
    """Lifetimes are exogenous: who retired did so in every run, and no talent is ever created or forgone."""
    long = case.with_settings(years=4)
    one, other = run(long), run(long, *STRONG)
    talents = [r.persons["uid"][r.persons["kind"] == TALENT] for r in (one, other)]
    np.testing.assert_array_equal(*talents)
    counts = pair_counts(one.persons, other.persons, place_table(case.evidence))
    classes = set(counts.loc[counts["kind"] == "talent", "class"])
    assert not classes & {"created", "forgone", "saved", "failed"}
    assert "created" in set(counts.loc[counts["kind"] == "startup", "class"])
    # Some retired on the way: a generation is another person.
    assert not np.array_equal(talents[0], baseline.persons["uid"][baseline.persons["kind"] == TALENT])


# ---- the placebo -----------------------------------------------------------------------------------------------


def first_prices(case: Case, *levers: Lever) -> dict[str, np.ndarray]:
    """Return all columns of the places after the first two processes of the quarter in which the placebo begins."""
    seen: list[dict[str, np.ndarray]] = []

    def nobody(model: FlightModel) -> None:
        if model.quarter == 1:
            seen.append({k: v.copy() for k, v in vars(model.places).items() if isinstance(v, np.ndarray)})

    with flight(case, *levers, kind=with_process("found_startups", nobody)) as model:
        model.step()
        model.step()
    return seen[0]


def test_the_placebo_moves_one_rent_and_nothing_else_directly(case: Case) -> None:
    plain, moved = first_prices(case), first_prices(case, LEVERS["placebo"]())
    assert [name for name in plain if plain[name].tobytes() != moved[name].tobytes()] == ["office_rent"]
    ratio = moved["office_rent"] / plain["office_rent"]
    place = case.start.geography.ids.index("paris_rive_gauche")
    assert np.flatnonzero(ratio != 1.0).tolist() == [place]
    assert ratio[place] == pytest.approx(1.0001, rel=1e-12)


def test_a_factor_of_one_leaves_every_bit(case: Case) -> None:
    prices = first_prices(case)
    assert (prices["office_rent"] * np.ones(26)).tobytes() == prices["office_rent"].tobytes()
    twin = first_prices(case, LEVERS["placebo"](rent_change=1e-12))
    assert prices["office_rent"].tobytes() != twin["office_rent"].tobytes()
