"""Names that come from files never become paths outside the folder that was asked for."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cli import main
from sim.cli.writing import new_scenario
from sim.dashboard.board import Board
from sim.dashboard.link import board_of
from sim.dashboard.scenario_text import policy_content
from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.storage.ledger import Ledger
from sim.experiments.storage.ledger_file import insert, opened
from sim.extensions import Extension
from sim.scenario import scenario_of
from tests.security.watching import watched
from tests.test_report_command import results

NAMES = (
    "../out", "..", ".", "a/../../b", "/etc/x", "//server/x", "C:\\x", "C:x", "..\\x", "a\x00b", "a\nb", "-rf", "--out",
    "~", "~root", "$HOME", "%TEMP%", "con", "nul", "aux", "com1", "con.toml", "x.", "x ", " x", "x" * 300, "x" * 5000,
    "\u202egnp", "ａ", "а", "a\u0301", "ı", "x/", "x\u2215y", "\ud800", "", "*", "?", "a:b", "a|b", "<b>", "'", ".x",
)  # fmt: skip
"""Upwards, absolute, of another system, cut by a sign, options, homes, devices, too long, look-alikes, half a sign."""
hostile = st.one_of(
    st.sampled_from(NAMES),
    st.text(st.sampled_from("./\\:a-~\x00\n\u202e_$%"), max_size=40),
    st.tuples(st.sampled_from(NAMES), st.text("ab_1/.", max_size=6)).map("".join),
)
PLAIN = {"title": "t", "question": "q", "expected": "e"}


def is_plain(name: str) -> bool:
    """Whether a name is one of the program's own kind, and so a file name everywhere."""
    return name.isascii() and name == name.lower() and name.replace("_", "").isalnum() and name[0].isalpha()


@settings(max_examples=60)
@given(name=hostile)
def test_a_scenario_or_an_extension_has_a_plain_name_or_none(name: str, evidence: Evidence) -> None:
    try:
        assert is_plain(scenario_of({"name": name, **PLAIN}, Path(f"{name}.toml"), evidence).name)
    except (InputError, ValueError):  # no path either
        assert not is_plain(name) or len(name) > 200
    try:
        assert is_plain(Extension(name).name)
    except (InputError, ValueError):
        assert not is_plain(name)


@settings(max_examples=60)
@given(name=hostile)
def test_a_link_makes_no_name(name: str) -> None:
    """A file of the dashboard is called after a digest, whatever the link says."""
    try:
        board = board_of({"a": f"r1,places={name}", "world": f"{name}:1"})
        made = policy_content(board.policies[0], Board(board.policies))["name"]
    except (InputError, KeyError, ValueError):
        return
    assert is_plain(made)
    assert len(made) < 30


def test_new_scenario_writes_its_file_or_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "inside"
    folder.mkdir(parents=True)
    for name in NAMES:
        with watched() as watch, pytest.raises((InputError, OSError)):
            new_scenario(name, None, folder, None)
        assert watch.outside(folder) == [], name
        assert list(tmp_path.rglob("*")) == [tmp_path / "here", folder], name
    new_scenario("harmless", None, folder, None)
    assert [path.name for path in folder.iterdir()] == ["harmless.toml"]


def hostile_results(folder: Path) -> Path:
    """Results whose scenarios, places, reference and files have hostile names."""
    names = ("../out", "/etc/x", "C:\\x", "-rf", "~", "x" * 300, "\u202egnp", "a\nb")
    made = results(folder, ("baseline", *names))
    notes = json.loads((made / "manifest.json").read_text())
    notes["files"] = notes["extensions"] = [{"name": name, "from": name, "path": name} for name in names]
    notes["digests"]["scenarios"] = dict.fromkeys(names, "0" * 64)
    (made / "manifest.json").write_text(json.dumps(notes))
    places = pd.read_csv(made / "places.csv")
    for column in ("name", "short_name", "city", "region"):
        places[column] = [names[n % len(names)] for n in range(len(places))]
    places.to_csv(made / "places.csv", index=False)
    return made


@pytest.mark.parametrize(
    "words",
    [
        ("report",), ("status",), pytest.param(("compare",), marks=pytest.mark.torture),
        pytest.param(("report", "--lang", "fr"), marks=pytest.mark.torture),
        pytest.param(("verify",), marks=pytest.mark.torture), pytest.param(("plot",), marks=pytest.mark.torture),
    ],
)  # fmt: skip
def test_results_full_of_hostile_names_are_written_to_nowhere_else(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.report.page.draw_all", lambda *_, **__: {})  # figures bear names of the program
    monkeypatch.setattr("sim.report.page.draw_packages", lambda *_, **__: {})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))  # where a workbook is put together
    folder = hostile_results(tmp_path / "inside" / "results")
    before = set((tmp_path / "inside").iterdir())
    with watched() as watch:
        code = main([words[0], str(folder), *words[1:]])
    assert code in (0, 2)
    assert "Traceback" not in capsys.readouterr().err
    assert watch.outside(folder, temporary) == []
    assert list(temporary.iterdir()) == []
    assert watch.calls == []
    assert set((tmp_path / "inside").iterdir()) == before
    assert all(is_plain(path.stem.lower().lstrip(".").partition(".")[0]) for path in folder.rglob("*")), list(
        folder.rglob("*")
    )
    if words == ("report",):
        assert code == 0
        assert (folder / "tables" / "tables.xlsx").is_file()


def test_a_ledger_that_names_folders_elsewhere_has_none_removed(tmp_path: Path) -> None:
    out, victim = tmp_path / "results", tmp_path / "mine"
    (out / "shards").mkdir(parents=True)
    victim.mkdir()
    (victim / "kept.txt").touch()
    base = opened(out / "ledger.sqlite")
    for name in ("../../mine", str(victim), "..", "."):
        with base:
            insert(base, name, {"../../../mine/kept.txt": 0}, b"", b"", b"")
    base.close()
    ledger = Ledger.open(out)
    ledger.catch_up()
    assert ledger.shards() == []
    ledger.forget(*ledger.shards())
    ledger.close()
    assert (victim / "kept.txt").exists()


def test_twin_what_writes_elsewhere_or_calls_is_seen(tmp_path: Path) -> None:
    import socket
    import subprocess

    inside = tmp_path / "inside"
    inside.mkdir()
    with watched() as watch:
        (inside / ".." / "outside.txt").write_text("x")
        (inside / "fine.txt").write_text("x")
        (tmp_path / "folder").mkdir()
        os.rename(tmp_path / "folder", tmp_path / "moved")
        with socket.socket() as line, pytest.raises(OSError, match=r"refused|denied|not permitted"):
            line.connect(("127.0.0.1", 9))
        subprocess.run(["true"], check=True)
        sqlite3.connect(":memory:").close()
    names = sorted({Path(path).name for path in watch.outside(inside)})
    assert names == ["folder", "moved", "outside.txt"]
    assert any("9" in call for call in watch.calls)
    assert watch.starts
