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
from sim.experiments.design import Study
from sim.experiments.engine import draw, package_versions
from sim.experiments.runner import Outcome
from sim.experiments.store import Store, write_text

if TYPE_CHECKING:
    from sim.evidence import Evidence

ROOT = Path(__file__).parents[2]
NAME = "manifest.json"


def write_manifest(
    results: Path, study: Study, evidence: Evidence, store: Store, outcome: Outcome, *,
    workers: int, started: datetime, wall_seconds: float,
) -> None:  # fmt: skip
    """Write manifest.json. ``timings`` are seconds per process over all runs; wall time is this command's."""
    commit, changed = git_state()
    settings = study.settings
    timings: Counter[str] = Counter({"prepare_start": outcome.prepare_seconds})
    facts: dict[str, dict[str, float]] = {}
    for experiment in outcome.finished:
        receipt = store.receipt(outcome.names[experiment.run])
        if receipt is not None:
            timings.update(receipt["timings"])
            facts.setdefault(str(experiment.world), receipt["facts"])
    content: dict[str, Any] = {
        "version": __version__,
        "commit": commit,
        "uncommitted_changes": changed,
        "digests": {
            "scenarios": {scenario.name: scenario.digest for scenario in study.scenarios},
            "evidence": evidence.digest,
            "code": outcome.code,
        },
        "seed": study.seed,
        "reference": study.reference,
        "settings": {
            "talent_scale": settings.talent_scale,
            "startup_scale": settings.startup_scale,
            "years": settings.years,
            "replicates": study.replicates,
            "world_kind": study.world_kind,
        },
        "workers": workers,
        "threads": settings.threads,
        "n_worlds": len(study.worlds),
        "worlds": [
            {
                "world": plan.number,
                "kind": plan.kind,
                "draw": plan.draw,
                "overrides": plan.overrides,
                "digest": draw(plan, evidence, study.seed).digest,
            }
            for plan in study.worlds
        ],
        "runs_planned": len(study.experiments),
        "runs_finished": len(outcome.finished),
        "runs_reused": outcome.reused,
        "interrupted": outcome.interrupted,
        "failures": [
            {
                "run": run,
                "scenario": study.scenarios[study.experiments[run].scenario].name,
                "world": study.experiments[run].world,
                "replicate": study.experiments[run].replicate,
                "why": text,
            }
            for run, text in sorted(outcome.failures.items())
        ],
        "packages": package_versions(),
        "started": started.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 1),
        "timings": {name: round(seconds, 3) for name, seconds in timings.items()},
        "facts": facts,
    }
    write_text(results / NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_manifest(results: Path) -> dict[str, Any] | None:
    """Return the manifest of a results folder, or None if there is none that can be read."""
    try:
        content = json.loads((results / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def git_state() -> tuple[str | None, bool | None]:
    """Return the commit and whether tracked files were changed since; (None, None) without a repository."""
    try:
        commit, status = (
            subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True).stdout
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit.strip(), bool(status.strip())
