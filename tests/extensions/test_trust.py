"""A results folder is data: the code that it names runs only if the user has named the same before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main
from sim.experiments.designs.study_file import FORMAT
from sim.extensions import trust
from sim.extensions.active import activate, active, deactivate
from sim.extensions.loading import _digest
from sim.extensions.trust import named_by_results

CODE = """
from pathlib import Path
Path(__file__).with_suffix(".ran").touch()
from sim.extensions import Extension
extension = Extension("stranger")
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(trust, "_named", set())
    deactivate()
    yield
    deactivate()


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    file = tmp_path / "stranger.py"
    file.write_text(CODE)
    return file


def results_that_name(file: Path, where: str) -> Path:
    """A results folder that somebody sent, which has its code run in one of two ways."""
    out = file.parent / "results"
    out.mkdir()
    asked: dict[str, object] = {"code": "x", "format": FORMAT}
    if where == "study":
        digest = _digest([(file.name, file.read_bytes())])  # who sends code knows it
        asked["extensions"] = [{"name": "stranger", "from": str(file), "digest": digest, "code": digest}]
    content = {"name": "plain", "title": "t", "question": "q", "expected": "e", "extensions": [str(file)]}
    asked["scenarios"] = [{"path": "plain.toml", "content": content}] if where == "scenario" else []
    (out / "study.json").write_text(json.dumps(asked))
    return out


@pytest.mark.parametrize("where", ["study", "scenario"])
def test_code_that_results_name_does_not_run(stranger: Path, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(results_that_name(stranger, where))]) == 2
    assert not stranger.with_suffix(".ran").exists()
    assert "look at it, then name it with --extension" in capsys.readouterr().err
    assert active() == ()


@pytest.mark.parametrize("where", ["study", "scenario"])
def test_twin_without_the_refusal_it_would_run(
    stranger: Path, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.extensions.loading.refuse_strangers", lambda *_: None)
    assert main(["status", str(results_that_name(stranger, where))]) == 2  # the rest of the folder is missing
    assert stranger.with_suffix(".ran").exists()


def test_twin_what_the_user_named_before_runs_and_an_altered_file_does_not(
    stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    activate(str(stranger))
    assert stranger.with_suffix(".ran").exists()
    deactivate()
    monkeypatch.setattr(trust, "_named", set())  # another process, another day
    with named_by_results():
        assert activate(str(stranger)).name == "stranger"
        deactivate()
        stranger.write_text(CODE + "\n")
        with pytest.raises(Exception, match="never used here before"):
            activate(str(stranger))


def test_what_ran_for_results_alone_is_not_known_by_that(stranger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with named_by_results():
        trust.remember(stranger.read_bytes())
    monkeypatch.setattr(trust, "_named", set())
    with named_by_results(), pytest.raises(Exception, match="never used"):
        activate(str(stranger))
