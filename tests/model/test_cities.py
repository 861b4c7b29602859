"""Cities: they spend what they have, what they build stays, a call moves them, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from sim.model import cities
from sim.model.cities import City, act_cities
from sim.model.city_choice import LIFTS, Outlook, last_year
from sim.model.city_menu import FIBRE, INCUBATOR, ITEMS, PREMISES, SHUTTLE
from sim.model.city_works import CityWorks
from sim.model.flight import PROCESSES, FlightModel, apply_policies
from sim.model.levers import LabelNetwork, Lever, Simplification, UltraBroadband
from sim.model.recording import Recorder
from tests.model.small_runs import Case, differences, flight, run
from tests.model.test_levers import changes, index

EURO = 1e-3


@contextmanager
def ready(case: Case, *levers: Lever, quarter: int = 2) -> Iterator[FlightModel]:
    """Give a model in ``quarter`` whose levers have acted and whose cities are about to."""
    with flight(case, *levers) as model:
        while model.quarter < quarter:
            model.step()
        apply_policies(model)
        yield model


def outlook_of(model: FlightModel) -> Outlook:
    calls, vacant = cities._open_calls(model), model.places.vacant_m2(model.world)
    return Outlook(model, model.city_works.menu, model.city_works, last_year(model), calls, vacant)


def city_of(model: FlightModel, name: str) -> City:
    return next(city for city in model.cities if city.name == name)


# ---- money -------------------------------------------------------------------------------------------------------


def overdrafts(case: Case, kind: type[City] = City) -> list[str]:
    """Return the cities that spent more than they had in a year, or kept more than they may."""
    found = []
    with flight(case.with_settings(years=6), LabelNetwork()) as model:
        for city in model.cities:
            city.__class__ = kind
        years = model.world["city.carry_over_years"]
        for quarter in range(24):
            before = {city.name: city.saved for city in model.cities}
            model.step()
            for city in model.cities:
                spent = sum(line.eur for line in city.bought if line.quarter == quarter)
                had = before[city.name] + city.budget
                if spent > had + EURO or not 0.0 <= city.saved <= min(had, years * city.budget) + EURO:
                    found.append(f"{city.name} {quarter}")
    return found


def test_a_city_never_spends_more_than_it_has(case: Case) -> None:
    assert overdrafts(case) == []


def test_twin_a_city_on_credit_is_reported(case: Case) -> None:
    class OnCredit(City):
        def decide(self, outlook: Outlook, eur_per_inhabitant: float, years: float) -> np.ndarray:
            self.saved += 2e6
            units = super().decide(outlook, eur_per_inhabitant, years)
            self.saved -= 2e6
            return units

    assert overdrafts(case, OnCredit) != []


def test_what_is_recorded_is_what_was_bought(case: Case) -> None:
    with flight(case) as model:
        for _ in range(8):
            model.step()
        costs = model.records().costs
        bought = [line for city in model.cities for line in city.bought]
        assert set(costs["lever"]) == {"cities"}
        assert set(costs["quarter"]) == {3, 7}
        assert {line.quarter for line in bought} == {2, 6}
        by_city = costs.loc[costs["payer"] == "city", "meur"].sum()
        assert by_city == pytest.approx(sum(line.eur for line in bought) / 1e6, rel=1e-12)
        menu, units = model.city_works.menu, model.city_works.units
        private = costs.loc[costs["payer"] == "private", "meur"].sum()
        assert private == pytest.approx(float((units * menu.private).sum()) / 1e6, rel=1e-12)
        paris = city_of(model, "paris")
        assert paris.budget == paris.population * paris.budget_eur_per_inhabitant > paris.saved >= 0.0
        assert {line.place for line in paris.bought} <= {"paris_sentier", "paris_rive_gauche", "paris_saclay"}


# ---- nothing without money, no rival without levers, no order of cities -------------------------------------------


class NoCities(FlightModel):
    processes = tuple(process for process in PROCESSES if process is not act_cities)


def test_cities_without_a_budget_are_bit_for_bit_no_cities(case: Case) -> None:
    poor = case.with_world(city__budget_eur_per_inhabitant=0.0)
    for levers in ((), (LabelNetwork(),)):
        assert differences(run(poor, *levers), run(poor, *levers, kind=NoCities)) == []
    with ready(poor, LabelNetwork(), quarter=7) as model:
        assert not model.city_works.units.any()
    # A twin with a little money is told apart.
    assert set(differences(run(case), run(case, kind=NoCities))) >= {"series", "costs"}


class Rivals(FlightModel):
    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments, rivals_respond=True)  # type: ignore[arg-type,misc]


def test_rivals_do_nothing_until_french_levers_spend(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences(run(case, kind=Rivals), run(case)) == []
    lever = Simplification()
    matched = run(case, lever, kind=Rivals).costs
    assert (matched["payer"] == "abroad").any()
    assert not (run(case, lever).costs["payer"] == "abroad").any()
    with flight(case, lever, kind=Rivals) as model:
        for _ in range(7):
            model.step()
        costs = model.records().costs
        public = costs[costs["payer"].isin(["state", "city"]) & (costs["lever"] == lever.key)]
        spent = 1e6 * public.loc[public["quarter"].between(3, 6), "meur"].sum()
        districts = model.places.population[model.places.is_district].sum()
        london = city_of(model, "london")
        expected = model.world["city.rival_match"] * spent / districts * london.population
        assert london.budget == pytest.approx(expected, rel=1e-12)
    # A twin that also matches what French cities spend on their own is told apart.
    whole = Recorder.public_spending
    monkeypatch.setattr(Recorder, "public_spending", lambda self, first, last, _: whole(self, first, last, ()))
    assert differences(run(case.with_settings(years=3), kind=Rivals), run(case.with_settings(years=3))) != []


def order_matters(case: Case, kind: type[City] = City) -> list[str]:
    """Return the tables that change when cities act in the other order."""
    records = []
    for turned in (False, True):
        with flight(case, LabelNetwork()) as model:
            for city in model.cities:
                city.__class__ = kind
            if turned:
                model.cities = model.cities.sort("unique_id")  # the last first
            for _ in range(case.settings.quarters):
                model.step()
            records.append(model.records())
    return differences(*records)


def test_the_order_of_cities_does_not_matter(case: Case) -> None:
    assert order_matters(case) == []


def test_twin_cities_that_see_each_other_s_purchases_are_reported(case: Case) -> None:
    class Late(City):
        def decide(self, outlook: Outlook, eur_per_inhabitant: float, years: float) -> np.ndarray:
            taken = any(line.quarter == self.model.quarter for city in self.model.cities for line in city.bought)
            return super().decide(outlook, 0.0 if taken else eur_per_inhabitant, years)

    assert "costs" in order_matters(case, Late)


# ---- what is built stays -------------------------------------------------------------------------------------------


def vanished(case: Case, kind: type[CityWorks] = CityWorks) -> list[str]:
    """Return the conditions of cities' works that fall from one quarter to the next, or exceed what is possible."""
    names = ("structures_added", "orders", "office_m2_added", "hours_saved", "settling", "fibre")
    found = set()
    with flight(case.with_settings(years=6)) as model:
        model.city_works.__class__ = kind
        last = {name: np.zeros(model.places.count) for name in names}
        for _ in range(24):
            model.step()
            for name in names:
                now = getattr(model.conditions, name)
                if (now < last[name]).any() or (name in ("fibre", "settling") and (now > 1.0).any()):
                    found.add(name)
                last[name] = now.copy()
        assert model.city_works.units.any(axis=1).sum() >= 4  # the menu is used
    return sorted(found)


