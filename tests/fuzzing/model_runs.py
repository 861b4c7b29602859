"""Runs of the model for commands that make runs again: those of the valid study once, so that hundreds can be tried.

A run is told by all that goes into it, not by its identity in the folder, which a damaged file may forge. Any other run
is made by the model, unless a damaged setting makes it a large one: then it is long work, which is left out.
"""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL = {"talent_scale": 1000, "startup_scale": 100, "years": 1}
"""Settings of the valid study."""
Made = tuple[Any, dict[str, float]]
HELD: dict[tuple[Any, ...], Made] = {}


def key_of(folder: Any, experiment: Any) -> tuple[Any, ...]:
    """Return all that goes into a run: world, seed, luck, settings, policy, structure."""
    from sim.experiments.engine import draw

    study = folder.study
    plan, scenario = study.worlds[experiment.world], study.scenarios[experiment.scenario]
    world = draw(plan, folder.evidence, study.seed)
    return (folder.evidence.digest, world.digest, study.seed, plan.draw, experiment.replicate, repr(study.settings),
            repr(scenario.levers), repr(scenario.rivals_respond), repr(study.structure))  # fmt: skip


def once(make: Callable[..., Made]) -> Callable[..., Made]:
    """Return a function that makes a run, or returns it if it was made before. ``make``: makes it."""

    def made(folder: Any, experiment: Any, engine: Any) -> Made:
        key = key_of(folder, experiment)
        if key not in HELD:
            settings = folder.study.settings
            if HELD and any(getattr(settings, name) != size for name, size in SMALL.items()):
                return next(iter(HELD.values()))
            HELD[key] = make(folder, experiment, engine)
        return HELD[key]

    return made


def hold(study: Path, version: str) -> None:
    """Have the runs of a valid study at hand, made in a process of its own: threads of the model are not forked.

    Args:
        study: its folder, beside which they are kept.
        version: of the sources that make them.
    """
    kept = study.with_name(f"runs-{version}.pickle")
    if not kept.is_file():
        process = multiprocessing.get_context("spawn").Process(target=_make, args=(study, kept))
        process.start()
        process.join()
        if process.exitcode:
            raise RuntimeError(f"the runs of the small study ended with {process.exitcode}")
    HELD.update(pickle.loads(kept.read_bytes()))


def _make(study: Path, kept: Path) -> None:
    from sim.evidence import load_evidence
    from sim.experiments.running import repeating
    from sim.experiments.running.runner import StudyFolder
    from sim.experiments.running.study_note import read_note
    from sim.extensions.engine import current_engine

    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(study, copy, dirs_exist_ok=True)
        evidence = load_evidence()
        note = read_note(Path(copy), evidence)
        folder = StudyFolder(Path(copy), note.study, evidence, note.code)
        found = {}
        for run in range(note.study.n_runs):
            experiment = note.study.experiment(run)
            found[key_of(folder, experiment)] = repeating._made_again(folder, experiment, current_engine())
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(found))
    part.replace(kept)
