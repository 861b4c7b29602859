"""The runner: every run once, resumed, paired, and alive after crashes and signals."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.experiments.designs.study import Study, design
from sim.experiments.running.executors import ExecutorFailed, SerialExecutor, WorkerLost
from sim.experiments.running.loaded_sources import run_chunk
from sim.experiments.running.pool import DIED, MAKING
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.model.levers import LEVERS
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, scenario

TABLES = ("runs", "series", "flows", "costs", "pairs", "worlds")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def small(worlds: int = 2, replicates: int = 1, seed: int = 7, **overrides: float) -> Study:
    scenarios = [scenario("baseline"), scenario("eased", [LEVERS["simplification"]()], **overrides)]
    return design(scenarios, Settings(years=1), seed=seed, worlds=worlds, replicates=replicates, world_kind="prior")


def carry_out(
    study: Study, evidence: Evidence, out: Path, engine: FakeEngine, workers: int = 0, chunk_seconds: float = 20.0
) -> Outcome:
    out.mkdir(exist_ok=True)
    folder = StudyFolder(out, study, evidence, engine.code_digest())
    manner = Manner(workers, retry=True, chunk_seconds=chunk_seconds, executor=None if workers else serial)
    outcome = folder.run(engine, manner, lambda outcome, doing: None)
    if outcome.finished:
        assert folder.write_tables() is None
    return outcome


def serial(folder: Path) -> SerialExecutor:
    """Make runs in this process, where no test is about who makes them."""
    return SerialExecutor()


def failures_of(outcome: Outcome) -> dict[int, str]:
    return {experiment.run: why for experiment, why in outcome.failures}


def shard_of(out: Path, run: int) -> Path:
    """The shard that holds a run of the small study, by its number."""
    row = pd.read_parquet(out / "runs.parquet").set_index("run").loc[run]
    for path in (out / "shards").iterdir():
        held = pd.read_parquet(path / "runs.parquet")
        if ((held["scenario"] == row["scenario"]) & (held["draw"] == row["world"])).any():
            return path
    raise AssertionError(f"no shard holds run {run}")


def test_every_run_is_made_once_and_each_world_is_prepared_once(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    engine = FakeEngine(log)
    outcome = carry_out(small(replicates=2), evidence, tmp_path / "out", engine)
    assert outcome.failures == []
    assert not outcome.interrupted
    assert engine.calls("simulate") == [
        f"simulate {name} {world} {replicate}"
        for name in ("baseline", "eased") for world in (0, 1) for replicate in (0, 1)
    ]  # fmt: skip
    assert engine.calls("prepare") == ["prepare 0", "prepare 1"]
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert runs["run"].tolist() == list(range(8))
    assert runs["world"].tolist() == [0] * 4 + [1] * 4
    assert runs["scenario"].tolist() == ["baseline", "baseline", "eased", "eased"] * 2
    assert runs["replicate"].tolist() == [0, 1] * 4
    series = pd.read_parquet(tmp_path / "out" / "series.parquet")
    assert len(series) == 8 * 5 * 26
    assert series.columns[:3].tolist() == ["run", "quarter", "place"]


def test_tables_are_the_same_bytes_for_one_and_two_workers(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    # Three workers for two worlds, and chunks of one run: worlds are split, too.
    carry_out(small(), evidence, tmp_path / "1", FakeEngine(log))
    carry_out(small(), evidence, tmp_path / "3", FakeEngine(log), 3, chunk_seconds=1e-9)
    for table in TABLES:
        one, three = ((tmp_path / w / f"{table}.parquet").read_bytes() for w in ("1", "3"))
        assert one == three, table
    assert carry_out(small(seed=8), evidence, tmp_path / "other", FakeEngine(log)).finished
    assert (tmp_path / "other/runs.parquet").read_bytes() != (tmp_path / "1/runs.parquet").read_bytes()


def test_the_same_command_again_repeats_no_finished_run(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    engine, out = FakeEngine(log), tmp_path / "out"
    carry_out(small(worlds=4), evidence, out, engine, chunk_seconds=1e-9)
    before = {table: (out / f"{table}.parquet").read_bytes() for table in TABLES}
    # One receipt lost, one table cut short: the runs of both shards count as unfinished, here one each.
    (shard_of(out, 1) / "receipt.json").unlink()
    cut = shard_of(out, 7) / "flows.parquet"
    cut.write_bytes(cut.read_bytes()[:-9])
    again = carry_out(small(worlds=4), evidence, out, engine)
    assert again.reused == 6
    assert len(engine.calls("simulate")) == 8 + 2
    assert {table: (out / f"{table}.parquet").read_bytes() for table in TABLES} == before


@pytest.mark.long
def test_a_shard_found_damaged_when_it_is_read_is_made_again(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    engine, out = FakeEngine(log), tmp_path / "out"
    carry_out(small(worlds=4), evidence, out, engine, chunk_seconds=1e-9)
    before = (out / "flows.parquet").read_bytes()
    path = shard_of(out, 3) / "flows.parquet"
    content = bytearray(path.read_bytes())
    content[40] ^= 1  # the size is the same: the checksum of the page tells
    path.write_bytes(bytes(content))
    folder = StudyFolder(out, small(worlds=4), evidence, "1")
    assert folder.run(engine, Manner(1), lambda outcome, doing: None).made == 0
    assert folder.write_tables() == path.parent.name
    assert folder.run(engine, Manner(1), lambda outcome, doing: None).made == 1
    assert folder.write_tables() is None
    assert (out / "flows.parquet").read_bytes() == before


def test_another_seed_code_or_horizon_is_another_run(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    out = tmp_path / "out"
    carry_out(small(), evidence, out, FakeEngine(log))
    assert carry_out(small(seed=8), evidence, out, FakeEngine(log)).reused == 0
    assert carry_out(small(), evidence, out, FakeEngine(log, version="2")).reused == 0
    assert carry_out(small(worlds=3), evidence, out, FakeEngine(log)).reused == 4


def test_shards_of_another_study_are_cleaned_away(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    out = tmp_path / "out"
    carry_out(small(seed=8), evidence, out, FakeEngine(log))
    others = {path.name for path in (out / "shards").iterdir()}
    carry_out(small(), evidence, out, FakeEngine(log))
    leftover = out / "shards" / f".{socket.gethostname()}.99999999.0123abcd.tmp"
    leftover.mkdir()
    folder = StudyFolder(out, small(), evidence, "1")
    folder.forget_others()
    left = {path.name for path in (out / "shards").iterdir()}
    assert left
    assert not left & others
    assert not leftover.exists()
    assert folder.pending().left == 0


def test_a_run_that_raises_is_recorded_and_all_else_completes(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    outcome = carry_out(small(), evidence, tmp_path / "out", FakeEngine(log, raises="eased"))
    failures = failures_of(outcome)
    assert sorted(failures) == [1, 3]
    assert "RuntimeError: the talents went missing" in failures[1]
    assert pd.read_parquet(tmp_path / "out" / "runs.parquet")["run"].tolist() == [0, 2]
    assert len(list((tmp_path / "out" / "quarantine").iterdir())) == 2
    # Failed runs are tried again, finished ones are not.
    again = carry_out(small(), evidence, tmp_path / "out", FakeEngine(log))
    assert (again.reused, again.failures) == (2, [])
    assert not (tmp_path / "out" / "quarantine").exists()


@pytest.mark.long
def test_a_worker_that_dies_once_costs_nothing(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    engine = FakeEngine(log, dies=1, dies_once=True)
    outcome = carry_out(small(worlds=3), evidence, tmp_path / "out", engine, workers=2)
    assert outcome.failures == []
    assert outcome.finished == 6


@pytest.mark.long
def test_a_world_whose_worker_always_dies_is_given_up_alone(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    outcome = carry_out(small(worlds=3), evidence, tmp_path / "out", FakeEngine(log, dies=1), workers=2)
    assert failures_of(outcome) == {3: DIED.format(when=MAKING, how="it ended itself with code 9")}
    assert pd.read_parquet(tmp_path / "out" / "runs.parquet")["run"].tolist() == [0, 1, 2, 4, 5]


class LastWordLost(SerialExecutor):
    """Its worker dies once: its shard is in its place, but nobody hears of it."""

    silent = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        if fn is run_chunk and not self.silent:
            self.silent, future = True, Future()
            future.set_exception(WorkerLost(None, "killed"))
        return future


def test_what_a_worker_finished_before_it_died_is_not_made_again(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    engine = FakeEngine(log)
    folder = StudyFolder(tmp_path, small(worlds=3), evidence, "1")
    outcome = folder.run(engine, Manner(executor=lambda _: LastWordLost()), lambda outcome, doing: None)
    assert (outcome.finished, outcome.made, outcome.failures) == (6, 6, [])
    assert len(engine.calls("simulate")) == 6


class Ending(SerialExecutor):
    """What becomes of its first chunk: an error, or None for a task that is cancelled."""

    def __init__(self, end: Exception | None) -> None:
        self.ends = [end]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is not run_chunk or not self.ends:
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        if (end := self.ends.pop()) is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(end)
        return future


def test_a_task_that_is_cancelled_is_given_again(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    folder = StudyFolder(tmp_path, small(worlds=3), evidence, "1")
    outcome = folder.run(FakeEngine(log), Manner(executor=lambda _: Ending(None)), lambda outcome, doing: None)
    assert (outcome.finished, outcome.made, outcome.failures, outcome.trouble) == (6, 6, [], None)


@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        (OSError(errno.ENOSPC, "full"), "The results cannot be written: no space left on device."),
        (OSError("odd"), "The results cannot be written: odd."),
        (ExecutorFailed("The scheduler is gone."), "The scheduler is gone."),
        (ValueError("odd"), "ValueError: odd"),
    ],
    ids=["disk", "without a number", "executor", "anything"],
)
def test_a_chunk_that_is_not_kept_ends_the_work_and_the_same_command_makes_it(
    evidence: Evidence, tmp_path: Path, log: Path, end: Exception, trouble: str
) -> None:
    engine, tell = FakeEngine(log), lambda outcome, doing: None
    outcome = StudyFolder(tmp_path, small(), evidence, "1").run(engine, Manner(executor=lambda _: Ending(end)), tell)
    assert outcome.finished == 0
    told = (outcome.trouble or "").strip()
    assert told.splitlines()[-1] == trouble
    assert told.startswith("Traceback") == isinstance(end, ValueError)  # of what nobody thought of, where it was
    again = StudyFolder(tmp_path, small(), evidence, "1").run(engine, Manner(executor=serial), tell)
    assert (again.finished, again.trouble) == (4, None)


def test_a_model_that_cannot_be_loaded_ends_the_work_without_a_crash(
    evidence: Evidence, tmp_path: Path, log: Path
) -> None:
    outcome = carry_out(small(), evidence, tmp_path / "out", FakeEngine(log, unloadable=True))
    assert outcome.finished == 0
    assert outcome.trouble is not None
    assert "no model here" in outcome.trouble


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_runs_in_hand_alone_and_keeps_what_is_finished(
    evidence: Evidence, tmp_path: Path, log: Path, number: int
) -> None:
    sent: list[float] = []

    def interrupt() -> None:
        while not list((tmp_path / "out").glob("shards/*/receipt.json")):
            time.sleep(0.05)
        sent.append(time.monotonic())
        os.kill(os.getpid(), number)

    (tmp_path / "out").mkdir()
    threading.Thread(target=interrupt, daemon=True).start()
    handler = signal.getsignal(number)
    outcome = carry_out(small(worlds=40), evidence, tmp_path / "out", FakeEngine(log, seconds=0.3), workers=2)
    assert time.monotonic() - sent[0] < 6.0  # the work left takes 12 seconds or more
    assert outcome.interrupted
    assert 0 < outcome.finished < 80
    assert outcome.made == outcome.finished
    assert signal.getsignal(number) is handler
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert len(runs) == outcome.finished
    again = carry_out(small(worlds=2), evidence, tmp_path / "out", FakeEngine(log))
    assert again.reused == (runs["world"] < 2).sum()


def test_a_scenario_that_overrides_the_world_has_a_baseline_in_its_own_worlds(
    evidence: Evidence, tmp_path: Path, log: Path
) -> None:
    name, parameter = next((n, p) for n, p in evidence.parameters.items() if p.prior != "fixed")
    study = small(**{name: parameter.high})
    carry_out(study, evidence, tmp_path / "out", FakeEngine(log))
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    worlds = runs.groupby("scenario")["world"].agg(list).to_dict()
    # Plain worlds are even, those with the override odd: one more world changes no number.
    assert worlds == {"baseline": [0, 1, 2, 3], "eased": [1, 3]}
    values = pd.read_parquet(tmp_path / "out" / "worlds.parquet")
    fixed = values[values["parameter"] == name].set_index("world")["value"]
    assert (fixed[1], fixed[3]) == (parameter.high, parameter.high)
    assert fixed[0] != parameter.high
    # Only the override differs between a world and its twin.
    table = values.pivot(index="parameter", columns="world", values="value")
    assert (table[0] != table[1]).sum() == 1
    described = json.loads((tmp_path / "out" / "scenarios.json").read_text())
    assert described[1]["world"] == {name: parameter.high}


# ---- pairs -----------------------------------------------------------------------------------------------------


def pairs_of(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "pairs.parquet")


def test_pairs_add_up_to_what_the_lever_founded(evidence: Evidence, tmp_path: Path, log: Path) -> None:
    carry_out(small(replicates=2), evidence, tmp_path / "out", FakeEngine(log))
    pairs = pairs_of(tmp_path / "out")
    assert list(pairs) == ["world", "replicate", "scenario", "kind", "class", "place", "group", "count", "received"]
    created = pairs[pairs["class"] == "created"]
    assert created[["world", "replicate"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert set(created["scenario"]) == {"eased"}
    assert set(created["place"]) == {evidence.place_ids[0]}
    assert set(created["count"]) == {10}  # ten firms a lever
    assert set(pairs["class"]) == {"created", "same"}  # the same luck
    reached = pairs.groupby(["world", "replicate", "class"])["received"].sum().unstack()
    assert (reached["created"] == 0).all()
    assert (reached["same"] == 10).all()


def test_runs_made_before_their_reference_are_paired_without_being_made_again(
    evidence: Evidence, tmp_path: Path, log: Path
) -> None:
    engine, out, whole = FakeEngine(log), tmp_path / "out", small()
    alone = design(whole.scenarios[1:], whole.settings, seed=7, worlds=2, replicates=1, world_kind="prior")
    carry_out(alone, evidence, out, engine)
    assert not (out / "pairs.parquet").exists()
    assert carry_out(whole, evidence, out, engine).reused == 2
    carry_out(whole, evidence, tmp_path / "fresh", engine)
    assert (out / "pairs.parquet").read_bytes() == (tmp_path / "fresh" / "pairs.parquet").read_bytes()
    carry_out(alone, evidence, out, engine)
    assert not (out / "pairs.parquet").exists()  # no table is left that the runs do not bear out


def test_a_reference_that_fails_leaves_its_runs_unpaired_until_it_is_made(
    evidence: Evidence, tmp_path: Path, log: Path
) -> None:
    out = tmp_path / "out"
    assert failures_of(carry_out(small(), evidence, out, FakeEngine(log, raises="baseline"))).keys() == {0, 2}
    assert not (out / "pairs.parquet").exists()
    assert carry_out(small(), evidence, out, FakeEngine(log)).reused == 2
    assert set(pairs_of(out)["world"]) == {0, 1}


def test_runs_without_their_persons_are_made_again_when_pairs_are_asked_for(
    evidence: Evidence, tmp_path: Path, log: Path
) -> None:
    engine, out, whole = FakeEngine(log), tmp_path / "out", replace(small(), keep=frozenset({"pairs"}))
    alone = replace(whole, scenarios=whole.scenarios[1:], reference=None)
    carry_out(alone, evidence, out, engine)
    assert carry_out(whole, evidence, out, engine).reused == 2
    assert len(engine.calls("simulate eased")) == 4
    carry_out(whole, evidence, tmp_path / "fresh", engine)
    for table in ("pairs", "runs"):
        assert (out / f"{table}.parquet").read_bytes() == (tmp_path / "fresh" / f"{table}.parquet").read_bytes()
    assert not (out / "series.parquet").exists()


def test_a_scenario_in_its_own_worlds_is_paired_with_the_baseline_there(
    evidence: Evidence, tmp_path: Path, log: Path
) -> None:
    name, parameter = next((n, p) for n, p in evidence.parameters.items() if p.prior != "fixed")
    carry_out(small(**{name: parameter.high}), evidence, tmp_path / "out", FakeEngine(log))
    assert set(pairs_of(tmp_path / "out")["world"]) == {1, 3}
