"""The note of a study beside its results: read if it is whole, one sentence if not, and none where none can be."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.designs.limits import Limits
from sim.experiments.running.study_note import StudyNote, read_note, write_note
from tests.experiments.fake_model import scenario


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "no study.json found, so this is not a folder of results."),
        (b"[" * 100_000, "cannot be read (lists nested too deeply); start the sweep anew in an empty folder."),
        (b'{"seed": "\xff"}', "cannot be read (not UTF-8 text); start the sweep anew in an empty folder."),
        (b"{", "cannot be read (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); start"),
    ],
)
def test_a_study_that_cannot_be_read_is_one_sentence(
    evidence: Evidence, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    if content is not None:
        (tmp_path / "study.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_note(tmp_path, evidence)
    (found,) = caught.value.problems
    assert found.startswith(str(tmp_path))
    assert problem in found


def test_a_study_of_scenarios_without_a_file_leaves_no_note(tmp_path: Path) -> None:
    study = SimpleNamespace(scenarios=(scenario("baseline"),))
    write_note(tmp_path, StudyNote(study, None, Limits(), "code"))
    assert list(tmp_path.iterdir()) == []
