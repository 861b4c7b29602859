"""The options that all commands share, each stated once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sim import shipped
from sim.cli.stopping import reason
from sim.errors import InputError
from sim.input_files import read_text
from sim.settings import Settings
from sim.shipped import IS_CHECKOUT, ROOT


def _of_project(folder: Path) -> Path:
    """A folder of the project, by its short name when the project's folder is the current one."""
    return Path(folder.name) if IS_CHECKOUT and Path.cwd() == ROOT else folder


# An installed package has no folder of its own for results.
RESULTS = _of_project(ROOT / "results") if IS_CHECKOUT else Path("results")
SCENARIOS = _of_project(shipped.SCENARIOS)
# The main job: enough worlds for a 95% interval over worlds to mean something.
WORLDS = 24
SEED = 2013
WORKERS = 2
MOST_WORKERS = 256

# Files that a command stopped early may leave in its results folder.
_BOOKKEEPING = re.compile(
    r"\.lock.*|\.writable|\.driver-.*|\..*\.tmp|ledger.*\.sqlite(-journal)?|progress.*\.json|study\.json|quarantine"
)

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
    typer.Option(help="How many worlds, the same for every scenario.", rich_help_panel=_PANEL),
]


class WorldChoice(StrEnum):
    """Which worlds a command runs in."""

    CENTRAL = "central"
    PRIOR = "prior"
    POSTERIOR = "posterior"


# Worlds of the commands that compare. `sensitivity` stays with the priors: docs/sensitivity.md says why.
DRAWN = WorldChoice.POSTERIOR

World = Annotated[
    WorldChoice,
    typer.Option(
        help="posterior: drawn from the fit to the evidence; prior: from the priors; central: one world of central"
        " values.",
        rich_help_panel=_PANEL,
    ),
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
    problems += option_problems(workers, out)
    if problems:
        raise InputError(problems)
    return Common(settings, worlds, replicates, seed, workers, out)


def option_problems(workers: int, out: Path) -> list[str]:
    """Return one sentence for each of these options that is out of range or cannot be used."""
    return worker_problems(workers) + _folder_problems(out)


def worker_problems(workers: int) -> list[str]:
    """Return a sentence if the number of workers is out of range."""
    if 1 <= workers <= MOST_WORKERS:
        return []
    return [f"--workers: found {workers}, allowed are whole numbers from 1 to {MOST_WORKERS}."]


def range_problems(asked: Mapping[str, int], bounds: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return a sentence for each number asked for, by the name of its option, that lies outside its bounds."""
    return [
        f"--{name}: found {value}, allowed are whole numbers from {bounds[name][0]} to {bounds[name][1]}."
        for name, value in asked.items()
        if not bounds[name][0] <= value <= bounds[name][1]
    ]


def ten_years(talent_scale: int, problems: list[str]) -> Settings:
    """Return the settings in which rows are measured; append what is wrong with the scale, if anything is."""
    try:
        return Settings(talent_scale=talent_scale, years=10)
    except InputError as error:
        problems += error.problems
        return Settings()


def page_problems(page: Path | None) -> list[str]:
    """Return a sentence if ``--page`` names no file that can be written: no folder for it, or a folder itself."""
    if page is None or (page.absolute().parent.is_dir() and not page.is_dir()):
        return []
    return [f"--page: found '{page}', allowed is a file in a folder that exists."]


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
        raise InputError(f"--out: '{out}' cannot be written to ({reason(error)}); name another folder.") from None


def _folder_problems(out: Path) -> list[str]:
    """Results go into a new, an empty or an earlier results folder, and into no other."""
    try:
        existing = next(path for path in (out, *out.absolute().parents) if path.exists())
        if not existing.is_dir():
            what = f"'{out}'" if existing == out else f"a part of '{out}'"
            return [f"--out: {what} is a file; name a folder."]
        if not out.is_dir() or holds_results(out):
            return []
    except OSError as error:
        return [f"--out: '{out}' cannot be used ({reason(error)}); name another folder."]
    return [f"--out: '{out}' holds other files than results; name a new folder."]


def holds_results(out: Path) -> bool:
    """Whether a folder has nothing in it yet, or results of ours: by our manifest's keys, or by shards' names.

    Raises:
        OSError: if the folder cannot be read.
    """
    others = {path.name for path in out.iterdir() if not _BOOKKEEPING.fullmatch(path.name)}
    shards = list((out / "shards").iterdir()) if (out / "shards").is_dir() else []
    if any(not re.fullmatch(r"[0-9a-f]{32}|\..*\.tmp", path.name) for path in shards):
        return False
    if (out / "manifest.json").exists():
        return is_our_manifest(out / "manifest.json")
    return bool(shards) or not others - {"shards"}


def is_our_manifest(path: Path) -> bool:
    """Whether this is a manifest that this program wrote."""
    try:
        content = json.loads(read_text(path, "note"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.keys() >= {"runs_planned", "digests", "settings"}


def refuse_useless(command: str, given: dict[str, Any]) -> None:
    """Refuse options of runs before a command that runs nothing of that kind.

    Raises:
        InputError: naming them.
    """
    if command in ("check", "describe", "schema", "new-scenario") and given:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(f"{names}: '{command}' runs nothing, so it takes no such option.")
    for other, taken, why in (("plot", {"out"}, "runs nothing"), ("dashboard", {"workers"}, "asks on its page")):
        if command == other and (useless := given.keys() - taken):
            names = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(useless))
            raise InputError(f"{names}: '{command}' {why}, so it takes no such option.")
