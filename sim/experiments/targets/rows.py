"""The rows that the model may be fitted to, as far as one watched run gives them."""

from __future__ import annotations

from pathlib import Path

from sim.experiments.targets import measures
from sim.experiments.targets.film import Watch
from sim.world import World

SCENARIO = Path(__file__).parents[3] / "scenarios" / "french_tech_2014.toml"
YEARS = 10  # B01 follows firms to the age of ten


def run_rows(watch: Watch, world: World) -> dict[str, float]:
    """Return the rows that one run gives."""
    g, firms, series, flows = watch.geography, watch.firms, watch.series, watch.flows
    if watch.persons is None:
        raise ValueError("rows on small groups need probe persons: prepare the start with with_probes")
    return {
        "A01": world["startup.agglomeration"],
        "A04": world["startup.agglomeration"],
        "R01": measures.urban_cost(world, 1e5),
        "R02": measures.urban_cost(world, 12e6),
        "P07": measures.seat_effect(firms, g),
        "B01": measures.relocated_share(firms, g),
        "B02": measures.relocated_value(firms, g),
        "B03": measures.moves_to_us(flows, g),
        "B04": measures.us_round_effect(firms, g),
        "B09": measures.district_changes(firms, g),
        "B14": measures.return_ratio(flows, g),
        "B17": measures.first_jobs_abroad(watch.persons, g),
        "B23": measures.high_pay_departures(watch.persons, g),
        "B30": measures.french_in_silicon_valley(series),
        "B34": measures.paris_share(series, g, "startups", [measures.AUGUST_2020]),
        "B38": measures.paris_share(series, g, "capital_meur", measures.quarters_of(2016)),
        "B45": measures.survival(firms, g, 12),
        "B46": measures.survival(firms, g, 20),
        "H_FR_2014": measures.capital_of(series, g, 2014),
        "H_FR_2015": measures.capital_of(series, g, 2015),
    }
