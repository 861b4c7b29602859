"""Make the runs of a study and its tables, and tell how it goes meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli.progress import RunProgress
from sim.cli.saying import number_of, say
from sim.experiments.designs.study import Study
from sim.experiments.engine import Engine
from sim.experiments.running.progress_file import ProgressFile
from sim.experiments.running.runner import Manner, Outcome, StudyFolder

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.experiments.designs.stopping_rule import Decision, StoppingRule

OK, FAILED, STOPPED = 0, 2, 130


def finished_runs(
    folder: Path, study: Study, evidence: Evidence, engine: Engine, workers: int, notes: Console
) -> tuple[int, pd.DataFrame]:
    """Make what is missing of a study that is a part of a command.

    Returns:
        an exit code, 0 if all runs are there, and the runs, empty otherwise; what is missing has been said.
    """
    import pandas as pd

    from sim.experiments.running.quarantine import NAME as QUARANTINE

    folder.mkdir(exist_ok=True)
    manner = Manner(workers, retry=True)
    kept, outcome = make_runs(folder, study, evidence, engine.code_digest(), engine, manner, None, notes)
    if outcome.is_whole:
        outcome = write_tables(kept, outcome, engine, manner, notes)
    if not outcome.is_whole:
        stopped = "Stopped. " if outcome.interrupted else ""
        why = f" {outcome.trouble.strip()}" if outcome.trouble else ""
        failed = f" {folder / QUARANTINE} says why runs failed." if outcome.quarantined else ""
        done = f"{outcome.finished} of {number_of(outcome.planned, 'run')} are finished"
        say(notes, f"{stopped}{done}; the same command makes the rest.{why}{failed}")
        return (STOPPED if outcome.interrupted else FAILED), pd.DataFrame()
    return OK, pd.read_parquet(folder / "runs.parquet")


def write_tables(folder: StudyFolder, outcome: Outcome, engine: Engine, manner: Manner, notes: Console) -> Outcome:
    """Write the tables of a results folder; what turns out to be damaged is made again.

    Returns:
        how it went, the runs made again included.
    """
    while (damaged := folder.write_tables()) is not None:
        say(notes, f"Shard {damaged} is damaged; its runs are made again.")
        outcome = folder.run(engine, manner, lambda outcome, doing: None)
        if outcome.interrupted or outcome.trouble:
            break
    return outcome


def make_runs(
    out: Path, study: Study, evidence: Evidence, code: str, engine: Engine, manner: Manner,
    rule: StoppingRule | None, notes: Console,
) -> tuple[StudyFolder, Outcome]:  # fmt: skip
    """Make the runs of a study; with a rule, look after look until its interval is narrow enough.

    Returns:
        the results folder with the study at its final size, and how it went.
    """
    looks, whole = rule.looks() if rule is not None else [len(study.points)], study
    progress_file = ProgressFile(out, manner.suffix)
    for look in looks:
        if rule is not None:
            study = whole.with_points(whole.points.first(look))
        counts = ((len(study.scenarios), "scenario"), (len(study.worlds), "world"), (study.n_runs, "run"))
        size = ", ".join(number_of(*count) for count in counts)
        say(notes, f"{size} of {number_of(study.settings.years, 'year')}, into {out}")
        folder = StudyFolder(out, study, evidence, code, manner.suffix)
        with RunProgress(study.n_runs, notes) as bar:

            def tell(outcome: Outcome, doing: str, bar: RunProgress = bar) -> None:
                bar(outcome, doing)
                progress_file.tell(outcome, doing)

            outcome = folder.run(engine, manner, tell)
        if outcome.reused:
            say(notes, f"{number_of(outcome.reused, 'run')} finished earlier and were used again.")
        if rule is None or outcome.interrupted or outcome.trouble:
            break
        decision = folder.decide(rule)
        say(notes, decision_sentence(rule, decision, last=look == looks[-1]))
        if decision.enough:
            break
    ended = "stopped" if outcome.interrupted else "finished" if outcome.is_whole else "ended early"
    progress_file.tell(outcome, ended, last=True)
    return folder, outcome


def decision_sentence(rule: StoppingRule, decision: Decision, last: bool) -> str:
    """Say what a look at the results so far found, and what follows."""
    found = (
        f"{rule.outcome}, {rule.scenario} against the reference: {decision.mean:+.4g} ± {decision.half_width:.3g}"
        f" over {decision.n} worlds"
    )
    if decision.enough:
        return f"{found}: narrow enough (at most {rule.half_width:g})."
    follows = "that is the most worlds allowed" if last else "more worlds"
    return f"{found}: not yet at most {rule.half_width:g}; {follows}."
