"""Stocks, rents and wages of a quarter, and what is vacant (ODD 7.3)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.arithmetic import ln
from tests.twin.startup_value import startup_tables
from tests.twin.talent_choice import talent_tables


def update_places(model):
    """Let prices follow the last count, then build the tables decisions read (ODD 7.3)."""
    world = model.world
    for place in model.places:
        talents = float(model.talent_counts[place.index] * model.settings.talent_scale)
        staff = float(model.startup_counts.staff[place.index] * model.settings.startup_scale)
        place.office_m2_private = built(
            world, world["price.office_supply"], place.office_m2_private, place.office_m2_2013, place.office_signal
        )
        place.dwellings = built(
            world, dwelling_supply(model, place), place.dwellings, place.dwellings_2013, place.flat_signal
        )
        rent_offices(model, place, talents)
        rent_dwellings(model, place, talents)
        place.talents, place.startup_staff = talents, staff
    for place in model.places:
        pay_wages(model, place)
    build_tables(model)


def dwelling_supply(model, place):
    """Return the elasticity of dwelling supply where a place lies: the smaller, the larger the city."""
    city = sum(other.population for other in model.places if other.market == place.market)
    millions = 1.0 if model.evidence.places[place.index].kind == "rest" else city / 1e6
    return model.world["price.dwelling_supply"] * millions ** -model.world["price.dwelling_supply_size"]


def built(world, elasticity, stock, stock_2013, signal):
    """Return the stock after a quarter of building: it tends to the stock wanted and never shrinks."""
    response = world["price.rent_response"]
    wanted = stock_2013 * signal**elasticity
    pace = min(1.0 / world["price.build_quarters"], 1.0 / (1.0 + response * elasticity))
    return stock * max(wanted / stock, 1.0) ** pace


def rent_offices(model, place, talents):
    """Set offices and their rent."""
    p = place.index
    place.office_m2 = place.office_m2_private + model.conditions.office_m2_added[p]
    use = max(talents, 1.0) / max(model.reference.talents[p], 1.0)
    place.office_signal = (use / (place.office_m2 / place.office_m2_2013)) ** model.world["price.rent_response"]
    place.office_rent = place.office_rent_2013 * place.office_signal * model.conditions.office_rent_factor[p]


def rent_dwellings(model, place, talents):
    """Set dwellings in use and the rent of flats."""
    p = place.index
    people = max(place.population + talents - model.reference.talents[p], 0.1 * place.population)
    place.dwellings_used = people / model.world["price.persons_per_dwelling"]
    use = people / place.population
    place.flat_signal = (use / (place.dwellings / place.dwellings_2013)) ** model.world["price.rent_response"]
    place.flat_rent = place.flat_rent_2013 * place.flat_signal * model.conditions.flat_rent_factor[p]


def staff_ratio(model, market):
    """Return startup staff per talent of a labour market, from the stocks of the places."""
    members = [place for place in model.places if place.market == market]
    staff = sum(place.startup_staff for place in members)
    return staff / max(sum(place.talents for place in members), 1.0)


def pay_wages(model, place):
    """Set the wage: it follows startup staff per talent of the labour market."""
    ratio, start = staff_ratio(model, place.market), model.reference.staff_ratio[place.market]
    place.wage = place.wage_2013 * ((ratio + 0.01) / (start + 0.01)) ** model.world["price.wage_tightness"]


def used_office_m2(model):
    """Return offices in use by place in m²."""
    used = []
    for place in model.places:
        persons = place.talent_stock_2013 * (place.talents / max(model.reference.talents[place.index], 1.0))
        used.append(persons * model.world["price.office_m2_per_job"])
    return used


def vacant_office_m2(model):
    """Return vacant offices by place in m²."""
    used = used_office_m2(model)
    return [max(place.office_m2 - used[place.index], 0.0) for place in model.places]


def fit_office_m2(model):
    """Return vacant offices fit for young firms by place in m²."""
    return [vacant * model.world["price.fit_share"] for vacant in vacant_office_m2(model)]


def dwellings_on_offer(model):
    """Return dwellings on offer this quarter by place."""
    turnover = model.world["price.dwelling_turnover"]
    return [max(place.dwellings - place.dwellings_used, 0.0) * turnover for place in model.places]


def affinity(model):
    """Return what people and jobs of a place add to its value, origin x place; 0 at the start."""
    world, geography, reference = model.world, model.geography, model.reference
    table = []
    for origin in range(geography.size):
        row = []
        for place in model.places:
            j = place.index
            value = world["talent.startup_jobs_pull"] * ln((place.startup_staff + 100.0) / (reference.staff[j] + 100.0))
            if geography.is_french[origin] and not geography.is_french[j]:
                french = float(model.talent_counts_french[j] * model.settings.talent_scale)
                value += world["talent.diaspora_pull"] * ln((french + 100.0) / (reference.french[j] + 100.0))
            row.append(value)
        table.append(row)
    return table


def build_tables(model):
    """Build what decisions of this quarter read."""
    model.talent_table = talent_tables(model, affinity(model))
    model.startup_table = startup_tables(model)


def reference_stocks(model):
    """Return the stocks of the first count, to which later prices are relative (ODD 5.8)."""
    scale, firms = model.settings.talent_scale, model.settings.startup_scale
    return SimpleNamespace(
        talents=[float(count * scale) for count in model.talent_counts],
        french=[float(count * scale) for count in model.talent_counts_french],
        staff=[float(count * firms) for count in model.startup_counts.staff],
        staff_ratio=[],
    )
