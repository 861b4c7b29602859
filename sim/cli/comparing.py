"""Commands that read a results folder and say more of it: persons one by one, packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from sim.cli.saying import number_of, say
from sim.cli.stopping import leaving
from sim.errors import DamagedError, InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.frames import Frames
    from sim.experiments.running.runner import StudyFolder
    from sim.person_states import Persons

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder.")]
PLACES = "package_places.parquet"
HALF = "The tables in {out} are whole; the same command writes the rest."


def counterfactual(
    results: Results,
    persons: Annotated[
        tuple[str, int] | None,
        typer.Option(metavar="SCENARIO WORLD", help="Also write persons.csv: everyone of this scenario and world."),
    ] = None,
) -> None:
    """Count who was kept, who was only moved, and whom the money reached for nothing.

    Writes counterfactual.csv (by scenario, for France, by district, by skill and stage) and a figure into the folder.
    """
    from sim.analysis.counterfactual import counterfactual as count
    from sim.analysis.counterfactual import identity_problems
    from sim.cli.alone import alone
    from sim.cli.counts import counts_table
    from sim.experiments.storage.atomic import write_text

    frames = _frames(results)
    pairs, runs, reference = frames.pairs, frames.runs, _reference(frames)
    if persons is not None:
        _known(frames, *persons, reference)
    if problems := identity_problems(pairs, runs, reference):
        raise DamagedError(f"{results / 'pairs.parquet'}: {problems[0]}; the same run command writes it anew.")
    table = count(pairs, runs, reference, frames.scenarios)
    with alone(results), leaving(HALF.format(out=results)):
        write_text(results / "counterfactual.csv", table.to_csv(index=False, lineterminator="\n"))
        drawn = _draw(results, "fates", frames, table)
        if persons is not None:
            _write_persons(results, *persons, pairs)
    console = Console()
    console.print(counts_table(table, results, console))
    matched = number_of(len(pairs[["scenario", "world", "replicate"]].drop_duplicates()), "pair of runs")
    matched = matched.replace("pair of runss", "pairs of runs")
    say(console, f"Class identities hold in all of {matched}. Net figures are identified; gross ones hold under shared")
    say(console, "luck and are to be read beside their noise floor.")
    _show(results, ["counterfactual.csv", *(["persons.csv"] if persons else []), *drawn], console)


def packages(
    results: Results,
    budget: Annotated[
        list[float] | None, typer.Option(min=0.0, help="Million euro; may be repeated. By default 50 to 800.")
    ] = None,
) -> None:
    """Say what each recommendation contributes inside packages, and which packages are worth their money.

    For a folder in which every subset was run, as scenarios/sweeps/eight_packages.toml does. Writes packages.parquet,
    package_places.parquet (where the study counted persons), shapley.csv, interactions.csv, frontier.csv, budgets.csv
    and figures into the folder.
    """
    from sim.analysis.packages.members import find_packages
    from sim.analysis.packages.places import package_places
    from sim.analysis.packages.tables import BUDGETS, package_tables
    from sim.cli.alone import alone
    from sim.cli.counts import budgets_table, shapley_table
    from sim.experiments.storage.atomic import write_text
    from sim.report.catalogue import Words
    from sim.report.world_source import source_of

    frames = _frames(results)
    described = frames.scenarios.rename(columns={"scenario": "name"}).to_dict("records")
    notes = [{str(key): value for key, value in note.items()} for note in described]
    tables = package_tables(frames.runs, notes, budget or BUDGETS)
    counted = (results / "pairs.parquet").is_file() and (results / "places.csv").is_file()
    by_place = package_places(frames.pairs, frames.runs, frames.places, find_packages(notes)) if counted else None
    # Before anything is written: a damaged manifest leaves the folder as it is.
    drawn = source_of(frames).drawn(int(tables.frontier["n"].min()), Words())
    written = ["packages.parquet"]
    with alone(results), leaving(HALF.format(out=results)):
        _write_parquet(tables.packages, results / written[0])
        if by_place is None:  # of an earlier study in this folder
            (results / PLACES).unlink(missing_ok=True)
        else:
            _write_parquet(by_place, results / PLACES)
            written.append(PLACES)
        for name in ("shapley", "interactions", "frontier", "budgets"):
            text = getattr(tables, name).to_csv(index=False, lineterminator="\n")
            write_text(results / f"{name}.csv", text)
            written.append(f"{name}.csv")
        for name in ("waterfall", "interactions", "frontier"):
            written += _draw(results, name, frames, tables)
    console = Console()
    console.print(shapley_table(tables.shapley, console))
    console.print(budgets_table(tables.budgets, console))
    say(console, f"All over {drawn}.")
    for sentence in tables.caveats:
        say(console, f"Caution: {sentence}")
    _show(results, written, console)


def _frames(results: Path) -> Frames:
    from sim.analysis.frames import read

    return read(results)


def _reference(frames: Frames) -> str:
    from sim.analysis.paired_worlds import BASELINE

    path = frames.folder / "manifest.json"
    return str(frames.manifest.get("reference") or BASELINE) if path.is_file() else BASELINE


def _known(frames: Frames, scenario: str, world: int, reference: str) -> None:
    """Refuse a scenario or world that the study does not have, before anything is written."""
    from sim.experiments.running.study_note import NAME

    runs = frames.runs
    names = sorted(set(runs["scenario"].astype(str)))
    if scenario not in names:
        raise InputError(f"--persons: no scenario '{scenario}' in {frames.folder}{nearest(scenario, names) or '.'}")
    worlds = sorted(set(runs.loc[runs["scenario"] == scenario, "world"]))
    if world not in worlds:
        raise InputError(
            f"--persons: found world {world}, '{scenario}' ran in {len(worlds)} worlds, {worlds[0]} to {worlds[-1]}."
        )
    if scenario == reference:
        raise InputError(f"--persons: '{scenario}' is what everyone is matched with; name another scenario.")
    if not (frames.folder / NAME).is_file():
        raise InputError(f"--persons: {frames.folder} holds tables alone, no {NAME} to find or repeat its runs by.")


def _write_persons(results: Path, scenario: str, world: int, pairs: pd.DataFrame) -> None:
    """Write everyone of two runs, the first replicate: as the study kept them, else made again.

    Raises:
        InputError: if they were not kept, and other sources of the model made the study.
        DamagedError: if they are not those whom ``pairs`` counts.
    """
    from sim.analysis.counterfactual import person_table
    from sim.analysis.pairing import pair_counts
    from sim.cli.sweeping import opened, refuse_other_code
    from sim.experiments.engine import place_table
    from sim.experiments.running.repeating import persons_again
    from sim.experiments.storage.atomic import write_text
    from sim.extensions.engine import current_engine

    with opened(results, lock=False) as (folder, note):
        names = [str(folder.study.reference), scenario]
        held = _kept_persons(folder, world, names)
        if held is None:
            refuse_other_code(results, note.code)
            held = persons_again(folder, world, names, current_engine())
        baseline, other = held
        settings, places = folder.study.settings, place_table(folder.evidence)
        scales = (settings.talent_scale, settings.startup_scale)
        counted = pairs[(pairs["scenario"].astype(str) == scenario) & (pairs["world"] == world)]
        if not _same_counts(pair_counts(baseline, other, places, scales), counted[counted["replicate"] == 0]):
            what = f"the persons of {scenario}, world {world}, are not those that were counted"
            raise DamagedError(f"{results / 'pairs.parquet'}: {what}; the same run command writes it anew.")
        table = person_table(baseline, other, folder.evidence.place_ids)
    write_text(results / "persons.csv", table.to_csv(index=False, lineterminator="\n"))


def _kept_persons(folder: StudyFolder, world: int, scenarios: list[str]) -> list[Persons] | None:
    """Return everyone of some scenarios in a world, first replicate, from the shards; None unless all were kept."""
    from sim.experiments.storage.grains import PERSON
    from sim.experiments.storage.shard_reading import read_persons
    from sim.experiments.storage.shards import Damaged

    study = folder.study
    runs = {study.scenarios[run.scenario].name: run for run in reversed(study.experiments_of(world))}
    ids = [folder.run_id(runs[name]) for name in scenarios]
    shards = folder.ledger.where(ids, PERSON)
    try:
        return [read_persons(folder.results, shards[run], run) for run in ids]
    except (KeyError, Damaged):  # not kept, without their groups by an older version, or not as they were written
        return None


def _same_counts(found: pd.DataFrame, kept: pd.DataFrame) -> bool:
    """Whether two tables of pair counts say the same; one without groups is compared without them."""
    words = [name for name in ("kind", "class", "place", "group") if name in kept]
    some = [table.astype(dict.fromkeys(words, str)) for table in (found, kept)]
    if "group" not in kept:
        some = [table[~table["class"].str.startswith("restaged")] for table in some]
    one, other = (table.groupby(words)[["count", "received"]].sum() for table in some)
    return bool(one.equals(other))


def _draw(results: Path, name: str, frames: Frames, tables: Any) -> list[str]:
    """Draw a figure into the folder's figures; return its files, none if there is nothing to show."""
    from sim.report.package_figures import draw

    return draw(results, name, frames, tables)


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from sim.experiments.storage.atomic import write_atomically

    columns = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
    write_atomically(path, lambda file: pq.write_table(columns, file, store_schema=False))


def _show(results: Path, names: list[str], console: Console) -> None:
    for name in names:
        console.print(f"  {results / name}", highlight=False, markup=False, soft_wrap=True)
