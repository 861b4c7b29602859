"""What the program reads, and a case of each: a damaged input in its own folder, the call that reads it, an oracle.

A reader is a function of the stage (valid inputs made once), an empty folder and a source of luck.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzzing import oracles, oracles_of_results
from tests.fuzzing.damage import ALL, damaged
from tests.fuzzing.hostile import hostile_text, special_file
from tests.fuzzing.observing import Call, Oracle
from tests.fuzzing.stage import Stage

SPECIAL_SHARE = 0.06
OWN = 0.0
"""Of files that no command lets a user name: the project's own evidence."""


@dataclass(frozen=True)
class Case:
    """What is called, how its input was made, what must hold if it is accepted, what is named if it is refused."""

    how: str
    call: Call
    oracle: Oracle | None = None
    names: tuple[str, ...] = ()


Reader = Callable[[Stage, Path, Random], Case]


class Untouched(Random):
    """Luck that damages nothing: the case of a reader that must be accepted."""


def _spoil(path: Path, other: Path, rng: Random, special: float = SPECIAL_SHARE) -> str:
    """Damage a file that is a link to a valid one; return how. ``special``: share of those that are no plain file."""
    if isinstance(rng, Untouched):
        return "as it is"
    content = path.read_bytes()
    path.unlink()
    if rng.random() < special or path.suffix not in ALL:  # in a lock there is nothing to damage
        return special_file(path, rng)
    if rng.random() < 0.02:
        return "missing"
    how, spoilt = "", content
    while spoilt == content:  # a cut at the end harms nothing
        how, spoilt = damaged(content, path.suffix, other.read_bytes(), rng)
    path.write_bytes(spoilt)
    return how


def _linked(source: Path, target: Path) -> None:
    """A copy of a folder of its own: a database is written to where it lies, so that links would harm the valid one."""
    shutil.copytree(source, target, dirs_exist_ok=True)


def _files(folder: Path) -> tuple[str, ...]:
    """Return the names of the files in a folder and below it."""
    return tuple(sorted({path.name for path in folder.rglob("*") if path.is_file()}))


def _main(*words: str | Path) -> Call:
    from sim.cli import main

    return lambda: main([str(word) for word in words])


def scenario(stage: Stage, folder: Path, rng: Random) -> Case:
    """``check`` and ``run`` of a scenario file."""
    source, other = rng.choice(stage.scenarios), rng.choice(stage.scenarios)
    path = folder / source.name
    shutil.copy(source, path)
    how = _spoil(path, other, rng)
    if rng.random() < 0.03 and not isinstance(rng, Untouched):
        return Case("unusual name", _main("check", folder / f"{hostile_text(rng)}.toml".replace("\0", "")))
    if rng.random() < 0.7:
        return Case(how, _main("check", path), lambda: oracles.of_scenario(path, stage.evidence), (path.name,))
    return Case(how, _main("run", path, "--out", folder / "out"), oracles.of_study, (path.name,))


def sweep(stage: Stage, folder: Path, rng: Random) -> Case:
    """``sweep`` of a sweep file."""
    source, other = rng.choice(stage.sweeps), rng.choice(stage.sweeps)
    path = folder / source.name
    shutil.copy(source, path)
    how = _spoil(path, other, rng)
    return Case(how, _main("sweep", path, "--out", folder / "out"), oracles.of_study, (path.name,))


def evidence(stage: Stage, folder: Path, rng: Random) -> Case:
    """The loader of a folder of evidence."""
    from sim.evidence_files import open_evidence

    held = folder / "evidence"
    _linked(stage.evidence_folder, held)
    name = rng.choice(sorted(path.name for path in held.iterdir()))
    how = _spoil(
        held / name, stage.evidence_folder / rng.choice(("places.csv", "targets.csv", "parameters.toml")), rng, OWN
    )
    kept: list[object] = []
    return Case(
        f"{name}: {how}",
        lambda: kept.append(open_evidence(held)),
        lambda: oracles.of_evidence(kept[0]),
        _files(stage.evidence_folder),
    )


