"""The check of long runs is itself checked: a sane run passes, broken ones are reported."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.model.recording import Records
from tests.model.sanity import extremes, impossible
from tests.model.small_runs import Case, run


@pytest.fixture(scope="module")
def records(case: Case) -> Records:
    return run(case)


def test_a_short_run_is_sane(records: Records) -> None:
    assert impossible(records) == []
    assert extremes(records) == {}


def test_twins_are_reported(records: Records) -> None:
    series = records.series.copy()
    series.loc[5, "wage"] = np.inf
    series.loc[6, "office_rent"] = -1.0
    assert impossible(dataclasses.replace(records, series=series)) == ["wage is not finite", "office_rent is negative"]
    series = records.series.copy()
    there = series["place"] == "lyon"
    series.loc[there & (series["quarter"] == series["quarter"].max()), "startups"] *= 30
    assert extremes(dataclasses.replace(records, series=series)) == {("startups", "lyon"): "unexplained"}
    births = series.loc[there, "startups"].diff().fillna(0).clip(lower=0).astype(np.int64)
    moves = records.flows[records.flows["kind"].str.startswith("startup")]
    stay = moves[(moves["origin"] != "lyon") & (moves["destination"] != "lyon")]
    series.loc[there, ["closures", "exits"]] = 0
    series.loc[there, "births"] = births
    last = series.loc[there, "startups"].iloc[0] + births.sum()
    series.loc[there & (series["quarter"] == series["quarter"].max()), "startups"] = last
    found = extremes(dataclasses.replace(records, series=series, flows=stay))
    assert found == {("startups", "lyon"): "births above ends"}
