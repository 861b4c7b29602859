"""The extensions that scenario and sweep files name under ``extensions``, and those that a results folder needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.extensions.active import activate, active, extensions

if TYPE_CHECKING:
    from sim.evidence import Evidence

KEY = "extensions"


def activate_of(content: Mapping[str, object], path: Path, evidence: Evidence | None = None) -> list[str]:
    """Switch on what a scenario or sweep file names under ``extensions``; return one sentence per problem.

    Args:
        content: of the file.
        path: of the file; files of extensions are named from its folder.
        evidence: what the file is checked against, if it was loaded before: an extension that changes it comes too
            late.
    """
    from sim.lever_tables import found

    asked = content.get(KEY, [])
    if not isinstance(asked, list) or not all(isinstance(name, str) and name for name in asked):
        what = 'a list of files and names such as ["night_trains.py"]'
        return [f"{path}: {KEY}: found {found(asked)}, allowed is {what}."]
    problems: list[str] = []
    for name in asked:
        before = len(active())
        try:
            source = activate(name, path.parent, lasting=False)
        except InputError as error:
            problems += [f"{path}: {KEY}: {problem}" for problem in error.problems]
            continue
        if evidence is not None and len(active()) > before and extensions()[-1].folder is not None:
            late = "changes the evidence, which is loaded already; name it with --extension or sim.extend first."
            problems.append(f"{path}: {KEY}: '{source.name}' {late}")
    return problems


def activate_named_in(files: Iterable[Path]) -> None:
    """Switch on what files name, before the evidence is loaded. A file that cannot be read is left to its own reader.

    Raises:
        InputError: one sentence per extension that cannot be switched on.
    """
    from sim.toml_files import read_toml

    problems: list[str] = []
    for path in files:
        try:
            content = read_toml(path, "scenario")
        except InputError:
            continue
        if KEY in content:
            problems += [problem for problem in activate_of(content, path) if problem not in problems]
    if problems:
        raise InputError(problems)


def noted() -> list[dict[str, str]]:
    """Return what a results folder keeps of the extensions: name, file or name as it was asked for, both digests."""
    return [
        {"name": source.name, "from": source.asked, "digest": source.digest, "code": source.code} for source in active()
    ]


def recall(notes: object, where: Path) -> None:
    """Switch on the extensions that :func:`noted` wrote down, unless they are on.

    A file of the same name that holds something else is not executed.

    Raises:
        InputError: one sentence if one is not where it was, or not what it was; it can be named with ``--extension``.
    """
    for note in notes if isinstance(notes, list) else []:
        known: dict[str, Any] = note if isinstance(note, dict) else {}
        name, asked = str(known.get("name")), str(known.get("from"))
        if any(source.name == name for source in active()):
            continue
        try:
            activate(asked, digest=str(known.get("digest")), code=str(known.get("code")))
        except InputError as error:
            told = f"{where}: made with the extension '{name}' ({asked}); name it with --extension."
            raise InputError([told, *error.problems]) from None
