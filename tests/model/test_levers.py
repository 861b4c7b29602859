"""Each lever moves its own named quantities, in its declared direction, from its date, and nothing else."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import ValidationError

from sim.model.conditions import Conditions
from sim.model.flight import FlightModel, apply_policies
from sim.model.levers import LEVERS, LabelNetwork, Lever
from sim.model.startup_rules import PROFIT_RATE
from tests.model.small_runs import Case, flight

FIELDS = tuple(field.name for field in dataclasses.fields(Conditions))
RECOMMENDATIONS = tuple(key for key, kind in LEVERS.items() if kind.number)
UP, DOWN, TOWARDS = 1.0, -1.0, 0.0  # towards a mean: either way
DIRECTION = {
    "label_network": {"labelled": UP, "awareness": UP, "network_strength": UP, "premises_discount": UP},
    "paris_showcase": {"office_m2_added": UP, "awareness": UP, "hub_ties": UP},
    "international_brand": {"awareness": UP, "investor_awareness": UP},
    "seed_acceleration": {"public_capital": UP, "accelerator_seats": UP},
    "ultra_broadband": {"fibre": UP, "mobile": UP},
    "attractive_taxation": {
        "jei_payroll_schedule": UP,
        "jei_profit_share": UP,
        "founder_exit_rate": DOWN,
        "impatriate_exempt_share": UP,
        "impatriate_years": UP,
        "impatriate_since": DOWN,  # from never to a date
    },
    "open_innovation": {"structures_added": UP, "orders": UP},
    "simplification": {"start_cost_days": DOWN, "visa_cost": DOWN},
    "zone_exemption": {"employer_rate": DOWN, "profit_rate": DOWN},
    "equalisation": {
        "employer_rate": DOWN,
        "profit_rate": TOWARDS,
        "founder_exit_rate": TOWARDS,
        "research_subsidy": DOWN,
        "wage_employer_rate": DOWN,
        "tax_wedge": TOWARDS,
        "fibre": TOWARDS,
        "mobile": TOWARDS,
        "hours_saved": TOWARDS,
        "office_rent_factor": TOWARDS,
        "flat_rent_factor": TOWARDS,
        "capital_factor": TOWARDS,
    },
    "placebo": {"office_rent_factor": UP},
}
QUARTER = 8  # 2015 Q3: every lever is in force


def conditions(case: Case, *levers: Lever, quarter: int = QUARTER) -> Conditions:
    """Return the named quantities after the first process of each quarter up to ``quarter``."""
    with flight(case, *levers) as model:
        for model.quarter in range(quarter + 1):
            apply_policies(model)
        return model.conditions


def changes(one: Any, other: Any) -> dict[str, np.ndarray]:
    """Return other - one for each field that differs in any bit (of two Conditions or two tables)."""
    names = FIELDS if isinstance(one, Conditions) else one._fields
    found = {}
    for name in names:
        a, b = np.asarray(getattr(one, name), dtype=float), np.asarray(getattr(other, name), dtype=float)
        if a.tobytes() != b.tobytes():
            found[name] = b - a
    return found


def declaration_problems(case: Case, lever: Lever) -> list[str]:
    """Return how a lever departs from the quantities it declares and from their direction."""
    found, problems = changes(conditions(case), conditions(case, lever)), []
    for name in set(found) ^ set(lever.moves):
        problems.append(f"{name} is {'moved' if name in found else 'left alone'}")
    for name, change in found.items():
        if not (np.sign(change) * DIRECTION[lever.key].get(name, 0.0) >= 0.0).all():
            problems.append(f"{name} moves the wrong way")
    return problems


def test_the_registry_is_complete() -> None:
    assert sorted(LEVERS[key].number for key in RECOMMENDATIONS) == [f"R{n}" for n in range(1, 9)]
    assert set(DIRECTION) == set(LEVERS)
    for key, kind in LEVERS.items():
        assert kind.key == key
        assert set(kind.moves) == set(DIRECTION[key]) <= set(FIELDS)
        assert all((kind.payer, kind.provenance, kind.title))


@pytest.mark.parametrize("key", LEVERS)
def test_a_lever_moves_what_it_declares_the_declared_way_and_nothing_else(case: Case, key: str) -> None:
    assert declaration_problems(case, LEVERS[key]()) == []


def test_twins_levers_that_touch_more_or_the_other_way_are_reported(case: Case) -> None:
    class Bonus(LEVERS["ultra_broadband"]):  # type: ignore[misc]
        def apply(self, conditions: Conditions, model: FlightModel) -> None:
            super().apply(conditions, model)
            conditions.public_capital += 1e-12

    class Backwards(LEVERS["simplification"]):  # type: ignore[misc]
        def apply(self, conditions: Conditions, model: FlightModel) -> None:
            conditions.start_cost_days *= 1.01
            conditions.visa_cost *= 0.99

    assert declaration_problems(case, Bonus()) == ["public_capital is moved"]
    assert declaration_problems(case, Backwards()) == ["start_cost_days moves the wrong way"]


# Awareness fades after the end; what is built may stay.
LASTING = ("international_brand", "paris_showcase", "ultra_broadband")


@pytest.mark.parametrize("key", LEVERS)
def test_dates_and_ramp(case: Case, key: str) -> None:
    def moved(quarter: int, **fields: Any) -> float:
        lever = LEVERS[key](start="2014Q1", **fields)
        found = changes(conditions(case, quarter=quarter), conditions(case, lever, quarter=quarter))
        name = lever.moves[1] if key == "label_network" else lever.moves[0]
        return float(np.abs(found[name]).max()) if name in found else float(bool(found))

    assert moved(1, ramp_quarters=0) == 0.0  # the quarter before
    assert moved(2, ramp_quarters=0) > 0.0
    assert moved(4, ramp_quarters=0, end="2014Q4") > 0.0
    if key not in LASTING:
        assert moved(5, ramp_quarters=0, end="2014Q4") == 0.0
    first, second, full = (moved(q, ramp_quarters=3) for q in (2, 3, 5))
    assert 0.0 < first < second < full
    # The seed money's offer also holds what earlier offers left undrawn: here nothing is ever drawn.
    if key not in ("international_brand", "open_innovation", "paris_showcase", "label_network", "seed_acceleration"):
        np.testing.assert_allclose([first, second], [full / 4.0, full / 2.0], rtol=0.15)
    half = moved(5, ramp_quarters=0, strength=0.5)
    assert 0.0 < half < moved(5, ramp_quarters=0)


def test_intensity_is_strength_times_ramp_between_two_dates() -> None:
    lever = LEVERS["zone_exemption"](strength=0.8, start="2014Q1", end="2015Q1", ramp_quarters=3)
    shape = [lever.intensity(quarter) for quarter in range(8)]
    np.testing.assert_allclose(shape, [0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 0.0, 0.0], rtol=1e-15)


BY_PLACE = {
    "label_network": ("labelled", "premises_discount"),
    "international_brand": ("investor_awareness",),
    "seed_acceleration": ("public_capital", "accelerator_seats"),
    "ultra_broadband": ("fibre", "mobile"),
    "open_innovation": ("structures_added", "orders"),
    "simplification": ("start_cost_days", "visa_cost"),
    "zone_exemption": ("employer_rate", "profit_rate"),
    "equalisation": tuple(name for name in LEVERS["equalisation"].moves if name != "tax_wedge"),  # not by place alone
    "placebo": ("office_rent_factor",),
    "paris_showcase": ("office_m2_added",),
}


@pytest.mark.parametrize("key", BY_PLACE)
def test_places_restrict_a_lever(case: Case, key: str) -> None:
    chosen = next(p for p in ("lyon", "nantes", "lille") if key != "label_network" or labelled(case)[index(case, p)])
    found = changes(conditions(case), conditions(case, LEVERS[key](places=(chosen,))))
    for name in BY_PLACE[key]:
        treated = np.flatnonzero(found[name])
        assert treated.tolist() == [index(case, chosen)], name


def test_a_lever_that_cannot_be_restricted_to_places_refuses_them() -> None:
    """Tax law is national; a file that names places for it must not be read as if it named none."""
    unrestricted = set(LEVERS) - set(BY_PLACE)
    assert unrestricted == {"attractive_taxation"}
    with pytest.raises(ValidationError):
        LEVERS["attractive_taxation"](places=("lyon",))


def index(case: Case, place: str) -> int:
    return case.start.geography.ids.index(place)


def labelled(case: Case) -> np.ndarray:
    return conditions(case, LabelNetwork()).labelled


# ---- utility of the treated place, prices and stocks frozen -----------------------------------------------------


def tables(case: Case, *levers: Lever) -> tuple[Any, Any, np.ndarray]:
    """Return talents' table, startups' table and the value of founding, at the prices and stocks of the start."""
    with flight(case, *levers) as model:
        for model.quarter in range(QUARTER + 1):
            apply_policies(model)
        model.build_tables()
        terms = model.startup_tables.log_value(model.places, model.conditions, model.startup_counts.real, model.quarter)
        founding = sum(terms.values()) + model.startup_tables.start_cost(model.conditions)
        return model.talent_table, model.startup_table, founding


TALENTS_SEE = {  # what of a talent's choice each lever may change
    "label_network": {"awareness"},
    "paris_showcase": {"awareness"},
    "international_brand": {"awareness"},
    "simplification": {"entry"},
    "attractive_taxation": {"relief"},
    "equalisation": {"log_labour_cost", "wedge_100", "wedge_167", "top_rate", "relief"},
}
FIRMS_GAIN = {  # levers that raise the value of the treated place for a firm
    "label_network", "seed_acceleration", "ultra_broadband", "attractive_taxation", "simplification", "zone_exemption",
}  # fmt: skip


@pytest.mark.parametrize("key", LEVERS)
def test_the_value_of_the_treated_place_for_a_firm_moves_the_declared_way(case: Case, key: str) -> None:
    (_, before, value), (_, after, changed) = tables(case), tables(case, LEVERS[key]())
    french = case.start.geography.is_french
    gain = changed - value
    if key in FIRMS_GAIN:
        treated = {"label_network": labelled(case), "zone_exemption": np.arange(26) == index(case, "paris_rive_gauche")}
        assert (gain[treated.get(key, case.start.geography.is_district)] > 0.0).all()
        assert (gain >= 0.0).all()
        if key != "seed_acceleration":  # money in reach crosses borders
            assert (gain[~french] == 0.0).all()
    elif key == "equalisation":  # towards a mean: some gain, some lose
        assert (gain[french] != 0.0).all()
    else:
        assert (gain == 0.0).all()
    if key == "open_innovation":
        assert (after.order_chance >= before.order_chance).all()
        assert after.order_chance.sum() > before.order_chance.sum()
    if key in ("simplification", "open_innovation"):  # neither the shop nor orders help a firm that stands
        assert (after.move_value == before.move_value).all()
    if key == "zone_exemption":
        assert after.money[PROFIT_RATE, index(case, "paris_rive_gauche")] == 0.0


@pytest.mark.parametrize("key", LEVERS)
def test_a_lever_enters_a_talents_choice_only_where_declared(case: Case, key: str) -> None:
    """A tax exemption for the firms of one district, for one, is none for the people who live there."""
    (before, *_), (after, *_) = tables(case), tables(case, LEVERS[key]())
    found = changes(before, after)
    assert set(found) == TALENTS_SEE.get(key, set())
    for name, change in found.items():
        # Relief is in points of labour cost, which falls with contributions.
        sign = -1.0 if key in ("simplification", "equalisation") and name != "relief" else 1.0
        assert (sign * change >= 0.0).all(), name
        assert change.any(), name


# ---- packages --------------------------------------------------------------------------------------------------


def test_all_256_packages_move_exactly_the_quantities_of_their_levers(case: Case) -> None:
    levers = {key: LEVERS[key](ramp_quarters=0) for key in RECOMMENDATIONS}
    bare = conditions(case, quarter=3)
    packages = [p for size in range(9) for p in itertools.combinations(RECOMMENDATIONS, size)]
    assert len(packages) == 256
    with flight(case) as model:
        for package in packages:
            model.levers = tuple(levers[key] for key in package)
            model.lever_memory, model.quarter = {}, 3
            apply_policies(model)
            model.build_tables()
            moves = {name for key in package for name in LEVERS[key].moves}
            found = changes(bare, model.conditions)
            assert set(found) == moves, package
            for name, change in found.items():
                assert np.isfinite(change).all(), (package, name)
            shares = ("awareness", "investor_awareness", "fibre", "mobile", "premises_discount", "jei_payroll_schedule")
            assert all((v >= 0.0).all() and (v <= 1.0).all() for v in (getattr(model.conditions, s) for s in shares))


def test_a_lever_that_says_not_what_it_moves_or_costs_cannot_be_made() -> None:
    class Silent(Lever):
        key: ClassVar[str] = "silent"

    class Free(Silent):
        def apply(self, conditions: Conditions, model: FlightModel) -> None:
            pass

    with pytest.raises(TypeError, match="apply"):
        Silent()
    with pytest.raises(TypeError, match="charges"):
        Free()
