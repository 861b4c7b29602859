"""The manifest of a results folder: everything needed to make it again, and how it went.

It is the only file of the folder that knows times, versions and failures.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.experiments.engine import draw, package_versions
from sim.experiments.storage.atomic import write_text
from sim.extensions.naming import KEY, noted
from sim.input_files import read_text
from sim.shipped import IS_CHECKOUT, ROOT

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study
    from sim.experiments.running.runner import Outcome, StudyFolder

NAME = "manifest.json"
MOST_LISTED = 1000
SOURCES = (".", ":(exclude)results")  # for git: no run depends on the reference results, which are tracked too


def write_manifest(
    folder: StudyFolder, outcome: Outcome, *, workers: int, started: datetime, wall_seconds: float
) -> None:
    """Write manifest.json. ``timings`` are seconds per process over all runs; wall time is this command's.

    Worlds, timings and facts of the worlds' starts are listed up to ``MOST_LISTED`` worlds; beyond that the tables
    and the shards' receipts hold them.
    """
    study, evidence = folder.study, folder.evidence
    commit, changed = git_state()
    settings = study.settings
    timings, facts = _times_and_facts(folder, outcome)
    content: dict[str, Any] = {
        "version": __version__,
        "commit": commit,
        "uncommitted_changes": changed,
        "digests": {
            "scenarios": {scenario.name: scenario.digest for scenario in study.scenarios},
            "evidence": evidence.digest,
            "code": folder.code,
        },
        "seed": study.seed,
        "reference": study.reference,
        "settings": {
            "talent_scale": settings.talent_scale,
            "startup_scale": settings.startup_scale,
            "years": settings.years,
            "replicates": study.replicates,
            "world_kind": study.world_kind,
            "structure": study.structure.name,
        },
        "posterior": posterior_entry(study, evidence),
        "kept": sorted(study.keep),
        "workers": workers,
        "threads": settings.threads,
        "n_worlds": len(study.worlds),
        "worlds": [
            {
                "world": plan.number,
                "kind": plan.kind,
                "draw": plan.draw,
                "overrides": study.fixed_in(plan.number),
                "digest": draw(plan, evidence, study.seed).digest,
            }
            for plan in study.worlds[:MOST_LISTED]
        ],
        "runs_planned": outcome.planned,
        "runs_finished": outcome.finished,
        "runs_reused": outcome.reused,
        "interrupted": outcome.interrupted,
        "failures": [
            {
                "run": experiment.run,
                "scenario": study.scenarios[experiment.scenario].name,
                "world": experiment.world,
                "replicate": experiment.replicate,
                "why": text,
            }
            for experiment, text in outcome.failures
        ],
        "packages": package_versions(),
        "started": started.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 1),
        "timed_runs": folder.ledger.counts().runs,
        "timings": {name: round(seconds, 3) for name, seconds in timings.items()},
        "facts": facts,
    }
    if kept := noted():
        content[KEY] = kept
    write_text(folder.results / NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def posterior_entry(study: Study, evidence: Evidence) -> dict[str, Any] | None:
    """Return what worlds of a posterior rest on, with why it is ``stale`` (a list, empty if it is not); else None."""
    from sim.evidence.posterior import Posterior

    fit = study.points.fit
    if study.world_kind != "posterior" or fit is None:
        return None
    return {**fit, "stale": Posterior(study.points.names, study.points.values, fit).doubts(evidence)}


def _times_and_facts(folder: StudyFolder, outcome: Outcome) -> tuple[Counter[str], dict[str, dict[str, float]]]:
    """Return seconds by process over all runs in the shards, and the facts of each world's start."""
    timings: Counter[str] = Counter({"prepare_start": outcome.prepare_seconds})
    facts: dict[str, dict[str, float]] = {}
    worlds = range(min(len(folder.study.worlds), MOST_LISTED))
    keys = {folder.identities.world_key(world).hex(): world for world in worlds}
    for receipt in folder.ledger.receipts():
        timings.update(receipt["timings"])
        facts |= {str(keys[key]): found for key, found in receipt["facts"].items() if key in keys}
    return timings, {world: facts[world] for world in sorted(facts, key=int)}


def read_manifest(results: Path) -> dict[str, Any] | None:
    """Return the manifest of a results folder, or None if there is none that can be read."""
    try:
        content = json.loads(read_text(results / NAME, "note"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def git_state() -> tuple[str | None, bool | None]:
    """Return the commit and whether tracked files, results aside, changed since; (None, None) without a repository."""
    if not IS_CHECKOUT:  # a repository that an installed package lies in is somebody else's
        return None, None
    try:
        commit, status = (
            subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True).stdout
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no", "--", *SOURCES])
        )
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit.strip(), bool(status.strip())
