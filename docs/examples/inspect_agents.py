"""The model as a class of one's own: a process more, Mesa's DataCollector, and a look at single agents.

Run it: python docs/examples/inspect_agents.py
"""

from __future__ import annotations

import mesa
import numpy as np

import sim
from sim.model.processes import added


def cap_rents(model: sim.FlightModel) -> None:
    """Process: no office in a French district is let above 400 euro per m2 and year."""
    capped = np.minimum(model.places.office_rent, 400.0)
    model.places.office_rent = np.where(model.places.is_district, capped, model.places.office_rent)


class CappedModel(sim.FlightModel):
    """The model with rents capped as soon as they are known."""

    processes = added(sim.FlightModel.processes, cap_rents, before="found_startups")


def main(quarters: int = 4, settings: sim.Settings | None = None) -> mesa.DataCollector:
    """Step a model, collect from it and from twenty star engineers, and print what became of the first of them."""
    settings = settings or sim.Settings(talent_scale=200, startup_scale=10)
    model = CappedModel.in_central_world(settings=settings)
    stars = model.talents.select(model.talents.get("skill") == 3, at_most=20)
    collector = mesa.DataCollector(
        model_reporters={"quarter": "quarter", "startups": lambda model: len(model.startups.living())},
        agent_reporters={"place": lambda star: model.places[star.place].name},
    )
    for _ in range(quarters):
        model.step()
        collector.collect(model.watching(stars))
    print(collector.get_model_vars_dataframe())
    first = stars.to_list()[0]
    print(f"talent {first.unique_id}, aged {first.age}, lives in {model.places[first.place].name}")
    dearest = model.places.sort("office_rent").to_list()[0]
    print(f"dearest offices: {dearest.name}, {dearest.office_rent:.0f} euro per m2 and year")
    return collector


if __name__ == "__main__":
    main()
