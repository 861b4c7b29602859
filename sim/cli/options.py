"""The options that all commands share, each stated once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import InputError
from sim.settings import Settings

_ROOT = Path(__file__).parents[2]


def _of_project(name: str) -> Path:
    """A folder of the project, by its short name when the project's folder is the current one."""
    return Path(name) if Path.cwd() == _ROOT else _ROOT / name


RESULTS = _of_project("results")
SCENARIOS = _of_project("scenarios")
# The main job: enough worlds for a 95% interval over worlds to mean something.
WORLDS = 24
SEED = 2013
WORKERS = 2
MOST_WORKERS = 256

_PANEL = "Common options"

TalentScale = Annotated[
    int, typer.Option(help="Real talents that one simulated talent stands for.", rich_help_panel=_PANEL)
]
StartupScale = Annotated[
    int, typer.Option(help="Real startups that one simulated startup stands for.", rich_help_panel=_PANEL)
]
Years = Annotated[int, typer.Option(help="Horizon in years from the third quarter of 2013.", rich_help_panel=_PANEL)]
Worlds = Annotated[
    int,
    typer.Option(help="Worlds drawn from the priors, the same for every scenario.", rich_help_panel=_PANEL),
]
Replicates = Annotated[
    int, typer.Option(help="Runs of each scenario in each world, with other luck.", rich_help_panel=_PANEL)
]
Seed = Annotated[int, typer.Option(help="Study seed: worlds and luck follow from it.", rich_help_panel=_PANEL)]
Workers = Annotated[int, typer.Option(help="Worker processes. Never changes a result.", rich_help_panel=_PANEL)]
Threads = Annotated[int, typer.Option(help="Threads in each worker. Never changes a result.", rich_help_panel=_PANEL)]
Out = Annotated[Path | None, typer.Option(help="Results folder.", rich_help_panel=_PANEL)]


@dataclass(frozen=True)
class Common:
    """The shared options of one command, checked."""

    settings: Settings
    worlds: int
    replicates: int
    seed: int
    workers: int
    out: Path


def common(
    talent_scale: int, startup_scale: int, years: int, worlds: int, replicates: int, seed: int, workers: int,
    threads: int, out: Path,
) -> Common:  # fmt: skip
    """Check the shared options.

    Raises:
        InputError: one sentence per option out of range, or for a results folder that cannot be used.
    """
    problems = []
    settings = Settings()
    try:
        settings = Settings(talent_scale, startup_scale, years, threads)
    except InputError as error:
        problems += error.problems
    if not 1 <= workers <= MOST_WORKERS:
        problems.append(f"--workers: found {workers}, allowed are whole numbers from 1 to {MOST_WORKERS}.")
    problems += _folder_problems(out)
    if problems:
        raise InputError(problems)
    return Common(settings, worlds, replicates, seed, workers, out)


def make_folder(out: Path) -> None:
    """Make the results folder, the first thing a command writes.

    Raises:
        InputError: if it cannot be made or written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(f"--out: '{out}' cannot be written to ({reason}); name another folder.") from None


def _folder_problems(out: Path) -> list[str]:
    """Results go into a new, an empty or an earlier results folder, and into no other."""
    existing = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not existing.is_dir():
        what = f"'{out}'" if existing == out else f"a part of '{out}'"
        return [f"--out: {what} is a file; name a folder."]
    if not out.is_dir() or not any(out.iterdir()):
        return []
    if (out / "manifest.json").exists() or (out / "shards").is_dir():
        return []
    return [f"--out: '{out}' holds other files than results; name a new folder."]
