"""Runs that raised, hung or killed their worker: one text file each, left alone until they are asked for again.

``quarantine/<run id>.txt`` says which run it was, how to repeat it alone, and why it is here. It names all that decided
the run, so a change of model or scenario is another run, which is tried.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.designs.structures import REFERENCE
from sim.experiments.designs.study import Experiment, Study
from sim.experiments.storage.atomic import write_text
from sim.input_files import read_text

if TYPE_CHECKING:
    from sim.experiments.storage.identity import RunId

NAME = "quarantine"
_FILE = re.compile(r"([0-9a-f]{32})\.txt")
RULE = "-" * 80


class Quarantine:
    """The quarantine of one results folder."""

    def __init__(self, results: Path) -> None:
        self._results = results
        self._folder = results / NAME

    @property
    def folder(self) -> Path:
        """Where its files lie, if there is one."""
        return self._folder

    def held(self) -> set[RunId]:
        """Return the runs that are in it."""
        if not self._folder.is_dir():
            return set()
        names = (_FILE.fullmatch(path.name) for path in self._folder.iterdir())
        return {bytes.fromhex(name[1]) for name in names if name}

    def put(self, run: RunId, experiment: Experiment, study: Study, why: str) -> None:
        """Write down a run and why it is here.

        Raises:
            OSError: if it cannot be written.
        """
        plan = study.worlds[experiment.world]
        scenario = study.scenarios[experiment.scenario]
        overrides, folder = json.dumps(plan.overrides), shlex.quote(str(self._results))
        structure = f", structure {plan.structure.name}" if plan.structure.name != REFERENCE.name else ""
        text = (
            f"run {experiment.run}: {scenario.name}, world {experiment.world}, replicate {experiment.replicate}\n"
            f"seed {study.seed}, {plan.kind} world, draw {plan.draw}, overrides {overrides}{structure}\n"
            f"repeat it alone: python run_sim.py rerun {folder} {experiment.run}\n{RULE}\n{why.strip()}\n"
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        write_text(self._path(run), text)

    def why(self, run: RunId) -> str:
        """Return why a run is here, its traceback if it has one."""
        try:
            text = read_text(self._path(run), "note")
        except FileNotFoundError:
            return "It was in quarantine; its file has gone."
        except (OSError, UnicodeDecodeError):
            return "It is in quarantine; its file cannot be read."
        return (text.partition(f"{RULE}\n")[2] or text).strip()

    def release(self, runs: Iterable[RunId]) -> None:
        """Forget runs: they are made, or are to be tried again."""
        for run in runs:
            self._path(run).unlink(missing_ok=True)
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _path(self, run: RunId) -> Path:
        return self._folder / f"{run.hex()}.txt"
