"""The command that makes the reference results anew: a list of other commands, then one change of folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.options import Out, Workers, World, WorldChoice, make_folder, worker_problems
from sim.cli.progress import clock
from sim.cli.reference_files import Part, put_back, refuse_other_folder
from sim.cli.saying import say
from sim.errors import InputError


class PartName(StrEnum):
    """What the reference consists of."""

    MAIN = "main"
    PACKAGES = "packages"
    STRUCTURES = "structures"
    GOLDEN = "golden"


# Worlds of the whole reference, so that all its parts speak of the same ones.
DRAWN = WorldChoice.POSTERIOR
# Sizes with which the whole of it takes some 70 minutes on two free cores: 48 of them for the packages.
PACKAGE_WORLDS, STRUCTURE_WORLDS, STRUCTURE_REPLICATES = 16, 8, 2  # 8: fewer have no interval
WORK = "_work"
PARTS = {
    PartName.MAIN: Part(
        "main", "main", "",
        ("manifest.json", "runs.parquet", "worlds.parquet", "pairs.parquet", "comparison.csv", "accounts.csv",
         "counterfactual.csv", "territory.csv", "at_whose_expense.csv", "places.csv", "scenarios.json",
         "report.html", "worth/*.csv", "figures/effects.csv", "figures/effects.png",
         "figures/fates.png", "figures/gains_startups.png", "figures/mechanisms.csv", "figures/mechanisms.png",
         "figures/reasons.csv", "figures/reasons.png"),
        ("manifest.json", "runs.parquet", "comparison.csv", "counterfactual.csv"),
    ),
    PartName.PACKAGES: Part(
        "packages", "packages", "packages",
        ("manifest.json", "packages.parquet", "package_places.parquet", "shapley.csv", "interactions.csv",
         "frontier.csv", "budgets.csv", "figures/frontier.png", "figures/interactions.png", "figures/waterfall.png"),
        ("manifest.json", "packages.parquet", "shapley.csv"),
    ),
    PartName.STRUCTURES: Part(
        "structures", "structures", "structures",
        ("structures.json", "structures.csv", "firsts.csv", "variance.csv", "conclusions.txt",
         "figures/structures.csv", "figures/structures.png"),
        ("structures.json", "structures.csv", "manifest.json"),
        moved=(("reference/manifest.json", "manifest.json"),),
    ),
    PartName.GOLDEN: Part("golden", "golden", "", ("golden.json",), ("golden.json",)),
}  # fmt: skip
OK, STOPPED = 0, 130


@dataclass(frozen=True)
class Step:
    """One step of a part: what a user would type to make it, and the function that does it and returns an exit code."""

    part: PartName
    title: str
    act: Callable[[], int]


def reference(
    world: World = DRAWN,
    only: Annotated[
        list[PartName] | None, typer.Option("--only", help="Make this part alone; may be repeated.")
    ] = None,
    worlds: Annotated[int, typer.Option(help="Worlds of the main job.", min=1)] = options.WORLDS,
    package_worlds: Annotated[
        int, typer.Option("--package-worlds", help="Worlds of the 256 packages.", min=1)
    ] = PACKAGE_WORLDS,
    structure_worlds: Annotated[
        int, typer.Option("--structure-worlds", help="Worlds of each structure.", min=1)
    ] = STRUCTURE_WORLDS,
    workers: Workers = options.WORKERS,
    out: Out = None,
) -> None:
    """Make the reference results anew: main job, counterfactual, every package, structures, golden values.

    Works in results/reference_work and goes on there where it was stopped. When all is made, results/reference is
    replaced at once, and what moved against the committed one is said.
    """
    target = out or options.RESULTS / "reference"
    target = target.resolve() if target.name in ("", "..") else target  # work is done in a folder beside it
    if problems := worker_problems(workers):
        raise InputError(problems)
    refuse_other_folder(target)
    chosen = [part for part in PartName if not only or part in only]
    work = target.with_name(target.name + WORK)
    sizes = {PartName.MAIN: worlds, PartName.PACKAGES: package_worlds, PartName.STRUCTURES: structure_worlds}
    steps = [step for step in steps_of(work, world, sizes, workers) if step.part in chosen]
    raise typer.Exit(carry_out(steps, chosen, work, target))


def steps_of(work: Path, world: WorldChoice, sizes: dict[PartName, int], workers: int) -> list[Step]:
    """Return all steps: the commands as a user would type them, and the golden values.

    Args:
        work: folder in which each part has its own.
        world: kind of the worlds of all parts.
        sizes: number of worlds by part.
        workers: processes.
    """
    main, packages, structures = (
        str(work / part.value) for part in (PartName.MAIN, PartName.PACKAGES, PartName.STRUCTURES)
    )

    def drawn(part: PartName) -> list[str]:
        number = 1 if world is WorldChoice.CENTRAL else sizes[part]
        return ["--world", world.value, "--worlds", str(number), "--workers", str(workers)]

    sweep = str(options.SCENARIOS / "sweeps" / "eight_packages.toml")
    replicates = ["--replicates", str(STRUCTURE_REPLICATES)]
    typed = [
        (PartName.MAIN, [*drawn(PartName.MAIN), "--out", main]),
        (PartName.MAIN, ["counterfactual", main]),
        (PartName.PACKAGES, ["sweep", sweep, *drawn(PartName.PACKAGES), "--retry", "--out", packages]),
        (PartName.PACKAGES, ["packages", packages]),
        (PartName.STRUCTURES, ["structures", *drawn(PartName.STRUCTURES), *replicates, "--out", structures]),
        (PartName.MAIN, ["report", main]),  # with what lies beside by now
    ]
    steps = [Step(part, f"run_sim.py {' '.join(words)}", _command(words)) for part, words in typed]
    folder = work / PartName.GOLDEN.value
    return [*steps, Step(PartName.GOLDEN, "golden values", lambda: write_golden(folder, world))]


def carry_out(steps: Sequence[Step], parts: Sequence[PartName], work: Path, target: Path) -> int:
    """Make the steps one after another, then put the files of the parts in their place; return the exit code.

    The target is not touched before every step has ended well.

    Raises:
        InputError: if another command is at it, or a file that is needed was not made.
    """
    from sim.cli.moved import COMPARISON, MANIFEST, committed_text, moved_text
    from sim.cli.reference_files import publish
    from sim.cli.reference_readme import readme_of

    console, notes = Console(), Console(stderr=True)
    make_folder(work)
    with alone(work), _untouched(target, notes):
        put_back(target)
        before = {name: committed_text(target / name) for name in (COMPARISON, MANIFEST)}
        begun = time.monotonic()
        for nth, step in enumerate(steps, 1):
            say(notes, f"Step {nth} of {len(steps)}: {step.title}")
            clock_of_step = time.monotonic()
            code = step.act()
            if code != OK:
                ended = "was stopped" if code == STOPPED else "failed"
                say(notes, f"Step {nth} of {len(steps)} {ended}. {target} was not touched; the same command goes on.")
                return code
            say(notes, f"Step {nth} of {len(steps)} took {clock(time.monotonic() - clock_of_step)}.")
        said = publish(work, target, [PARTS[part] for part in parts], len(parts) == len(PARTS), readme_of)
    put_back(target)
    for sentence in said:
        say(notes, sentence)
    if PartName.MAIN in parts:
        made = {name: (target / name).read_text(encoding="utf-8") for name in (COMPARISON, MANIFEST)}
        short, whole = moved_text(before, made)
        say(console, short)
        if whole:
            (work / "moved.md").write_text(whole, encoding="utf-8")
            say(console, f"Every effect that moved: {work / 'moved.md'}")
    files = [path for path in target.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    say(console, f"{target}: {len(files)} files, {size:.1f} MB, in {clock(time.monotonic() - begun)}.")
    say(console, "A line 'Results change:' in CHANGELOG.md goes with them, if a number moved.")
    return OK


def write_golden(folder: Path, world: WorldChoice) -> int:
    """Make the golden values in worlds of a kind and write golden.json; return the exit code."""
    from sim.cli.drawing import posterior_of
    from sim.evidence import load_evidence
    from sim.experiments.engine import ModelEngine
    from sim.experiments.golden import NAME, golden_study, golden_text, golden_values
    from sim.experiments.storage.atomic import write_text

    evidence, engine = load_evidence(), ModelEngine()
    study = golden_study(evidence, world.value, posterior_of(world, evidence))
    engine.warm_up()
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / NAME, golden_text(golden_values(study, evidence, engine)))
    return OK


def _command(words: Sequence[str]) -> Callable[[], int]:
    """Return what does a command of this program as if it were typed."""

    def act() -> int:
        from sim.cli.app import main

        return main(words)

    return act


@contextmanager
def _untouched(target: Path, notes: Console) -> Iterator[None]:
    """Say, whatever ends the block early, that the reference is what it was."""
    try:
        yield
    except BaseException:
        say(notes, f"{target} was not touched; the same command goes on.")
        raise
