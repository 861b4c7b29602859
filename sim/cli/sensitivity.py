"""The command that says which uncertain parameters move outcomes, and which move what a recommendation changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.options import Out, Seed, StartupScale, TalentScale, Workers, Years
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study

WORLDS, TALENT_SCALE = 300, 100
FEWEST, MOST = 60, 20_000


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
    Morris' and Sobol' indices and a tornado table from those that explain enough. Goes on where it was stopped; more
    worlds keep the runs of fewer. Writes into results/sensitivity; needs the extra calibrate.
    """
    from sim.cli.calibrate import _needs_extra
    from sim.cli.study import carry_out
    from sim.evidence import load_evidence

    _needs_extra()
    common = options.common(
        talent_scale, startup_scale, years, worlds, 1, seed, workers, 1, out or options.RESULTS / "sensitivity"
    )
    evidence = load_evidence()
    study = sensitivity_study(evidence, common)
    raise typer.Exit(carry_out(study, evidence, common, is_sweep=True))


def sensitivity_study(evidence: Evidence, common: options.Common) -> Study:
    """Return the study: the baseline and each recommendation alone, in the worlds of the design, outcomes only."""
    from sim.experiments.designs.space_filling import space_filling
    from sim.experiments.designs.study import Study
    from sim.scenario import BASELINE, find_scenarios, load_scenarios

    shipped = load_scenarios(find_scenarios(options.SCENARIOS), evidence)
    chosen = [scenario for scenario in shipped if scenario.name == BASELINE or scenario.recommendation]
    points = space_filling(evidence, common.worlds, common.seed)
    return Study(tuple(chosen), points, common.seed, 1, common.settings, BASELINE, frozenset())
