"""Sources that are edited while a study runs: one sentence, nothing kept under a wrong name, and the study goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ChangedError
from sim.evidence import Evidence
from sim.experiments.designs.study import Study, design
from sim.experiments.running import loaded_sources, worker
from sim.experiments.running.executors import SerialExecutor, WorkerLost
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.model.levers import LEVERS
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, scenario


@dataclass(frozen=True)
class EditedEngine(FakeEngine):
    """A model in a file: its digest is the file's text. ``half``: the file as it is saved while the model loads."""

    half: bool = False

    def code_digest(self) -> str:
        return self.file.read_text()

    @property
    def file(self) -> Path:
        return self.log.parent / "sim" / "model" / "rules.py"

    def warm_up(self) -> None:
        if self.half:
            self.file.write_text("def broken(:")
            compile(self.file.read_text(), str(self.file), "exec")
        super().warm_up()


class LosingExecutor(SerialExecutor):
    """Its workers die before they begin."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        lost: Future[Any] = Future()
        lost.set_exception(WorkerLost(None, "The worker process died before it began a run."))
        return lost


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EditedEngine:
    monkeypatch.setattr(loaded_sources, "ROOT", tmp_path / "sim")
    loaded_sources._files_of.cache_clear()
    for name in ("log", "out", "sim/model", "sim/report"):
        (tmp_path / name).mkdir(parents=True)
    made = EditedEngine(tmp_path / "log")
    made.file.write_text("rate = 1\n")
    (tmp_path / "sim/report/page.py").write_text("")
    return made


def carry_out(
    engine: FakeEngine, evidence: Evidence, out: Path, worlds: int, executor: type[SerialExecutor] = SerialExecutor,
    after_note: Callable[[], object] = lambda: None,
) -> Outcome:  # fmt: skip
    """Drive a study; ``after_note``: what happens between the start of the driver and that of its workers."""

    def make(folder: Path) -> SerialExecutor:
        after_note()
        return executor()

    study: Study = design([scenario("baseline"), scenario("eased", [LEVERS["simplification"]()])], Settings(years=1),
                          seed=7, worlds=worlds, replicates=1, world_kind="prior")  # fmt: skip
    folder = StudyFolder(out, study, evidence, engine.code_digest())
    return folder.run(engine, Manner(1, executor=make), lambda outcome, doing: None)


def told(outcome: Outcome) -> str:
    """The one sentence or two that a user reads."""
    assert outcome.trouble is not None
    assert "Traceback" not in outcome.trouble
    assert len(outcome.trouble.splitlines()) == 1
    return outcome.trouble


def test_no_run_of_changed_sources_is_made_and_the_study_goes_on(
    engine: EditedEngine, evidence: Evidence, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert carry_out(engine, evidence, out, 1).made == 2
    outcome = carry_out(engine, evidence, out, 2, after_note=lambda: engine.file.write_text("rate = 2\n"))
    assert (outcome.made, outcome.finished, outcome.failures) == (0, 2, [])
    assert told(outcome).startswith("sim/model/rules.py changed while the study ran")
    assert str(out) in told(outcome)
    assert "Undo the change, and the same command makes the rest" in told(outcome)
    assert len(engine.calls("simulate")) == 2
    engine.file.write_text("rate = 1\n")  # undone
    again = carry_out(engine, evidence, out, 2)
    assert (again.reused, again.made, again.trouble) == (2, 2, None)
    engine.file.write_text("rate = 2\n")  # and with the change it is another study
    assert carry_out(engine, evidence, out, 2).reused == 0


@pytest.mark.parametrize("executor", [SerialExecutor, LosingExecutor])
def test_a_source_saved_by_halves_is_named_without_a_traceback(
    engine: EditedEngine, evidence: Evidence, tmp_path: Path, executor: type[SerialExecutor]
) -> None:
    half = EditedEngine(engine.log, half=True)
    change = (lambda: None) if executor is SerialExecutor else lambda: half.file.write_text("def broken(:")
    outcome = carry_out(half, evidence, tmp_path / "out", 1, executor, change)
    assert told(outcome).startswith("sim/model/rules.py changed while the study ran")
    assert (outcome.made, outcome.quarantined) == (0, 0)


def test_sources_that_no_worker_loads_may_be_edited(engine: EditedEngine, evidence: Evidence, tmp_path: Path) -> None:
    page = tmp_path / "sim/report/page.py"
    assert carry_out(engine, evidence, tmp_path / "out", 1, after_note=lambda: page.write_text("x = 1\n")).made == 2


def test_files_that_came_went_and_changed_are_named_few_at_a_time(engine: EditedEngine, tmp_path: Path) -> None:
    folder, model = tmp_path / "log", tmp_path / "sim/model"
    (model / "gone.py").write_text("")
    loaded_sources.note_sources(folder, "a code")
    assert loaded_sources.changed_since(folder) is None
    (model / "gone.py").unlink()
    (model / "new.py").write_text("")
    named = loaded_sources.changed_since(folder)
    assert named is not None
    assert named.startswith("sim/model/gone.py, sim/model/new.py changed")
    for name in ("a.py", "b.py"):
        (model / name).write_text("")
    assert str(loaded_sources.changed_since(folder)).startswith(
        "sim/model/a.py, sim/model/b.py, sim/model/gone.py and 1 more changed"
    )
    assert loaded_sources.changed_since(tmp_path / "no such folder") is None


def test_a_changed_extension_is_named(
    engine: EditedEngine, evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(folder: Path) -> None:
        raise ChangedError("extension 'gap' (gap.py)")

    monkeypatch.setattr(worker, "context_of", changed)
    outcome = carry_out(engine, evidence, tmp_path / "out", 1)
    assert told(outcome).startswith("extension 'gap' (gap.py) changed while the study ran")
