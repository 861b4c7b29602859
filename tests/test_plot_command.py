"""The command that draws figures: names, sizes, languages, formats, and folders of other commands."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.cli.app import main
from tests.report.synthetic import PLACES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with places and structures alone."""
    PLACES.to_csv(tmp_path / "places.csv", index=False)
    rows = [
        (structure, "r6_attractive_taxation", "startups_in_france", "Startups in France", "startups", 4.0, 1.0, 9.0, 8)
        for structure in ("reference", "plain_logit")
    ]
    columns = ["structure", "scenario", "outcome", "label", "unit", "effect", "low", "high", "n"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "structures.csv", index=False)
    return tmp_path


def told(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 2) -> str:
    assert main(["plot", *arguments]) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def test_an_unknown_name_is_answered_with_the_nearest_and_all_there_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told([str(folder), "structure", "zzz"], capsys).splitlines()
    assert lines[0] == f"{folder}: no figure 'structure'; did you mean 'structures'?"
    assert lines[1] == f"{folder}: no figure 'zzz'."
    assert lines[2] == "Figures of this folder:"
    assert any(line.split(maxsplit=1) == ["reasons", "Why they leave"] for line in lines)
    assert not (folder / "figures").exists()


def test_every_bad_option_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told([str(folder), "--size", "sngle", "--lang", "de", "--format", "gif,png"], capsys).splitlines()
    assert lines[0].startswith("--size: no size 'sngle'; did you mean 'single'?")
    assert lines[1] == "--lang: found 'de', allowed are en and fr."
    assert lines[2].startswith("--format: no format 'gif'")
    assert len(lines) == 3


def test_folders_without_figures_or_rows(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds nothing to draw" in told([str(tmp_path / "empty")], capsys)
    assert "no such folder" in told([str(tmp_path / "nowhere")], capsys)
    assert (
        told([str(folder), "paths"], capsys).strip() == f"{folder}: no rows for the figure 'paths'; it was not drawn."
    )
    (folder / "structures.csv").write_text("a,b\n1,2\n", "utf-8")
    assert "no columns structure" in told([str(folder), "structures"], capsys)


def test_french_figures_of_another_command_in_a_size_and_a_format(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = told([str(folder), "structures", "--size", "slide", "--lang", "fr", "--format", "svg"], capsys, code=0)
    assert f"{folder / 'figures/fr/structures'}.{{svg,csv,txt}}" in shown
    written = sorted(path.name for path in (folder / "figures" / "fr").iterdir())
    assert written == ["structures.csv", "structures.svg", "structures.txt"]
    assert "Les mêmes recommandations" in (folder / "figures/fr/structures.txt").read_text("utf-8")
    assert "found nothing" in told([str(folder), "structures", "--format", ""], capsys)
    assert main(["--worlds", "3", "plot", str(folder)]) == 2
