"""``study.json``: what a results folder holds, for the commands that are given nothing but the folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.experiments.designs.limits import Limits
from sim.experiments.designs.study import Study
from sim.experiments.designs.study_file import study_from_json, study_to_json
from sim.experiments.storage.atomic import write_text
from sim.extensions.active import active
from sim.extensions.naming import KEY, noted, recall
from sim.input_files import read_text

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.stopping_rule import StoppingRule

NAME = "study.json"
ANEW = "start the sweep anew in an empty folder."


@dataclass(frozen=True)
class StudyNote:
    """A study, its rule and limits, and the model that makes its runs. ``code``: digest of the model's sources."""

    study: Study
    rule: StoppingRule | None
    limits: Limits
    code: str


def write_note(results: Path, note: StudyNote) -> None:
    """Write study.json. Scenarios without a file (of tests alone) cannot be written down; then there is none.

    Raises:
        OSError: if it cannot be written.
    """
    if all(scenario.content for scenario in note.study.scenarios):
        content = study_to_json(note.study, note.rule, note.limits) | {"code": note.code}
        if kept := noted():
            content[KEY] = kept
        write_text(results / NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def recall_of(results: Path) -> None:
    """Switch on the extensions that the study of a folder needed; a folder without study.json is left to its reader.

    Raises:
        InputError: if one is not where it was, or not what it was.
    """
    recall(_extensions_in(results), results)


def refuse_other_extensions(results: Path) -> None:
    """Refuse to write into a folder whose tables extensions made that are not on: they would be lost.

    Raises:
        InputError: one sentence per extension that is missing.
    """
    on = {source.name for source in active()}
    notes = _extensions_in(results)
    missing = [note for note in notes if isinstance(note, dict) and note.get("name") not in on]
    told = "name it with --extension (sim.extend), or another --out: its tables would be written anew without it."
    if missing:
        made = [f"{results}: made with the extension '{note.get('name')}' ({note.get('from')})" for note in missing]
        raise InputError([f"{one}; {told}" for one in made])


def _extensions_in(results: Path) -> list[object]:
    """Return what study.json says of extensions; nothing if it cannot be read."""
    try:
        content = json.loads(read_text(results / NAME, "study"))
    except (OSError, ValueError, RecursionError):
        return []
    notes = content.get(KEY) if isinstance(content, dict) else None
    return notes if isinstance(notes, list) else []


def read_note(results: Path, evidence: Evidence, threads: int = 1) -> StudyNote:
    """Read study.json.

    Raises:
        InputError: if the folder has none, or it is not what was written.
    """
    path = results / NAME
    try:
        content = json.loads(read_text(path, "study"))
    except FileNotFoundError:
        raise InputError(f"{results}: no {NAME} found, so this is not a folder of results.") from None
    except RecursionError:
        raise InputError(f"{path}: cannot be read (lists nested too deeply); {ANEW}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: cannot be read (not UTF-8 text); {ANEW}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{path}: cannot be read ({reason}); {ANEW}") from None
    study, rule, limits = study_from_json(content, evidence, str(path), threads)
    return StudyNote(study, rule, limits, str(content.get("code", "")))
