"""R1: label and network (ODD 7.13)."""

from __future__ import annotations

from tests.twin.arithmetic import trunc
from tests.twin.lever_rules.fields import (
    districts_or_places,
    intensity,
    memory_of,
    named,
    parameter,
    quarter_of,
    towards,
)
from tests.twin.lever_rules.label_rule import districts_with_label


def holders(model, lever):
    """Return for each place whether it holds the label this quarter."""
    nobody = [False] * model.geography.size
    if intensity(model, lever) <= 0.0:
        return nobody
    if lever.label_dates is not None:
        dated = [place for place, date in lever.label_dates.items() if model.quarter >= quarter_of(date)]
        return named(model, dated)
    memory = memory_of(model, lever, held=nobody)
    wave = trunc(parameter(model, lever, "wave_quarters"))
    if (model.quarter - quarter_of(lever.start)) % wave == 0:
        eligible = districts_or_places(model, lever)
        memory.held = [ok and may for ok, may in zip(districts_with_label(model), eligible, strict=True)]
    return memory.held


def apply(model, lever):
    """Give the label, make holders seen, let them meet, let space at bounded rents."""
    conditions, i = model.conditions, intensity(model, lever)
    conditions.labelled = list(holders(model, lever))
    for p, held in enumerate(conditions.labelled):
        if held and lever.flag:
            for group in conditions.awareness:
                group[p] = towards(group[p], 1.0, i * parameter(model, lever, "visibility"))
        if held and lever.premises:
            conditions.premises_discount[p] += i * discount(model, lever)
    if lever.network:
        conditions.network_strength += i * parameter(model, lever, "network_strength")


def discount(model, lever):
    """Return the discount on the rent of an average startup of a labelled district."""
    return parameter(model, lever, "premises_share") * parameter(model, lever, "premises_discount")


def charges(model, lever):
    """Charge the programme's office and the rents forgone."""
    i, held = intensity(model, lever), model.conditions.labelled
    found = []
    if any(held):
        found.append(("programme office", "state", i * parameter(model, lever, "office_meur_per_year") / 4))
    if lever.premises:
        rent = 0.0
        for place in model.places:
            if held[place.index]:
                m2 = place.startup_staff * model.world["price.office_m2_per_job"]
                rent += m2 * place.office_rent
        found.append(("bounded rents", "city", i * discount(model, lever) * rent / 4 / 1e6))
    return found


def is_open_call(model, lever, place):
    """Say whether a place is a district open to a call for the label (ODD 7.2)."""
    if not lever.call or lever.label_dates is not None or intensity(model, lever) <= 0.0:
        return False
    return model.geography.is_district[place] and districts_or_places(model, lever)[place]


def reach(model, lever, acting):
    """Return firms in labelled places, if premises are let there (ODD 7.23)."""
    if not lever.premises or intensity(model, lever) <= 0.0:
        return []
    return [seen.firm for seen in acting if model.conditions.labelled[seen.ops]]
