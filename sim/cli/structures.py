"""The command that asks whether conclusions hold under another structure of the model."""

from __future__ import annotations

import json
import math
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console, RenderableType

from sim.cli import options
from sim.cli.alone import alone
from sim.cli.drawing import posterior_of
from sim.cli.options import (
    Common,
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
    make_folder,
)  # fmt: skip
from sim.cli.saying import number_of, say
from sim.cli.stopping import leaving
from sim.errors import InputError
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study
    from sim.experiments.engine import Engine
    from sim.experiments.running.runner import Manner

OK, FAILED, STOPPED = 0, 2, 130
NOTE = "structures.json"
POLICIES = re.compile(r"baseline|r\d+_.*|all_eight|label_only|zone_exemption")
RANKED = re.compile(r"r\d+_.*")
SHOWN = ("startups_in_france", "startup_departures", "talents_french_in_france")
SHORT = {"plain_logit": "plain", "no_lasting_taste": "no taste", "passive_cities": "passive",
         "rivals_respond": "rivals", "perimeter_half": "half", "perimeter_double": "double"}  # fmt: skip
SHARES = "L luck, P parameters, S structure, PxS a structure that matters in some worlds: shares of the variance."
_DEFAULT = Settings()


def structures(
    talent_scale: TalentScale = _DEFAULT.talent_scale,
    startup_scale: StartupScale = _DEFAULT.startup_scale,
    years: Years = _DEFAULT.years,
    worlds: Worlds = 12,
    world: World = options.DRAWN,
    replicates: Replicates = 2,
    seed: Seed = options.SEED,
    workers: Workers = options.WORKERS,
    threads: Threads = _DEFAULT.threads,
    out: Out = None,
) -> None:
    """Ask whether the conclusions hold when the model has another structure, and what moves effects most.

    The eight recommendations, all of them, the label alone and the exempt zone, in the same worlds and with the same
    luck under each structure. Writes a results folder a structure, structures.csv, firsts.csv, variance.csv and a
    figure into results/structures. Goes on where it was stopped.
    """
    from sim.extensions.evidence import extended_evidence
    from sim.scenario import find_scenarios, load_scenarios

    folder = out or options.RESULTS / "structures"
    ours = (folder / NOTE).is_file()
    common = options.common(
        talent_scale, startup_scale, years, worlds, replicates, seed, workers, threads,
        folder / "reference" if ours else folder,
    )  # fmt: skip
    common = replace(common, out=folder)
    evidence = extended_evidence()
    files = [path for path in find_scenarios(options.SCENARIOS) if POLICIES.fullmatch(path.stem)]
    study = _study(load_scenarios(files, evidence), evidence, common, world)
    raise typer.Exit(carry_out(study, evidence, common))


def carry_out(
    study: Study, evidence: Evidence, common: Common, *, engine: Engine | None = None, manner: Manner | None = None
) -> int:
    """Make the runs of a study under every structure, then tables and figure; return the exit code.

    Raises:
        InputError: if another command is writing into the folder.
    """
    from sim.experiments.designs.structures import STRUCTURES, under
    from sim.experiments.running.runner import Manner
    from sim.experiments.storage.atomic import write_text
    from sim.extensions.engine import current_engine

    engine, manner = engine or current_engine(), manner or Manner(common.workers, retry=True)
    out, notes = common.out, Console(stderr=True)
    make_folder(out)
    with alone(out):
        write_text(out / NOTE, json.dumps(_note(study, evidence), indent=1, ensure_ascii=False) + "\n")
        code, failed = engine.code_digest(), 0
        for structure in STRUCTURES.values():
            own = under(study, structure, evidence)
            outcome = _make(out / structure.name, own, evidence, code, engine, manner, notes)
            if outcome.interrupted:
                say(notes, f"Stopped. Finished runs are kept in {out}; the same command makes the rest.")
                return STOPPED
            if outcome.trouble:
                say(notes, f"{outcome.trouble} Finished runs are kept in {out}; the same command makes the rest.")
                return FAILED
            failed += outcome.planned - outcome.finished
        with leaving(f"The runs in {out} are whole; the same command writes the tables."):
            written = _write(out, list(STRUCTURES), [s.name for s in study.scenarios])
        _show(out, written, Console())
    if failed:
        say(notes, f"{number_of(failed, 'run')} failed; the folders of the structures say why (quarantine).")
    return FAILED if failed else OK


def _make(
    out: Path, study: Study, evidence: Evidence, code: str, engine: Engine, manner: Manner, notes: Console
) -> Any:
    """Make the runs of one structure and the tables of its folder; return how it went."""
    from sim.cli.making import make_runs, write_tables
    from sim.experiments.designs.limits import Limits
    from sim.experiments.manifest import NAME as MANIFEST
    from sim.experiments.manifest import write_manifest
    from sim.experiments.running.study_note import StudyNote, write_note

    started, clock = datetime.now(UTC), time.monotonic()
    make_folder(out)
    kept = f"Finished runs are kept in {out}; the same command makes the rest and the tables."
    with alone(out), leaving(kept):
        write_note(out, StudyNote(study, None, Limits(manner.seconds_per_run, manner.disk_bytes), code))
        folder, outcome = make_runs(out, study, evidence, code, engine, manner, None, notes)
        (out / MANIFEST).unlink(missing_ok=True)
        if not outcome.finished:
            (out / "runs.parquet").unlink(missing_ok=True)  # of another design
            return outcome
        outcome = write_tables(folder, outcome, engine, manner, notes)
        if not (outcome.interrupted or outcome.trouble):
            folder.forget_others()
        seconds = time.monotonic() - clock
        write_manifest(folder, outcome, workers=manner.workers, started=started, wall_seconds=seconds)
    return outcome


