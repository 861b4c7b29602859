"""Firms in two places, first customers, rationed growth, sites left behind: each law with a twin that breaks it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.model.closing import close_sites, close_startups
from sim.model.flight import FlightModel, Process
from sim.model.founding import found_startups
from sim.model.growth import grow_startups
from sim.model.headquarters import consider, follow, move_headquarters
from sim.model.hiring import claim, hire
from sim.model.operating import operate, split_change
from sim.model.relocation import relocate_startups
from sim.model.startup_rules import FOLLOW_QUARTERS, NEVER, customer_chance, follow_chance
from sim.model.startups import ALIVE, SOLD
from tests.model.small_runs import Case, flight

QUARTERS = 8
WATCHED = (found_startups, grow_startups, relocate_startups, close_startups)


@pytest.fixture(scope="module")
def restless(case: Case) -> Case:
    """Return a world in which headquarters move often and sites close soon."""
    return case.with_world(
        startup__move_hazard=0.4, startup__cost_border=1.0, startup__site_close_hazard=0.5, startup__staff_follow=0.5
    )


# ---- staff ------------------------------------------------------------------------------------------------------


def staff_by_country(model: FlightModel) -> np.ndarray:
    """Return staff of living firms by country where they work, counted from the columns, agents."""
    data, live, country = model.startups.data, model.live_rows(), model.geography.country
    out = np.zeros(len(model.geography.countries), np.int64)
    np.add.at(out, country[data["ops"][live]], data["headcount"][live] - data["away"][live])
    np.add.at(out, country[data["hq"][live]], data["away"][live])
    return out


def booked(model: FlightModel, name: str, before: dict[str, np.ndarray]) -> np.ndarray:
    """Return the change of staff by country that a process has written down, agents."""
    data, country, scale = model.startups.data, model.geography.country, model.settings.startup_scale
    countries = len(model.geography.countries)

    def by_country(places: np.ndarray) -> np.ndarray:
        return np.bincount(country, weights=places, minlength=countries)

    old = len(before["headcount"])
    if name == "found_startups":
        born = slice(old, None)
        return by_country(np.bincount(data["ops"][born], data["headcount"][born], minlength=len(country)))
    if name == "grow_startups":
        cuts = np.minimum(data["headcount"] - before["headcount"], 0)
        away = np.minimum(data["away"] - before["away"], 0)
        places = np.bincount(data["ops"], cuts - away, minlength=len(country))
        return by_country(model.growth_claims.hired + places + np.bincount(data["hq"], away, minlength=len(country)))
    if name == "relocate_startups":
        return by_country((model.following.sum(axis=0) - model.following.sum(axis=1)) / scale)
    sold = (data["status"] == SOLD) & (before["status"] == ALIVE)
    gone = np.bincount(data["ops"][sold], (data["headcount"] - data["away"])[sold], minlength=len(country))
    gone = gone + np.bincount(data["hq"][sold], data["away"][sold], minlength=len(country))
    # Where nobody had followed, the founder starts again alone at the headquarters.
    alone = (data["status"] == ALIVE) & (data["ops"] != before["ops"]) & (before["away"] == 0)
    return by_country(np.bincount(data["hq"][alone], minlength=len(country)) - gone - model.jobs_lost / scale)


def staff_violations(case: Case, changed: Process | None = None, name: str = "") -> set[str]:
    """Run a model and return which laws of staff fail in some process of some quarter."""
    found: set[str] = set()

    def watched(process: Process) -> Process:
        def watch(model: FlightModel) -> None:
            before = {key: column.copy() for key, column in model.startups.data.items()}
            staff = staff_by_country(model)
            process(model)
            label = watch.__name__
            if not np.array_equal(staff_by_country(model) - staff, booked(model, label, before)):
                found.add(f"{label}: change of staff is not what was written down")
            data, live, country = model.startups.data, model.live_rows(), model.geography.country
            away, heads = data["away"][live], data["headcount"][live]
            if (away < 0).any() or (away > heads).any():
                found.add(f"{label}: staff abroad outside 0 and headcount")
            if away[country[data["hq"][live]] == country[data["ops"][live]]].any():
                found.add(f"{label}: staff away from operations in the same country")

        return watch

    kind: type[FlightModel] = FlightModel
    for process in WATCHED:
        chosen = changed if changed is not None and process.__name__ == name else process
        step = watched(chosen)
        step.__name__ = process.__name__
        processes = tuple(step if p.__name__ == process.__name__ else p for p in kind.processes)
        kind = type("Watched", (kind,), {"processes": processes})
    with flight(case, kind=kind) as model:
        followed, sites, apart = 0.0, 0, 0
        for _ in range(QUARTERS):
            model.step()
            followed += model.following.sum()
            sites += int(model.events.counts["site_closures"].sum())
            apart = int((model.startups.data["hq"] != model.startups.data["ops"]).sum())
            if model.startup_counts.staff.sum() != staff_by_country(model).sum():
                found.add("staff recorded is not staff counted")
    if changed is None:
        assert min(followed, sites, apart - 50) > 0, "the run says nothing"
    return found


def test_staff_is_conserved_in_every_process(restless: Case) -> None:
    assert staff_violations(restless) == set()


def forgets_followers(model: FlightModel) -> None:
    relocate_startups(model)
    model.following[:] = 0.0


def hides_closed_sites(model: FlightModel) -> None:
    close_startups(model)
    model.jobs_lost = model.jobs_lost * (model.jobs_lost < 100.0)


def sends_too_many(model: FlightModel) -> None:
    grow_startups(model)
    data = model.startups.data
    data["away"][:] = np.where(data["hq"] != data["ops"], data["headcount"] + 1, 0)


@pytest.mark.parametrize(
    ("name", "broken", "reported"),
    [
        ("relocate_startups", forgets_followers, "relocate_startups: change of staff"),
        ("close_startups", hides_closed_sites, "close_startups: change of staff"),
        ("grow_startups", sends_too_many, "outside 0 and headcount"),
    ],
)
def test_twins_that_lose_staff_are_reported(restless: Case, name: str, broken: Process, reported: str) -> None:
    found = staff_violations(restless, broken, name)
    assert any(reported in text for text in found), found


def test_a_change_of_staff_never_takes_more_than_a_site_has() -> None:
    for heads in range(1, 9):
        for away in range(heads + 1):
            for change in range(1 - heads, 6):
                for uniform in (0.001, 0.5, 0.999):
                    part = split_change(change, heads, away, uniform)
                    here = heads - away + change - part
                    assert min(here, away + part, part * (change - part)) >= 0, (heads, away, change)
    shares = [split_change(7, 10, 3, (n + 0.5) / 100) for n in range(100)]
    assert np.mean(shares) == pytest.approx(2.1), "in proportion to where staff are"


# ---- following and sites ------------------------------------------------------------------------------------------


def firms_abroad(model: FlightModel, number: int, heads: int) -> dict[str, np.ndarray]:
    """Return firms with operations in Lyon whose headquarters moved to London in quarter 0."""
    ids = model.geography.ids
    return {
        "uid": np.arange(number, dtype=np.uint64),
        "hq": np.full(number, ids.index("london"), np.uint8),
        "ops": np.full(number, ids.index("lyon"), np.uint8),
        "headcount": np.full(number, heads, np.int64),
        "away": np.zeros(number, np.int64),
        "moved": np.zeros(number, np.int16),
    }


def followed_in_two_years(case: Case, chance: float) -> float:
    """Return the share of staff that follow within the two years and after, at a chance a quarter."""
    with flight(case) as model:
        model.build_tables()
        table = model.startup_table._replace(rates=model.startup_table.rates._replace(follow=chance))
        data = firms_abroad(model, 4000, 10)
        live, total = np.arange(4000), 0
        for quarter in range(FOLLOW_QUARTERS + 4):
            moved = follow(table, np.uint64(7), quarter, live, data)
            assert moved.sum() == moved[model.geography.ids.index("lyon"), model.geography.ids.index("london")]
            if quarter in (0, *range(FOLLOW_QUARTERS + 1, FOLLOW_QUARTERS + 4)):
                assert moved.sum() == 0, "nobody follows in the quarter of the move nor after two years"
            total += int(moved.sum())
        assert total == data["away"].sum()
        return total / float(data["headcount"].sum())


def test_the_share_that_follows_over_two_years_is_the_parameter(case: Case) -> None:
    # At most one person of rounding a firm and quarter: the standard error of the share is below 0.0023.
    for share in (0.05, 0.2, 0.5):
        assert followed_in_two_years(case, follow_chance(share)) == pytest.approx(share, abs=0.01)
    assert followed_in_two_years(case, follow_chance(0.0)) == 0.0
    wrong = 0.5 / FOLLOW_QUARTERS  # twin: the share spread evenly over the quarters
    assert followed_in_two_years(case, wrong) != pytest.approx(0.5, abs=0.01)


Closer = Callable[..., tuple[np.ndarray, np.ndarray]]


def wrong_sites(case: Case, close: Closer) -> set[str]:
    """Return what is wrong with sites closed at hazard 1, over firms at home and abroad, moved long ago or not."""
    found: set[str] = set()
    with flight(case) as model:
        model.build_tables()
        table = model.startup_table._replace(rates=model.startup_table.rates._replace(site_close=1.0))
        for home in (False, True):
            for quarter in (FOLLOW_QUARTERS, FOLLOW_QUARTERS + 1):
                data = firms_abroad(model, 300, 10)
                data["away"][:100] = 0 if home else 4
                if home:
                    data["hq"][:] = model.geography.ids.index("paris_sentier")
                sites, jobs = close(table, np.uint64(7), quarter, np.arange(300), data)
                due = not home and quarter > FOLLOW_QUARTERS
                if sites.sum() != (300 if due else 0):
                    found.add("sites close at the wrong firms")
                if due:
                    if jobs[model.geography.ids.index("lyon")] != 100 * 6 + 200 * 10:
                        found.add("jobs lost are not the staff left at the site")
                    if not np.array_equal(data["headcount"], np.repeat([4, 1], [100, 200])) or data["away"].any():
                        found.add("the firm does not go on with its headquarters")
                    if not np.array_equal(data["ops"], data["hq"]):
                        found.add("operations are not at the headquarters")
    return found


def test_a_site_closes_only_abroad_and_after_two_years(case: Case) -> None:
    assert wrong_sites(case, close_sites) == set()

    def anywhere(table, key, quarter, live, data):  # type: ignore[no-untyped-def]
        own = table._replace(country=np.arange(len(table.country)))
        return close_sites(own, key, quarter, live, data)

    def at_once(table, key, quarter, live, data):  # type: ignore[no-untyped-def]
        return close_sites(table, key, quarter + 1, live, data)

    for twin in (anywhere, at_once):
        assert "sites close at the wrong firms" in wrong_sites(case, twin)


def one_quarter(model: FlightModel, live: np.ndarray, seen: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns after one quarter of the firms ``live``, worked on in this order; ``seen``: shares met."""
    data = {name: column.copy() for name, column in model.startups.data.items()}
    table, key = model.startup_table, model.key
    done = operate(table, key, model.quarter, live, data)
    claims = claim(live, data, done.wishes, model.places.count)
    claims.workers_met, claims.premises_met = seen, seen
    hire(key, model.quarter, live, data, done.wishes, claims)
    moves = consider(table, key, model.population_key, model.quarter, live, data)
    follow(table, key, model.quarter, live, data)
    move_headquarters(model.geography, data, moves, model.quarter)
    close_sites(table, key, model.quarter, live, data)
    return data


