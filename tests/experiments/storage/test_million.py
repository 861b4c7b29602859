"""A driver of a million runs is small."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments.storage.million import table

MOST_MEGABYTES = 300.0


@pytest.mark.long
def test_the_measurement_itself_works(tmp_path: Path) -> None:
    (row,) = table(1000, tmp_path)
    assert row["shards"] == 20
    assert 0 < row["peak MB"] <= row["peak MB merging"] < MOST_MEGABYTES


@pytest.mark.torture
def test_a_driver_of_a_million_runs_takes_less_than_300_megabytes(tmp_path: Path) -> None:
    rows = table(1_000_000, tmp_path)
    assert rows[-1]["runs"] == 1_000_000
    assert max(row["peak MB merging"] for row in rows) <= MOST_MEGABYTES
