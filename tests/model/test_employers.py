"""Working in a startup is a lasting state; lost jobs and moved employers reach those who hold it, and nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import migration
from sim.model.employers import EmployerEvents, employer_events, startup_ranks, startup_share
from sim.model.events import TALENT_TRIGGERS
from sim.model.flight import FlightModel
from sim.model.migration import migrate_talents
from tests.model.small_runs import Case, flight

WITH_EMPLOYER, JOB_LOST = TALENT_TRIGGERS.index("with employer"), TALENT_TRIGGERS.index("job lost")
SDS = 4.5  # a false alarm once in 100,000
SHARE = 0.4


def prepared(model: FlightModel) -> np.ndarray:
    """Let startups employ 40% of talents everywhere, without events at employers; return who works in one."""
    model.build_tables()
    model.places.startup_staff = SHARE * model.places.talents
    model.jobs_lost = np.zeros(model.places.count)
    model.following = np.zeros((model.places.count, model.places.count))
    return model.talents.works_in_startup()


def quarter(case: Case, lost: float = 0.0, follow: float = 0.0, target: str = "london") -> dict[str, np.ndarray]:
    """Migrate once from the start. ``lost``, ``follow``: shares of startup staff of French places."""
    with flight(case) as model:
        works, french = prepared(model), model.geography.is_french
        staff = np.where(french, model.places.startup_staff, 0.0)
        model.jobs_lost = lost * staff
        model.following[:, model.places.index(target)] = follow * staff
        before = model.talents.data["place"].copy()
        migrate_talents(model)
        return {
            "works": works,
            "before": before,
            "after": model.talents.data["place"].copy(),
            "triggers": model.events.talent_triggers.sum(axis=(0, 1)),
            "at home": french[before],
            "market": model.geography.market,
        }


def test_as_many_work_in_startups_as_startups_employ(case: Case) -> None:
    with flight(case) as model:
        assert miscounted(model) == []
        prepared(model)
        assert miscounted(model) == []
        model.talents.data["startup_rank"] *= 0.8
        assert miscounted(model) != [], "twin: ranks that are too low"


def miscounted(model: FlightModel) -> list[int]:
    """Return labour markets whose workers are not the staff of their startups, beyond the error of a binomial draw."""
    market, scale = model.geography.market, model.settings.talent_scale
    number = market.max() + 1
    place, share = model.talents.data["place"], startup_share(model)
    found = np.bincount(market[place], weights=model.talents.works_in_startup(), minlength=number)
    staff = np.bincount(market, weights=model.places.startup_staff) / scale
    # One labour market has one share, so its places do too.
    deviation = np.sqrt(np.bincount(market[place], weights=(share * (1.0 - share))[place], minlength=number))
    return np.flatnonzero(np.abs(found - staff) > SDS * deviation + 1e-6).tolist()


def test_the_state_is_a_persons_own_and_lasts(case: Case) -> None:
    with flight(case) as model:
        first = model.talents.works_in_startup()
        assert 0.005 < first.mean() < 0.5
        assert [agent.works_in_startup for agent in model.talents.select(at_most=50)] == first[:50].tolist()
        for _ in range(4):
            model.step()
        data = model.talents.data
        np.testing.assert_array_equal(data["startup_rank"], startup_ranks(model.population_key, model.talents.uid))
        same = data["generation"] == case.start.talents["generation"]
        assert 0 < (~same).sum() < len(same)
        # Who changes state without moving does so because the share passed the person's rank.
        stayed = same & (data["place"] == case.start.talents["place"])
        now, share = model.talents.works_in_startup(), startup_share(model)[data["place"]]
        assert (now == (data["startup_rank"] < share)).all()
        assert (now[stayed] == first[stayed]).mean() > 0.98
        model.places.startup_staff = 10.0 * model.places.talents
        assert model.talents.works_in_startup().all(), "the share is at most 1"


def followed(case: Case, share: float = 0.25) -> list[str]:
    """Return what is wrong with those who follow their employers from France to London."""
    plain, run, found = quarter(case), quarter(case, follow=share), []
    changed = plain["after"] != run["after"]
    if not (run["works"] & run["at home"])[changed].all():
        found.append("someone outside startups moved with an employer")
    if (run["after"][changed] != quarter_target(case)).any():
        found.append("a follower is not where the employer went")
    expected = share * (run["at home"]).sum() * SHARE
    number = run["triggers"][WITH_EMPLOYER]
    if abs(number - expected) > SDS * np.sqrt(expected):
        found.append(f"{number} follow, {expected:.0f} expected")
    return found


def quarter_target(case: Case) -> int:
    return case.start.geography.ids.index("london")


def test_followers_are_startup_workers_in_the_expected_number(case: Case) -> None:
    assert followed(case) == []
    assert quarter(case)["triggers"][WITH_EMPLOYER] == 0


def everyone_is_concerned(model: FlightModel) -> EmployerEvents:
    """Spread the same number of events over all talents of the place: what the model did before."""
    events = employer_events(model)
    share = events.share[:, None]
    return EmployerEvents(np.ones_like(events.share), events.loses_job * events.share, events.follows * share)


def half_forget(model: FlightModel) -> EmployerEvents:
    events = employer_events(model)
    return events._replace(follows=0.5 * events.follows)


def test_twins_of_following_are_reported(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "employer_events", everyone_is_concerned)
    assert "someone outside startups moved with an employer" in followed(case)
    monkeypatch.setattr(migration, "employer_events", half_forget)
    assert any("expected" in text for text in followed(case))


def test_a_headquarters_that_moves_inside_its_labour_market_moves_nobody_else(case: Case) -> None:
    plain, run = quarter(case), quarter(case, follow=0.25, target="paris_saclay")
    changed = plain["after"] != run["after"]
    paris = case.start.geography.market == case.start.geography.market[0]
    assert changed.any()
    assert not paris[run["before"][changed]].any()


def test_all_staff_follow_at_most_once(case: Case) -> None:
    run = quarter(case, follow=3.0)
    gone = run["after"] == quarter_target(case)
    bound = case.start.talents["firms"] > 0
    assert gone[run["works"] & run["at home"] & ~bound].all()
    assert (gone[bound & run["at home"]].mean()) < 1.0, "founders live where their own firm is"


def displaced(case: Case) -> list[str]:
    """Return what is wrong with those who lose their job: three in four of French startup jobs."""
    plain, run, found = quarter(case), quarter(case, lost=0.75), []
    changed = plain["after"] != run["after"]
    if not (run["works"] & run["at home"])[changed].all():
        found.append("someone outside startups considers because of lost jobs")
    if (plain["after"] != plain["before"])[changed].any():
        found.append("a lost job changed a move that took place anyway")
    if changed.sum() < 20 or run["triggers"][JOB_LOST] == 0:
        found.append("lost jobs move nobody")
    return found


def test_lost_jobs_make_startup_workers_consider_and_nobody_else(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert displaced(case) == []
    assert displaced(case.with_world(talent__displaced_consider=0.0)) == ["lost jobs move nobody"]
    monkeypatch.setattr(migration, "employer_events", everyone_is_concerned)
    assert "someone outside startups considers because of lost jobs" in displaced(case)


def test_all_jobs_lost_and_certain_consideration_reach_every_worker(case: Case) -> None:
    """With every job lost and everyone considering, workers move about as often as school leavers' odds allow."""
    some = quarter(case.with_world(talent__displaced_consider=0.5), lost=1.0)
    everyone = quarter(case.with_world(talent__displaced_consider=1.0), lost=1.0)
    who = everyone["works"] & everyone["at home"]
    moved = [(run["after"] != run["before"])[who].sum() for run in (some, everyone)]
    # Half consider, half as many move (the ordinary hazard adds little).
    assert 0.4 < moved[0] / moved[1] < 0.6
