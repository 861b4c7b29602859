"""Where a fault is tried: a results folder, the command of the user, and the same study without the fault."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.cli.options import common
from sim.cli.stopping import Stop
from sim.cli.study import carry_out
from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.designs.study import Study, design
from sim.experiments.running.executors import SerialExecutor
from sim.experiments.running.runner import Manner
from sim.scenario import Scenario, scenario_of
from sim.settings import Settings
from tests.experiments.faults import folder_checks as checks
from tests.experiments.faults.faulty_engine import FaultyEngine

REFERENCE, WORLDS = "plain", 3
# Every chunk one run: many shards, and a fault meets a folder in which something is finished.
MANNER = Manner(1, retry=True, chunk_seconds=1e-9)


def serial(folder: Path) -> SerialExecutor:
    """Make runs in this process: for faults that are not about processes."""
    return SerialExecutor()


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit code and all that it wrote to the user."""

    code: int
    text: str

    def sentence(self, part: str) -> str:
        """Return the line that says ``part``, as the proof that the user is told.

        Raises:
            AssertionError: if no line does, or the user is shown a crash.
        """
        found = next((line for line in self.text.splitlines() if part in line), None)
        assert found is not None, f"not said: {part!r} in {self.text!r}"
        return found.strip()


@dataclass
class Stage:
    """A folder for one fault. ``expected``: the tables of the study without it."""

    folder: Path
    evidence: Evidence
    expected: dict[str, str]
    out: Path = field(init=False)
    engine: FaultyEngine = field(init=False)

    def __post_init__(self) -> None:
        self.out = self.folder / "out"
        log = self.folder / "log"
        log.mkdir(parents=True, exist_ok=True)
        self.engine = FaultyEngine(log)

    def command(self, fault: str = "", workers: int = 0, study: Study | None = None, **manner: Any) -> Said:
        """Carry out the study, with a fault in one run; in this process if there are no workers."""
        chosen = replace(MANNER, **manner)
        chosen = replace(chosen, workers=workers or 1, executor=chosen.executor or (None if workers else serial))
        return said(
            lambda: carry_out(
                study or small_study(self.evidence), self.evidence, common(10, 1, 1, WORLDS, 1, 7, 1, 1, self.out),
                engine=replace(self.engine, fault=fault), manner=chosen,
            )
        )  # fmt: skip

    def whole(self, **manner: Any) -> None:
        """The same command without the fault makes the rest, and leaves what the undisturbed study leaves.

        Raises:
            AssertionError: if anything is lost, made again, different, unreadable or left behind.
        """
        answer = self.command(**manner)
        assert answer.code == 0, answer.text
        assert checks.tables(self.out) == self.expected
        self.sound()

    def sound(self, made_again: int = 0) -> None:
        """What is there can be read, nothing is left behind, and no run but those of damaged shards is made twice."""
        assert checks.unreadable(self.out) == []
        assert checks.leftovers(self.out) == []
        assert len(checks.made_again(self.out, self.engine.log)) == made_again

    def kept(self) -> set[str]:
        """Return the runs that lie in shards, as "scenario draw replicate"."""
        return set(checks.kept_runs(self.out))

    def shard_of(self, run: str) -> Path:
        """Return the shard that holds a run, of those that hold one alone."""
        import pyarrow.parquet as pq

        for name in checks.shards(self.out):
            path = self.out / "shards" / name
            row = pq.read_table(path / "runs.parquet").to_pylist()[0]
            if f"{row['scenario']} {row['draw']} {row['replicate']}" == run:
                return path
        raise AssertionError(f"no shard holds {run}")


def said(call: Callable[[], int]) -> Said:
    """Return what a command answers, as ``sim.cli.main`` passes it on."""
    written = io.StringIO()
    with contextlib.redirect_stderr(written), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = call()
        except InputError as error:
            code = 2
            print(*error.problems, sep="\n", file=written)
        except Stop as stop:
            code = 130
            print(f"Stopped. {stop}", file=written)
    return Said(code, written.getvalue())


def small_scenario(name: str, evidence: Evidence) -> Scenario:
    """Return a scenario as a file would state it, so that the folder can say what it holds."""
    content: dict[str, Any] = {"name": name, "title": name, "question": "?", "expected": "none"}
    if name != REFERENCE:
        content["levers"] = {"simplification": {}}
    return scenario_of(content, Path(f"{name}.toml"), evidence)


def small_study(evidence: Evidence, worlds: int = WORLDS, more: tuple[str, ...] = ()) -> Study:
    """Return three scenarios in three worlds, paired with one that draws no report."""
    scenarios = [small_scenario(name, evidence) for name in (REFERENCE, "eased", "other", *more)]
    return design(scenarios, Settings(years=1), seed=7, worlds=worlds, replicates=1, world_kind="prior",
                  reference=REFERENCE)  # fmt: skip


def undisturbed_tables(folder: Path, evidence: Evidence) -> dict[str, str]:
    """Return the tables of the study without any fault."""
    stage = Stage(folder, evidence, {})
    answer = stage.command()
    assert answer.code == 0, answer.text
    return checks.tables(stage.out)


@contextlib.contextmanager
def instead(owner: Any, name: str, value: Any) -> Any:
    """Put something else in the place of an attribute for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield before
    finally:
        setattr(owner, name, before)


def process_gone(pid: int) -> bool:
    """Whether a process is gone, or waits only to be counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def another_host() -> str:
    """Return a host name that is not this machine's."""
    return f"not-{os.uname().nodename}"