def test_what_is_built_never_vanishes(case: Case) -> None:
    rich = case.with_world(city__budget_eur_per_inhabitant=8.0)
    assert vanished(case) == vanished(rich) == []


def test_twin_works_that_are_replaced_are_reported(case: Case) -> None:
    class Replaced(CityWorks):
        def add(self, units: np.ndarray, fibre: np.ndarray) -> None:
            self.units = np.zeros_like(self.units)
            super().add(units, fibre)

    assert "structures_added" in vanished(case, Replaced)


def laid_by_broadband(case: Case, process: Callable[[FlightModel], None] = apply_policies) -> float:
    """Return the coverage that R5 builds, and pays, in Lyon where the city has brought it to 90%."""
    lever, lyon = UltraBroadband(start="2013Q3", ramp_quarters=0), index(case, "lyon")
    with flight(case, lever) as model:
        model.city_works.coverage[lyon] = 0.9
        process(model)
        return float(lever.memory(model)["fibre_built"][lyon])


def test_no_lever_pays_again_for_fibre_that_a_city_laid(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert laid_by_broadband(case) == pytest.approx(0.1)
    monkeypatch.setattr(CityWorks, "cover", lambda *_: None)  # the twin
    assert laid_by_broadband(case) > 0.5


# ---- the call for labels -------------------------------------------------------------------------------------------


def moved_by_the_label(case: Case, **fields: bool) -> set[str]:
    """Return the conditions that the label moves in the quarter it starts, cities' works included."""
    found = []
    for levers in ((), (LabelNetwork(start="2014Q1", **fields),)):
        with ready(case, *levers) as model:
            act_cities(model)
            found.append(model.conditions)
    return set(changes(*found))


def test_the_flag_alone_moves_no_city(case: Case) -> None:
    flag = {"flag": True, "network": False, "premises": False}
    assert moved_by_the_label(case, **flag, call=False) == {"labelled", "awareness"}
    # The twin: with an open call cities build, and it shows.
    assert moved_by_the_label(case, **flag) > {"labelled", "awareness", "structures_added"}


def test_a_call_is_open_only_while_a_rule_in_force_decides(case: Case) -> None:
    with ready(case) as model:
        districts = model.places.is_district
        assert (LabelNetwork().open_to(model) == districts).all()
        assert LabelNetwork(places=("lyon",)).open_to(model).sum() == 1
        dated = LabelNetwork(label_dates={"lyon": "2013Q4"})
        late = LabelNetwork(start="2014Q2")
        for closed in (LabelNetwork(call=False), LabelNetwork(strength=0.0), dated, late):
            assert not closed.open_to(model).any()


def missed_after(case: Case) -> tuple[list[str], list[str]]:
    """Let cities answer a call; return what they bought first, and thresholds still missed where they bought for one.

    Only districts that the menu can lift over all they miss are asked about.
    """
    lever = LabelNetwork()
    first, missed = [], []
    with ready(case, lever) as model:
        before = outlook_of(model)
        none = np.zeros_like(model.city_works.units)
        steps = {}
        for city in model.cities:
            if city.country == "FR":
                budget = model.world["city.budget_eur_per_inhabitant"] * city.population
                for place in city.places:
                    found = before.steps_to_label(place.index, none, budget)
                    if found:
                        steps[place.index] = found
        act_cities(model)
        met = model.places.label_criteria(model.world)
        for place, found in steps.items():
            items = {item for item, _ in found}
            assert all(model.city_works.units[item, place] for item in items)
            first += [f"{ITEMS[item]} {model.places.ids[place]}" for item in sorted(items)]
            missed += [name for name, item in LIFTS.items() if item in items and not met[name][place]]
    return first, missed


def test_a_call_moves_a_city_and_what_it_buys_lifts_the_district(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert missed_after(case) == (["incubator paris_saclay"], [])
    whole = Outlook.steps_to_label

    def short(self: Outlook, place: int, bought: np.ndarray, most: float) -> list[tuple[int, int]] | None:
        found = whole(self, place, bought, most)
        return [(item, units - 1) for item, units in found if units > 1] if found else found

    monkeypatch.setattr(Outlook, "steps_to_label", short)
    assert "structures" in missed_after(case)[1]  # the twin buys one unit less


def test_a_city_saves_for_the_label_and_gets_it(case: Case) -> None:
    """Grenoble is too far from the airport; a shuttle costs more than one year's budget.

    Vacant space is left out of the rule: with one agent for 200 talents it jumps.
    """
    grenoble, own = index(case, "grenoble"), case.with_world(label__vacant_m2=0.0)
    with flight(own.with_settings(years=3), LabelNetwork()) as model:
        lines = []
        for _ in range(10):
            model.step()
            lines.append((len(city_of(model, "grenoble").bought), bool(model.conditions.labelled[grenoble])))
        bought = city_of(model, "grenoble").bought
        assert lines[2] == (0, False)  # it waits in the first year
        assert "shuttle" in {line.item for line in bought if line.quarter == 6}
        assert lines[7] == (len(bought), False)  # until the next wave
        assert lines[8][1]
        assert model.places.minutes_saved[grenoble] == model.world["city.shuttle_minutes"]
        assert model.conditions.hours_saved[grenoble] == pytest.approx(2 * model.places.minutes_saved[grenoble] / 60)
    with flight(own) as model:
        for _ in range(3):
            model.step()
        assert "shuttle" not in {line.item for line in city_of(model, "grenoble").bought}


# ---- the rule of thumb ---------------------------------------------------------------------------------------------


def test_without_a_call_the_first_unit_is_the_best_per_euro(case: Case) -> None:
    with ready(case, quarter=6) as model:
        outlook, menu = outlook_of(model), model.city_works.menu
        none = np.zeros_like(model.city_works.units)
        for city in model.cities:
            places = [place.index for place in city.places]
            value = {(i, p): outlook.gain(i, p, none) / menu.price[i, p] for i in range(len(ITEMS)) for p in places}
            assert min(value.values()) >= 0.0
            best = max(value, key=lambda pair: value[pair])
            price = float(menu.price[best])
            units = outlook.choose(places, 1.0001 * price, 4.0 * price)
            assert units[best] >= 1
            assert not outlook.choose(places, 0.0, 0.0).any()


def test_estimates_fall_where_there_is_less_left_to_gain(case: Case) -> None:
    with ready(case) as model:
        outlook, lyon = outlook_of(model), index(case, "lyon")
        more = np.zeros_like(model.city_works.units)
        more[INCUBATOR, lyon] = 10_000
        more[FIBRE, lyon] = round((1.0 - model.conditions.fibre[lyon]) / model.city_works.menu.fibre_step)
        more[SHUTTLE, lyon] = int(model.world["city.shuttle_lines"])
        assert outlook.gain(INCUBATOR, lyon, more) == 0.0
        assert outlook.on_sale(FIBRE, lyon, more) == outlook.on_sale(SHUTTLE, lyon, more) == 0


def test_a_free_city_would_still_stop(case: Case) -> None:
    """The longest decision, all places in one city with a hundred times the money, ends in good time."""
    with ready(case) as model:
        paris = [place.index for place in city_of(model, "paris").places]
        units = outlook_of(model).choose(paris, 2.5e9, 1e10)
        assert units[FIBRE, paris].sum() > 0
        assert (model.conditions.fibre[paris] + units[FIBRE, paris] * model.city_works.menu.fibre_step <= 1.0001).all()


def test_no_city_builds_for_nobody(case: Case) -> None:
    """Premises are on sale up to the vacancy limit, and no further; the twin has no limit."""
    with flight(case) as model:
        menu, places = model.city_works.menu, model.places
        seen, none = outlook_of(model), np.zeros_like(model.city_works.units)
        for place in np.flatnonzero(places.is_district).tolist():
            units = seen.on_sale(PREMISES, place, none)
            offices, vacant = places.office_m2[place] + units * menu.m2, seen.vacant_m2[place] + units * menu.m2
            assert units == 0 or vacant / offices <= menu.vacancy_limit
            assert (vacant + menu.m2) / (offices + menu.m2) > menu.vacancy_limit
            full = none.copy()
            full[PREMISES, place] = units
            assert seen.on_sale(PREMISES, place, full) == 0
        menu.vacancy_limit = 0.9
        assert seen.on_sale(PREMISES, 0, none) > units
