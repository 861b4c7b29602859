"""The table of ``run --profile``: where the time of a run goes, process by process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from sim.experiments.manifest import read_manifest

START = "prepare_start"  # made once a world, by the manifest's timings


def process_times(timings: Mapping[str, float], runs: int) -> list[tuple[str, float, float]]:
    """Return process, seconds per run and share of a run's time, in the order in which processes act.

    Args:
        timings: seconds over all runs by process, as the manifest keeps them.
        runs: how many runs they are of.
    """
    own = {name: seconds for name, seconds in timings.items() if name != START}
    total = sum(own.values())
    return [(name, seconds / max(runs, 1), seconds / total if total else 0.0) for name, seconds in own.items()]


def times_table(results: Path) -> Table:
    """Return the table of a results folder, from its manifest; runs that were used again count as when made."""
    manifest = read_manifest(results) or {}
    timings, runs, worlds = manifest.get("timings", {}), manifest.get("timed_runs", 0), manifest.get("n_worlds", 0)
    lines = process_times(timings, runs)
    table = Table(title=f"Time by process, mean over {runs} run{'s' * (runs != 1)}", box=box.SIMPLE)
    table.add_column("process")
    for heading in ("seconds per run", "share"):
        table.add_column(heading, justify="right")
    for name, seconds, share in lines:
        table.add_row(name, f"{seconds:.3f}", f"{100.0 * share:.1f}%")
    table.add_section()
    table.add_row("all", f"{sum(seconds for _, seconds, _ in lines):.3f}", "100.0%")
    table.add_row(f"{START}, once a world", f"{timings.get(START, 0.0) / max(worlds, 1):.3f}", "")
    return table


def show_times(results: Path, console: Console) -> None:
    """Print what a command prints without ``--profile``, and the table."""
    from sim.cli.study import show_headlines

    show_headlines(results, console)
    console.print(times_table(results))
