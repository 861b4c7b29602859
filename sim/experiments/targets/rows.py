"""Compare the model with every target row it may be fitted to: ``python -m sim.experiments.targets.rows``.

Runs the scenario of what happened in the central world and in worlds drawn from the priors, measures each row, prints
the table and writes it with its misses to docs/targets.md. Nothing is tuned here.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from sim.errors import InputError
from sim.evidence import Evidence, load_evidence
from sim.experiments.targets import measures
from sim.experiments.targets.elasticities import elasticities
from sim.experiments.targets.laboratory import Laboratory, Measure
from sim.experiments.targets.page import Line, page, table_lines
from sim.experiments.targets.register import ROWS
from sim.experiments.targets.film import Watch
from sim.experiments.targets.probes import with_probes
from sim.experiments.targets.watched_run import watch_run
from sim.model.randomness import population_seed, run_seed
from sim.model.start import prepare_start
from sim.scenario import Scenario, load_scenario
from sim.settings import Settings
from sim.world import World, central_world, draw_world

ROOT = Path(__file__).parents[3]
SCENARIO = ROOT / "scenarios" / "french_tech_2014.toml"
PAGE = ROOT / "docs" / "targets.md"
YEARS = 10  # B01 follows firms to the age of ten


@dataclass(frozen=True)
class Plan:
    """How much to run. ``worlds``: from the priors; ``shock_worlds`` of them get the paired runs too."""

    worlds: int = 6
    replicates: int = 3
    shock_worlds: int = 0
    seed: int = 2013
    probes: int = 100_000
    settings: Settings = field(default_factory=lambda: Settings(years=YEARS))

    @property
    def command(self) -> str:
        """The command that repeats this plan."""
        words = {
            "worlds": self.worlds, "replicates": self.replicates, "shock-worlds": self.shock_worlds,
            "seed": self.seed, "probes": self.probes, "talent-scale": self.settings.talent_scale,
        }  # fmt: skip
        return "python -m sim.experiments.targets.rows " + " ".join(f"--{key} {word}" for key, word in words.items())


@dataclass(frozen=True)
class Results:
    """Row -> measures: of the central world (mean over luck, its standard error), and one number per prior world."""

    central: Mapping[str, Measure]
    error: Mapping[str, float]
    worlds: Mapping[str, list[float]]


def calibrate_rows(evidence: Evidence) -> pd.DataFrame:
    """Return the rows of targets.csv whose use is ``calibrate``, in the order of the file.

    Raises:
        InputError: one sentence per row that the register lacks, or has too many.
    """
    targets = evidence.targets
    rows = targets[targets["use"] == "calibrate"].set_index("id", drop=False)
    missing, extra = [row for row in rows.index if row not in ROWS], [row for row in ROWS if row not in rows.index]
    problems = [f"targets.csv: calibrate row '{row}' is not in the register of rows." for row in missing]
    problems += [f"Register of rows: '{row}' is no calibrate row of targets.csv." for row in extra]
    if problems:
        raise InputError(problems)
    return rows


def run_rows(watch: Watch, world: World) -> dict[str, float]:
    """Return the rows that one run gives."""
    g, firms, series, flows = watch.geography, watch.firms, watch.series, watch.flows
    if watch.persons is None:
        raise ValueError("rows on small groups need probe persons: prepare the start with with_probes")
    return {
        "A01": world["startup.agglomeration"],
        "A04": world["startup.agglomeration"],
        "R01": measures.urban_cost(world),
        "R02": measures.urban_cost(world),
        "P07": measures.seat_effect(firms, g),
        "B01": measures.relocated_share(firms, g),
        "B02": measures.relocated_value(firms, g),
        "B03": measures.moves_to_us(flows, g),
        "B04": measures.us_round_effect(firms, g),
        "B09": measures.district_changes(firms, g),
        "B14": measures.return_ratio(flows, g),
        "B17": measures.first_jobs_abroad(watch.persons, g),
        "B23": measures.high_pay_departures(watch.persons, g),
        "B30": measures.french_in_silicon_valley(series),
        "B34": measures.paris_share(series, g, "startups", [measures.AUGUST_2020]),
        "B38": measures.paris_share(series, g, "capital_meur", measures.quarters_of(2016)),
        "B45": measures.survival(firms, g, 12),
        "B46": measures.survival(firms, g, 20),
        "H_FR_2014": measures.capital_of(series, g, 2014),
        "H_FR_2015": measures.capital_of(series, g, 2015),
    }


def world_rows(
    scenario: Scenario, evidence: Evidence, world: World, draw: int, plan: Plan, shocks: bool
) -> tuple[dict[str, Measure], dict[str, float]]:
    """Return (measures, standard error over luck) of one world; ``draw`` numbers its population and its luck."""
    settings = plan.settings
    start = prepare_start(evidence, world, settings, population_seed(plan.seed, draw))
    start = with_probes(start, evidence, world, settings, plan.probes)
    levers = tuple(scenario.levers)
    found: list[dict[str, float]] = []
    first: Watch | None = None
    for replicate in range(plan.replicates):
        watch = watch_run(levers, world, evidence, start, settings, run_seed(plan.seed, draw, replicate))
        first = first or watch
        found.append(run_rows(watch, world))
    frame = pd.DataFrame(found)
    rows = {str(row): Measure(float(value)) for row, value in frame.mean().items()}
    spread = frame.std() / np.sqrt(len(frame)) if len(frame) > 1 else frame.iloc[0] * np.nan
    if shocks and first is not None:
        seed = run_seed(plan.seed, draw, 0)
        rows |= elasticities(Laboratory(levers, world, evidence, start, settings, seed, first))
    return rows, {str(row): float(value) for row, value in spread.items()}


def measure_rows(scenario: Scenario, evidence: Evidence, plan: Plan) -> Results:
    """Run everything; progress goes to the error stream."""
    say = typer.echo
    say("Central world", err=True)
    overrides = scenario.world_overrides
    central, error = world_rows(scenario, evidence, central_world(evidence, overrides), 0, plan, shocks=True)
    worlds: dict[str, list[float]] = {row: [] for row in ROWS}
    for draw in range(plan.worlds):
        say(f"World {draw + 1} of {plan.worlds}", err=True)
        world = draw_world(evidence, plan.seed, draw, overrides)
        rows, _ = world_rows(scenario, evidence, world, draw, plan, shocks=draw < plan.shock_worlds)
        for row, measure in rows.items():
            worlds[row].append(measure.value)
    return Results(central, error, worlds)


def result_lines(targets: pd.DataFrame, results: Results) -> list[Line]:
    """Join targets (see :func:`calibrate_rows`) and results, one line per row in the order of the targets."""
    lines = []
    for target in targets.to_dict("records"):
        row = str(target["id"])
        central = results.central.get(row, Measure(float("nan")))
        value, low, high = (float(target[name]) for name in ("value", "low", "high"))
        pattern, unit, status, source = (str(target[name]) for name in ("pattern", "unit", "status", "source"))
        error = results.error.get(row, float("nan"))
        drawn = tuple(number for number in results.worlds.get(row, []) if math.isfinite(number))
        lines.append(
            Line(row, pattern, value, low, high, unit, status, source, central.value, error, central.note, drawn)
        )
    return lines


def main(
    worlds: Annotated[int, typer.Option(min=0, max=100, help="Worlds drawn from the priors.")] = 6,
    replicates: Annotated[int, typer.Option(min=1, max=50, help="Runs of each world, with other luck.")] = 3,
    shock_worlds: Annotated[int, typer.Option(min=0, max=100, help="Prior worlds that get paired runs too.")] = 0,
    seed: Annotated[int, typer.Option(help="Study seed: worlds and luck follow from it.")] = 2013,
    probes: Annotated[int, typer.Option(min=1000, max=2_000_000, help="Probe persons, two classes each.")] = 100_000,
    talent_scale: Annotated[int, typer.Option(help="Real talents that one simulated talent stands for.")] = 20,
    threads: Annotated[int, typer.Option(help="Threads. Never changes a result.")] = 1,
    out: Annotated[Path, typer.Option(help="Page to write.")] = PAGE,
) -> None:
    """Compare the model with its calibration rows, print the table and write the page."""
    try:
        settings = Settings(talent_scale=talent_scale, years=YEARS, threads=threads)
        if not out.absolute().parent.is_dir():
            raise InputError(f"--out: found '{out}', allowed is a file in a folder that exists.")
        plan = Plan(worlds, replicates, shock_worlds, seed, probes, settings)
        evidence = load_evidence()
        targets = calibrate_rows(evidence)
        table = result_lines(targets, measure_rows(load_scenario(SCENARIO, evidence), evidence, plan))
        text = page(table, plan.command, plan.seed, plan.worlds, plan.shock_worlds, evidence.digest)
        out.write_text(text, encoding="utf-8")
    except InputError as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        sys.exit(2)
    typer.echo("\n".join(table_lines(table)))


if __name__ == "__main__":
    typer.run(main)
