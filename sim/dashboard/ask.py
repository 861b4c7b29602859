"""What a live run is asked for: scenario files, options, and a digest under which its results are kept."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from sim.dashboard.board import Board, Policy
from sim.dashboard.scenario_text import BASELINE, baseline_content, policy_content, toml_text
from sim.input_files import read_text

ROOT = Path(__file__).parents[2]
ASK, FILES, RESULTS, LOG, DONE = "ask.json", "scenarios", "results", "log.txt", "done"
SHARDS, RECEIPT, RUNS = "shards", "receipt.json", "runs.parquet"
CHUNK_SECONDS = 1.0
"""Of work between two results of a live run: intervals narrow before one's eyes."""


@dataclass(frozen=True)
class Ask:
    """A comparison of the policies of a board with the baseline, in the same worlds.

    ``made_with``: digests of model and evidence; results of another model are other results.
    """

    board: Board
    made_with: str

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """Policies that change something, by scenario name; equal ones stand once."""
        return {policy_content(one, self.board)["name"]: one for one in self.board.policies if one.choices}

    @cached_property
    def contents(self) -> dict[str, dict[str, Any]]:
        """Content of the scenario files by name, the baseline first."""
        found = {BASELINE: baseline_content(self.board)}
        return found | {name: policy_content(policy, self.board) for name, policy in self.policies.items()}

    @property
    def options(self) -> dict[str, str]:
        """Options of the command that decide results."""
        board = self.board
        return {"--worlds": str(board.worlds), "--years": str(board.years), "--talent-scale": str(board.scale)}

    @cached_property
    def digest(self) -> str:
        """Digest of everything that decides the results."""
        text = json.dumps([self.contents, self.options, self.made_with], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def command(self, folder: Path, workers: int) -> list[str]:
        """The command line that makes the results; without a policy they are the runs of the baseline."""
        files = [str(folder / FILES / f"{name}.toml") for name in self.contents]
        options = [word for pair in self.options.items() for word in pair]
        options += ["--workers", str(workers), "--out", str(folder / RESULTS)]
        run = [sys.executable, str(ROOT / "run_sim.py")]
        if not self.policies:
            return [*run, "run", *files, "--world", "posterior", *options]
        return [*run, "compare", *files, *options, "--no-report", "--chunk-seconds", f"{CHUNK_SECONDS:g}"]

    def prepare(self, cache: Path) -> Path:
        """Make the folder of this ask in the cache, with its scenario files.

        Returns:
            the folder; it may hold results already.
        """
        folder = cache / self.digest
        (folder / FILES).mkdir(parents=True, exist_ok=True)
        for name, content in self.contents.items():
            (folder / FILES / f"{name}.toml").write_text(toml_text(content, {}), encoding="utf-8")
        note = {"contents": self.contents, "options": self.options, "made_with": self.made_with}
        (folder / ASK).write_text(json.dumps(note), encoding="utf-8")
        return folder

    def take_over(self, cache: Path) -> None:
        """Link what other asks have finished of the same runs: same model, horizon, scale and scenario.

        Runs are known by what decides them, so a shard can never bring a wrong one; a larger number of worlds uses a
        smaller one's too.
        """
        folder = cache / self.digest
        ours = {json.dumps(content, sort_keys=True): name for name, content in self.contents.items()}
        for path in sorted(cache.glob(f"*/{ASK}")):
            try:
                other = json.loads(read_text(path, "note"))
                if other["made_with"] != self.made_with or path.parent == folder:
                    continue
                if any(other["options"][name] != self.options[name] for name in ("--years", "--talent-scale")):
                    continue
                held = {json.dumps(content, sort_keys=True) for content in other["contents"].values()}
            except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue  # half-written, or of an older version
            wanted = {name for content, name in ours.items() if content in held}
            if wanted and _link_shards(path.parent / RESULTS / SHARDS, folder / RESULTS / SHARDS, wanted):
                with suppress(OSError):
                    path.touch()  # it was of use


def ready_command(workers: int) -> list[str]:
    """The command line that becomes a live run when it is told which."""
    return [sys.executable, "-m", "sim.cli.ready", str(workers)]


def report_command(results: Path, language: str) -> list[str]:
    """The command line that draws figures and report of finished results."""
    return [sys.executable, str(ROOT / "run_sim.py"), "report", str(results), "--lang", language]


def is_done(folder: Path) -> bool:
    """Whether the results of an ask are finished and whole."""
    return (folder / DONE).is_file()


def _link_shards(source: Path, target: Path, wanted: set[str]) -> bool:
    """Link the whole shards that hold a scenario wanted, each under its name only when all its files are there.

    Returns:
        whether there are any.
    """
    useful = False
    for shard in sorted(source.glob("*")):
        if not (shard / RECEIPT).is_file() or not wanted & _scenarios_in(shard):
            continue
        useful = True
        if (target / shard.name).exists():
            continue
        unfinished = target / f".{shard.name}.tmp"
        try:
            unfinished.mkdir(parents=True, exist_ok=True)
            for file in shard.iterdir():
                (unfinished / file.name).hardlink_to(file)
            unfinished.rename(target / shard.name)
        except OSError:  # it was joined with others meanwhile, or this disk knows no links
            with suppress(OSError):
                shutil.rmtree(unfinished)
    return useful


@lru_cache(maxsize=50_000)
def _scenarios_in(shard: Path) -> frozenset[str]:
    """Names of the scenarios whose runs a shard holds; none if it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return frozenset(map(str, pq.read_table(shard / RUNS, columns=["scenario"])["scenario"].to_pylist()))
    except (OSError, KeyError, pa.ArrowException):
        return frozenset()
