"""Identities: digests of all that decides a run. Equal identities mean equal results, whoever makes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.experiments.designs.study import Study, WorldPlan
    from sim.settings import Settings

RunId = bytes
SIZE = 16  # bytes of an identity


def identity(determinants: Mapping[str, object]) -> str:
    """Return a digest of named determinants: 32 signs, the same in any process."""
    text = json.dumps(determinants, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * SIZE]


def study_key(settings: Settings, seed: int, evidence_digest: str, code: str, versions: Mapping[str, str]) -> bytes:
    """Return the digest of what all runs of a study share. Threads are no part of it: they change no result."""
    return bytes.fromhex(
        identity(
            {
                "scales": [settings.talent_scale, settings.startup_scale],
                "years": settings.years,
                "seed": seed,
                "evidence": evidence_digest,
                "code": code,
                "versions": dict(versions),
            }
        )
    )


def world_key(plan: WorldPlan, seed: int, evidence_digest: str) -> bytes:
    """Return the digest of a world by what it is drawn from, without drawing it."""
    overrides = ",".join(f"{name}={float(value).hex()}" for name, value in sorted(plan.overrides.items()))
    text = f"{plan.kind}|{plan.draw}|{seed}|{evidence_digest}|{overrides}"
    if plan.structure.key:
        text += f"|{plan.structure.key}"
    return hashlib.blake2b(text.encode(), digest_size=SIZE).digest()


def pair_id(run: RunId, reference: RunId) -> RunId:
    """Return the identity of a run's pairs with a reference run."""
    return hashlib.blake2b(run + reference, digest_size=SIZE, person=b"pair").digest()


class Identities:
    """Identities of all runs of a study, made on demand.

    Args:
        study: whose runs.
        evidence_digest: of the evidence at hand.
        code: digest of the sources that can change a result.
    """

    def __init__(self, study: Study, evidence_digest: str, code: str) -> None:
        from sim.experiments.engine import NUMERIC, package_versions

        self._study, self._evidence = study, evidence_digest
        self._worlds = study.worlds
        self._prefix = hashlib.blake2b(
            study_key(study.settings, study.seed, evidence_digest, code, package_versions(NUMERIC)), digest_size=SIZE
        )
        replicates = range(study.replicates)
        self._suffixes = [
            [scenario.digest.encode() + b"|%d" % replicate for replicate in replicates] for scenario in study.scenarios
        ]
        self.of_world = lru_cache(maxsize=64)(self._of_world)

    def world_key(self, number: int) -> bytes:
        """Return the identity of a world by its number."""
        return world_key(self._worlds[number], self._study.seed, self._evidence)

    def _of_world(self, number: int) -> list[RunId]:
        """Return the identities of the runs of a world, in the order of ``Study.experiments_of``."""
        world = self._prefix.copy()
        world.update(self.world_key(number))
        found = []
        for scenario in self._study.scenarios_of(number):
            for suffix in self._suffixes[scenario]:
                run = world.copy()
                run.update(suffix)
                found.append(run.digest())
        return found
