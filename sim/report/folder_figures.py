"""Which figures a folder of any command allows: results, packages, structures, sensitivity, validation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.reading import read_csv, read_json, read_manifest, read_parquet
from sim.errors import InputError, nearest
from sim.report.captions import Drawing, family_of
from sim.report.catalogue import Words
from sim.report.saving import FORMATS, save_figure
from sim.report.sizes import DOUBLE, Size
from sim.report.style import add_note, house_style

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.packages.tables import PackageTables

Make = Callable[[Words, Size], "Drawing | None"]

PACKAGES = {
    "waterfall": "shapley.csv", "interactions": "interactions.csv", "frontier": "frontier.csv",
}  # fmt: skip
"""Figures of packages, and the table that each is drawn from."""
EFFECT = (("outcome", "label", "unit"), ("value", "joint_low", "joint_high", "n"))
INDICES = ("tornado", "sobol")


def figures_of(folder: Path) -> dict[str, Make]:
    """Return name -> what draws the figure, of every figure that a folder's files may allow.

    Raises:
        InputError: if the folder is not one, or holds nothing that figures are drawn from.
    """
    if not folder.is_dir():
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()] if folder.parent.is_dir() else []
        what = "a file, not a folder" if folder.exists() else "no such folder"
        raise InputError(f"{folder}: {what}{nearest(folder.name, beside) or '.'}")
    found = {**_of_results(folder), **_of_packages(folder), **_of_structures(folder), **_of_sensitivity(folder),
             **_of_validation(folder)}  # fmt: skip
    if not found:
        raise InputError(
            f"{folder}: holds nothing to draw; figures are drawn of results (places.csv), structures.csv, tornado.csv, "
            "sobol.csv or validation.csv."
        )
    return found


def chosen_figures(folder: Path, names: Sequence[str], words: Words) -> dict[str, Make]:
    """Return what draws the figures named, or all that the folder allows if none is.

    Raises:
        InputError: for each name that there is not, with a list of those that there are; and as :func:`figures_of`.
    """
    known = figures_of(folder)
    if problems := [f"{folder}: no figure '{name}'{nearest(name, list(known)) or '.'}" for name in names
                    if name not in known]:  # fmt: skip
        raise InputError([*problems, *_listed(known, words)])
    return {name: known[name] for name in names or known}


def draw_figures(
    chosen: Mapping[str, Make], words: Words, out: Path, size: Size = DOUBLE, formats: Collection[str] = FORMATS,
    noted: bool = False,
) -> list[str]:  # fmt: skip
    """Draw figures of a folder; return the names of those drawn, without those that it has no rows for.

    Args:
        chosen: as :func:`chosen_figures` returns.
        words: the catalogue.
        out: for the files.
        size: the preset.
        formats: of ``sim.report.saving.FORMATS``.
        noted: whether the caption is drawn under each figure.
    """
    from sim.report.figures import size_for

    drawn = []
    for name, make in chosen.items():
        own = size_for(name, size)
        with house_style(own):
            built = make(words, own)
            if built is None:
                continue
            if noted:
                add_note(built.figure, built.caption.body)
            save_figure(built.figure, built.data, out, name, built.caption, tuple(formats))
        drawn.append(name)
    return drawn


def what_it_shows(name: str, words: Words) -> str:
    """Title of a figure in the catalogue."""
    return words.get(f"figure.{name}.title", "") or words(f"figure.{family_of(name)}.title")


def _listed(known: Collection[str], words: Words) -> list[str]:
    width = max(len(name) for name in known)
    return ["Figures of this folder:", *(f"  {name:<{width}}  {what_it_shows(name, words)}" for name in known)]


def _of_results(folder: Path) -> dict[str, Make]:
    """Figures of the report, and of counterfactual counts."""
    if not (folder / "places.csv").is_file():
        return {}
    from sim.report.figures import FIGURES
    from sim.report.results import Results

    results = Results(folder)
    results.check()

    def make(name: str, words: Words, size: Size) -> Drawing | None:
        return FIGURES[name](results, words, size)

    found: dict[str, Make] = {name: partial(make, name) for name in FIGURES}
    if (folder / "counterfactual.csv").is_file() and (folder / "scenarios.json").is_file():
        found["fates"] = partial(_fates, folder)
    return found


def _fates(folder: Path, words: Words, size: Size) -> Drawing | None:
    from sim.analysis.frames import read
    from sim.report.package_figures import build

    texts, numbers = ("scenario", "kind", "by", "where", "measure"), ("mean", "low", "high", "n", "floor")
    return build("fates", read(folder), read_csv(folder / "counterfactual.csv", texts, numbers), words, size)


def _of_packages(folder: Path) -> dict[str, Make]:
    there = [name for name, file in PACKAGES.items() if (folder / file).is_file()]

    def make(name: str, words: Words, size: Size) -> Drawing | None:
        from sim.analysis.frames import read
        from sim.report.package_figures import build

        return build(name, read(folder), _package_tables(folder), words, size)

    return {name: partial(make, name) for name in there}


@cache
def _package_tables(folder: Path) -> PackageTables:
    import pandas as pd

    from sim.analysis.packages.coalitions import COST, STARTUPS, TALENTS
    from sim.analysis.packages.tables import PackageTables

    def table(file: str, texts: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
        path = folder / file
        return read_csv(path, texts, numbers) if path.is_file() else pd.DataFrame()

    (texts, numbers), nothing = EFFECT, pd.DataFrame()
    shapley = table("shapley.csv", (*texts, "member", "better"), numbers)
    pairs = table("interactions.csv", (*texts, "first", "second"), numbers)
    measured = ("mask", "size", STARTUPS, TALENTS, COST, "probability", "n")
    frontier = table("frontier.csv", ("package", "members"), measured)
    return PackageTables(nothing, shapley, pairs, frontier, nothing, [])


def _of_structures(folder: Path) -> dict[str, Make]:
    path = folder / "structures.csv"
    if not path.is_file():
        return {}

    def make(words: Words, size: Size) -> Drawing | None:
        from sim.report.figures.structures import build_from
        from sim.report.world_source import WorldSource

        table = read_csv(path, ("structure", "scenario", "outcome", "label", "unit"), ("effect", "low", "high", "n"))
        note = read_json(folder / "structures.json") if (folder / "structures.json").is_file() else {}
        scenarios = [name for name in dict.fromkeys(table["scenario"]) if name[:1] == "r" and name[1:2].isdigit()]
        scenarios = scenarios or list(dict.fromkeys(table["scenario"]))
        source = WorldSource.of(note if isinstance(note, dict) else {})
        return build_from(table, scenarios, source, words, size, _manifest(folder / "reference"))

    return {"structures": make}


def _of_sensitivity(folder: Path) -> dict[str, Make]:
    def make(name: str, words: Words, size: Size) -> Drawing | None:
        from sim.report.figures.sensitivity import build_from

        texts = ("scenario", "outcome", "what", "label", "unit", "parameter")
        table = read_csv(folder / f"{name}.csv", texts, ("q2", "n"))
        table["parameter"] = table["parameter"].where(table["parameter"] != "")
        return build_from(name, table, words, size, _manifest(folder))

    return {name: partial(make, name) for name in INDICES if (folder / f"{name}.csv").is_file()}


def _of_validation(folder: Path) -> dict[str, Make]:
    runs = {name: folder / name / "runs.parquet" for name in ("posterior", "prior", "relocation")}
    if not (folder / "validation.csv").is_file():
        return {}

    def count(name: str) -> int:
        return len(read_parquet(runs[name], (), ("world",))) if runs[name].is_file() else 0

    def rows(words: Words, size: Size) -> Drawing | None:
        from sim.report.figures.validation import build_rows

        table = read_csv(folder / "validation.csv", ("row", "pattern"), ("target", "spread", "low", "high"))
        table["counted"] = table["counted"].astype(str) == "True"
        table = table[table["counted"]].reset_index(drop=True)
        for name in table.columns:
            if name.startswith(("posterior_", "prior_", "constant_")):
                table[name] = _numbers(table[name])
        return build_rows(table, (count("posterior"), count("prior")), words, size, _manifest(folder / "posterior"))

    def relocation(words: Words, size: Size) -> Drawing | None:
        from sim.report.figures.validation import build_relocation

        numbers = ("change", "low", "high", "percent")
        table = read_csv(folder / "relocation.csv", ("experiment",), numbers)
        return build_relocation(
            read_parquet(runs["relocation"], (), ("world",)), table, words, size, _manifest(folder / "relocation")
        )

    found: dict[str, Make] = {"validation_rows": rows}
    if (folder / "relocation.csv").is_file() and runs["relocation"].is_file():
        found["validation_relocation"] = relocation
    return found


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Truth values and empty fields as they were before they were written."""
    texts = column.astype(str)
    if texts.isin(["True", "False", ""]).all():
        return texts == "True"
    return texts.replace({"": "nan", "True": "1", "False": "0"}).astype(float)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    return read_manifest(path) if path.is_file() else {}
