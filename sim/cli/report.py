"""The command that writes the report of a results folder, in English or French, as a page and as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import make_folder
from sim.cli.stopping import leaving
from sim.errors import InputError, nearest

LANGUAGES = ("en", "fr")
Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder.")]


def report(
    results: Results,
    lang: Annotated[str, typer.Option(metavar="fr|en", help="Language of the page.")] = "en",
    pdf: Annotated[bool, typer.Option("--pdf", help="Also as PDF; needs the extra pdf.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the report; by default the results folder.")] = None,
) -> None:
    """Write the report of a results folder: one page that needs no network, its figures and tables beside it.

    report.html, in French rapport.html; figures as PDF, SVG, PNG and CSV; tables as CSV, LaTeX and one workbook.
    Nothing is simulated. Sections without data are left out.
    """
    if lang not in LANGUAGES:
        allowed = " and ".join(LANGUAGES)
        raise InputError(f"--lang: found '{lang}', allowed are {allowed}{nearest(lang, LANGUAGES) or '.'}")
    if not results.is_dir():
        raise InputError(f"{results}: no such folder{nearest(results.name, _neighbours(results)) or '.'}")
    from sim.cli.alone import alone
    from sim.report import write_report
    from sim.report.results import Results as Folder

    Folder(results)  # refuses a folder that holds no results before anything is made
    target = out or results
    make_folder(target)
    with alone(target), leaving(f"The results in {results} are whole; the same command writes the report."):
        page = write_report(results, lang, target)
    shown = [page.name, *(name if lang == "en" else f"{name}/{lang}" for name in ("figures", "tables"))]
    for name in shown:
        typer.echo(f"  {target / name}")
    if pdf:
        from sim.report.pdf import write_pdf

        with alone(target), leaving(f"{page} is whole; the same command writes the PDF."):
            made = write_pdf(page)
        typer.echo(f"  {made}")


def _neighbours(results: Path) -> list[str]:
    """Folders that may have been meant."""
    parent = results.absolute().parent
    return sorted(path.name for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