def _write(out: Path, names: list[str], scenarios: list[str]) -> list[str]:
    """Write tables and figure from the runs of all structures; return the names of the files."""
    import pandas as pd

    from sim.analysis.reading import read_runs
    from sim.analysis.structures import firsts, flips, paired_effects, structure_table
    from sim.analysis.variance_split import variance_table
    from sim.experiments.storage.atomic import write_text
    from sim.report.figures.structures import write_figure
    from sim.report.world_source import WorldSource

    there = [name for name in names if (out / name / "runs.parquet").is_file()]
    if there[:1] != names[:1]:
        raise InputError(f"{out / names[0]}: no finished run of the reference, so nothing to compare with.")
    parts = [read_runs(out / name / "runs.parquet") for name in there]
    runs = pd.concat([own.assign(structure=name) for name, own in zip(there, parts, strict=True)], ignore_index=True)
    ranked = [name for name in scenarios if RANKED.fullmatch(name)]
    effects = paired_effects(runs)
    table, first = structure_table(effects, ranked), firsts(effects, ranked)
    frames = {"structures": table, "firsts": first, "variance": variance_table(runs)}
    for name, frame in frames.items():
        write_text(out / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    write_text(out / "conclusions.txt", "\n".join(flips(table, first)) + "\n")
    drawn = write_figure(table, ranked, WorldSource.of(_read_note(out)), out / "figures")
    return [f"{name}.csv" for name in frames] + ["conclusions.txt"] + drawn


def _show(out: Path, written: list[str], console: Console) -> None:
    import pandas as pd

    from sim.report.catalogue import Words
    from sim.report.world_source import WorldSource

    table, split = (pd.read_csv(out / f"{name}.csv") for name in ("structures", "variance"))
    for outcome in SHOWN:
        console.print(range_table(table, split, outcome, console))
    say(console, SHARES)
    note = _read_note(out)
    say(console, f"All over {WorldSource.of(note).drawn(note['worlds'], Words())}.")
    for sentence in (out / "conclusions.txt").read_text(encoding="utf-8").splitlines():
        say(console, sentence)
    for name in written:
        console.print(f"  {out / name}", highlight=False, markup=False, soft_wrap=True)


def range_table(table: pd.DataFrame, split: pd.DataFrame, outcome: str, console: Console) -> RenderableType:
    """Return the effect of each scenario in the reference, its least and most under any structure, and shares.

    Args:
        table: of structures.csv.
        split: of variance.csv.
        outcome: which one.
        console: where it must fit.
    """
    from sim.cli.headlines import decimals, difference_cell, fitting, number
    from sim.scenario import short_names

    ours, parts = table[table["outcome"] == outcome], split[split["outcome"] == outcome]
    shares = {row["scenario"]: row for row in parts.to_dict("records")}
    rows: dict[str, list[str]] = {}
    for scenario, lines in ours.groupby("scenario", sort=False):
        found = {str(row["structure"]): row for row in lines.to_dict("records")}
        ends = [way(found, key=lambda name: found[name]["effect"]) for way in (min, max)]
        at = found["reference"]
        told = [abs(at[name]) for name in ("effect", "low", "high") if not math.isnan(at[name])]
        cells = [difference_cell(at["effect"], at["low"], at["high"])]
        cells += [
            f"{number(found[name]['effect'], decimals(max(told)), True)}\n{SHORT.get(name, name)}" for name in ends
        ]
        cells.append(
            " / ".join(_percent(shares[scenario][name]) for name in ("luck", "parameters", "structure", "both"))
        )
        rows[str(scenario)] = cells
    rows = dict(zip(short_names(list(rows)), rows.values(), strict=True))
    label, unit = str(ours["label"].iloc[0]), str(ours["unit"].iloc[0])
    headings = [("reference", "[95%]"), ("least", "under"), ("most", "under"), ("variance, %", "L / P / S / PxS")]
    return fitting(f"{label} ({unit}): effects by structure", headings, rows, console)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100.0 * share:.0f}"


def _read_note(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / NOTE).read_text(encoding="utf-8")))


def _note(study: Study, evidence: Evidence) -> dict[str, Any]:
    """Return what the folder holds: structures with their reasons and values, scenarios, worlds, luck."""
    from sim.experiments.designs.structures import STRUCTURES
    from sim.experiments.manifest import posterior_entry

    said = [
        {"name": one.name, "reason": one.reason, "fixed": dict(one.fixed), "factors": dict(one.factors),
         "rivals_respond": one.rivals_respond}
        for one in STRUCTURES.values()
    ]  # fmt: skip
    return {"structures": said, "scenarios": [one.name for one in study.scenarios], "worlds": len(study.worlds),
            "world_kind": study.world_kind, "posterior": posterior_entry(study, evidence),
            "replicates": study.replicates, "seed": study.seed}  # fmt: skip


def _study(scenarios: Any, evidence: Evidence, common: Common, world: WorldChoice) -> Study:
    from sim.experiments.designs.study import design

    return design(
        scenarios, common.settings, seed=common.seed, worlds=common.worlds, replicates=common.replicates,
        world_kind=world.value, keep=frozenset(), posterior=posterior_of(world, evidence),
    )  # fmt: skip
