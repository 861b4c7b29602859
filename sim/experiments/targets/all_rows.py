"""Every row that can be computed: those that the model may be fitted to, and those kept for checking it."""

from __future__ import annotations

import numpy as np

from sim.experiments.targets import people_measures as people
from sim.experiments.targets import place_measures as places
from sim.experiments.targets.elasticities import elasticities
from sim.experiments.targets.film import Watch
from sim.experiments.targets.firm_shocks import firm_rows
from sim.experiments.targets.laboratory import Laboratory, Measure
from sim.experiments.targets.people_shocks import people_rows
from sim.experiments.targets.policy_shocks import policy_rows
from sim.world import World


def checked_rows(watch: Watch, world: World, hubs: np.ndarray) -> dict[str, float]:
    """Return the rows kept for checking that one run gives.

    Args:
        watch: the run, of the scenario of what happened, with probe persons.
        world: its parameters.
        hubs: which places are foreign hubs, (P,) bool.
    """
    g, firms, series, flows = watch.geography, watch.firms, watch.series, watch.flows
    if watch.persons is None:
        raise ValueError("rows on small groups need probe persons: prepare the start with with_probes")
    persons, france = watch.persons, tuple(np.array(g.ids)[g.is_french].tolist())
    start = series[(series["quarter"] == 0) & series["place"].isin(np.array(g.ids)[g.is_district])]
    return {
        "M21": people.diaspora_elasticity(persons, series, g, hubs),
        "A05": world["startup.agglomeration"],
        "A06": places.funded_in_three_markets(firms, g),
        "R03": places.rent_slope(start["office_rent"].to_numpy(float), start["talents"].to_numpy(float)),
        "B05": places.scaleups_abroad(firms, g),
        "B07": places.us_moves_to_silicon_valley(flows, g),
        "B13": people.young_departures(watch.reasons),
        "B16": people.growth_abroad(series, g),
        "B18": people.first_jobs_abroad_later(persons, g),
        "B21": people.graduates_to(persons, g, "GB"),
        "B22": people.graduates_to(persons, g, "US"),
        "B28": places.french_startups_in(series, "silicon_valley"),
        "B31": people.stays_of_five_years(persons, g),
        "B32": people.french_in(series, "london", 2016),
        "B35": places.share_of(series, places.PARIS_CITY, places.PARIS_REGION),
        "B36": places.share_of(series, places.SECOND_REGION, france),
        "B37": places.density_ratio(series),
        "B43": places.jei_paris_share(firms, g),
        "B44": places.jei_size(firms, g),
        "B49": places.stock_2016_2020(series, g),
        "B52": people.foreign_share(persons, g),
        "B53": people.net_migration_sign(persons, g),
        "H_FR_2016": 1000.0 * places.capital_of_places(series, france, 2016),
        "H_FR_2017": 1000.0 * places.capital_of_places(series, france, 2017),
        "H_LON_2017": places.capital_of_places(series, ("london",), 2017),
        "H_BER_2017": places.capital_of_places(series, ("berlin",), 2017),
        "H_PAR_2017": places.capital_of_places(series, places.PARIS_REGION, 2017),
    }


def paired_rows(lab: Laboratory, everything: bool) -> dict[str, Measure]:
    """Return the rows that need paired runs: those to fit, or with ``everything`` those kept for checking too."""
    found = elasticities(lab)
    if everything:
        found |= people_rows(lab) | firm_rows(lab) | policy_rows(lab)
    return found
