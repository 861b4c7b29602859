"""From a designed study to a results folder: run, merge, compare, report, and say how it went."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli.alone import alone
from sim.cli.headlines import comparison_table, levels_table
from sim.cli.making import make_runs, write_tables
from sim.cli.options import Common, is_our_manifest, make_folder
from sim.cli.saying import number_of, say
from sim.cli.stopping import leaving
from sim.cli.worth import TERRITORY, WORTH, forget_worth, write_territory, write_worth
from sim.errors import InputError
from sim.experiments.designs.limits import Limits
from sim.experiments.designs.study import Study
from sim.experiments.engine import Engine
from sim.experiments.manifest import NAME as MANIFEST
from sim.experiments.manifest import read_manifest, write_manifest
from sim.experiments.running.quarantine import NAME as QUARANTINE
from sim.experiments.running.runner import Manner, Outcome
from sim.experiments.running.study_note import StudyNote, write_note
from sim.experiments.storage.atomic import write_text
from sim.extensions.engine import current_engine
from sim.scenario import BASELINE
from sim.typed import program

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.experiments.designs.stopping_rule import StoppingRule

OK, FAILED, STOPPED = 0, 2, 130
# Figures of the report and the files of each, stated here because drawing them takes a second to load.
FIGURES = ("headline", "effects", "mechanisms", "reasons", "paths", "alluvial", "flows", "map_startups", "map_talents",
           "before_after_startups", "before_after_talents", "districts", "gains_startups", "gains_talents")  # fmt: skip
DRIVERS_TABLE = "drivers.csv"
FIGURE_FILES = ("pdf", "svg", "png", "csv", "txt")
PAGES = {"en": "report.html", "fr": "rapport.html"}
TABLE_FILES = ("csv", "tex", "xlsx")


def carry_out(
    study: Study, evidence: Evidence, common: Common, *, engine: Engine | None = None,
    show: Callable[[Path, Console], None] | None = None, manner: Manner | None = None,
    rule: StoppingRule | None = None, is_sweep: bool = False, with_report: bool = True,
) -> int:  # fmt: skip
    """Run a study into its results folder and print what came out.

    Args:
        study: what to run.
        evidence: what the worlds are made of.
        common: the results folder and the number of workers.
        engine: the model; another one in tests.
        show: prints the results of the folder; by default the headline outcomes.
        manner: how runs are made; by default by the workers of ``common``.
        rule: goes on with more worlds until an interval is narrow enough.
        with_report: draw figures and report, too.
        is_sweep: shards of other designs stay, and no report is written, which is about one list of scenarios.

    Returns:
        the exit code: 0, 2 if a run failed or the work ended early, 130 if stopped by Ctrl-C.

    Raises:
        InputError: if another command is writing into the same folder, or it holds another study.
    """
    engine, manner = engine or current_engine(), manner or Manner(common.workers, retry=True)
    out, console, notes = common.out, Console(), Console(stderr=True)
    started, clock = datetime.now(UTC), time.monotonic()
    make_folder(out)
    with alone(out, manner.suffix):
        _refuse_other_study(out, study)
        code = engine.code_digest()  # before anything runs: sources may be edited meanwhile
        kept = f"Finished runs are kept in {out}; the same command makes the rest and the tables."
        with leaving(kept):
            write_note(out, StudyNote(study, rule, Limits(manner.seconds_per_run, manner.disk_bytes), code))
            folder, outcome = make_runs(out, study, evidence, code, engine, manner, rule, notes)
        if not manner.is_whole:
            return _say_part(outcome, manner, out, notes)
        if not outcome.finished:
            _say_failures(folder.study, outcome, out, notes, manner.retry)
            stopped = "Stopped. " if outcome.interrupted else ""
            untouched = f"{stopped}No run was finished; the tables in {out} were not touched."
            say(notes, untouched)
            return STOPPED if outcome.interrupted else FAILED

        with leaving(kept):
            # While the manifest is missing, the folder is being written.
            (out / MANIFEST).unlink(missing_ok=True)
            _forget_report(out)
            outcome = write_tables(folder, outcome, engine, manner, notes)
            comparison = _compare(out, folder.study)
            if not (outcome.interrupted or outcome.trouble or is_sweep):
                folder.forget_others()
            seconds = time.monotonic() - clock
            write_manifest(folder, outcome, workers=manner.workers, started=started, wall_seconds=seconds)
        if outcome.interrupted:
            hint = f"\nA report on what there is: {program()} compare {out}"
            reportable = comparison is not None and study.reference == BASELINE and not is_sweep
            done = f"{outcome.finished} of {number_of(outcome.planned, 'run')}"
            finished = f"Stopped. {done} are finished, in tables in {out}; the same command makes the rest."
            say(notes, finished + (hint if reportable else ""))
            return STOPPED
        if comparison is not None and not is_sweep and with_report:
            _report(out, study.reference)
        with leaving(f"Everything in {out} is whole."):
            (show or show_headlines)(out, console)
        _say_failures(folder.study, outcome, out, notes, manner.retry)
    return FAILED if outcome.quarantined or outcome.trouble else OK


def compare_again(out: Path) -> int:
    """Compare the runs of an existing results folder: table, figures and report are written anew and shown.

    Raises:
        InputError: if the folder holds no results, or nothing to compare.
    """
    manifest = read_manifest(out)
    if not is_our_manifest(out / MANIFEST) or manifest is None or not (out / "runs.parquet").is_file():
        raise InputError(f"{out}: not a folder of results; it has no manifest.json or no runs.parquet.")
    from sim.analysis.consistency import check_results
    from sim.analysis.reading import read_manifest as checked_manifest
    from sim.cli.drivers import write_drivers

    checked_manifest(out / MANIFEST)
    check_results(out)  # before anything is written: a damaged table leaves the folder as it is
    with alone(out):
        with leaving(f"The other tables in {out} are whole; the same command writes comparison and report."):
            comparison = _written_comparison(out, manifest.get("reference"))
            write_drivers(out)
        if comparison is None:
            raise InputError(f"{out}: nothing to compare; run the baseline and another scenario in the same worlds.")
        _report(out, manifest.get("reference"))
        show_headlines(out, Console())
    return OK


def show_headlines(out: Path, console: Console) -> None:
    """Print the headline table of a results folder and what was written."""
    reference = (read_manifest(out) or {}).get("reference")
    compared = reference is not None and (out / "comparison.csv").is_file()
    console.print(comparison_table(out, str(reference), console) if compared else levels_table(out, console))
    show_files(out, console)


def show_files(out: Path, console: Console) -> None:
    """Print what was written."""
    tables = [
        f"{name}.parquet" for name in ("runs", "series", "flows", "costs", "reasons", "revenue", "pairs", "worlds")
    ]
    for name in (
        *PAGES.values(),
        "comparison.csv",
        "accounts.csv",
        *TERRITORY,
        WORTH,
        DRIVERS_TABLE,
        "figures",
        "tables",
        *tables,
        MANIFEST,
    ):
        if (out / name).exists():
            console.print(f"  {out / name}", highlight=False, markup=False, soft_wrap=True)


def _compare(out: Path, study: Study) -> pd.DataFrame | None:
    for name in ("comparison.csv", "accounts.csv", *TERRITORY):
        (out / name).unlink(missing_ok=True)
    forget_worth(out)
    return _written_comparison(out, study.reference) if study.can_compare else None


def _written_comparison(out: Path, reference: str | None) -> pd.DataFrame | None:
    """Write comparison.csv and accounts.csv; None, and no file, if no scenario shares a world with the reference."""
    from sim.analysis import compare
    from sim.analysis.accounts import accounts
    from sim.analysis.reading import read_money, read_places, read_runs

    if reference is None:
        return None
    runs = read_runs(out / "runs.parquet")
    shared = runs.groupby(["world", "replicate"])["scenario"].agg(set)
    paired = set().union(*(names for names in shared if reference in names))
    if len(paired) < 2:
        return None
    runs = runs[runs["scenario"].isin(paired)]
    money = read_money(out)  # before anything is written: a damaged table leaves the folder as it is
    if (out / "series.parquet").is_file():
        read_places(out / "places.csv")  # so does one that is not there
    comparison = compare(runs, reference)
    # Every digit, so that they can be compared to the byte.
    write_text(out / "comparison.csv", comparison.to_csv(index=False, lineterminator="\n"))
    if money is not None:
        table = accounts(runs, *money, reference)
        write_text(out / "accounts.csv", table.to_csv(index=False, lineterminator="\n"))
    else:
        (out / "accounts.csv").unlink(missing_ok=True)  # of tables that are gone
    write_worth(out, runs, reference)
    write_territory(out, runs, reference)
    return comparison


def _report(out: Path, reference: str | None) -> None:
    """Draw figures and report. They are about the baseline; any other reference has only the table."""
    if reference != BASELINE:
        return
    # It takes half a minute, in which nothing else is said.
    say(Console(stderr=True), f"Writing {' and '.join(PAGES.values())}, with their figures and tables.")
    with leaving(f"The tables in {out} are whole; to write the report: {program()} compare {out}"):
        from sim.report import write_report

        for language, name in PAGES.items():
            page = out / name
            was_there = page.exists()  # an earlier one stays until the new one is ready and takes its place at once
            try:
                write_report(out, language)
            except BaseException:
                if not was_there:
                    with suppress(OSError):  # half a page is none
                        page.unlink(missing_ok=True)
                raise


def _forget_report(out: Path) -> None:
    """Remove a report and figures of earlier runs: they do not show the tables that follow."""
    for page in PAGES.values():
        for path in (out / page, (out / page).with_suffix(".pdf")):
            path.unlink(missing_ok=True)
    (out / DRIVERS_TABLE).unlink(missing_ok=True)
    for folder in (out / "tables" / "fr", out / "tables", out / "figures" / "fr", out / "figures"):
        shown = [f"{name}.{kind}" for name in FIGURES for kind in FIGURE_FILES]
        names = shown if "figures" in folder.parts[-2:] else [path.name for path in _tables_in(folder)]
        for name in names:
            (folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # there is none, or it holds other files
            folder.rmdir()


def _tables_in(folder: Path) -> list[Path]:
    """Tables of a report in a folder that only a report fills."""
    return [path for kind in TABLE_FILES for path in sorted(folder.glob(f"*.{kind}"))]


def _refuse_other_study(out: Path, study: Study) -> None:
    """Refuse a folder whose runs would all be erased but perhaps the baseline's.

    The same scenarios with other options, and more or fewer of them, are a study that goes on.

    Raises:
        InputError: if the folder's study and this one share no scenario besides the baseline.
    """
    digests = (read_manifest(out) or {}).get("digests")
    scenarios = digests.get("scenarios") if isinstance(digests, dict) else None
    held = set(scenarios) if isinstance(scenarios, dict) else set()
    ours = {scenario.name for scenario in study.scenarios}
    lost = sorted(held - ours)
    if lost and not (held & ours) - {BASELINE}:
        named = ", ".join(lost[:3]) + (" and others" if len(lost) > 3 else "")
        raise InputError(f"{out}: holds another study ({named}), whose runs would be erased; name another --out.")


def _say_part(outcome: Outcome, manner: Manner, out: Path, notes: Console) -> int:
    """Say how one of several parts of a study went."""
    nth, of = manner.part
    done = f"{outcome.finished} of {number_of(outcome.planned, 'run')} of part {nth} of {of} are finished"
    failed = f", {outcome.quarantined} failed (quarantine)" if outcome.quarantined else ""
    say(notes, f"{done}{failed}. When all parts are through, the same command without --shard writes the tables.")
    if outcome.trouble:
        say(notes, outcome.trouble)
    if outcome.interrupted:
        return STOPPED
    return FAILED if outcome.quarantined or outcome.trouble else OK


def _say_failures(study: Study, outcome: Outcome, out: Path, notes: Console, by_itself: bool) -> None:
    if outcome.trouble:
        missing = outcome.planned - outcome.finished
        say(notes, f"{outcome.trouble.strip()}\nEnded early: {number_of(missing, 'run')} of {outcome.planned} missing.")
    for experiment, text in outcome.failures[:5]:
        name = study.scenarios[experiment.scenario].name
        reason = text.strip().splitlines()[-1]
        say(notes, f"Failed: {name}, world {experiment.world}, replicate {experiment.replicate}: {reason}")
    if outcome.quarantined:
        failed = f"{number_of(outcome.quarantined, 'run')} of {outcome.planned} failed"
        where = f"{out / QUARANTINE} says why, and how to repeat each alone"
        again = "The same command tries them again" if by_itself else "--retry tries them again"
        say(notes, f"{failed}; {where}. {again}.")
