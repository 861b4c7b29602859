"""``--extension``: levers, outcomes, processes and places from somebody else's file or package."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError
from sim.shipped import IS_CHECKOUT

if TYPE_CHECKING:
    from sim.evidence import Evidence

# Commands about the project's own model: its fit, its checks, its reference, the page of its levers.
OWN_MODEL = ("calibrate", "dashboard", "reference", "sensitivity", "targets", "validate")
PROJECT = ("calibrate", "reference", "targets", "validate")


def _switch_on(asked: list[str] | None) -> list[str] | None:
    from sim.extensions.active import activate

    problems: list[str] = []
    for name in asked or []:
        try:
            activate(name)
        except InputError as error:
            problems += [f"--extension: {problem}" for problem in error.problems]
    if problems:
        raise InputError(problems)
    return asked


Extensions = Annotated[
    list[str] | None,
    typer.Option(
        "--extension", metavar="FILE.py|NAME", callback=_switch_on, rich_help_panel="Common options",
        help="Levers, outcomes, processes or places of your own, or of an installed package; may be repeated.",
    ),
]  # fmt: skip


def evidence_for(files: Iterable[Path]) -> Evidence:
    """Switch on the extensions that scenario or sweep files name, and return the evidence with what they add.

    Raises:
        InputError: one sentence per problem.
    """
    from sim.extensions.evidence import extended_evidence
    from sim.extensions.naming import activate_named_in

    activate_named_in(files)
    return extended_evidence()


def refuse_own_model(command: str) -> None:
    """Refuse a command about the project's own model beside extensions, or without the project.

    Raises:
        InputError: if there is an extension, or the command needs files that an installed package does not have.
    """
    from sim.extensions.active import active

    if command in PROJECT and not IS_CHECKOUT:
        raise InputError(f"'{command}' reads and renews files of the project; run it in a checkout of its sources.")
    if command in OWN_MODEL and (names := [source.asked for source in active()]):
        raise InputError(f"--extension: '{command}' is about the project's own model; leave {', '.join(names)} out.")
