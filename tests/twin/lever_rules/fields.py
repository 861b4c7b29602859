"""What all levers share: dates, strength, places (ODD 7.13)."""

from __future__ import annotations

from types import SimpleNamespace


def quarter_of(text):
    """Return the index of a quarter such as "2013Q4"; 2013Q3 is 0."""
    year, quarter = text.split("Q")
    return 4 * (int(year) - 2013) + int(quarter) - 3


def intensity(model, lever, start=None):
    """Return the strength of a lever this quarter, from its own date or another one (ODD 7.13)."""
    q, first = model.quarter, quarter_of(start or lever.start)
    if q < first or (lever.end is not None and q >= quarter_of(lever.end)):
        return 0.0
    return lever.strength * min(1.0, (q - first + 1) / (lever.ramp_quarters + 1))


def parameter(model, lever, name):
    """Return the parameter ``lever.<key>.<name>`` of the world."""
    return model.world[f"lever.{lever.key}.{name}"]


def named(model, names):
    """Return for each place whether it is among some ids."""
    return [place in names for place in model.geography.ids]


def districts_or_places(model, lever):
    """Return for each place whether the lever aims at it: its places, else the districts (``[target]``, ODD 7.13)."""
    return list(model.geography.is_district) if lever.places is None else named(model, lever.places)


def france_or_places(model, lever):
    """Return for each place whether the lever aims at it: its places, else all of France."""
    return list(model.geography.is_french) if lever.places is None else named(model, lever.places)


def rive_gauche_or_places(model, lever):
    """Return for each place whether the lever aims at it: its places, else Paris Rive Gauche."""
    return named(model, ("paris_rive_gauche",) if lever.places is None else lever.places)


def memory_of(model, lever, **first):
    """Return the lever's own state in this run; ``first`` is its state before the first quarter."""
    if lever.key not in model.lever_memory:
        model.lever_memory[lever.key] = SimpleNamespace(**first)
    return model.lever_memory[lever.key]


def towards(value, goal, share):
    """Return a value moved by a share of the way to a goal."""
    return value + share * (goal - value)


def shared_between(item, meur, public):
    """Return charges of which State and city pay half of the public part each, and private partners the rest."""
    return [
        (item, "state", 0.5 * public * meur),
        (item, "city", 0.5 * public * meur),
        (item, "private", (1.0 - public) * meur),
    ]


def nobody(model, lever, acting):
    """Mark nobody: the lever has no named receivers (ODD 7.23)."""
    return []


def nothing(model, lever):
    """Charge nothing."""
    return []
