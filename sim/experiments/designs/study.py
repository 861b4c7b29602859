"""Which runs a study makes: world x scenario x replicate, numbered densely in that order and made on demand.

Nothing here holds a list of runs: a study of a million is a few arrays. Adding points to a design changes no number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, overload

from sim.errors import InputError
from sim.experiments.designs.points import Points, WorldKind, central_point, posterior_points, prior_points
from sim.experiments.designs.structures import REFERENCE, Structure
from sim.scenario import BASELINE, Scenario
from sim.settings import Settings

if TYPE_CHECKING:
    from sim.evidence.posterior import Posterior

BOUNDS = {"worlds": (1, 100_000), "replicates": (1, 1000), "seed": (0, 2**63 - 1)}
# Kinds of tables that a run can leave besides its row of outcomes.
GRAINS = ("series", "flows", "costs", "reasons", "revenue", "pairs", "persons")


@dataclass(frozen=True)
class WorldPlan:
    """One world of a study: which draw, under which overrides and structure. ``number`` is dense over the study."""

    number: int
    kind: WorldKind
    draw: int
    overrides: dict[str, float] = field(hash=False)
    structure: Structure = REFERENCE


@dataclass(frozen=True)
class Experiment:
    """One run: positions of its scenario and world in the study, and its replicate."""

    run: int
    scenario: int
    world: int
    replicate: int


class Worlds(Sequence[WorldPlan]):
    """The worlds of a study, each made when it is asked for: point by point, plain worlds before changed ones.

    Two are equal if their worlds are, as with any sequence of plain values.
    """

    def __init__(self, points: Points, groups: Sequence[dict[str, float]], structure: Structure = REFERENCE) -> None:
        self._points, self._groups, self._structure = points, groups, structure

    def __len__(self) -> int:
        return len(self._points) * len(self._groups)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Worlds):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # comparing takes long: nothing to look up by

    @overload
    def __getitem__(self, number: int) -> WorldPlan: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[WorldPlan]: ...
    def __getitem__(self, number: int | slice) -> WorldPlan | Sequence[WorldPlan]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        point, group = divmod(number, len(self._groups))
        fixed, point_values = self._groups[group], self._points.overrides(point)
        # What a scenario fixes is meant against any fit; what a sweep varies is meant against any scenario.
        overrides = point_values | fixed if self._points.kind == "posterior" else fixed | point_values
        return WorldPlan(number, self._points.kind, int(self._points.draws[point]), overrides, self._structure)


@dataclass(frozen=True)
class Study:
    """All that decides the runs of one results folder. Workers and threads are no part of it.

    ``keep``: the grains that are kept of each run besides its outcomes; pairs only where there is a reference.
    ``structure``: of the model, in all its worlds.
    """

    scenarios: tuple[Scenario, ...]
    points: Points
    seed: int
    replicates: int
    settings: Settings
    reference: str | None
    keep: frozenset[str] = frozenset(GRAINS)
    structure: Structure = REFERENCE

    @cached_property
    def _groups(self) -> tuple[dict[str, float], ...]:
        """World overrides that scenarios share, the plain ones first, whatever the order of the scenarios."""
        found: dict[str, dict[str, float]] = {}
        for scenario in self.scenarios:
            found.setdefault(_key(scenario), scenario.world_overrides)
        return tuple(value for _, value in sorted(found.items(), key=lambda item: item[0] != "{}"))

    @cached_property
    def _members(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the scenarios that run in the worlds of each group: its own, and the reference."""
        keys = [json.dumps(group, sort_keys=True) for group in self._groups]
        return tuple(
            tuple(
                position
                for position, scenario in enumerate(self.scenarios)
                if _key(scenario) == key or scenario.name == self.reference
            )
            for key in keys
        )

    @property
    def world_kind(self) -> WorldKind:
        """Central values of the parameters, or draws from their priors or the posterior."""
        return self.points.kind

    @property
    def can_compare(self) -> bool:
        """Whether there is a reference scenario and another one to compare with it."""
        return self.reference is not None and len(self.scenarios) > 1

    @property
    def worlds(self) -> Worlds:
        """All worlds, made on demand."""
        return Worlds(self.points, self._groups, self.structure)

    def fixed_in(self, world: int) -> dict[str, float]:
        """Return what scenarios fix in a world: parameter -> value; empty in the worlds that all others share."""
        return self._groups[world % len(self._groups)]

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return len(self.points) * self._runs_per_point

    @cached_property
    def _runs_per_point(self) -> int:
        return self.replicates * sum(len(members) for members in self._members)

    @cached_property
    def _first_of_group(self) -> tuple[int, ...]:
        """Runs of a point before those of each group."""
        firsts, total = [], 0
        for members in self._members:
            firsts.append(total)
            total += self.replicates * len(members)
        return tuple(firsts)

    def scenarios_of(self, world: int) -> tuple[int, ...]:
        """Return the positions of the scenarios that run in a world."""
        return self._members[world % len(self._groups)]

    def first_run(self, world: int) -> int:
        """Return the number of the first run of a world; the others follow: scenarios in order, replicates of each."""
        point, group = divmod(world, len(self._groups))
        return point * self._runs_per_point + self._first_of_group[group]

    def experiments_of(self, world: int) -> tuple[Experiment, ...]:
        """Return the runs of one world: scenarios in their order, replicates of each together."""
        first = self.first_run(world)
        return tuple(
            Experiment(first + nth * self.replicates + replicate, scenario, world, replicate)
            for nth, scenario in enumerate(self.scenarios_of(world))
            for replicate in range(self.replicates)
        )

    def experiment(self, run: int) -> Experiment:
        """Return one run by its number.

        Raises:
            IndexError: if there is no such run.
        """
        if not 0 <= run < self.n_runs:
            raise IndexError(run)
        point, within = divmod(run, self._runs_per_point)
        group = max(g for g, first in enumerate(self._first_of_group) if first <= within)
        world = point * len(self._groups) + group
        return self.experiments_of(world)[within - self._first_of_group[group]]

    def all_experiments(self) -> Iterator[Experiment]:
        """Yield every run in the order of their numbers."""
        for world in range(len(self.worlds)):
            yield from self.experiments_of(world)

    def reference_of(self, experiment: Experiment) -> Experiment | None:
        """Return the reference scenario's run in the same world and replicate; None for itself, or without one."""
        reference = self._reference_position
        if reference is None or experiment.scenario == reference:
            return None
        nth, world = self.scenarios_of(experiment.world).index(reference), experiment.world
        run = self.first_run(world) + nth * self.replicates + experiment.replicate
        return Experiment(run, reference, world, experiment.replicate)

    @cached_property
    def _reference_position(self) -> int | None:
        return next((n for n, scenario in enumerate(self.scenarios) if scenario.name == self.reference), None)

    def with_points(self, points: Points) -> Study:
        """Return the same study over other points."""
        return replace(self, points=points)


def design(
    scenarios: Sequence[Scenario],
    settings: Settings,
    *,
    seed: int,
    worlds: int,
    replicates: int,
    world_kind: WorldKind,
    reference: str = BASELINE,
    keep: frozenset[str] = frozenset(GRAINS),
    posterior: Posterior | None = None,
) -> Study:
    """Lay out a study in the central world, or in worlds drawn from the priors or from the ``posterior``.

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
        problems.append(
            f"--worlds: found {worlds}, but the central world is one; add --world posterior or prior to draw several."
        )
    if problems:
        raise InputError(problems)
    if world_kind == "posterior":
        assert posterior is not None, "worlds of the posterior need it"
        points = posterior_points(posterior, worlds, seed)
    else:
        points = central_point() if world_kind == "central" else prior_points(worlds)
    there = any(scenario.name == reference for scenario in scenarios)
    return Study(tuple(scenarios), points, seed, replicates, settings, reference if there else None, keep)


def _key(scenario: Scenario) -> str:
    return json.dumps(scenario.world_overrides, sort_keys=True)
