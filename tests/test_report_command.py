"""``report``: pages in two languages from small folders, hostile texts everywhere, one sentence for what is wrong."""

import csv
import json
import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis import compare
from sim.cli.app import main
from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections import BODY, HEAD
from tests.report.synthetic import PLACES

EVIL = "<script>alert(1)</script>\\input{/etc/passwd} & % $x$ #1 _ {} http://example.org/a.png"
FORMULA = '=HYPERLINK("http://example.org","x")'
OUTCOMES = {"startups_in_france": 100.0, "talents_french_in_france": 900.0, "startup_jobs": 50.0, "public_cost": 0.0,
            "startup_departures": 20.0, "net_public_balance": 10.0, "startup_flight_rate": 0.6}  # fmt: skip


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: figures have their own tests."""
    monkeypatch.setattr("sim.report.page.draw_all", lambda *_: {})
    monkeypatch.setattr("sim.report.page.draw_packages", lambda *_: {})


def results(
    folder: Path, scenarios: tuple[str, ...] = ("baseline", "r1_label_network", "all_eight"), **more: object
) -> Path:
    """A folder with the tables that a report cannot do without, and a comparison."""
    folder.mkdir(parents=True)
    PLACES.to_csv(folder / "places.csv", index=False)
    rows = [
        {"run": 10 * n + world, "scenario": name, "world": world, "replicate": 0}
        | {outcome: level + n * (3 + world % 3) for outcome, level in OUTCOMES.items()}
        for n, name in enumerate(scenarios) for world in range(8)
    ]  # fmt: skip
    runs = pd.DataFrame(rows)
    runs.to_parquet(folder / "runs.parquet", index=False)
    reference = str(more.get("reference", "baseline"))
    if len(scenarios) > 1:
        compare(runs, reference).to_csv(folder / "comparison.csv", index=False)
    notes = [
        {"name": name, "title": FORMULA if name == "all_eight" else EVIL, "question": EVIL, "expected": FORMULA,
         "recommendation": "R1" if name.startswith("r1") else "", "provenance": EVIL, "levers": {EVIL: {EVIL: EVIL}}}
        for name in scenarios
    ]  # fmt: skip
    (folder / "scenarios.json").write_text(json.dumps(notes))
    manifest = {"version": "0.1.0", "seed": 7, "reference": reference, "n_worlds": 8, "digests": {"code": "c" * 64},
                "settings": {"world_kind": "prior", "years": 10}} | more  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize(("language", "name"), [("en", "report"), ("fr", "rapport")])
def test_hostile_texts_are_text_in_page_tables_and_pdf(language: str, name: str, tmp_path: Path) -> None:
    from pypdf import PdfReader

    folder = results(tmp_path / "r")
    pdf = ["--pdf"] if language == "fr" else []
    assert main(["report", str(folder), "--lang", language, *pdf]) == 0
    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.findall(r'(?:src|href|action|data)="(?!data:|#)[^"]*"', page)
    assert not re.search(r"@import|url\(", page)
    assert len(page.encode()) < 5_000_000
    tables = folder / "tables" / ("" if language == "en" else language)
    for path in tables.glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        for row in csv.reader(text.splitlines(), delimiter="," if language == "en" else ";"):
            assert not any(re.match(r"\s*[=@+]|\s*-\D", cell) for cell in row)
    for path in tables.glob("*.tex"):
        body = path.read_text(encoding="utf-8").split("\n", 1)[1]
        assert "\\input{" not in body
        assert not re.search(r"(?<!\\)[%$#_]", body.replace("p{0.3\\linewidth}", ""))
    with zipfile.ZipFile(tables / "tables.xlsx") as book:
        assert not any(
            b"<f>" in book.read(n) or b"hyperlink" in book.read(n) for n in book.namelist() if "sheets/" in n
        )
        assert b"HYPERLINK" in book.read("xl/sharedStrings.xml")
    if pdf:
        text = "".join(p.extract_text() for p in PdfReader(folder / "rapport.pdf").pages)
        assert "alert(1)" in text
        assert "\\input" in text


def test_written_twice_the_same_bytes_elsewhere_too(tmp_path: Path) -> None:
    folder = results(tmp_path / "r")
    assert main(["report", str(folder), "--out", str(tmp_path / "elsewhere")]) == 0
    assert not (folder / "report.html").exists()
    assert main(["report", str(folder)]) == 0
    made = [p.relative_to(tmp_path / "elsewhere") for p in (tmp_path / "elsewhere").rglob("*") if p.is_file()]
    assert {"report.html", "tables/tables.xlsx", "tables/comparison.csv"} <= {p.as_posix() for p in made}
    for path in made:
        assert (folder / path).read_bytes() == (tmp_path / "elsewhere" / path).read_bytes()


@pytest.mark.parametrize(
    ("scenarios", "more", "held", "gone"),
    [
        (("baseline",), {}, ("headlines", "limits", "definitions"), ("comparison", "answer", "effects", "flight")),
        (("a", "b"), {"reference": "a"}, ("comparison", "effects"), ("flight", "recommendations")),
        (("baseline", "equal_capital", "equal_taxation"), {}, ("comparison", "headlines"), ("answer", "flight")),
    ],
)
def test_other_folders_leave_out_what_they_do_not_hold(
    scenarios: tuple[str, ...], more: dict[str, str], held: tuple[str, ...], gone: tuple[str, ...], tmp_path: Path
) -> None:
    found, words = Results(results(tmp_path / "r", scenarios, **more)), Words("fr")
    built = {name for name, build in (HEAD | BODY).items() if build(found, words) is not None}
    assert set(held) <= built
    assert not set(gone) & built
    alarms = HEAD["question"](found, words)["alarms"]  # type: ignore[index]
    assert any("non à la référence" in text for text in alarms) == bool(more)


def test_the_command_that_made_the_results_stands_under_them(tmp_path: Path) -> None:
    folder = results(tmp_path / "a study; rm -rf x", ("baseline", "all_eight"))
    shutil.rmtree(folder / "tables", ignore_errors=True)
    assert main(["report", str(folder)]) == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    command = "python run_sim.py run scenarios/baseline.toml scenarios/all_eight.toml --world prior --worlds 8 --seed 7"
    assert command + " --out &#39;results/a study; rm -rf x&#39;" in page
    assert "model cccccccccccc" in page
    assert "python run_sim.py verify &#39;results/a study; rm -rf x&#39;" in page
    assert str(tmp_path) not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lang", "fi"], "--lang: found 'fi', allowed are en and fr; did you mean 'fr'?"),
        (["--lang", "zzz"], "--lang: found 'zzz', allowed are en and fr."),
    ],
)
def test_a_language_that_is_none_is_one_sentence(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path), *words]) == 2
    assert capsys.readouterr().err.strip() == said


def test_a_folder_that_is_none_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results(tmp_path / "main", ("baseline",))
    assert main(["report", str(tmp_path / "mian")]) == 2
    assert capsys.readouterr().err.strip() == f"{tmp_path / 'mian'}: no such folder; did you mean 'main'?"
    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err.strip().endswith("no places.csv found, so this is not a folder of results.")


def test_without_what_the_pdf_needs_the_page_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.errors import InputError

    def refuse() -> None:
        raise InputError("The package WeasyPrint is missing.")

    monkeypatch.setattr("sim.report.pdf.needs_pdf", refuse)
    folder = results(tmp_path / "r", ("baseline",))
    assert main(["report", str(folder), "--pdf"]) == 2
    assert "WeasyPrint is missing" in capsys.readouterr().err
    assert (folder / "report.html").is_file()
    assert not (folder / "report.pdf").exists()


def test_a_way_of_being_better_that_there_is_not_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = results(tmp_path / "results")
    table = pd.read_csv(folder / "comparison.csv")
    table.assign(better="-1").to_csv(folder / "comparison.csv", index=False)
    assert main(["report", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "comparison.csv: '-1' is no way of being better; allowed are higher, lower, none; the same run" in said
    assert not (folder / "report.html").exists()
