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

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder.")]
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
        _known(frames, *persons)
    if problems := identity_problems(pairs, runs, reference):
        raise DamagedError(f"{results / 'pairs.parquet'}: {problems[0]}; the same run command writes it anew.")
    table = count(pairs, runs, reference)
    with alone(results), leaving(HALF.format(out=results)):
        write_text(results / "counterfactual.csv", table.to_csv(index=False, lineterminator="\n"))
        drawn = _draw(results, "fates", frames, table)
        if persons is not None:
            _write_persons(results, *persons)
    console = Console()
    console.print(counts_table(table, console))
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
    shapley.csv, interactions.csv, frontier.csv, budgets.csv and figures into the folder.
    """
    from sim.analysis.packages.tables import BUDGETS, package_tables
    from sim.cli.alone import alone
    from sim.cli.counts import budgets_table, shapley_table
    from sim.experiments.storage.atomic import write_text

    frames = _frames(results)
    described = frames.scenarios.rename(columns={"scenario": "name"}).to_dict("records")
    notes = [{str(key): value for key, value in note.items()} for note in described]
    tables = package_tables(frames.runs, notes, budget or BUDGETS)
    written = ["packages.parquet"]
    with alone(results), leaving(HALF.format(out=results)):
        _write_parquet(tables.packages, results / written[0])
        for name in ("shapley", "interactions", "frontier", "budgets"):
            text = getattr(tables, name).to_csv(index=False, lineterminator="\n")
            write_text(results / f"{name}.csv", text)
            written.append(f"{name}.csv")
        for name in ("waterfall", "interactions", "frontier"):
            written += _draw(results, name, frames, tables)
    console = Console()
    console.print(shapley_table(tables.shapley, console))
    console.print(budgets_table(tables.budgets, console))
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


def _known(frames: Frames, scenario: str, world: int) -> None:
    """Refuse a scenario or world that the study does not have."""
    runs = frames.runs
    names = sorted(set(runs["scenario"].astype(str)))
    if scenario not in names:
        raise InputError(f"--persons: no scenario '{scenario}' in {frames.folder}{nearest(scenario, names) or '.'}")
    worlds = sorted(set(runs.loc[runs["scenario"] == scenario, "world"]))
    if world not in worlds:
        raise InputError(
            f"--persons: found world {world}, '{scenario}' ran in {len(worlds)} worlds, {worlds[0]} to {worlds[-1]}."
        )


def _write_persons(results: Path, scenario: str, world: int) -> None:
    """Make two runs again and write everyone of them, the first replicate."""
    from sim.analysis.counterfactual import person_table
    from sim.analysis.pairing import match
    from sim.cli.sweeping import opened, refuse_other_code
    from sim.experiments.engine import ModelEngine
    from sim.experiments.running.repeating import persons_again
    from sim.experiments.storage.atomic import write_text

    with opened(results, lock=False) as (folder, note):
        refuse_other_code(results, note.code)
        study = folder.study
        reference = study.reference
        if reference is None or scenario == reference:
            raise InputError(f"--persons: '{scenario}' is what everyone is matched with; name another scenario.")
        baseline, other = persons_again(folder, world, [reference, scenario], ModelEngine())
        table = person_table(match(baseline, other), folder.evidence.place_ids)
    write_text(results / "persons.csv", table.to_csv(index=False, lineterminator="\n"))


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
