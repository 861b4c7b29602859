"""The command that checks the fitted model on the rows kept for checking, beside forecasts without skill."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.drawing import adopted, caution
from sim.cli.options import (
    Out,
    Seed,
    Workers,
    make_folder,
    option_problems,
    page_problems,
    range_problems,
    ten_years,
    worker_problems,
)
from sim.cli.saying import say
from sim.cli.stopping import leaving
from sim.errors import InputError
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior
    from sim.experiments.designs.study import Study
    from sim.experiments.engine import Engine

WORLDS, PRIOR_WORLDS, DRIVER_WORLDS, PROBES, SCALE = 96, 48, 24, 20_000, 100
BOUNDS = {
    "worlds": (2, 10_000), "prior-worlds": (2, 10_000), "driver-worlds": (2, 10_000), "probes": (1000, 2_000_000)
}  # fmt: skip
POSTERIOR, PRIOR, RELOCATION = "posterior", "prior", "relocation"  # folders of the runs
PAGE = "validation.md"
OK = 0


@dataclass(frozen=True)
class Plan:
    """How much is run: worlds of the posterior and the prior, and posterior worlds of the experiments on relocation.

    ``posterior``: folder of another posterior than the project's.
    """

    worlds: int = WORLDS
    prior_worlds: int = PRIOR_WORLDS
    driver_worlds: int = DRIVER_WORLDS
    seed: int = options.SEED
    probes: int = PROBES
    settings: Settings = field(default_factory=lambda: Settings(talent_scale=SCALE, years=10))
    posterior: Path | None = None

    @property
    def command(self) -> str:
        """The command that repeats it."""
        another = f" --posterior {shlex.quote(str(self.posterior))}" if self.posterior is not None else ""
        return (
            f"python run_sim.py validate --worlds {self.worlds} --prior-worlds {self.prior_worlds} --driver-worlds "
            f"{self.driver_worlds} --seed {self.seed} --probes {self.probes} --talent-scale "
            f"{self.settings.talent_scale}{another}"
        )


def validate(
    worlds: Annotated[int, typer.Option(help="Worlds drawn from the posterior, each run once.")] = WORLDS,
    prior_worlds: Annotated[int, typer.Option(help="Worlds drawn from the priors, each run once.")] = PRIOR_WORLDS,
    driver_worlds: Annotated[
        int, typer.Option(help="Posterior worlds of the experiments on what moves headquarters.")
    ] = DRIVER_WORLDS,
    posterior: Annotated[
        Path | None, typer.Option(help="Folder of another posterior, as calibrate leaves it in its results.")
    ] = None,
    probes: Annotated[int, typer.Option(help="Probe persons, two classes each.")] = PROBES,
    talent_scale: Annotated[int, typer.Option(help="Real talents that one simulated talent stands for.")] = SCALE,
    page: Annotated[Path | None, typer.Option(help="Write the page to this file, too, its figures beside it.")] = None,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    out: Out = None,
) -> None:
    """Check the fitted model on rows that it was not fitted to, beside the prior and two forecasts without skill.

    Also says which patterns emerge, and whether rounds led from abroad move more startups than tax does. Goes on where
    it was stopped. Writes tables, figures and validation.md into results/validation.
    """
    folder = out or options.RESULTS / "validation"
    asked = {"worlds": worlds, "prior-worlds": prior_worlds, "driver-worlds": driver_worlds, "probes": probes}
    problems = range_problems(asked, BOUNDS)
    settings = ten_years(talent_scale, problems)
    ours = (folder / POSTERIOR / "ledger.sqlite").exists()  # an earlier run of this command
    problems += worker_problems(workers) if ours else option_problems(workers, folder)
    problems += page_problems(page)
    if problems:
        raise InputError(problems)
    plan = Plan(worlds, prior_worlds, driver_worlds, seed, probes, settings, posterior)
    raise typer.Exit(carry_out(plan, folder, workers, page))


def read_posterior(plan: Plan, evidence: Evidence) -> Posterior:
    """Return the posterior of a plan.

    Raises:
        InputError: if it is missing or cannot be read.
    """
    from sim.evidence.posterior import NOTE, TABLE
    from sim.experiments.posterior_files import open_posterior

    if plan.posterior is None:
        if (found := adopted(evidence)) is None:
            raise InputError("There is no posterior to check; 'calibrate --adopt' makes it.")
        return found
    missing = [name for name in (NOTE, TABLE) if not (plan.posterior / name).is_file()]
    if missing:
        raise InputError(
            f"--posterior: '{plan.posterior}' holds no {' and no '.join(missing)}; name a results folder of calibrate."
        )
    return open_posterior(evidence, plan.posterior)


def studies(plan: Plan, evidence: Evidence, posterior: Posterior) -> dict[str, Study]:
    """Return the studies of a plan by the folder of their runs.

    Raises:
        InputError: for a seed out of range.
    """
    from sim.experiments.designs.study import design
    from sim.experiments.targets.rows import SCENARIO
    from sim.scenario import load_scenario

    scenarios = [load_scenario(SCENARIO, evidence)]

    def of(kind: str, worlds: int) -> Study:
        fitted: dict[str, Any] = {"world_kind": kind, "posterior": posterior if kind == POSTERIOR else None}
        return design(scenarios, plan.settings, seed=plan.seed, worlds=worlds, replicates=1, keep=frozenset(), **fitted)

    return {
        POSTERIOR: of(POSTERIOR, plan.worlds), PRIOR: of(PRIOR, plan.prior_worlds),
        RELOCATION: of(POSTERIOR, plan.driver_worlds),
    }  # fmt: skip


def carry_out(
    plan: Plan, out: Path, workers: int, page: Path | None = None, rows: Engine | None = None,
    relocation: Engine | None = None,
) -> int:  # fmt: skip
    """Run a plan into a folder, write tables, figures and page, and print what came out.

    Args:
        plan: how much is run.
        out: results folder.
        workers: processes.
        page: file of another copy of the page.
        rows: engine that measures target rows; another one in tests.
        relocation: engine that counts relocations; another one in tests.

    Returns:
        the exit code: 0, 2 if a run failed or the work ended early, 130 if stopped.

    Raises:
        InputError: if register and evidence differ, there is no posterior, or the folder is in use.
    """
    from sim.cli.making import finished_runs
    from sim.evidence import load_evidence
    from sim.experiments.targets.aims import check_register
    from sim.experiments.targets.engine import TargetEngine
    from sim.experiments.validating.relocation import RelocationEngine

    console, notes = Console(), Console(stderr=True)
    evidence = load_evidence()
    check_register(evidence)
    posterior = read_posterior(plan, evidence)
    doubts = posterior.doubts(evidence)
    caution(doubts)
    measuring = rows or TargetEngine(plan.probes, rows="all")
    engines = {POSTERIOR: measuring, PRIOR: measuring, RELOCATION: relocation or RelocationEngine()}
    todo = studies(plan, evidence, posterior)
    make_folder(out)
    with alone(out):
        made: dict[str, pd.DataFrame] = {}
        for name, study in todo.items():
            with leaving(f"Finished runs are kept in {out}; the same command goes on."):
                code, made[name] = finished_runs(out / name, study, evidence, engines[name], workers, notes)
            if code != OK:
                return code
        with leaving(f"The runs in {out} are whole; the same command writes tables, figures and page."):
            tables, written = write(plan, made, evidence, posterior, doubts, out, page)
    _show(tables, out, written, console)
    return OK


def write(
    plan: Plan, made: dict[str, pd.DataFrame], evidence: Evidence, posterior: Posterior, doubts: list[str], out: Path,
    page_file: Path | None,
) -> tuple[dict[str, pd.DataFrame], list[str]]:  # fmt: skip
    """Write tables, figures and page; return the tables by name, and the files written."""
    from sim.experiments.storage.atomic import write_text
    from sim.experiments.validating.tables import note_of, validation_tables
    from sim.report.validation_figures import draw_validation_figures
    from sim.report.validation_page import validation_page

    tables = validation_tables(evidence, made[POSTERIOR], made[PRIOR], made[RELOCATION])
    for name, table in tables.items():
        write_text(out / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    worlds = {name: len(runs) for name, runs in made.items()}
    figures = draw_validation_figures(
        tables["validation"], made[RELOCATION], tables["relocation"], (worlds[POSTERIOR], worlds[PRIOR]),
        out / "figures",
    )  # fmt: skip
    note = note_of(plan.seed, worlds, evidence, posterior)
    text = validation_page(tables, note, doubts, plan.command, "figures")
    write_text(out / PAGE, text)
    written = [*(f"{name}.csv" for name in tables), *figures, PAGE]
    if page_file is not None:
        write_text(page_file, text)
        (page_file.parent / "figures").mkdir(exist_ok=True)
        for name in figures:
            if name.endswith(".png"):
                (page_file.parent / name).write_bytes((out / name).read_bytes())
    return tables, written


def _show(tables: dict[str, pd.DataFrame], out: Path, written: list[str], console: Console) -> None:
    """Print tally, patterns, what moves headquarters, and what was written."""
    from sim.analysis.validation.relocation import verdict
    from sim.analysis.validation.tallies import sentences
    from sim.cli.headlines import fitting, number

    rows = {
        str(line["name"]): [f"{line['inside']} of {line['rows']}", f"{100 * line['share_of_groups']:.0f}%",
                            number(line["width"], 1), number(line["score"], 1)]
        for line in tables["tally"].to_dict("records")
    }  # fmt: skip
    headings = [("figure inside", "90%"), ("of groups", ""), ("mean width", "sd"), ("mean score", "sd")]
    console.print(fitting("Rows kept for checking", headings, rows, console, first="forecast"))
    patterns = {
        str(line["row"]): [number(line["target"]), number(line["median"]), str(line["verdict"])]
        for line in tables["emergence"].to_dict("records")
    }
    console.print(
        fitting("Patterns that should emerge", [("target", ""), ("median", "posterior"), ("verdict", "")], patterns,
                console, first="row")
    )  # fmt: skip
    for sentence in (*sentences(tables["validation"]), verdict(tables["relocation"])):
        say(console, sentence)
    for name in written:
        console.print(f"  {out / name}", highlight=False, markup=False, soft_wrap=True)
