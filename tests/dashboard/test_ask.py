"""What a live run is asked for, and what it takes over from others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from sim.dashboard.ask import RECEIPT, RESULTS, RUNS, SHARDS, Ask
from sim.dashboard.board import Board, Choice, Policy

ONE = Board((Policy((Choice("r1"),)),))
OTHER = Board((Policy((Choice("r1"),)), Policy((Choice("r4", 0.5),))), worlds=48)


def shard(cache: Path, ask: Ask, name: str, *scenarios: str, whole: bool = True) -> Path:
    """A shard with runs of some scenarios."""
    folder = ask.prepare(cache) / RESULTS / SHARDS / name
    folder.mkdir(parents=True)
    pd.DataFrame({"scenario": scenarios}).to_parquet(folder / RUNS)
    if whole:
        (folder / RECEIPT).write_text("{}")
    return folder


def taken_over(cache: Path, ask: Ask) -> set[str]:
    ask.prepare(cache)
    ask.take_over(cache)
    return {path.name for path in (cache / ask.digest / RESULTS / SHARDS).glob("*")}


def test_runs_of_the_same_scenarios_are_taken_over_and_no_others(tmp_path):
    ask, source = Ask(OTHER, "model"), Ask(ONE, "model")
    (name,) = source.policies
    shard(tmp_path, source, "a", "baseline")
    shard(tmp_path, source, "b", "baseline", name)
    shard(tmp_path, source, "c", name)
    shard(tmp_path, source, "d", "policy_0123456789")
    shard(tmp_path, source, "e", name, whole=False)
    prepared = Ask(Board(), "model")
    shard(tmp_path, prepared, "f", "baseline")
    assert taken_over(tmp_path, ask) == {"a", "b", "c", "f"}
    assert (tmp_path / ask.digest / RESULTS / SHARDS / "a" / RUNS).stat().st_nlink == 2
    shard(tmp_path, prepared, "g", "baseline")  # made while this one waits in line
    assert taken_over(tmp_path, ask) == {"a", "b", "c", "f", "g"}


def test_nothing_is_taken_over_from_another_model_horizon_scale_or_world(tmp_path):
    source = Ask(ONE, "model")
    (name,) = source.policies
    shard(tmp_path, source, "a", "baseline", name)
    others = [replace(ONE, years=5), replace(ONE, scale=20), replace(ONE, world=(("talent.beta", 2.0),))]
    for ask in (Ask(ONE, "newer"), *(Ask(board, "model") for board in others)):
        assert taken_over(tmp_path, ask) == set()
    assert taken_over(tmp_path, Ask(replace(ONE, rivals=True), "model")) == {"a"}  # the same baseline


def test_without_a_policy_the_baseline_is_run_in_the_same_worlds(tmp_path):
    (file,) = Ask(Board(), "model").contents
    command = Ask(Board(), "model").command(tmp_path, 2)
    assert command[2:6] == ["run", str(tmp_path / "scenarios" / f"{file}.toml"), "--world", "posterior"]
    compared = Ask(ONE, "model").command(tmp_path, 2)
    assert compared[2] == "compare"
    assert [command[command.index(word) + 1] for word in ("--worlds", "--years", "--talent-scale")] == [
        "24",
        "10",
        "100",
    ]
