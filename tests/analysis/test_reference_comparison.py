"""The reference's comparison follows from its own runs: the analysis says of them today what it said then."""

from __future__ import annotations

import io
import platform
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.compare import compare
from sim.analysis.reading import read_runs

FOLDER = Path(__file__).parents[2] / "results" / "reference"
TOLERANCE = 1e-9  # on another family of processors than golden.json names


def text_of(runs: pd.DataFrame) -> str:
    return compare(runs).to_csv(index=False, lineterminator="\n")


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return read_runs(FOLDER / "runs.parquet")


def test_the_comparison_is_made_again_from_the_runs_to_the_byte(runs: pd.DataFrame) -> None:
    kept, made = (FOLDER / "comparison.csv").read_text(encoding="utf-8"), text_of(runs)
    if f'"machine": "{platform.machine()}"' in (FOLDER / "golden.json").read_text(encoding="utf-8"):
        assert made == kept
    else:
        tables = [pd.read_csv(io.StringIO(text)) for text in (made, kept)]
        pd.testing.assert_frame_equal(*tables, rtol=TOLERANCE, atol=TOLERANCE)


def test_twin_one_run_with_one_job_more_is_seen(runs: pd.DataFrame) -> None:
    runs = runs[runs["scenario"].isin(["baseline", "placebo", "label_only"])].copy()
    before = text_of(runs)
    runs.iloc[-1, runs.columns.get_loc("startup_jobs")] += 1.0
    assert text_of(runs) != before