def posterior(stage: Stage, folder: Path, rng: Random) -> Case:
    """The loader of a posterior, and worlds drawn from it."""
    from sim.experiments.designs.points import posterior_points
    from sim.experiments.posterior_files import open_posterior

    held = folder / "posterior"
    _linked(stage.posterior, held)
    name = rng.choice(("posterior.csv", "posterior.csv", "posterior.json"))
    how = _spoil(held / name, stage.posterior / "posterior.json", rng)
    kept: list[object] = []

    def call() -> None:
        found = open_posterior(stage.evidence, held)
        found.doubts(stage.evidence)
        posterior_points(found, 7, 2013)
        kept.append(found)

    return Case(f"{name}: {how}", call, lambda: oracles.of_posterior(kept[0], stage.evidence), (name,))


def extension(stage: Stage, folder: Path, rng: Random) -> Case:
    """An extension named on the command line, or by a scenario; its tables of evidence too."""
    source, other = rng.choice(stage.extensions), rng.choice(stage.extensions)
    _linked(stage.extension_folder, folder / "own")
    path, baseline = folder / "own" / source.name, stage.scenarios[0]
    tables = sorted(one for one in (folder / "own").rglob("*") if one.suffix in (".csv", ".toml"))
    if tables and rng.random() < 0.4:
        table = rng.choice(tables)
        how = f"{table.name}: {_spoil(table, stage.evidence_folder / 'places.csv', rng)}"
        path = folder / "own" / stage.with_tables
    else:
        how = _spoil(path, other, rng)
    return Case(how, _main("check", "--extension", path, baseline), lambda: oracles.of_extension(path),
                _files(stage.extension_folder))  # fmt: skip


def link(stage: Stage, folder: Path, rng: Random) -> Case:
    """The link of the dashboard: what a visitor's address says."""
    from sim.dashboard.link import board_of, link_of
    from tests.fuzzing.links import links

    asked = links(rng)
    kept: list[object] = []

    def call() -> None:
        from sim.dashboard.state import unknown_in
        from sim.errors import InputError

        board = board_of(asked)
        if problems := unknown_in(board):
            raise InputError(problems)
        link_of(board)
        kept.append(board)

    return Case(repr(asked)[:200], call, lambda: oracles.of_board(kept[0], stage.evidence))


def options(stage: Stage, folder: Path, rng: Random) -> Case:
    """Options and arguments of every command."""
    from tests.fuzzing.command_lines import command_line

    words = command_line(rng, stage, folder)
    call = _main(*words)

    def within() -> int | None:
        here = Path.cwd()
        os.chdir(folder)
        try:
            return call()
        finally:
            os.chdir(here)

    return Case(repr(words)[:300], within, lambda: oracles.of_study() if oracles.STUDIES else [])


def _results(
    base: str, spoilt: tuple[str, ...], *words: str, oracle: Callable[[Path, Stage], list[str]] | None = None
) -> Reader:
    """A command that reads a folder of results, of which one file is damaged."""

    def reader(stage: Stage, folder: Path, rng: Random) -> Case:
        source = getattr(stage, base)
        held = folder / "results"
        _linked(source, held)
        kinds = [found for pattern in spoilt if (found := sorted(source.glob(pattern)))]
        names = [name for found in kinds for name in found]
        path = rng.choice(rng.choice(kinds)).relative_to(source)  # else most would be shards
        how = _spoil(held / path, rng.choice([name for name in names if name.suffix == path.suffix]), rng)
        call = _main(words[0], held, *words[1:])
        return Case(f"{path}: {how}", call, None if oracle is None else lambda: oracle(held, stage),
                    (held.name, *_files(source)))  # fmt: skip

    reader.__doc__ = f"``{words[0]}`` of a folder of results."
    return reader


