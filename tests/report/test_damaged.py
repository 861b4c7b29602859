"""Damaged results folders: one sentence with path and reason, and nothing half-written."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.errors import InputError
from sim.report import write_report
from sim.report.results import Results

ANEW = "the same run command writes it anew"


@pytest.fixture
def folder(results_folder: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    target = tmp_path / "damaged"
    shutil.copytree(results_folder, target, ignore=shutil.ignore_patterns("figures", "report.html"))
    return target


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def link_to_a_long_name(path: Path) -> None:
    path.unlink()
    path.symlink_to("n" * 300)


def scenarios_of_bytes(kind: pa.DataType) -> Callable[[Path], None]:
    """Scenarios that are no texts, whatever their column says of itself."""

    def damage(path: Path) -> None:
        table = pq.read_table(path)
        at = table.column_names.index("scenario")
        texts = pa.array([b"\xff"] * len(table), pa.binary()).view(kind)
        pq.write_table(table.set_column(at, "scenario", texts), path)

    return damage


def write(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


def entry(**changes: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("runs.parquet", cut, "not a Parquet table"), ("runs.parquet", empty, "not a Parquet table"),
        ("series.parquet", cut, "not a Parquet table"), ("flows.parquet", cut, "not a Parquet table"),
        ("flows.parquet", empty, "not a Parquet table"),
        ("runs.parquet", scenarios_of_bytes(pa.string()), "Invalid UTF8"),
        ("runs.parquet", scenarios_of_bytes(pa.binary()), "column scenario holds bytes"),
        ("series.parquet", lambda p: shutil.copy(p.parent / "worlds.parquet", p), "no columns place, run, quarter"),
        ("scenarios.json", write("[{"), "not JSON"), ("scenarios.json", write("{}"), "a list of scenarios"),
        ("scenarios.json", write("[3]"), "not a scenario"),
        ("scenarios.json", write('[{"name": "a", "levers": [1]}]'), "levers of 'a'"),
        ("places.csv", empty, "not a table"), ("places.csv", write("a,b\n1,2\n"), "no columns place"),
        ("comparison.csv", write("a,b\n1,2\n"), "no columns scenario"),
        ("manifest.json", entry(worlds=5), "'worlds' is a number"),
        ("manifest.json", entry(worlds=[5]), "an entry of 'worlds'"),
        ("manifest.json", entry(reference=[1]), "'reference' is a list"),
        ("manifest.json", write("[]"), "a list where"), ("manifest.json", write("{"), "not JSON"),
    ],
)  # fmt: skip
def test_damage_is_one_sentence(folder: Path, name: str, damage: Callable[[Path], object], reason: str) -> None:
    damage(folder / name)
    with pytest.raises(InputError) as caught:
        write_report(folder)
    (sentence,) = caught.value.problems
    assert sentence.startswith(str(folder / name))
    assert reason in sentence
    assert sentence.endswith(f"{ANEW}.")
    assert "\n" not in sentence
    assert not (folder / "figures").exists()
    assert not (folder / "report.html").exists()


def test_what_stands_in_the_way_is_named(folder: Path) -> None:
    (folder / "figures").write_text("")
    with pytest.raises(InputError, match=r"figures: a file where"):
        write_report(folder)
    (folder / "figures").unlink()
    (folder / "report.html").mkdir()
    with pytest.raises(InputError, match=r"report\.html: a folder where"):
        write_report(folder)
    assert not (folder / "figures").exists()


def test_a_refusal_of_the_system_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28), str(folder / "figures" / "effects.pdf"))

    monkeypatch.setattr("sim.report.figures.save_figure", full)
    with pytest.raises(InputError, match=r"effects\.pdf: cannot be written \(No space left"):
        write_report(folder)
    assert not (folder / "report.html").exists()


def test_a_link_that_cannot_be_followed_is_no_file(folder: Path) -> None:
    link_to_a_long_name(folder / "manifest.json")
    assert Results(folder).manifest == {}
    link_to_a_long_name(folder / "places.csv")
    with pytest.raises(InputError, match=r"no places\.csv found"):
        Results(folder)
