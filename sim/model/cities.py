"""Cities: Mesa agents that own places and decide once a year what to build in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.model.city_choice import Outlook, last_year
from sim.model.city_menu import ITEMS
from sim.model.levers.label_network import LabelNetwork
from sim.model.places import Place

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

DECISION_QUARTER = 2  # first quarter of the calendar year; quarter 0 is 2013 Q3
LEVER, RIVALS = "cities", "rival_cities"  # under these names their spending is recorded


class Purchase(NamedTuple):
    """One line of what a city bought."""

    quarter: int
    item: str
    place: str
    units: int
    eur: float


class City(mesa.Agent):
    """One of 12 French or 10 foreign cities; ``places`` are the districts it owns.

    ``budget``: euro of the year last decided on; ``saved``: unspent euro; ``bought``: all it bought so far.
    """

    def __init__(self, model: FlightModel, name: str, country: str, places: list[Place]) -> None:
        super().__init__(model)
        self.name = name
        self.country = country
        self.places = places
        for place in places:
            place.city = self
        self.budget_eur_per_inhabitant = 0.0
        self.budget = 0.0
        self.saved = 0.0
        self.bought: list[Purchase] = []

    @property
    def talents(self) -> float:
        """Digital workers in the city's places (real persons)."""
        return float(sum(place.talents for place in self.places))

    @property
    def population(self) -> float:
        """Inhabitants of the city's places."""
        return float(sum(place.population for place in self.places))

    def decide(self, outlook: Outlook, eur_per_inhabitant: float, years: float) -> np.ndarray:
        """Add a year's budget to what is saved, buy from the menu, and return the units bought, (items, P).

        ``years`` of budget are the most that is carried over.
        """
        self.budget_eur_per_inhabitant = eur_per_inhabitant
        self.budget = eur_per_inhabitant * self.population
        money = self.saved + self.budget
        own = sorted(place.index for place in self.places)
        units = outlook.choose(own, money, (1.0 + years) * self.budget)
        ids = outlook.model.places.ids
        for item, place in zip(*np.nonzero(units), strict=True):
            number = int(units[item, place])
            eur = number * float(outlook.menu.price[item, place])
            money -= eur
            self.bought.append(Purchase(outlook.model.quarter, ITEMS[item], ids[place], number, eur))
        # Prices are summed in another order than they were paid one by one: no debt of a rounding.
        self.saved = min(max(money, 0.0), years * self.budget)
        return units


def act_cities(model: FlightModel) -> None:
    """Process: once a year each city decides on the state at the process's start; then all that stands is applied."""
    if model.quarter % 4 == DECISION_QUARTER:
        _decide(model)
    model.city_works.apply(model.conditions, model.places)


def _decide(model: FlightModel) -> None:
    world, works = model.world, model.city_works
    calls, vacant = _open_calls(model), model.places.vacant_m2(model.world)
    outlook = Outlook(model, works.menu, works, last_year(model), calls, vacant)
    matched = world["city.rival_match"] * _levers_eur_per_inhabitant(model) if model.rivals_respond else 0.0
    total = np.zeros_like(works.units)
    for city in model.cities:
        french = city.country == "FR"
        if french or model.rivals_respond:
            budget = world["city.budget_eur_per_inhabitant"] if french else matched
            total = total + city.decide(outlook, budget, world["city.carry_over_years"])
    works.add(total, model.conditions.fibre)
    _charge(model, total)


def _open_calls(model: FlightModel) -> np.ndarray:
    """Return the districts to which a call for labels is open, (P,), bool."""
    calls = [lever.open_to(model) for lever in model.levers if isinstance(lever, LabelNetwork)]
    return np.asarray(np.any(calls, axis=0)) if calls else np.zeros(model.places.count, dtype=bool)


def _levers_eur_per_inhabitant(model: FlightModel) -> float:
    """Return what State and cities paid for levers in the last four quarters, per inhabitant of the districts."""
    meur = model.recorder.public_spending(model.quarter - 3, model.quarter, (LEVER, RIVALS))
    return 1e6 * meur / float(model.places.population[model.places.is_district].sum())


def _charge(model: FlightModel, units: np.ndarray) -> None:
    """Record what was bought: French cities and their private partners; foreign cities under a name of their own."""
    menu, french = model.city_works.menu, model.places.is_french
    for item, name in enumerate(ITEMS):
        paid, private = (np.sum((units[item] * price[item])[french]) / 1e6 for price in (menu.price, menu.private))
        abroad = np.sum((units[item] * (menu.price + menu.private)[item])[~french]) / 1e6
        model.recorder.charge(model.quarter + 1, LEVER, name, "city", float(paid))
        model.recorder.charge(model.quarter + 1, LEVER, name, "private", float(private))
        model.recorder.charge(model.quarter + 1, RIVALS, name, "abroad", float(abroad))
