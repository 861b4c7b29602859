"""The commands that write a file for an editor: a schema, and a scenario to begin with."""

from __future__ import annotations

import json
import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.extending import Extensions
from sim.errors import InputError, nearest
from sim.toml_values import toml_value

DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
"""Names that are no files on Windows, whatever follows the point."""


class Kind(StrEnum):
    """Files that have a schema."""

    SCENARIO = "scenario"
    SWEEP = "sweep"


def schema(
    kind: Annotated[Kind, typer.Argument(help="Which files.")] = Kind.SCENARIO,
    out: Annotated[Path | None, typer.Option(help="Write it to this file; by default it is printed.")] = None,
    extension: Extensions = None,
) -> None:
    """Write the JSON Schema of scenario or sweep files, for completion, explanations and marks in an editor.

    With the levers of extensions, if any are switched on. Guide: docs/editors.md.
    """
    from sim.experiments.storage.atomic import write_text

    content = schema_text(kind.value)
    if out is None:
        typer.echo(content, nl=False)
        return
    _refuse_folder(out)
    write_text(out, content)
    typer.echo(f"  {out}")


def new_scenario(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and _; NAME.toml is written.")],
    lever: Annotated[
        list[str] | None, typer.Option(help="A lever that it shall use; may be repeated. By default simplification.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where it is written; it exists.")] = Path(),
    extension: Extensions = None,
) -> None:
    """Write a commented scenario to begin with, which 'check' accepts: every field of its levers with what it takes."""
    from sim.experiments.storage.atomic import write_text
    from sim.extensions.active import active
    from sim.model.levers import LEVERS
    from sim.names import NAME

    wanted, problems = lever or ["simplification"], []
    if not NAME.fullmatch(name):
        problems.append(f"new-scenario: found '{name}', allowed are small letters, digits and _.")
    if DEVICES.fullmatch(name):
        problems.append(f"new-scenario: found '{name}', which some systems take for a device; give it another name.")
    for key in wanted:
        if key not in LEVERS:
            hint = nearest(key, list(LEVERS)) or f"; allowed are {', '.join(LEVERS)}."
            problems.append(f"--lever: unknown lever '{key}'{hint}")
    if not folder.is_dir():
        problems.append(f"--folder: found '{folder}', allowed is a folder that exists.")
    path = folder / f"{name}.toml"
    if path.exists():
        problems.append(f"{path}: there is such a file; give the scenario another name.")
    if problems:
        raise InputError(problems)
    asked = [os.path.relpath(source.path, folder) if source.path else source.asked for source in active()]
    write_text(path, starter(name, list(dict.fromkeys(wanted)), path, asked))
    typer.echo(f"  {path}")


def schema_text(kind: str) -> str:
    """Return the schema of a kind of files as it is committed: JSON with a line a key."""
    from sim.extensions.evidence import extended_evidence
    from sim.schemas import SCHEMAS

    return json.dumps(SCHEMAS[kind](extended_evidence()), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def starter(name: str, levers: list[str], path: Path, extensions: list[str]) -> str:
    """Return a scenario file with every field of some levers as a comment: its default, what it takes, what it is.

    Args:
        name: of the scenario.
        levers: keys of registered levers.
        path: where it will lie; the schema is named from there.
        extensions: files and names that it needs.
    """
    from sim.lever_tables import allowed, defaults_of
    from sim.model.levers import LEVERS

    named = "".join(f" --extension {name}" for name in extensions)
    known = f"#:schema {_schema_beside(path)}"
    own = (
        f"# A schema for editors that knows its levers: run_sim.py schema{named} --out FILE; then #:schema FILE above."
    )
    lines = [
        own if extensions else known,  # the shipped schema would mark levers of extensions as wrong
        "# Question: what does this policy change?",
        "# Expected: write the direction down before it is run; it is printed beside the result and never tested.",
        "",
        f'name = "{name}"  # the name of the file',
        f'title = "{name.replace("_", " ").capitalize()}"',
        'question = "What does this policy change?"',
        'expected = "Not written down yet."',
    ]
    if extensions:
        lines.append(f"extensions = {toml_value(extensions)}")
    lines += ["# rivals_respond = true  # foreign cities match what French levers spend"]
    for key in levers:
        kind, defaults = LEVERS[key], defaults_of(LEVERS[key])
        lines += ["", f"[levers.{key}]  # {kind.title}; paid by {kind.payer}"]
        for field, info in kind.model_fields.items():
            takes = f"{info.description or field} ({allowed(info, field)})"
            lines.append(f"# {field} = {_as_toml(defaults[field], field)}  # {takes}")
    return "\n".join([*lines, ""])


def _schema_beside(path: Path) -> str:
    """Return the way from a file to the schema: relative inside a checkout, else absolute."""
    from sim.schemas import FOLDER, file_name
    from sim.shipped import IS_CHECKOUT, ROOT, SCENARIOS

    target, here = SCENARIOS / FOLDER / file_name("scenario"), path.absolute().parent
    if IS_CHECKOUT and here.is_relative_to(ROOT):
        return Path(os.path.relpath(target, here)).as_posix()
    return target.as_uri()


def _as_toml(value: Any, field: str) -> str:
    """A default as TOML; an example where there is none."""
    if value is None:
        examples = {"places": '["lyon"]', "label_dates": '{ lyon = "2014Q4" }'}
        return examples.get(field, '"2020Q1"')
    return toml_value(value)


def _refuse_folder(path: Path) -> None:
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(f"--out: found '{path}', allowed is a file in a folder that exists.")
