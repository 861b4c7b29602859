"""What is left to make of a study, handed out in chunks: by world, the reference scenario's runs first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.designs.study import Study
from sim.experiments.running.chunks import Chunk, RunTask, WorldPart

if TYPE_CHECKING:
    from sim.experiments.storage.identity import Identities, RunId
    from sim.experiments.storage.ledger import Ledger

BLOCK = 20_000  # runs whose state is looked up at once


class Pending:
    """The runs of a study that are not finished.

    Two flags a run are held, nothing else: a million runs take two megabytes.

    Args:
        study: whose runs.
        identities: of its runs.
        ledger: what is finished.
        quarantined: runs to leave alone.
        part: (i, n): only the worlds whose number leaves the rest i - 1 when divided by n.

    Attributes:
        missing: (runs,) bool: still to be made.
        quarantined: (runs,) bool: left alone.
        planned: number of runs of this part.
        left: how many are missing.
        unpaired: how many of these are made, and lack their pairs alone.
    """

    def __init__(
        self, study: Study, identities: Identities, ledger: Ledger, quarantined: Set[RunId] = frozenset(),
        part: tuple[int, int] = (1, 1),
    ) -> None:  # fmt: skip
        self._study, self._identities, self._ledger = study, identities, ledger
        self._mine = range(part[0] - 1, len(study.worlds), part[1])
        pairs = "pairs" in study.keep and study.can_compare
        self._reference = next(
            (n for n, scenario in enumerate(study.scenarios) if pairs and scenario.name == study.reference), None
        )
        self._keep = study.keep - {"pairs"}
        self.missing, self.quarantined = np.zeros(study.n_runs, bool), np.zeros(study.n_runs, bool)
        self.planned = self.unpaired = 0
        self._find(quarantined)
        self.left = int(self.missing.sum())
        self._held: list[Chunk] = []
        self._fresh = self._fresh_parts()

    def take(self, runs: float, world_cost: float = 0.0) -> Chunk | None:
        """Return the next chunk; None if nothing can be made now.

        Args:
            runs: how many it shall have, at least one.
            world_cost: starting a world takes as long as so many runs.
        """
        for position, chunk in enumerate(self._held):
            parts = [self._with_persons(part) for part in chunk.parts]
            if all(part is not None for part in parts):
                del self._held[position]
                return self._cut([part for part in parts if part is not None], runs, world_cost)
        parts_found: list[WorldPart] = []
        spent = 0.0
        while spent < runs and (fresh := next(self._fresh, None)) is not None:
            parts_found.append(fresh)
            spent += world_cost + len(fresh.runs)
        return self._cut(parts_found, runs, world_cost) if parts_found else None

    def worlds_left(self) -> int:
        """Return the number of worlds with runs to make."""
        firsts = [self._study.first_run(world) for world in self._mine]
        sizes = [len(self._study.scenarios_of(world)) * self._study.replicates for world in self._mine]
        return sum(bool(self.missing[first : first + size].any()) for first, size in zip(firsts, sizes, strict=True))

    def again(self, chunks: Iterable[Chunk]) -> None:
        """Take chunks back: their runs were not made."""
        self._held[:0] = list(chunks)

    def there(self, chunk: Chunk) -> list[RunTask]:
        """Return the runs of a chunk that are finished by now, with all that is to be kept of them."""
        from sim.experiments.storage.identity import pair_id

        tasks = chunk.tasks()
        ids = [task.id for task in tasks]
        whole, full = (self._ledger.finished(self._keep | more).which(ids) for more in (set(), {"persons"}))
        paired = self._ledger.paired()
        return [
            task
            for task, kept, with_persons in zip(tasks, whole, full, strict=True)
            if (with_persons if task.persons else kept)
            and (task.reference is None or pair_id(task.id, task.reference) in paired)
        ]

    def ended(self, tasks: Iterable[RunTask], quarantined: bool = False) -> None:
        """Note runs that are made, or that are left alone from now on."""
        for task in tasks:
            run = task.experiment.run
            self.left -= int(self.missing[run])
            self.missing[run] = False
            self.quarantined[run] |= quarantined

    def _find(self, quarantined: Set[RunId]) -> None:
        """Mark the runs that are missing: without all that is to be kept of them, or without their pairs."""
        whole, paired = self._ledger.finished(self._keep), self._ledger.paired()
        with_persons = self._ledger.finished(self._keep | {"persons"})
        for block in self._blocks():
            runs, ids, pairs, is_reference = self._block(block)
            there = np.asarray(whole.which(ids))
            if quarantined:
                self.quarantined[runs] = [run in quarantined for run in ids]
            if self._reference is not None:
                made = np.where(is_reference, np.asarray(with_persons.which(ids)), there)
                there = made & (is_reference | np.asarray(paired.which(pairs)) | self._alone(block))
                self.unpaired += int((made & ~there & ~self.quarantined[runs]).sum())
            self.missing[runs] = ~there & ~self.quarantined[runs]
            self.planned += len(runs)

    def _blocks(self) -> Iterator[list[int]]:
        """Yield the worlds of this part in lists of some runs together."""
        block: list[int] = []
        size = 0
        for world in self._mine:
            block.append(world)
            size += len(self._study.scenarios_of(world)) * self._study.replicates
            if size >= BLOCK:
                yield block
                block, size = [], 0
        if block:
            yield block

    def _block(self, worlds: list[int]) -> tuple[np.ndarray, list[RunId], list[RunId], np.ndarray]:
        """Return of the runs of some worlds: numbers, identities, those of their pairs, whether they are references."""
        from sim.experiments.storage.identity import pair_id

        numbers: list[int] = []
        ids: list[RunId] = []
        pairs: list[RunId] = []
        flags: list[bool] = []
        for world in worlds:
            found = self._identities.of_world(world)
            first = self._study.first_run(world)
            numbers += range(first, first + len(found))
            ids += found
            if self._reference is not None:
                own = self._references(world, found)
                pairs += [pair_id(run, other) for run, other in zip(found, own, strict=True)]
                flags += [run == other for run, other in zip(found, own, strict=True)]
        return np.array(numbers, np.int64), ids, pairs, np.array(flags, bool)

    def _references(self, world: int, ids: list[RunId]) -> list[RunId]:
        """Return the run that each run of a world is paired with; its own identity for a reference."""
        if self._reference is None:
            return ids
        replicates = self._study.replicates
        first = self._study.scenarios_of(world).index(self._reference) * replicates
        return [ids[first + n % replicates] for n in range(len(ids))]

    def _alone(self, worlds: list[int]) -> np.ndarray:
        """Return for the runs of some worlds whether their reference is left alone, so that no pair can come."""
        flags: list[bool] = []
        for world in worlds:
            scenarios, replicates = self._study.scenarios_of(world), self._study.replicates
            assert self._reference is not None
            first = self._study.first_run(world) + scenarios.index(self._reference) * replicates
            flags += self.quarantined[first : first + replicates].tolist() * len(scenarios)
        return np.array(flags, bool)

    def _fresh_parts(self) -> Iterator[WorldPart]:
        """Yield the missing runs world by world, references first."""
        for world in self._mine:
            runs = self._study.experiments_of(world)
            if not self.missing[runs[0].run : runs[-1].run + 1].any():
                continue
            ids = self._identities.of_world(world)
            references = self._references(world, ids)
            made_in = self._made(world, ids)
            tasks = []
            for run, own, other in zip(runs, ids, references, strict=True):
                if self.missing[run.run]:
                    is_reference = self._reference is not None and own == other
                    tasks.append(
                        RunTask(
                            run, own, None if own == other else other,
                            persons=is_reference or "persons" in self._keep,
                            made_in=None if is_reference else made_in.get(own),
                        )
                    )  # fmt: skip
            tasks.sort(key=lambda task: task.reference is not None)
            part = WorldPart(self._study.worlds[world], self._identities.world_key(world), tuple(tasks))
            ready = self._with_persons(part)
            if ready is None:  # its reference is being made elsewhere
                self._held.append(Chunk((part,)))
            else:
                yield ready

    def _made(self, world: int, ids: list[RunId]) -> dict[RunId, str]:
        """Return run -> shard of the runs of a world that lack nothing but their pairs and left their persons."""
        if self._reference is None:
            return {}
        whole = self._ledger.finished(self._keep | {"persons"}).which(ids)
        return self._ledger.where([run for run, there in zip(ids, whole, strict=True) if there], "persons")

    def _with_persons(self, part: WorldPart) -> WorldPart | None:
        """Return a part with the shards of the references that it needs; None if one of them is still being made."""
        own = {task.id for task in part.runs}
        needed = {task.reference for task in part.runs if task.reference is not None} - own
        if not needed:
            return part
        persons = self._ledger.where(sorted(needed), "persons")
        if any(self._is_missing(part.plan.number, run) for run in needed - persons.keys()):
            return None
        return replace(part, persons=persons)

    def _is_missing(self, world: int, run: RunId) -> bool:
        return bool(self.missing[self._study.first_run(world) + self._identities.of_world(world).index(run)])

    def _cut(self, parts: list[WorldPart], runs: float, world_cost: float) -> Chunk:
        """Return a chunk of about so many runs; what is beyond that waits."""
        room = runs
        for position, part in enumerate(parts):
            room -= world_cost
            keep = max(1 if position == 0 else 0, int(room))
            if keep < len(part.runs):
                head, tail = part.runs[:keep], part.runs[keep:]
                rest = [replace(part, runs=tail), *parts[position + 1 :]]
                # In front: a world that has begun is ended before another begins.
                self._held[:0] = [Chunk((one,)) for one in rest]
                return Chunk((*parts[:position], *([replace(part, runs=head)] if head else [])))
            room -= len(part.runs)
        return Chunk(tuple(parts))