def frames(stage: Stage, folder: Path, rng: Random) -> Case:
    """``sim.read``: every frame of a folder of results."""
    import sim

    held = folder / "results"
    _linked(stage.results, held)
    names = [name for pattern in TABLES for name in sorted(stage.results.glob(pattern))]
    path = rng.choice(names).relative_to(stage.results)
    how = _spoil(held / path, rng.choice([name for name in names if name.suffix == path.suffix]), rng)

    kept: list[Any] = []

    def call() -> None:
        found = sim.read(held)
        found.describe()
        for grain in ("runs", "series", "flows", "costs", "revenue", "reasons", "worlds", "places", "scenarios",
                      "comparison", "manifest"):  # fmt: skip
            getattr(found, grain)
        kept.append(found)

    return Case(f"{path}: {how}", call, lambda: oracles_of_results.of_frames(kept[0]), _files(stage.results))


def packages_page(stage: Stage, folder: Path, rng: Random) -> Case:
    """The packages that the dashboard answers from."""
    held = folder / "results"
    _linked(stage.packages, held)
    names = [stage.packages / name for name in (*PACKAGES, "places.csv", "manifest.json")]
    path = rng.choice([name for name in names if name.is_file()]).relative_to(stage.packages)
    how = _spoil(held / path, stage.packages / rng.choice(("shapley.csv", "packages.parquet", "manifest.json")), rng)
    kept: list[object] = []

    def call() -> None:
        from sim.dashboard.estimate import Estimator
        from sim.report.package_results import packages_of
        from sim.report.results import Results

        packages_of.cache_clear()
        found = packages_of(Results(held))
        if found is not None:
            kept.append(Estimator(found))

    return Case(f"{path}: {how}", call, lambda: oracles.of_estimator(kept), _files(stage.packages))


TABLES = ("*.parquet", "places.csv", "comparison.csv", "scenarios.json", "manifest.json")
PACKAGES = ("packages.parquet", "shapley.csv", "interactions.csv", "frontier.csv", "budgets.csv")
SHARDS, LEDGER = "shards/*/*", "ledger.sqlite"
STUDY = ("study.json", "study.json", "manifest.json", "progress.json", LEDGER, SHARDS, "quarantine/*", ".lock")
RUNS = {"rerun": (*["study.json"] * 5, LEDGER, SHARDS), "verify": (*["study.json"] * 3, *[SHARDS] * 4, LEDGER, ".lock")}
"""What commands that make runs again look at; each kind as often as it stands there."""

READERS: dict[str, tuple[Reader, int]] = {
    "scenario": (scenario, 2000),
    "sweep": (sweep, 1000),
    "evidence": (evidence, 500),
    "posterior": (posterior, 1000),
    "extension": (extension, 500),
    "link": (link, 2900),
    "options": (options, 1000),
    "rerun": (_results("study", RUNS["rerun"], "rerun", "0", oracle=oracles_of_results.of_finished), 550),
    "verify": (_results("study", RUNS["verify"], "verify", "--runs", "1", oracle=oracles_of_results.of_finished), 550),
    "compact": (_results("study", STUDY, "compact", oracle=oracles_of_results.of_finished), 400),
    "status": (_results("study", STUDY, "status", oracle=oracles_of_results.of_finished), 500),
    "dashboard packages": (packages_page, 500),
    "sim.read": (frames, 500),
    "counterfactual": (_results("study", ("pairs.parquet", "runs.parquet", "scenarios.json", "manifest.json"),
                                "counterfactual", oracle=oracles_of_results.of_counterfactual), 200),
    "packages": (_results("packages", ("runs.parquet", "scenarios.json", "places.csv", "manifest.json"),
                          "packages", oracle=oracles_of_results.of_packages), 200),
    "plot": (_results("results", TABLES, "plot", "effects", "headline", "--format", "svg"), 150),
    "report": (_results("results", TABLES, "report", oracle=oracles_of_results.of_page), 150),
    "compare": (_results("results", TABLES, "compare", oracle=oracles_of_results.of_comparison), 150),
}  # fmt: skip
"""Reader and its cases in the long form."""
WITHOUT_FILES = ("link", "options")
"""Readers whose cases begin with no valid input."""
