"""The commands, and what a user sees when something is wrong: one sentence per problem, exit code 2."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from sim import __version__
from sim.cli import (
    calibrate,
    comparing,
    dashboard,
    looking,
    options,
    plot,
    reference,
    report,
    sensitivity,
    structures,
    sweeping,
    targets,
    validate,
    writing,
)
from sim.cli.drawing import posterior_of
from sim.cli.extending import Extensions, evidence_for, refuse_own_model
from sim.cli.options import (
    Out,
    Replicates,
    Seed,
    StartupScale,
    TalentScale,
    Threads,
    Workers,
    World,
    WorldChoice,
    Worlds,
    Years,
    refuse_useless,
)  # fmt: skip
from sim.cli.stopping import NOTHING_BEGUN, Stop, listen, os_sentence
from sim.cli.usage import say_problems, usage_error
from sim.errors import InputError
from sim.extensions.active import using
from sim.settings import Settings
from sim.shipped import shipped_files

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study
    from sim.scenario import Scenario

_DEFAULT = Settings()

app = typer.Typer(
    name="run_sim.py",
    help="Talent and startup flight from French digital districts: what eight recommendations change,"
    " and at what cost."
    "\n\nWithout a command: the main job, every scenario file in paired worlds, into results/main.",
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def main_job(
    context: typer.Context,
    talent_scale: TalentScale = _DEFAULT.talent_scale,
    startup_scale: StartupScale = _DEFAULT.startup_scale,
    years: Years = _DEFAULT.years,
    worlds: Worlds = options.WORLDS,
    world: World = options.DRAWN,
    replicates: Replicates = 1,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    threads: Threads = _DEFAULT.threads,
    out: Out = None,
    extension: Extensions = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Run the main job unless a command is named; options before a command are that command's."""
    if context.invoked_subcommand is not None:
        given = {
            name: value
            for name, value in context.params.items()
            if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
            and name not in ("version", "extension")
        }
        refuse_own_model(context.invoked_subcommand)
        refuse_useless(context.invoked_subcommand, given)
        context.default_map = {context.invoked_subcommand: given}
        return
    common = options.common(
        talent_scale,
        startup_scale,
        years,
        worlds,
        replicates,
        seed,
        workers,
        threads,
        out or options.RESULTS / "main",
    )
    from sim.scenario import find_scenarios

    evidence, scenarios = _load(find_scenarios(options.SCENARIOS))
    raise typer.Exit(_carry_out(scenarios, evidence, common, world))


@app.command()
def run(
    files: Annotated[list[Path], typer.Argument(metavar="SCENARIO.toml...", help="Scenario files.")],
    world: World = WorldChoice.CENTRAL,
    talent_scale: TalentScale = _DEFAULT.talent_scale,
    startup_scale: StartupScale = _DEFAULT.startup_scale,
    years: Years = _DEFAULT.years,
    worlds: Worlds = 1,
    replicates: Replicates = 1,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    threads: Threads = _DEFAULT.threads,
    out: Out = None,
    extension: Extensions = None,
    profile: Annotated[bool, typer.Option("--profile", help="Also show the seconds of each process.")] = False,
) -> None:
    """Run the scenarios named, by default in the central world.

    Results go into results/<scenario>, of several scenarios into results/run. With scenarios/baseline.toml
    among them they are also compared with it.
    """
    from sim.cli.process_times import show_times
    from sim.scenario import reading_order

    folder = out or options.RESULTS / (files[0].stem if len(files) == 1 else "run")
    evidence, scenarios = _load(sorted(shipped_files(files), key=reading_order))
    common = options.common(talent_scale, startup_scale, years, worlds, replicates, seed, workers, threads, folder)
    words: dict[str, Any] = {"show": show_times} if profile else {}
    raise typer.Exit(_carry_out(scenarios, evidence, common, world, **words))


