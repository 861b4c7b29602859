"""The command that compares the model with every target row of the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.drawing import posterior_of
from sim.cli.options import (
    Out,
    Seed,
    Workers,
    World,
    WorldChoice,
    make_folder,
    option_problems,
    page_problems,
    range_problems,
    ten_years,
    worker_problems,
)
from sim.cli.saying import number_of, say
from sim.cli.stopping import leaving
from sim.errors import InputError
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study
    from sim.experiments.engine import Engine

WORLDS, REPLICATES, PROBES, SCALE = 24, 4, 20_000, 100
BOUNDS = {"worlds": (0, 10_000), "replicates": (1, 1000), "probes": (1000, 2_000_000)}
CENTRAL, OTHERS = "central", "worlds"  # folders of the runs
TABLE, PAGE = "targets.csv", "targets.md"
TITLES = {
    "calibrate": "Rows that the model may be fitted to",
    "validate": "Rows kept for checking",
    "seen": "Rows for checking seen while the model was designed: not counted",
    "context": "Rows for orientation: not counted",
    "input": "Rows that an input fixes: not counted",
}
OK = 0


@dataclass(frozen=True)
class Plan:
    """How much is run. ``worlds``: each once; ``replicates``: runs of the central world, with other luck."""

    worlds: int = WORLDS
    kind: WorldChoice = options.DRAWN
    replicates: int = REPLICATES
    seed: int = options.SEED
    probes: int = PROBES
    settings: Settings = field(default_factory=lambda: Settings(talent_scale=SCALE, years=10))

    @property
    def command(self) -> str:
        """The command that repeats it."""
        return (
            f"python run_sim.py targets --worlds {self.worlds} --world {self.kind.value} --replicates "
            f"{self.replicates} --seed {self.seed} --probes {self.probes} --talent-scale {self.settings.talent_scale}"
        )

    def words(self, posterior: dict[str, Any] | None = None) -> str:
        """What is run, in words. ``posterior``: of its worlds, as the manifest says."""
        from sim.report.catalogue import Words
        from sim.report.world_source import WorldSource

        central = f"the central world ({number_of(self.replicates, 'run')})"
        source = WorldSource.of({"world_kind": self.kind.value, "posterior": posterior})
        return f"{central} and {source.drawn(self.worlds, Words())}" if self.worlds else central


def targets(
    worlds: Annotated[int, typer.Option(help="Worlds besides the central one, each run once.")] = WORLDS,
    world: World = options.DRAWN,
    replicates: Annotated[int, typer.Option(help="Runs of the central world, with other luck.")] = REPLICATES,
    probes: Annotated[int, typer.Option(help="Probe persons, two classes each.")] = PROBES,
    talent_scale: Annotated[int, typer.Option(help="Real talents that one simulated talent stands for.")] = SCALE,
    page: Annotated[Path | None, typer.Option(help="Write the page to this file, too.")] = None,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    out: Out = None,
) -> None:
    """Compare the model with every target row: what it may be fitted to, and what is kept for checking.

    Runs the scenario of what happened and its twins with shocks. Goes on where it was stopped. Writes targets.csv and
    targets.md into results/targets.
    """
    folder = out or options.RESULTS / "targets"
    problems = range_problems({"worlds": worlds, "replicates": replicates, "probes": probes}, BOUNDS)
    settings = ten_years(talent_scale, problems)
    ours = (folder / CENTRAL / "ledger.sqlite").exists()  # an earlier run of this command
    problems += worker_problems(workers) if ours else option_problems(workers, folder)
    problems += page_problems(page)
    if problems:
        raise InputError(problems)
    if world is WorldChoice.CENTRAL:
        worlds = 0
    plan = Plan(worlds, world, replicates, seed, probes, settings)
    raise typer.Exit(carry_out(plan, folder, workers, page))


def studies(plan: Plan, evidence: Evidence) -> dict[str, Study]:
    """Return the studies of a plan by the folder of their runs.

    Raises:
        InputError: for a seed out of range, or a posterior that cannot be read.
    """
    from sim.experiments.designs.study import design
    from sim.experiments.targets.rows import SCENARIO
    from sim.scenario import load_scenario

    scenarios = [load_scenario(SCENARIO, evidence)]
    none: frozenset[str] = frozenset()
    found = {
        CENTRAL: design(
            scenarios, plan.settings, seed=plan.seed, worlds=1, replicates=plan.replicates, world_kind="central",
            keep=none,
        )
    }  # fmt: skip
    if plan.worlds:
        found[OTHERS] = design(
            scenarios, plan.settings, seed=plan.seed, worlds=plan.worlds, replicates=1, world_kind=plan.kind.value,
            keep=none, posterior=posterior_of(plan.kind, evidence),
        )  # fmt: skip
    return found


def carry_out(plan: Plan, out: Path, workers: int, page: Path | None = None, engine: Engine | None = None) -> int:
    """Run a plan into a folder, write table and page, and print what came out.

    Returns:
        the exit code: 0, 2 if a run failed or the work ended early, 130 if stopped.

    Raises:
        InputError: if register and evidence differ, or the folder is in use.
    """
    from sim.cli.making import finished_runs
    from sim.evidence import load_evidence
    from sim.experiments.manifest import posterior_entry
    from sim.experiments.targets.aims import check_register
    from sim.experiments.targets.engine import TargetEngine

    console, notes = Console(), Console(stderr=True)
    evidence = load_evidence()
    check_register(evidence)
    engine = engine or TargetEngine(plan.probes, rows="all")
    todo = studies(plan, evidence)
    make_folder(out)
    with alone(out):
        made: dict[str, pd.DataFrame] = {}
        for name, study in todo.items():
            with leaving(f"Finished runs are kept in {out}; the same command goes on."):
                code, runs = finished_runs(out / name, study, evidence, engine, workers, notes)
            if code != OK:
                return code
            made[name] = runs
        with leaving(f"The runs in {out} are whole; the same command writes table and page."):
            words = plan.words(posterior_entry(todo[OTHERS], evidence) if OTHERS in todo else None)
            table = _write(plan, words, made, evidence, out, page)
    _show(table, out, page, console)
    return OK


def _write(
    plan: Plan, words: str, made: dict[str, pd.DataFrame], evidence: Evidence, out: Path, page_file: Path | None
) -> pd.DataFrame:
    """Write table and page; return the table."""
    import pandas as pd

    from sim.analysis.targets import target_table
    from sim.experiments.storage.atomic import write_text
    from sim.experiments.targets.aims import described_rows
    from sim.experiments.targets.page import Made, page

    rows = described_rows(evidence)
    table = target_table(rows, made[CENTRAL], made.get(OTHERS, pd.DataFrame()))
    write_text(out / TABLE, table.to_csv(index=False, lineterminator="\n"))
    sources = dict(zip(rows["row"], rows["source"], strict=True))
    text = page(table, sources, Made(plan.command, plan.seed, words, evidence.digest))
    for file in (out / PAGE, *((page_file,) if page_file is not None else ())):
        write_text(file, text)
    return table


def _show(table: pd.DataFrame, out: Path, page: Path | None, console: Console) -> None:
    """Print a table a use, the tally, and what was written."""
    from sim.analysis.targets import NOT_COMPUTABLE, tally
    from sim.cli.headlines import fitting, number

    headings = [
        ("target", ""),
        ("central", "world"),
        ("mean", "worlds"),
        ("90% of", "worlds"),
        ("z", ""),
        ("verdict", ""),
    ]
    shown = table[table["class"] != NOT_COMPUTABLE]
    for use in shown["use"].unique():
        rows = {}
        for line in shown[shown["use"] == use].to_dict("records"):
            spread = f"{number(line['q05'])}…{number(line['q95'])}" if line["n_worlds"] else "–"
            numbers = [number(line[name]) for name in ("target", "central", "mean")]
            rows[str(line["row"])] = [*numbers, spread, number(line["z"], 1, signed=True), str(line["verdict"])]
        console.print(fitting(TITLES.get(use, f"Rows of use {use}"), headings, rows, console, first="row"))
    without = table.loc[table["class"] == NOT_COMPUTABLE, "row"]
    say(console, f"{number_of(len(without), 'row')} not computable, {PAGE} says why: {', '.join(without)}.")
    for sentence in tally(table).sentences():
        say(console, sentence)
    for file in (out / TABLE, out / PAGE, *((page,) if page is not None else ())):
        console.print(f"  {file}", highlight=False, markup=False, soft_wrap=True)
