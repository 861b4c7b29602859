"""One model of a scenario in one world, stepped by whoever asks, and its outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.interface.choosing import ScenarioLike, chosen
from sim.interface.whole_numbers import whole
from sim.interface.worlds import WorldKind, posterior_for
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.flight import FlightModel


def start_model(
    scenario: ScenarioLike = "baseline",
    settings: Settings | None = None,
    *,
    world: WorldKind = "central",
    number: int = 0,
    replicate: int = 0,
    seed: int = 2013,
) -> FlightModel:
    """Return a model at the start of 2013 Q3: the very run that :func:`run` makes of a scenario in one world.

    Args:
        scenario: as for :func:`load_scenario`.
        settings: scales, horizon and threads; ``step()`` goes a quarter on, and nothing stops it at the horizon.
        world: where the world comes from.
        number: of the world.
        replicate: which luck.
        seed: of the study.

    Raises:
        InputError: one sentence per wrong argument.

    >>> import sim
    >>> model = sim.start_model("r6_attractive_taxation", sim.Settings(talent_scale=400, startup_scale=20))
    >>> model.step()
    >>> model.quarter, model.levers[0].key
    (1, 'attractive_taxation')
    """
    from sim.experiments.designs.study import design
    from sim.experiments.engine import draw
    from sim.extensions.engine import current_engine, model_class
    from sim.model.randomness import run_seed

    settings = settings or Settings()
    number, replicate, seed = whole("number", number), whole("replicate", replicate), whole("seed", seed)
    if number < 0 or replicate < 0:
        raise InputError(f"start_model: found number {number} and replicate {replicate}, allowed are 0 and more.")
    if world == "central" and number:
        raise InputError(f"start_model: found number {number}, allowed is 0: there is one central world.")
    with chosen([scenario]) as (evidence, (policy,)):
        study = design(
            [policy], settings, seed=seed, worlds=number + 1, replicates=replicate + 1, world_kind=world,
            reference=policy.name, posterior=posterior_for(world, evidence),
        )  # fmt: skip
        plan = study.worlds[number]
        drawn = draw(plan, evidence, seed)
        start = current_engine().prepare(evidence, drawn, settings, seed, plan.draw)
        luck = run_seed(seed, plan.draw, replicate)
        return model_class()(tuple(policy.levers), drawn, evidence, start, settings, luck, policy.rivals_respond)


def measure(model: FlightModel) -> pd.Series[float]:
    """Return every outcome of a model so far, by name; ``attrs["units"]`` and ``attrs["labels"]`` say the rest.

    Figures per year count whole years, so step by four quarters.

    Args:
        model: stepped to where it is to be measured.

    >>> import sim
    >>> model = sim.start_model(settings=sim.Settings(talent_scale=400, startup_scale=20))
    >>> for _ in range(4):
    ...     model.step()
    >>> found = sim.measure(model)
    >>> bool(found["startups_in_france"] > 1000), found.attrs["units"]["startups_in_france"]
    (True, 'startups')
    """
    import pandas as pd

    from sim.analysis.foreign_outcomes import unlearnt
    from sim.analysis.outcomes import OUTCOMES
    from sim.experiments.engine import place_table
    from sim.extensions.active import using
    from sim.extensions.engine import current_engine, extensions_of

    with unlearnt(), using(extensions_of(model)):
        found = current_engine().outcomes(model.records(), place_table(model.evidence))
        series = pd.Series(found, name="value", dtype=float)
        series.attrs["units"] = {name: OUTCOMES[name].unit for name in found}
        series.attrs["labels"] = {name: OUTCOMES[name].label for name in found}
    return series
