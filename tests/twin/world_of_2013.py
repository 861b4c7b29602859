"""The world on 1 July 2013, before anybody lives in it: geography, conditions, places (ODD 2.3, 2.4, 2.7)."""

from __future__ import annotations

import mesa

from tests.twin.agents import Place
from tests.twin.conditions import conditions_of_2013, copy_of
from tests.twin.geography import make_geography


class WorldOf2013(mesa.Model):
    """What a run and the lives before it share."""

    def __init__(self, world, evidence, settings, population_seed):
        super().__init__(rng=0)
        self.world, self.evidence, self.settings = world, evidence, settings
        self.population_key = population_seed
        self.quarter = 0
        self.geography = make_geography(evidence)
        self.start_conditions = conditions_of_2013(self)
        self.conditions = copy_of(self.start_conditions)
        self.places = places_of_2013(self)


def places_of_2013(model):
    """Return the places as evidence knows them (ODD 2.3)."""
    world, evidence = model.world, model.evidence
    column = {
        name: evidence.column(name).tolist()
        for name in (
            "digital_jobs",
            "labour_market_share",
            "metro_population_thousand",
            "software_engineer_gross_salary",
            "office_rent_district_or_prime",
            "flat_rent",
            "office_vacancy",
            "open_innovation_structures",
            "airport_minutes",
            "airport_passengers_million",
            "fastest_train_minutes_to_paris",
        )
    }
    places = []
    for record in evidence.places:
        p = record.index
        place = Place(model, record, model.geography.market[p])
        share = column["labour_market_share"][p]
        place.talent_stock_2013 = column["digital_jobs"][p] * share
        place.population = 1000.0 * column["metro_population_thousand"][p] * share
        place.wage = place.wage_2013 = column["software_engineer_gross_salary"][p]
        place.office_rent = place.office_rent_2013 = column["office_rent_district_or_prime"][p]
        place.flat_rent = place.flat_rent_2013 = column["flat_rent"][p]
        place.vacancy = column["office_vacancy"][p]
        used = place.talent_stock_2013 * world["price.office_m2_per_job"]
        place.office_m2_2013 = used / (1.0 - place.vacancy)
        place.office_m2_private = place.office_m2 = place.office_m2_2013
        place.dwellings_used = place.population / world["price.persons_per_dwelling"]
        place.dwellings_2013 = place.dwellings_used / (1.0 - world["price.dwelling_vacancy"])
        place.dwellings = place.dwellings_2013
        place.office_signal = place.flat_signal = 1.0
        place.structures = column["open_innovation_structures"][p]
        place.structures_added = place.minutes_saved = 0.0
        place.airport_minutes = column["airport_minutes"][p]
        place.airport_passengers = column["airport_passengers_million"][p]
        place.train_minutes = column["fastest_train_minutes_to_paris"][p]
        places.append(place)
    return places
