"""What a live run has brought so far: its progress, and the comparison over the worlds that have landed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.analysis.compare import HEADLINES, compare
from sim.analysis.reading import read_comparison
from sim.analysis.unfinished import read_shards, shards_in
from sim.dashboard.ask import RESULTS
from sim.errors import InputError
from sim.input_files import read_text

SHOWN = (
    *HEADLINES, "net_public_balance", "public_cost_state", "city_programmes", "public_recovered", "private_cost",
    "net_public_balance_without_contributions",
)  # fmt: skip
"""Outcomes compared while runs land: those of the headlines and of the public accounts."""


@dataclass(frozen=True)
class Progress:
    """How far the command says that it is; ``seconds_left``: None while there is no pace."""

    doing: str
    finished: int
    planned: int
    seconds_left: float | None


def progress_of(folder: Path) -> Progress | None:
    """Progress of an ask; None before its command has said anything."""
    try:
        note = json.loads(read_text(folder / RESULTS / "progress.json", "note"))
        left = note["seconds_left"]
        return Progress(
            str(note["state"]), int(note["finished"]), int(note["planned"]), None if left is None else float(left)
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def landed(folder: Path) -> int:
    """Number of shards so far: it grows when worlds land."""
    return len(shards_in(folder / RESULTS))


def partial_comparison(folder: Path, scenarios: tuple[str, ...], worlds: int) -> pd.DataFrame | None:
    """Compare with the baseline over the worlds that have every scenario so far, outcomes ``SHOWN`` only.

    Args:
        folder: of the ask.
        scenarios: names, the baseline first.
        worlds: how many were asked for.

    Returns:
        as :func:`sim.analysis.compare.compare`; None while no world is complete.
    """
    runs = landed_runs(folder, scenarios, worlds)
    if runs is None:
        return None
    columns = ["run", "scenario", "world", "replicate", *(name for name in SHOWN if name in runs)]
    return compare(runs[columns])


def landed_runs(folder: Path, scenarios: tuple[str, ...], worlds: int) -> pd.DataFrame | None:
    """Runs of the worlds that have every scenario so far: ``id, run, scenario, world, replicate`` and outcomes.

    Args:
        folder: of the ask; its command may be writing.
        scenarios: names, the baseline first.
        worlds: how many were asked for.

    Returns:
        one row a run, numbered world by world; None while no world is complete.
    """
    try:
        found = read_shards(folder / RESULTS, "runs")
    except (InputError, OSError):
        return None
    names = found["scenario"].astype(str)
    wanted = names.isin(scenarios) & (found["draw"] < worlds)
    ours = found[wanted].assign(scenario=names[wanted])
    # Shards taken over from a study in which more was asked hold other worlds and policies, too.
    have = Counter(zip(ours["draw"], ours["replicate"], strict=True))
    whole = {pair for pair, count in have.items() if count == len(scenarios)}
    keep = [pair in whole for pair in zip(ours["draw"], ours["replicate"], strict=True)]
    order = ours["scenario"].map({name: nth for nth, name in enumerate(scenarios)})
    ours = ours.assign(order=order)[keep].sort_values(["draw", "replicate", "order"], kind="stable")
    if ours.empty:
        return None
    del ours["order"]
    return ours.rename(columns={"draw": "world"}).assign(run=range(len(ours)))


def whole_comparison(folder: Path) -> pd.DataFrame:
    """The comparison of a finished ask.

    Raises:
        InputError: if it is damaged or was removed.
    """
    return read_comparison(folder / RESULTS / "comparison.csv")


def last_words(folder: Path, most: int = 12) -> str:
    """Last lines that the command said, for when it failed."""
    try:
        text = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-most:])