@app.command()
def compare(
    what: Annotated[list[Path], typer.Argument(metavar="RESULTS | A.toml B.toml...", help="Results, or scenarios.")],
    talent_scale: TalentScale = _DEFAULT.talent_scale,
    startup_scale: StartupScale = _DEFAULT.startup_scale,
    years: Years = _DEFAULT.years,
    worlds: Worlds = options.WORLDS,
    world: World = options.DRAWN,
    replicates: Replicates = 1,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    threads: Threads = _DEFAULT.threads,
    out: Out = None,
    extension: Extensions = None,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Draw figures and report of scenarios, or leave that.")
    ] = True,
    chunk_seconds: Annotated[
        float, typer.Option(min=0.1, max=3600.0, help="Work of a worker between two results on disk, seconds.")
    ] = 20.0,
) -> None:
    """Compare scenarios in paired worlds.

    RESULTS: write comparison.csv, figures and report of a results folder anew, and show the table.
    A.toml B.toml...: run the scenarios in worlds of the posterior, and compare each with the first, A, into
    results/compare.
    """
    if len(what) == 1 and what[0].suffix != ".toml":
        from sim.cli.study import compare_again

        raise typer.Exit(compare_again(what[0]))
    if len(what) == 1:
        raise InputError(f"{what[0]}: nothing to compare it with; name two scenario files, the reference first.")
    evidence, scenarios = _load(shipped_files(what))
    common = options.common(
        talent_scale, startup_scale, years, worlds, replicates, seed, workers, threads,
        out or options.RESULTS / "compare",
    )  # fmt: skip
    from sim.experiments.running.runner import Manner

    manner = Manner(common.workers, retry=True, chunk_seconds=chunk_seconds)
    raise typer.Exit(
        _carry_out(scenarios, evidence, common, world, scenarios[0].name, with_report=report, manner=manner)
    )


@app.command()
def drivers(
    talent_scale: TalentScale = _DEFAULT.talent_scale,
    startup_scale: StartupScale = _DEFAULT.startup_scale,
    years: Years = _DEFAULT.years,
    worlds: Worlds = options.WORLDS,
    world: World = options.DRAWN,
    replicates: Replicates = 1,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    threads: Threads = _DEFAULT.threads,
    out: Out = None,
    extension: Extensions = None,
) -> None:
    """Test what drives the flight: one driver at a time in France as it is abroad.

    Taxation, connectivity, real estate and capital (scenarios/drivers) beside the baseline, in the worlds of the
    main job, into results/drivers. The main job's report shows them if they were made with the same options.
    """
    from sim.cli.drivers import show_drivers
    from sim.cli.study import carry_out
    from sim.experiments.running.study_note import refuse_other_extensions
    from sim.scenario import find_scenarios

    folder = options.SCENARIOS
    evidence, scenarios = _load([folder / "baseline.toml", *find_scenarios(folder / "drivers")])
    common = options.common(
        talent_scale, startup_scale, years, worlds, replicates, seed, workers, threads,
        out or options.RESULTS / "drivers",
    )  # fmt: skip
    refuse_other_extensions(common.out)
    study = _study(scenarios, evidence, common, world, "baseline")
    raise typer.Exit(carry_out(study, evidence, common, show=show_drivers))


for _command in (
    comparing.counterfactual, comparing.packages, targets.targets, calibrate.calibrate, validate.validate,
    sensitivity.sensitivity, structures.structures, report.report, plot.plot, dashboard.dashboard, reference.reference,
    looking.check, looking.describe, sweeping.sweep, sweeping.status, sweeping.verify, sweeping.compact, sweeping.rerun,
    writing.schema,
):  # fmt: skip
    app.command()(_command)
app.command("new-scenario")(writing.new_scenario)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code: 0, 1 or 2 for problems, 130 when stopped by Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a sign shows another, and no traceback
            stream.reconfigure(errors="replace")
    try:
        listen()
        with using(()):  # the command has the extensions that it names; a program around it gets its own back
            code = app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except InputError as error:
        return say_problems(error)
    except TyperException as error:
        return say_problems(usage_error(error))
    except (KeyboardInterrupt, Stop) as stop:
        print(f"Stopped. {stop if isinstance(stop, Stop) else NOTHING_BEGUN}", file=sys.stderr)
        return 130
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return 141
    except OSError as error:
        return say_problems(InputError(os_sentence(error)))
    return code if isinstance(code, int) else 0


def _load(files: Sequence[Path]) -> tuple[Evidence, list[Scenario]]:
    from sim.scenario import load_scenarios

    evidence = evidence_for(files)
    return evidence, load_scenarios(files, evidence)


def _carry_out(
    scenarios: Sequence[Scenario], evidence: Evidence, common: options.Common, world: WorldChoice,
    reference: str = "baseline", **words: Any,
) -> int:  # fmt: skip
    from sim.cli.study import carry_out
    from sim.experiments.running.study_note import refuse_other_extensions

    refuse_other_extensions(common.out)
    return carry_out(_study(scenarios, evidence, common, world, reference), evidence, common, **words)


def _study(
    scenarios: Sequence[Scenario], evidence: Evidence, common: options.Common, world: WorldChoice, reference: str
) -> Study:
    from sim.experiments.designs.study import design

    return design(
        scenarios, common.settings, seed=common.seed, worlds=common.worlds, replicates=common.replicates,
        world_kind=world.value, reference=reference, posterior=posterior_of(world, evidence),
    )  # fmt: skip
