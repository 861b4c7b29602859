"""What cities can buy, at which price, and how much of it (ODD 7.2, menu)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.arithmetic import trunc
from tests.twin.lever_rules.ultra_broadband import premises as premises_to_connect
from tests.twin.prices import used_office_m2, vacant_office_m2

ITEMS = ("incubator", "premises", "fibre", "shuttle", "schooling")


def menu_of(model):
    """Return by item and place the total price of a unit in euro, and by item the city's share of it."""
    world = model.world
    incubator = world["lever.open_innovation.eur_per_structure_year"] * world["city.incubator_years"]
    offices = world["lever.paris_showcase.cost_eur_per_m2"] * world["city.premises_m2"]
    step = world["lever.ultra_broadband.eur_per_premise"] * world["city.fibre_step"]
    return SimpleNamespace(
        total={
            "incubator": [incubator for _ in model.places],
            "premises": [offices for _ in model.places],
            "fibre": [step * count for count in premises_to_connect(model)],
            "shuttle": [world["city.shuttle_eur_per_inhabitant"] * place.population for place in model.places],
            "schooling": [world["city.schooling_eur_per_talent"] * place.talent_stock_2013 for place in model.places],
        },
        share={
            "incubator": world["lever.open_innovation.public_share"],
            "premises": world["lever.paris_showcase.public_share"],
            "fibre": world["lever.ultra_broadband.public_share"],
            "shuttle": 1.0,
            "schooling": 1.0,
        },
    )


def price_of(menu, item, p):
    """Return the city's part of the price of a unit, in euro."""
    return menu.total[item][p] * menu.share[item]


class Day:
    """The day on which cities decide: what they see of a quarter, and what they have bought today."""

    def __init__(self, model):
        self.model = model
        self.menu = menu_of(model)
        self.vacant_m2, self.used_m2 = vacant_office_m2(model), used_office_m2(model)
        self.bought = {item: [0] * model.geography.size for item in ITEMS}
        self.last_year = {}  # by place, once it was asked for

    def works(self, item, p):
        """Return units that stand at a place, bought today included."""
        return self.model.city_works.units[item][p] + self.bought[item][p]

    def new_m2(self, p):
        """Return offices bought today."""
        return self.bought["premises"][p] * self.model.world["city.premises_m2"]

    def vacant_with(self, p, added):
        """Return vacant offices once some are added; offices in use may be more than the stock (ODD 7.3)."""
        return max(self.model.places[p].office_m2 + added - self.used_m2[p], 0.0)


def units_left(day, item, p):
    """Return how many more units can be bought; None if the menu sets no limit."""
    world = day.model.world
    if item == "incubator":
        return None
    if item == "premises":
        limit, added = world["city.vacancy_limit"], day.new_m2(p)
        stock, vacant = day.model.places[p].office_m2 + added, day.vacant_m2[p] + added
        most = trunc((limit * stock - vacant) / (1.0 - limit) / world["city.premises_m2"] + 1e-9)
    elif item == "fibre":
        step = world["city.fibre_step"]
        coverage = day.model.conditions.fibre[p] + day.bought["fibre"][p] * step
        most = trunc((1.0 - coverage) / step + 1e-9)
    else:
        most = trunc(world[f"city.{item}_{'lines' if item == 'shuttle' else 'lots'}"]) - day.works(item, p)
    return max(most, 0)
