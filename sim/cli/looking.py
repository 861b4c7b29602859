"""The commands that run nothing: check scenario files, describe what there is."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import options
from sim.cli.extending import Extensions
from sim.errors import InputError
from sim.shipped import shipped_files


class Subject(StrEnum):
    """What can be described."""

    PLACES = "places"
    LEVERS = "levers"
    OUTCOMES = "outcomes"
    PARAMETERS = "parameters"
    EVIDENCE = "evidence"


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[SCENARIO.toml...]", help="By default all of scenarios/ and scenarios/drivers/."),
    ] = None,
    extension: Extensions = None,
) -> None:
    """Check scenario files and say every problem of each."""
    from sim.extensions.evidence import extended_evidence
    from sim.extensions.naming import activate_named_in
    from sim.scenario import find_scenarios, load_scenario

    folder = options.SCENARIOS
    named = shipped_files(files or []) or [*find_scenarios(folder), *find_scenarios(folder / "drivers")]
    with suppress(InputError):  # said below, file by file
        activate_named_in(named)
    evidence = extended_evidence()
    problems: list[str] = []
    for path in named:
        try:
            load_scenario(path, evidence)
        except InputError as error:
            problems += error.problems
        else:
            typer.echo(f"{path}: ok")
    if problems:
        raise InputError(problems)


def describe(
    subject: Annotated[Subject | None, typer.Argument(help="By default, what there is to describe.")] = None,
    name: Annotated[
        str | None, typer.Argument(help="One place or lever, or the start of parameter or outcome names.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values, for other programs.")] = False,
    page: Annotated[
        Path | None,
        typer.Option(help="Of evidence, levers and outcomes: write the page of the documents to this file."),
    ] = None,
    extension: Extensions = None,
) -> None:
    """Describe places, levers, outcomes, parameters or all evidence: unit, range, status and source."""
    from sim.cli.describe import describe_all, describe_one, write_page
    from sim.extensions.active import active

    if page is not None:
        if subject not in (Subject.EVIDENCE, Subject.LEVERS, Subject.OUTCOMES) or name is not None or csv:
            raise InputError("--page: goes with 'describe evidence', 'levers' or 'outcomes' alone.")
        if active():
            raise InputError("--page: writes a page about the project's own model; leave --extension out.")
        write_page(subject.value, page)
    elif subject is None:
        describe_all(csv)
    else:
        describe_one(subject.value, name, csv)
