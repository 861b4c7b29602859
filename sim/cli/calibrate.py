"""The command that fits the model to the rows it may be fitted to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.extras import needs_emulators
from sim.cli.options import Out, Seed, Workers, make_folder, option_problems, worker_problems
from sim.cli.progress import RunProgress
from sim.cli.saying import say
from sim.cli.stopping import leaving
from sim.errors import InputError
from sim.settings import Settings

if TYPE_CHECKING:
    from sim.experiments.calibrating.campaign import Fit, Plan
    from sim.experiments.running.runner import Outcome

POINTS, LATER, LONG = 320, 0.75, 3
DOCS = Path(__file__).parents[2] / "docs"


def calibrate(
    points: Annotated[int, typer.Option(min=60, max=5000, help="Worlds of the first wave; later ones: 3/4.")] = POINTS,
    waves: Annotated[int, typer.Option(min=1, max=6, help="Waves of history matching.")] = 3,
    checked: Annotated[int, typer.Option(min=8, max=2000, help="Posterior worlds that are run at the end.")] = 96,
    draws: Annotated[int, typer.Option(min=64, max=10_000, help="Draws of the posterior.")] = 512,
    probes: Annotated[int, typer.Option(min=1000, max=2_000_000, help="Probe persons, two classes each.")] = 20_000,
    talent_scale: Annotated[int, typer.Option(help="Real talents that one simulated talent stands for.")] = 100,
    long: Annotated[bool, typer.Option("--long", help="Three times as many worlds.")] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Make it the posterior that all commands draw from, and write docs.")
    ] = False,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    out: Out = None,
) -> None:
    """Fit the model to the published evidence: emulators, history matching in waves, a posterior with its checks.

    Goes on where it was stopped. Writes tables, figures, calibration.md, posterior.csv and posterior.json into
    results/calibration; needs the extra calibrate.
    """
    folder = out or options.RESULTS / "calibration"
    needs_emulators()
    factor = LONG if long else 1
    sizes = tuple(round(factor * points * (1.0 if wave == 0 else LATER)) for wave in range(waves))
    from sim.experiments.calibrating.campaign import Plan

    ours = (folder / "wave_1" / "ledger.sqlite").exists()  # an earlier run of this command
    if problems := worker_problems(workers) if ours else option_problems(workers, folder):
        raise InputError(problems)
    plan = Plan(sizes, draws, checked * factor, seed, probes, Settings(talent_scale=talent_scale, years=10))
    raise typer.Exit(_carry_out(plan, folder, workers, adopt))


def _carry_out(plan: Plan, out: Path, workers: int, adopt: bool) -> int:
    from sim.evidence import load_evidence
    from sim.experiments.calibrating.campaign import Campaign, Stopped
    from sim.experiments.running.runner import Manner
    from sim.experiments.targets.rows import SCENARIO
    from sim.scenario import load_scenario

    console, notes = Console(), Console(stderr=True)
    evidence = load_evidence()
    scenario = load_scenario(SCENARIO, evidence)
    make_folder(out)
    with alone(out):
        with leaving(f"Finished runs are kept in {out}; the same command goes on."):
            campaign = Campaign(
                out,
                plan,
                evidence,
                scenario,
                Manner(workers, retry=True),
                _telling(notes),
                lambda text: say(notes, text),
            )
            try:
                fit = campaign.run()
            except Stopped as stopped:
                say(notes, f"{stopped} Finished runs are kept in {out}; the same command goes on.")
                return 130 if str(stopped) == "Stopped." else 2
        with leaving(f"The runs in {out} are whole; the same command writes the rest."):
            written = _write(fit, plan, evidence, out, adopt)
    _show(fit, out, written, console)
    if not fit.draws.settled:
        told = f"The chains of the posterior do not agree (R-hat {fit.draws.r_hat.max():.2f}): not to be used"
        say(notes, f"{told}, and not adopted." if adopt else f"{told}.")
        return 2
    return 0


def _telling(notes: Console) -> Callable[[str, int], Any]:
    @contextmanager
    def telling(stage: str, runs: int) -> Iterator[Callable[[Outcome, str], None]]:
        with RunProgress(runs, notes) as bar:
            yield lambda outcome, doing: bar(outcome, stage if doing == "simulating" else f"{stage}, {doing}")

    return telling


def _write(fit: Fit, plan: Plan, evidence: Any, out: Path, adopt: bool) -> list[str]:
    """Write tables, figures and page; with ``adopt`` also the posterior of the project and its page."""
    import json

    from sim.cli.describe import evidence_text
    from sim.evidence.loader import FOLDER
    from sim.evidence.posterior import NOTE
    from sim.experiments.calibrating.tables import write_posterior, write_tables
    from sim.experiments.storage.atomic import write_text
    from sim.report.calibration_figures import draw_calibration
    from sim.report.calibration_page import calibration_page

    tables = write_tables(fit, out)
    write_posterior(fit, plan, evidence, out)
    note = json.loads((out / NOTE).read_text(encoding="utf-8"))
    figures = draw_calibration(tables, fit.ranks.of, len(fit.check.rows), len(fit.draws.points), out / "figures")
    command = (
        f"python run_sim.py calibrate --points {plan.points[0]} --waves {len(plan.points)} --checked {plan.checked} "
        f"--draws {plan.draws} --probes {plan.probes} --talent-scale {plan.settings.talent_scale} --seed {plan.seed}"
    )
    write_text(out / "calibration.md", calibration_page(tables, note, command, "figures"))
    written = ["calibration.md", *(f"{name}.csv" for name in tables), "posterior.csv", "posterior.json", *figures]
    if adopt and fit.draws.settled:
        write_posterior(fit, plan, evidence, FOLDER)
        (DOCS / "figures").mkdir(exist_ok=True)
        for name in figures:
            if name.endswith(".png"):
                (DOCS / name).write_bytes((out / name).read_bytes())
        write_text(DOCS / "calibration.md", calibration_page(tables, note, command, "figures"))
        write_text(DOCS / "evidence.md", evidence_text())
    return written


def _show(fit: Fit, out: Path, written: list[str], console: Console) -> None:
    from sim.cli.headlines import fitting
    from sim.experiments.calibrating.tables import row_table
    from sim.report.markdown_pages import short

    table = row_table(fit)
    rows = {
        str(row["row"]): [*(short(row[name]) for name in ("target", "prior_mean", "posterior_mean")),
                          f"{row['posterior_z']:+.1f}", str(row["verdict"])]
        for row in table.to_dict("records")
    }  # fmt: skip
    headings = [("target", ""), ("prior", "mean"), ("posterior", "mean"), ("z", ""), ("verdict", "")]
    console.print(fitting("Rows against their targets", headings, rows, console))
    met = int((table["verdict"] == "met").sum())
    say(console, f"{met} of {len(table)} rows within two standard deviations of their target.")
    for name in written:
        console.print(f"  {out / name}", highlight=False, markup=False, soft_wrap=True)
