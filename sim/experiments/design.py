"""Which runs a study makes: scenario x world x replicate, numbered densely in that order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sim.errors import InputError
from sim.scenario import BASELINE, Scenario
from sim.settings import Settings

WorldKind = Literal["central", "prior"]
BOUNDS = {"worlds": (1, 100_000), "replicates": (1, 1000), "seed": (0, 2**63 - 1)}


@dataclass(frozen=True)
class WorldPlan:
    """One world of a study: which draw, under which overrides. ``number`` is dense over the study."""

    number: int
    kind: WorldKind
    draw: int
    overrides: dict[str, float] = field(hash=False)


@dataclass(frozen=True)
class Experiment:
    """One run: positions of its scenario and world in the study, and its replicate."""

    run: int
    scenario: int
    world: int
    replicate: int


@dataclass(frozen=True)
class Study:
    """All that decides the runs of one results folder. Workers and threads are no part of it."""

    scenarios: tuple[Scenario, ...]
    worlds: tuple[WorldPlan, ...]
    experiments: tuple[Experiment, ...]
    seed: int
    replicates: int
    settings: Settings
    reference: str | None

    @property
    def world_kind(self) -> WorldKind:
        """Central values of the parameters, or draws from their priors."""
        return self.worlds[0].kind

    @property
    def can_compare(self) -> bool:
        """Whether there is a reference scenario and another one to compare with it."""
        return self.reference is not None and len(self.scenarios) > 1


def design(
    scenarios: Sequence[Scenario],
    settings: Settings,
    *,
    seed: int,
    worlds: int,
    replicates: int,
    world_kind: WorldKind,
    reference: str = BASELINE,
) -> Study:
    """Lay out a study.

    Scenarios with equal world overrides share their worlds. The reference scenario runs in the worlds of
    every such group, so that a scenario which overrides the world is paired with a reference in its own
    worlds and with no other. A draw has the same number, hence the same luck, in every group.

    Raises:
        InputError: for a number of worlds, replicates or a seed out of range.
    """
    problems = [
        f"--{name}: found {value}, allowed are whole numbers from {low} to {high}."
        for name, value in (("worlds", worlds), ("replicates", replicates), ("seed", seed))
        for low, high in [BOUNDS[name]]
        if not low <= value <= high
    ]
    if world_kind == "central" and worlds > 1:
        problems.append(f"--worlds: found {worlds}, but the central world is one; add --world prior to draw several.")
    if problems:
        raise InputError(problems)

    groups: dict[str, dict[str, float]] = {}
    for scenario in scenarios:
        groups.setdefault(_key(scenario), scenario.world_overrides)
    # Plain worlds first, whatever the order of the scenarios.
    ordered = sorted(groups.items(), key=lambda item: item[0] != "{}")
    plans = [
        WorldPlan(number, world_kind, draw, overrides)
        for number, (draw, overrides) in enumerate(
            (draw, overrides) for _, overrides in ordered for draw in range(worlds)
        )
    ]
    group_of = {key: position for position, (key, _) in enumerate(ordered)}
    experiments: list[Experiment] = []
    for position, scenario in enumerate(scenarios):
        own = group_of[_key(scenario)]
        for plan in plans:
            if plan.number // worlds == own or scenario.name == reference:
                for replicate in range(replicates):
                    experiments.append(Experiment(len(experiments), position, plan.number, replicate))
    return Study(
        scenarios=tuple(scenarios),
        worlds=tuple(plans),
        experiments=tuple(experiments),
        seed=seed,
        replicates=replicates,
        settings=settings,
        reference=reference if any(scenario.name == reference for scenario in scenarios) else None,
    )


def _key(scenario: Scenario) -> str:
    return json.dumps(scenario.world_overrides, sort_keys=True)