def test_neither_the_order_nor_the_company_of_firms_matters(restless: Case) -> None:
    with flight(restless) as model:
        for _ in range(4):
            model.step()
        model.build_tables()
        live, seen = model.live_rows(), np.full(model.places.count, 0.6)
        forward, backward = one_quarter(model, live, seen), one_quarter(model, live[::-1].copy(), seen)
        half = one_quarter(model, live[::2].copy(), seen)
        for name in model.startups.data:
            np.testing.assert_array_equal(forward[name], backward[name], err_msg=name)
            np.testing.assert_array_equal(forward[name][live[::2]], half[name][live[::2]], err_msg=name)
        changed = {n for n in forward if not np.array_equal(forward[n], model.startups.data[n])}
        assert {"hq", "ops", "away", "moved", "headcount", "outgrown", "customer", "cash"} <= changed


# ---- customers ----------------------------------------------------------------------------------------------------


def earning(case: Case, everybody: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return (has a customer, earns revenue) of firms after one quarter; the second by what revenue changes."""
    flows = []
    with flight(case) as model:
        model.build_tables()
        live = model.live_rows()
        for factor in (1.0, 0.0):
            money = model.startup_table.money.copy()
            money[3] *= factor
            data = {name: column.copy() for name, column in model.startups.data.items()}
            if everybody:
                data["customer"][:] = np.where(data["customer"] == NEVER, 0, data["customer"])
            customers = model.startups.data["customer"] if everybody else data["customer"]
            done = operate(model.startup_table._replace(money=money), model.key, 0, live, data)
            flows.append(done.flows)
            if not everybody:
                assert done.customers.sum() == (data["customer"][live] == 0).sum(), "first customers are counted"
    return customers[live] != NEVER, flows[0] != flows[1]


def test_no_revenue_before_the_first_customer(case: Case) -> None:
    customer, earns = earning(case)
    assert 50 < (~customer).sum() < customer.sum()
    np.testing.assert_array_equal(earns, customer)
    customer, earns = earning(case, everybody=True)  # twin: revenue from the first day
    assert (earns & ~customer).any()


def test_an_order_is_a_first_customer_and_brings_its_money(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        live, data = model.live_rows(), model.startups.data
        rates = model.startup_table.rates._replace(customer_hazard=0.0)
        table = model.startup_table._replace(rates=rates)
        young = (-data["founded"][live] > 0) & (-data["founded"][live] < rates.young_quarters)
        waiting = data["customer"][live] == NEVER
        kept = {name: column.copy() for name, column in data.items()}
        none = operate(table, model.key, 0, live, {name: column.copy() for name, column in kept.items()})
        assert none.customers.sum() == 0
        ordered = operate(table._replace(order_chance=np.ones(26)), model.key, 0, live, kept)
        assert ordered.customers.sum() == (young & waiting).sum() > 0
        assert (ordered.flows[young] > none.flows[young]).all()
        np.testing.assert_array_equal(ordered.flows[~young], none.flows[~young])


# ---- rationed growth ------------------------------------------------------------------------------------------------


def overdrawn(case: Case, generous: bool = False) -> tuple[float, float]:
    """Return (expected, actual) hires over the supply of workers in the tightest labour market of one quarter."""
    with flight(case) as model:
        model.step()
        places, market = model.places, model.geography.market
        claims, scale = model.growth_claims, case.settings.startup_scale
        met = np.ones(places.count) if generous else claims.workers_met
        supply = case.world["startup.hiring_pool"] * np.bincount(market, places.talents - places.startup_staff)
        expected = np.bincount(market, claims.workers * met * scale) / supply
        assert claims.refused_workers.sum() > 0
        return float(expected.max()), float(np.bincount(market, claims.hired * scale).sum() / supply.sum())


def test_hires_never_exceed_the_supply_of_workers(case: Case) -> None:
    tight = case.with_world(startup__hiring_pool=0.0004)
    expected, actual = overdrawn(tight)
    assert expected <= 1.0
    assert 0.3 < actual < 1.05
    assert overdrawn(tight, generous=True)[0] > 1.0, "twin: everybody asked comes"


def grown(case: Case, heeded: bool = True) -> tuple[int, int, int]:
    """Return (sites that grew, refused claims, outgrown firms) of one quarter where no office is vacant."""
    with flight(case) as model:
        model.build_tables()
        live, data, places = model.live_rows(), model.startups.data, model.places.count
        before = data["headcount"].copy()
        done = operate(model.startup_table, model.key, 0, live, data)
        claims = claim(live, data, done.wishes, places)
        claims.premises_met = np.zeros(places) if heeded else np.ones(places)
        hire(model.key, 0, live, data, done.wishes, claims)
        wished = (done.wishes > 0).any(axis=1)
        if heeded:
            assert claims.refused_premises.sum() == claims.premises.sum() == (done.wishes > 0).sum()
            np.testing.assert_array_equal(data["outgrown"][live], wished)
        return int((data["headcount"] > before).sum()), int(claims.refused_premises.sum()), int(data["outgrown"].sum())


def test_refused_premises_stop_growth_and_leave_the_firm_outgrown(case: Case) -> None:
    sites, refused, outgrown = grown(case)
    assert sites == 0
    assert min(refused, outgrown) > 100
    sites, refused, outgrown = grown(case, heeded=False)  # twin: nobody heeds the lack of offices
    assert sites > 100
    assert (refused, outgrown) == (0, 0)


def test_no_vacant_office_no_growth_in_a_run(case: Case) -> None:
    with flight(case.with_world(price__fit_share=0.0)) as model:
        model.step()
        claims, counts = model.growth_claims, model.events.counts
        assert claims.hired.sum() == 0
        np.testing.assert_array_equal(counts["refused_premises"], claims.premises)
    with flight(case) as model:
        model.step()
        claims = model.growth_claims
        assert claims.hired.sum() > 100
        # Who is not refused premises finds workers or is refused them.
        blocked = claims.workers.sum() - claims.hired.sum() - claims.refused_workers.sum()
        assert blocked >= claims.refused_premises.sum() >= 0


def test_better_firms_find_customers_sooner_and_a_move_ends_outgrowing(restless: Case) -> None:
    with flight(restless) as model:
        model.build_tables()
        rates = model.startup_table.rates
        chances = [customer_chance(rates, quality) for quality in (-1.0, 0.0, 1.0)]
        assert chances == sorted(chances)
        assert len(set(chances)) == 3
        assert chances[1] == 1.0 - math.exp(-model.world["startup.customer_hazard"])
        data, live = model.startups.data, model.live_rows()
        data["outgrown"][live] = 1
        moves = consider(model.startup_table, model.key, model.population_key, 1, live, data)
        move_headquarters(model.geography, data, moves, 1)
        assert len(moves.rows) > 5
        assert not data["outgrown"][moves.rows].any()
        assert data["outgrown"][np.setdiff1d(live, moves.rows)].all()
