"""What a researcher is told about parts and limits of a sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.experiments.designs.limits import size_in_bytes, size_in_words

UNTIL = """
name = "adaptive"
title = "An adaptive sweep"
question = "?"
[policies]
scenarios = ["baseline", "r8_simplification"]
[until]
outcome = "startup_jobs"
scenario = "r8_simplification"
half_width = 10.0
"""


def test_a_sweep_that_decides_on_all_its_runs_cannot_be_made_in_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "adaptive.toml"
    file.write_text(UNTIL)
    assert main(["sweep", str(file), "--shard", "1/2", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip()
    assert said == f"--shard: {file} has a table [until], which decides on all runs; leave --shard out."
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (20_000, "20 kB"), (2_345_678, "2.35 MB"), (5e9, "5 GB"), (1.5e12, "1.5 TB")],
)
def test_sizes_are_told_in_units_that_can_be_told_apart_and_read_back(size: float, words: str) -> None:
    assert size_in_words(size) == words
    assert size_in_bytes(words) == (pytest.approx(size, rel=0.005) if size else None)
