"""What stands beside results: read if it is there and whole, and said plainly if it is not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sim.experiments import manifest
from sim.experiments.engine import package_versions
from sim.experiments.manifest import git_state, read_manifest


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
