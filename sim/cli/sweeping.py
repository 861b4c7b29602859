"""The commands of sweeps: plan, run, look, verify, compact, and repeat one run."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.drawing import warn_of
from sim.cli.extending import Extensions
from sim.cli.options import Threads, Workers
from sim.cli.progress import clock
from sim.cli.saying import number_of
from sim.cli.stopping import leaving
from sim.errors import DamagedError, InputError
from sim.input_files import read_text
from sim.settings import Settings
from sim.shipped import shipped_file

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.stopping_rule import StoppingRule
    from sim.experiments.designs.study import Study
    from sim.experiments.designs.sweep_file import Sweep
    from sim.experiments.running.runner import Manner, StudyFolder
    from sim.experiments.running.study_note import StudyNote

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="A results folder.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try the runs in quarantine again.")]
OK, WRONG = 0, 2
THREADS = Settings().threads


def sweep(
    file: Annotated[Path, typer.Argument(metavar="SWEEP.toml", help="A sweep file; examples in scenarios/sweeps.")],
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what it will take, by a short pilot, and run nothing.")
    ] = False,
    workers: Workers = options.WORKERS,
    threads: Threads = THREADS,
    out: Annotated[Path | None, typer.Option(help="Results folder; by default results/<name of the sweep>.")] = None,
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Make only the I-th of N parts; N commands fill one folder.")
    ] = "1/1",
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler, or 'local'; needs .[cluster].")
    ] = "",
    retry: Retry = False,
    extension: Extensions = None,
    world: Annotated[
        options.WorldChoice | None, typer.Option(help="Worlds of this kind instead of those that the file says.")
    ] = None,
    worlds: Annotated[int | None, typer.Option(help="So many worlds instead of the file's.")] = None,
) -> None:
    """Run a sweep: many scenarios or packages in many worlds, as a file describes it.

    The same command again goes on where it stopped, whatever stopped it; a larger design makes only what is new.
    """
    from dataclasses import replace

    from sim.cli.extending import evidence_for
    from sim.cli.study import carry_out
    from sim.experiments.designs.sweep_file import load_sweep
    from sim.experiments.running.runner import SECONDS_PER_RUN, Manner
    from sim.experiments.running.study_note import refuse_other_extensions

    part, file = parts(shard), shipped_file(file)
    folder = out or options.RESULTS / file.stem
    problems = options.option_problems(workers, folder)
    if problems:
        raise InputError(problems)
    evidence = evidence_for([file])
    refuse_other_extensions(folder)
    asked = load_sweep(file, evidence, instead=None if world is None else world.value)
    if world is not None or worlds is not None:
        asked = replace(asked, study=_elsewhere(asked, world, worlds, evidence))
    warn_of(asked.study, evidence)
    if asked.rule is not None and part[1] > 1:
        raise InputError(f"--shard: {file} has a table [until], which decides on all runs; leave --shard out.")
    study = replace(asked.study, settings=replace(asked.study.settings, threads=threads))
    limit = asked.limits.seconds_per_run or SECONDS_PER_RUN
    executor = None
    if cluster:
        from sim.experiments.running.dask_cluster import on_cluster

        executor = on_cluster(cluster, workers)
    manner = Manner(workers, part, retry, limit, asked.limits.disk_bytes, executor=executor)
    if plan:
        raise typer.Exit(show_plan(study, evidence, manner, folder, asked.rule))
    common = options.Common(study.settings, len(study.worlds), study.replicates, study.seed, workers, folder)
    raise typer.Exit(carry_out(study, evidence, common, manner=manner, rule=asked.rule, is_sweep=True))


def _elsewhere(asked: Sweep, world: options.WorldChoice | None, worlds: int | None, evidence: Evidence) -> Study:
    """Return the study of a sweep in the worlds that options name."""
    from sim.experiments.designs.other_worlds import in_other_worlds
    from sim.experiments.posterior_files import open_posterior

    kind = options.WorldChoice(asked.study.world_kind) if world is None else world
    fitted = kind is options.WorldChoice.POSTERIOR and asked.rule is None
    posterior = open_posterior(evidence) if fitted else None  # whoever runs the study says whether it is stale
    return in_other_worlds(asked, None if world is None else world.value, worlds, posterior)


def status(results: Results) -> None:
    """Say how far the study of a results folder is."""
    with opened(results, lock=False) as (folder, note):
        pending = folder.pending()
        failed = int(pending.quarantined.sum())
        console = Console()
        lines = [
            f"{number_of(folder.study.n_runs, 'run')} planned: {_size(folder.study)}",
            f"{pending.planned - pending.left - failed} finished, {pending.left} missing, {failed} in quarantine",
            f"{number_of(folder.ledger.counts().shards, 'shard')}, {folder.ledger.bytes() / 1e6:.1f} MB",
        ]
        lines += [f"{path.name}: {_progress(path)}" for path in sorted(results.glob("progress*.json"))]
        if note.code != current_code():
            lines.append("The model has changed since: the sweep's own command would make every run anew.")
        for line in lines:
            console.print(line, highlight=False, markup=False, soft_wrap=True)


def verify(
    results: Results,
    runs: Annotated[int, typer.Option(help="How many finished runs to make again.", min=1)] = 10,
) -> None:
    """Make some finished runs again and compare every byte that was kept of them; exit code 2 if one differs."""
    from sim.experiments.running.repeating import repeat_sample, sample
    from sim.extensions.engine import current_engine

    with opened(results) as (folder, note):
        refuse_other_code(results, note.code)
        chosen = sample(folder, runs)
        if not chosen:
            raise InputError(f"{results}: no run is finished yet, so there is nothing to verify.")
        found = repeat_sample(folder, chosen, current_engine())
        wrong = [repeated for repeated in found if not repeated.is_same]
        for repeated in wrong:
            what = repeated.why or f"other bytes in {', '.join(repeated.differing)}"
            typer.echo(f"run {repeated.experiment.run}: {what}")
        typer.echo(f"{len(found) - len(wrong)} of {len(found)} runs made again are the same to the byte.")
    raise typer.Exit(WRONG if wrong else OK)


def compact(results: Results) -> None:
    """Join the many small shards of a results folder into few large ones; nothing in them changes."""
    from sim.experiments.storage.compacting import compact as join

    with opened(results) as (folder, _), leaving(f"Every finished run in {results} is whole."):
        before, taken = folder.ledger.counts().shards, folder.ledger.bytes()
        join(results, folder.ledger)
        after, left = folder.ledger.counts().shards, folder.ledger.bytes()
    typer.echo(f"{before} shards of {taken / 1e6:.1f} MB are now {after} of {left / 1e6:.1f} MB.")


def rerun(
    results: Results, run: Annotated[int, typer.Argument(help="Number of the run, as tables and quarantine give it.")]
) -> None:
    """Make one run of a results folder again in this process, with its traceback if it fails; keeps nothing."""
    from sim.experiments.running.repeating import repeat_alone
    from sim.extensions.engine import current_engine

    with opened(results, lock=False) as (folder, note):
        refuse_other_code(results, note.code)
        if not 0 <= run < folder.study.n_runs:
            last = folder.study.n_runs - 1
            raise InputError(f"{results}: run: found {run}, allowed are whole numbers from 0 to {last}.")
        experiment = folder.study.experiment(run)
        name = folder.study.scenarios[experiment.scenario].name
        typer.echo(f"run {run}: {name}, world {experiment.world}, replicate {experiment.replicate}")
        try:
            outcomes = repeat_alone(folder, experiment, current_engine())
        except Exception:
            traceback.print_exc(file=sys.stderr)
            raise typer.Exit(WRONG) from None
    for name, value in outcomes.items():
        typer.echo(f"{name}: {value:.12g}")


def parts(text: str) -> tuple[int, int]:
    """Return "2/8" as (2, 8).

    Raises:
        InputError: for anything else.
    """
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"--shard: found '{text}', allowed is I/N with I from 1 to N, such as 2/8.")
    return int(found[1]), int(found[2])


@contextmanager
def opened(results: Path, lock: bool = True) -> Iterator[tuple[StudyFolder, StudyNote]]:
    """Open a results folder with the study that it holds.

    Raises:
        InputError: if it is none, or another command is writing into it.
    """
    from sim.experiments.running.runner import StudyFolder
    from sim.experiments.running.study_note import read_note, recall_of
    from sim.experiments.storage.shards import Damaged
    from sim.extensions.evidence import extended_evidence
    from sim.extensions.trust import named_by_results

    with named_by_results():
        recall_of(results)
        evidence = extended_evidence()
        note = read_note(results, evidence)
    with alone(results) if lock else nullcontext():
        try:
            yield StudyFolder(results, note.study, evidence, note.code), note
        except Damaged as error:
            what = str(error).partition(";")[0]
            raise DamagedError(f"{results}/{what}; the same run command makes its runs anew.") from None


def show_plan(study: Study, evidence: Evidence, manner: Manner, out: Path, rule: StoppingRule | None) -> int:
    """Say what a study will take; the exit code is 2 if something does not fit."""
    from sim.experiments.running.pilot import PilotFailed, forecast, misfits
    from sim.experiments.running.runner import StudyFolder
    from sim.extensions.engine import current_engine

    engine, missing, finished = current_engine(), study.n_runs, 0
    worlds = len(study.worlds)
    if (out / "shards").is_dir():
        pending = StudyFolder(out, study, evidence, engine.code_digest()).pending(manner.part)
        missing, finished = pending.left, pending.planned - pending.left
        worlds = pending.worlds_left()
    typer.echo("Pilot: a few runs in a folder of their own ...", err=True)
    try:
        found = forecast(study, evidence, engine, missing, worlds, manner.seconds_per_run)
    except PilotFailed as failed:
        raise InputError(f"The pilot failed: {str(failed).splitlines()[-1]}") from None
    capped = "" if rule is None else ", at most: it ends as soon as the interval is narrow enough"
    workers = number_of(manner.workers, "worker")
    rows = [
        ("runs", f"{study.n_runs}{capped}: {_size(study)}"),
        ("finished already", f"{finished}"),
        ("to make", f"{missing}, in {number_of(worlds, 'world')}"),
        ("a run takes", f"{found.seconds_per_run:.3g} s; the start of a world {found.seconds_per_world:.3g} s"),
        ("time", f"about {clock(found.seconds(manner.workers))} with {workers}, compiled already"),
        ("memory", f"about {found.memory_bytes(manner.workers) / 1e9:.2g} GB for driver and workers"),
        ("disk", f"about {found.disk_bytes / 1e9:.2g} GB, shards and tables"),
        ("kept of each run", ", ".join(["outcomes", *sorted(study.keep)])),
    ]
    for name, value in rows:
        typer.echo(f"{name:<30} {value}")
    problems = misfits(found, manner.workers, out, manner.disk_bytes, manner.seconds_per_run)
    if problems:
        raise InputError(problems)
    typer.echo("It fits.")
    return OK


def _size(study: Study) -> str:
    counts = (len(study.scenarios), "scenario"), (len(study.worlds), "world"), (study.replicates, "replicate")
    return ", ".join(number_of(*count) for count in counts)


def current_code() -> str:
    """Return the digest of the model's sources as they are now."""
    from sim.extensions.engine import current_engine

    return current_engine().code_digest()


def refuse_other_code(results: Path, code: str) -> None:
    """Refuse to make runs again that other sources made.

    Raises:
        InputError: if the sources of the model are not those of the study.
    """
    if code != current_code():
        raise InputError(f"{results}: made by other sources of the model; only those make the same runs again.")


def _progress(path: Path) -> str:
    try:
        found = json.loads(read_text(path, "note"))
        left = found["seconds_left"]
        pace = f"{found['runs_per_second']} runs a second" + (f", about {clock(left)} left" if left else "")
        return f"{found['state']}, {found['finished']} of {found['planned']} runs, {pace}, {found['updated']}"
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return "cannot be read"
