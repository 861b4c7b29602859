"""Rows A, R and C: agglomeration, rents and connectivity."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, FITTED, INPUT, NOT_COMPUTABLE
from sim.experiments.targets.row_kinds import Row

PLACES: dict[str, Row] = {
    "A01": Row(
        INPUT,
        "The weight of cluster size in a place's value for startups; the model has no output by inventor, so the "
        "parameter is compared directly.",
        ("startup.agglomeration",),
        "A01 and A04 ask for different values of this one parameter; none satisfies both central values.",
        measured="United States",
    ),
    "A02": Row(
        NOT_COMPUTABLE,
        "The row asks for at least fifty places; the model has 26.",
    ),
    "A03": Row(
        NOT_COMPUTABLE,
        "The United States are two places here, so that a share of the largest hub would say nothing about a country.",
    ),
    "A04": Row(
        INPUT,
        "The same parameter as A01; the model has no productivity by density.",
        ("startup.agglomeration",),
        "A01 and A04 ask for different values of this one parameter; none satisfies both central values.",
    ),
    "A05": Row(
        INPUT,
        "The same parameter as A01; the model has no productivity by density.",
        ("startup.agglomeration",),
        "A01, A04 and A05 ask for different values of this one parameter.",
        measured="many countries",
    ),
    "A06": Row(
        EMERGENT,
        "Funded startups alive after a year: share of the three French cities that have most. The United States are "
        "two places here, so the national index is reported, as the row allows.",
        ("population.perimeter_paris", "population.perimeter_rest", "capital.tilt"),
        "one city holds a larger part of France than of the United States.",
        measured="United States",
    ),
    "A07": Row(
        EMERGENT,
        "Staff of startups outside Ile-de-France that were funded at the start, when Paris, where the money is, is "
        "an hour nearer: per cent, mean of two years. Staff stand for output: revenue is staff times a productivity "
        "that knows no travel.",
        ("startup.travel",),
        "travel weighs in the choice of a place and in nothing that a firm does.",
        measured="United States",
    ),
    "C01": Row(
        EMERGENT,
        "Foundings expected over five years in Paris-Saclay, the district with least fibre, when it is covered in "
        "full: per cent, scaled to a step from none to full.",
        ("startup.fibre", "startup.beta_found"),
        "the prior of the effect of fibre is wide.",
    ),
    "C02": Row(
        EMERGENT,
        "As C01 in Rest of France, which holds the sparsely settled parts; all startups are digital.",
        ("startup.fibre", "startup.beta_found"),
        "Rest of France is the whole countryside with its towns, and no neighbour takes from it.",
    ),
    "R01": Row(
        FITTED,
        "Read from the rent rule once building has answered, at 100,000 inhabitants: share of housing times r/(1 + r "
        "times elasticity of dwelling supply in such a city), r the response of rents.",
        ("talent.housing_share", "price.dwelling_supply", "price.dwelling_supply_size", "price.rent_response"),
        "dwellings are assumed scarcer than the row implies.",
    ),
    "R02": Row(
        FITTED,
        "As R01, at 12 million inhabitants.",
        ("talent.housing_share", "price.dwelling_supply", "price.dwelling_supply_size", "price.rent_response"),
        "dwellings are assumed scarcer than the row implies.",
    ),
    "R03": Row(
        INPUT,
        "Office rents of the fourteen districts on ln talents there, at the start: per cent per standard deviation. "
        "Rents of 2013 are figures of the evidence; the model only moves them.",
        ("price.rent_response", "price.office_supply"),
        "rents among French cities differ for more reasons than their size, and Paris stands apart.",
        measured="Netherlands",
    ),
    "R05": Row(
        EMERGENT,
        "Foundings expected over five years in Lyon when a tenth more startups count as its ecosystem: elasticity.",
        ("startup.agglomeration", "startup.beta_found"),
        "the weight of the ecosystem comes from output, and most founders stay where they live.",
        measured="China",
    ),
    "R06": Row(
        EMERGENT,
        "Sign of the change of foundings expected over startups there in five years, when flats in Lyon cost 10% more.",
        ("talent.housing_share", "talent.beta"),
        "dear flats keep talents and so founders away, but firms as well.",
        measured="United States",
    ),
}
