"""Who lives where in 2013, and where from: targets that the fitted constants reproduce."""

from __future__ import annotations

import numpy as np

from sim.errors import InputError
from sim.evidence import Evidence
from sim.model.geography import Geography
from sim.world import World


def stocks_by_origin(evidence: Evidence, world: World, geography: Geography, by_place: np.ndarray) -> np.ndarray:
    """Return target stocks, origin country x country, (C, C) real persons; columns sum to the countries' stocks.

    French abroad: Silicon Valley's count, scaled to other hubs by jobs, distance and language (gravity prior).
    Foreigners in France and newcomers in hubs: shares, uncertain. Natives fill the rest.

    Raises:
        InputError: if a world leaves no room for a country's own nationals.
    """
    countries = len(geography.countries)
    total = np.bincount(geography.country, weights=by_place)
    france, world_row = geography.france, geography.countries.index("ZZ")
    hubs = np.array([c for c in range(countries) if c not in (france, world_row)])
    anchor = geography.ids.index("silicon_valley")
    paris = geography.ids.index("paris_sentier")
    km = geography.km[paris]
    language = np.where(evidence.column("french_speaking") > 0.5, world["population.diaspora_language"], 1.0)
    gravity = by_place * language * np.maximum(km, 100.0) ** -world["population.diaspora_distance"]
    french = world["population.french_silicon_valley"] * gravity / gravity[anchor]
    french[geography.is_french] = 0.0
    elsewhere = geography.ids.index("rest_of_world")
    french[elsewhere] = 0.0
    french[elsewhere] = world["population.diaspora_world_share"] * french.sum()
    stocks = np.zeros((countries, countries))
    stocks[france] = np.bincount(geography.country, weights=french)
    foreign = world["population.foreign_share_france"] * total[france]
    weight = np.where(np.arange(countries) == france, 0.0, np.bincount(geography.country, weights=gravity))
    weight[world_row] = weight.sum()  # half of the foreigners in France come from Rest of world
    stocks[:, france] += foreign * weight / weight.sum()
    stocks[world_row, hubs] = world["population.foreign_share_hubs"] * total[hubs]
    for native in hubs:
        others = hubs[hubs != native]
        leaving = world["population.hub_exchange"] * total[native]
        stocks[native, others] = 0.85 * leaving * total[others] / total[others].sum()
        stocks[native, world_row] = 0.15 * leaving
    for c in range(countries):
        stocks[c, c] = total[c] - (stocks[:, c].sum() - stocks[c, c])
    if (np.diag(stocks) <= 0.0).any():
        short = geography.countries[int(np.argmin(np.diag(stocks)))]
        raise InputError(
            f"parameters.toml: population.*: this world leaves no room for natives in {short}; "
            "lower the diaspora or foreign shares."
        )
    return stocks


def whole_numbers(shares: np.ndarray, total: int) -> np.ndarray:
    """Split ``total`` into whole numbers in proportion to ``shares`` (largest remainders, ties by position)."""
    exact = shares / shares.sum() * total
    counts: np.ndarray = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts
