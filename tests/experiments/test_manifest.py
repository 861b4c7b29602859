"""What stands beside results: read if it is there and whole, and said plainly if it is not."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments import manifest
from sim.experiments.designs.limits import Limits
from sim.experiments.engine import package_versions
from sim.experiments.manifest import git_state, read_manifest
from sim.experiments.running.quarantine import Quarantine
from sim.experiments.running.study_note import StudyNote, read_note, write_note
from tests.experiments.fake_model import scenario


@pytest.mark.parametrize("text", [None, "{", "[1]", "[" * 100_000])
def test_a_manifest_that_is_none_is_as_good_as_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    assert read_manifest(tmp_path) is None
    (tmp_path / "manifest.json").write_text('{"seed": 7}')
    assert read_manifest(tmp_path) == {"seed": 7}


def test_without_a_repository_there_is_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(128, "git")

    monkeypatch.setattr(manifest.subprocess, "run", failing)
    monkeypatch.setattr(manifest, "IS_CHECKOUT", True)
    assert git_state() == (None, None)
    monkeypatch.undo()
    monkeypatch.setattr(manifest, "IS_CHECKOUT", False)
    assert git_state() == (None, None)


def test_a_package_that_is_not_there_is_said_to_be_missing() -> None:
    versions = package_versions(("numpy", "no-such-package"))
    assert versions["no-such-package"] == "not installed"
    assert versions["numpy"][0].isdigit()


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


def test_a_file_of_quarantine_that_has_gone_is_said_to_have(tmp_path: Path) -> None:
    assert Quarantine(tmp_path).why(b"x" * 16) == "It was in quarantine; its file has gone."


def test_a_study_of_scenarios_without_a_file_leaves_no_note(tmp_path: Path) -> None:
    study = SimpleNamespace(scenarios=(scenario("baseline"),))
    write_note(tmp_path, StudyNote(study, None, Limits(), "code"))
    assert list(tmp_path.iterdir()) == []
