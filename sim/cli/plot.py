"""The command that draws figures of a folder: chosen ones, in a size, a language and formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sim.errors import InputError, nearest

LANGUAGES = ("en", "fr")
FORMATS = ("pdf", "svg", "png")


def plot(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of results, or of another command.")],
    figures: Annotated[
        list[str] | None, typer.Argument(metavar="[FIGURE...]", help="By default all that the folder allows.")
    ] = None,
    size: Annotated[
        str, typer.Option(metavar="SIZE", help="single (89 mm), double (183 mm), a4 or slide (16:9).")
    ] = "double",
    lang: Annotated[str, typer.Option(metavar="LANGUAGE", help="en or fr.")] = "en",
    formats: Annotated[str, typer.Option("--format", metavar="FORMATS", help="Of pdf, svg and png.")] = "pdf,svg,png",
    caption: Annotated[bool, typer.Option("--caption", help="Also draw the caption under each figure.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; by default RESULTS/figures, in French figures/fr.")
    ] = None,
) -> None:
    """Draw figures of a folder: in a size, a language and formats.

    Results, packages, structures, sensitivity and validation have figures; a name that there is not lists them. Beside
    each drawing lie its numbers (CSV) and its caption (TXT), which is also in the drawing's metadata.
    """
    wanted = _checked(size, lang, formats)
    from sim.cli.stopping import leaving
    from sim.report.catalogue import Words
    from sim.report.folder_figures import chosen_figures, draw_figures
    from sim.report.sizes import SIZES

    folder = out or results / ("figures" if lang == "en" else "figures/fr")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out: '{folder}' is a file; name a folder.")
    words = Words(lang)
    chosen = chosen_figures(results, figures or (), words)
    with leaving(f"Figures drawn so far are in {folder}; the same command draws the rest."):
        drawn = draw_figures(chosen, words, folder, SIZES[size], wanted, caption)
    if missing := [name for name in figures or () if name not in drawn]:
        raise InputError([f"{results}: no rows for the figure '{name}'; it was not drawn." for name in missing])
    if not drawn:
        raise InputError(f"{results}: no rows for any figure.")
    console = Console()
    for name in drawn:
        kinds = ",".join((*(kind for kind in FORMATS if kind in wanted), "csv", "txt"))
        console.print(f"  {folder / name}.{{{kinds}}}", highlight=False, markup=False, soft_wrap=True)


def _checked(size: str, lang: str, formats: str) -> list[str]:
    """Return the formats asked for.

    Raises:
        InputError: one sentence for each option with a value that there is not.
    """
    from sim.report.sizes import size_of

    problems: list[str] = []
    try:
        size_of(size)
    except InputError as error:
        problems += error.problems
    if lang not in LANGUAGES:
        problems.append(f"--lang: found '{lang}', allowed are {' and '.join(LANGUAGES)}.")
    wanted = [kind.strip().lower() for kind in formats.split(",") if kind.strip()]
    if not wanted:
        problems.append(f"--format: found nothing, allowed are {', '.join(FORMATS)}, joined by commas.")
    for kind in wanted:
        if kind not in FORMATS:
            problems.append(
                f"--format: no format '{kind}'{nearest(kind, FORMATS) or '.'} Allowed: {', '.join(FORMATS)}."
            )
    if problems:
        raise InputError(problems)
    return wanted
