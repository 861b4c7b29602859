"""The command that says which uncertain parameters move outcomes, and which move what a recommendation changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.extras import needs_emulators
from sim.cli.options import Out, Seed, StartupScale, TalentScale, Workers, Years
from sim.cli.saying import number_of, say
from sim.cli.stopping import leaving

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity.tables import Explained, Job
    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study

WORLDS, TALENT_SCALE = 300, 100
FEWEST, MOST = 60, 20_000
NAMED = 3  # parameters named per output on the screen


def sensitivity(
    worlds: Annotated[int, typer.Option(help="Worlds, laid evenly over all priors.", min=FEWEST, max=MOST)] = WORLDS,
    talent_scale: TalentScale = TALENT_SCALE,
    startup_scale: StartupScale = 1,
    years: Years = 10,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    out: Out = None,
) -> None:
    """Say which uncertain parameters move each main outcome, and each recommendation's effect on it.

    Runs the baseline and the eight recommendations in worlds laid over all priors at once, fits emulators, and takes
    Morris' and Sobol' indices and a tornado from those that explain enough. Goes on where it was stopped; more
    worlds keep the runs of fewer. Writes into results/sensitivity; needs the extra calibrate.
    """
    from sim.cli.study import STOPPED, carry_out
    from sim.evidence import load_evidence
    from sim.experiments.manifest import NAME

    needs_emulators()
    folder = out or options.RESULTS / "sensitivity"
    common = options.common(talent_scale, startup_scale, years, worlds, 1, seed, workers, 1, folder)
    evidence = load_evidence()
    study = sensitivity_study(evidence, common)
    code = carry_out(study, evidence, common, show=lambda *_: None, is_sweep=True)
    if code != STOPPED and (folder / NAME).is_file():
        explain_folder(folder, evidence, seed, workers)
    raise typer.Exit(code)


def sensitivity_study(evidence: Evidence, common: options.Common) -> Study:
    """Return the study: the baseline and each recommendation alone, in the worlds of the design, outcomes only."""
    from sim.experiments.designs.space_filling import space_filling
    from sim.experiments.designs.study import Study
    from sim.scenario import BASELINE, find_scenarios, load_scenarios, reading_order

    shipped = load_scenarios(sorted(find_scenarios(options.SCENARIOS), key=reading_order), evidence)
    chosen = [scenario for scenario in shipped if scenario.name == BASELINE or scenario.recommendation]
    points = space_filling(evidence, common.worlds, common.seed)
    return Study(tuple(chosen), points, common.seed, 1, common.settings, BASELINE, frozenset())


def explain_folder(out: Path, evidence: Evidence, seed: int, workers: int) -> None:
    """Fit the emulators of a folder's runs; write and show tables and figures.

    Raises:
        InputError: if a table of the folder cannot be read.
    """
    from sim.analysis.sensitivity.tables import TABLES, tables
    from sim.experiments.storage.atomic import write_text
    from sim.report.sensitivity_figures import draw_sensitivity

    notes, console = Console(stderr=True), Console()
    with alone(out), leaving(f"The runs in {out} are whole; the same command writes the rest."):
        jobs = _jobs(out, evidence, seed)
        for name in TABLES:
            (out / f"{name}.csv").unlink(missing_ok=True)  # of other worlds
        say(notes, f"Emulators of {number_of(len(jobs), 'output')}, and indices of those that explain enough.")
        made = tables(_explained(jobs, workers, notes))
        for name, table in made.items():
            write_text(out / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        written = [*(f"{name}.csv" for name in made), *draw_sensitivity(made, out / "figures")]
    _show(made, console)
    for name in written:
        console.print(f"  {out / name}", highlight=False, markup=False, soft_wrap=True)


def _jobs(out: Path, evidence: Evidence, seed: int) -> list[Job]:
    from sim.analysis.reading import read_parquet, read_runs
    from sim.analysis.sensitivity.outputs import outputs_of, unit_cube
    from sim.analysis.sensitivity.tables import Job
    from sim.experiments.designs.space_filling import uncertain_parameters

    parameters = uncertain_parameters(evidence)
    runs = read_runs(out / "runs.parquet")
    worlds = read_parquet(out / "worlds.parquet", ("parameter",), ("world", "value"))
    cube = unit_cube(worlds, {parameter.name: parameter for parameter in parameters})
    return [Job(found, cube.loc[found.worlds].to_numpy(), tuple(parameters), seed) for found in outputs_of(runs)]


def _explained(jobs: list[Job], workers: int, notes: Console) -> list[Explained]:
    """Explain every output, and tell of each scenario how many there are; the same for any number of workers."""
    from sim.analysis.sensitivity.tables import explain
    from sim.experiments.running.side_by_side import side_by_side

    with side_by_side(explain, jobs, workers) as coming:
        return _told(jobs, coming, notes)


def _told(jobs: list[Job], coming: Iterator[Explained], notes: Console) -> list[Explained]:
    made: list[Explained] = []
    for scenario, some in groupby(jobs, key=lambda job: job.output.scenario):
        own = [next(coming) for _ in some]
        explained = sum(not one.rows["emulators"][0]["reading"] for one in own)
        say(notes, f"{scenario}: {explained} of {number_of(len(own), 'output')} explained.")
        made += own
    return made


def _show(made: dict[str, pd.DataFrame], console: Console) -> None:
    """Print how much emulators explain, and the strongest parameters of those that explain enough."""
    from sim.analysis.outcomes import OUTCOMES
    from sim.cli.headlines import fitting

    emulators, indices = made["emulators"], made["sobol"]
    named = list(dict.fromkeys(emulators["outcome"]))
    rows: dict[str, list[str]] = {}
    for scenario, lines in emulators.groupby("scenario", sort=False):
        q2 = lines.set_index("outcome")["q2"].where(lines.set_index("outcome")["active"] > 0)
        rows[str(scenario)] = [f"{q2[name]:.2f}" if q2[name] == q2[name] else "–" for name in named]
    title = f"Share of the variance between worlds that emulators foretell (Q²), {emulators['n'].max()} worlds"
    console.print(fitting(title, [(OUTCOMES[name].label, "") for name in named], rows, console, apart=True))
    told = indices[indices["parameter"].notna()]
    if told.empty:
        say(console, "No emulator explains enough for indices; more worlds may help.")
    for (of, _), some in told.groupby(["scenario", "outcome"], sort=False):
        strongest = ", ".join(
            f"{row['parameter']} {row['total']:.2f} ({row['total_low']:.2f} to {row['total_high']:.2f})"
            for row in some.head(NAMED).to_dict("records")
        )
        say(console, f"{of}, {some['label'].iloc[0]}, {some['what'].iloc[0]}: {strongest}")
    silent = int(((emulators["active"] > 0) & (emulators["reading"] != "")).sum())
    if silent:
        say(
            console, f"{silent} of {len(emulators)} emulators explain too little, no indices; emulators.csv says which."
        )
