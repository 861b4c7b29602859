"""One Mesa object a talent, a startup, a place and a city (ODD 2.3, 2.5, 2.6)."""

from __future__ import annotations

import mesa

from tests.twin.draws import talent_uid

NEVER_ARRIVED = -32000
NEVER = -30000
ALIVE, CLOSED, SOLD = 1, 2, 3


class Talent(mesa.Agent):
    """A person; attributes are the columns of ODD 2.5."""

    def __init__(self, model, **columns):
        super().__init__(model)
        for name, value in columns.items():
            setattr(self, name, value)
        self.tastes = None  # by place, kept while the person lives

    @property
    def uid(self):
        """The person's number in all draws."""
        return talent_uid(self.slot, self.generation)


class Startup(mesa.Agent):
    """A firm; attributes are the columns of ODD 2.6."""

    def __init__(self, model, **columns):
        super().__init__(model)
        for name, value in columns.items():
            setattr(self, name, value)
        self.tastes = None  # by place, lasting


class Place(mesa.Agent):
    """A place; attributes are the columns of ODD 2.3, set by the model."""

    def __init__(self, model, record, market):
        super().__init__(model)
        self.index = record.index
        self.id = record.place
        self.country = record.country
        self.kind = record.kind
        self.region = record.region
        self.market = market
        self.city = None


class City(mesa.Agent):
    """A city that owns places and builds in them (ODD 2.3, 7.2)."""

    def __init__(self, model, name, places):
        super().__init__(model)
        self.name = name
        self.places = places
        self.is_french = places[0].country == "FR"
        self.budget_eur_per_inhabitant = 0.0
        self.budget = 0.0
        self.saved = 0.0
        self.bought = []
        for place in places:
            place.city = self


def rows(columns):
    """Return one dict of plain numbers per row of a dict of columns."""
    plain = {name: column.tolist() for name, column in columns.items()}
    names = list(plain)
    return [dict(zip(names, values, strict=True)) for values in zip(*plain.values(), strict=True)]


def lives_in_france(model, place):
    """Say whether a place is French."""
    return model.geography.is_french[place]


def group_of(model, place, french):
    """Return the group of awareness: 0 resident in France, 1 French abroad, 2 foreigner abroad (ODD 7.4)."""
    if model.geography.is_french[place]:
        return 0
    return 1 if french else 2


def enters_france(model, old, new):
    """Say whether a move from one place to another enters France from abroad."""
    return model.geography.is_french[new] and not model.geography.is_french[old]
