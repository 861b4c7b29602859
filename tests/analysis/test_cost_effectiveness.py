"""Cost per unit gained and gains at equal cost: numbers only where they may be read, words everywhere else."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.cost_effectiveness import EQUAL_COLUMNS, RATIO_COLUMNS, at_equal_cost, cost_effectiveness
from sim.analysis.intervals import why_no_interval
from sim.analysis.ratios import NO_COST, NO_EFFECT, fieller

NUMBERS = ["ratio", "low", "high", "bootstrap_low", "bootstrap_high"]
# Scenario: mean cost, mean gain of jobs, each with spread 1 over worlds but where it is exactly 0.
SCENARIOS = {
    "works": (40.0, 10.0), "nothing": (40.0, 0.0), "placebo": (0.0, 0.0), "harms": (40.0, -10.0),
    "saves": (-40.0, 10.0), "cuts": (-40.0, -10.0), "free": (0.0, 10.0),
}  # fmt: skip


def some_runs(worlds: int = 24) -> pd.DataFrame:
    luck, rows = np.random.default_rng(9), []
    for world in range(worlds):
        level = luck.normal(500.0, 80.0)
        rows.append(("baseline", world, 0, level, 100.0 - level, 0.0))
        for name, (cost, gain) in SCENARIOS.items():
            extra = 0.0 if name == "placebo" else gain + luck.normal()
            paid = 0.0 if name == "placebo" else cost + luck.normal()
            rows.append((name, world, 0, level + extra, 100.0 - level - extra, paid))
    columns = ["scenario", "world", "replicate", "startup_jobs", "startup_departures", "public_cost"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "run", range(len(frame)))
    return frame


def test_a_price_only_where_money_is_spent_and_something_is_gained() -> None:
    table = cost_effectiveness(some_runs(), ["startup_jobs"]).set_index("scenario")
    assert ("scenario", *table.columns) == RATIO_COLUMNS
    works = table.loc["works"]
    assert works["reading"] == ""
    assert works["ratio"] == pytest.approx(works["cost"] / works["gain"], rel=1e-12)
    assert 3.0 < works["low"] < 4.0 < works["high"] < 5.0
    assert works["low"] < works["bootstrap_high"]
    said = {
        "nothing": NO_EFFECT, "placebo": NO_EFFECT, "harms": "costs money and loses",
        "saves": "gains and saves money", "cuts": "saves money and loses",
    }  # fmt: skip
    for name, words in said.items():
        assert table.loc[name, "reading"] == words
        assert table.loc[name, NUMBERS].isna().all()
    assert table.loc["free", "reading"] == NO_COST
    assert table.loc["free", "low"] < 0.0 < table.loc["free", "high"]


def test_twin_dividing_the_means_gives_an_absurd_number_where_the_table_gives_words() -> None:
    row = cost_effectiveness(some_runs(), ["startup_jobs"]).set_index("scenario").loc["nothing"]
    assert abs(row["cost"] / row["gain"]) > 100.0
    assert math.isnan(row["ratio"])


def test_what_is_better_lower_is_avoided() -> None:
    jobs, departures = (cost_effectiveness(some_runs(), [name]) for name in ("startup_jobs", "startup_departures"))
    pd.testing.assert_frame_equal(jobs.drop(columns="outcome"), departures.drop(columns="outcome"))


def test_equal_cost_is_linear_and_turns_fiellers_set_over() -> None:
    runs = some_runs()
    table = at_equal_cost(runs, ["startup_jobs"]).set_index(["scenario", "budget"])
    assert EQUAL_COLUMNS[:3] == ("scenario", "outcome", "budget")
    price = cost_effectiveness(runs, ["startup_jobs"]).set_index("scenario").loc["works"]
    half, full = table.loc[("works", 50.0)], table.loc[("works", 100.0)]
    assert (2 * half["gain"], 2 * half["low"]) == pytest.approx((full["gain"], full["low"]))
    assert full["gain"] == pytest.approx(100.0 / price["ratio"])
    assert (full["low"], full["high"]) == pytest.approx((100.0 / price["high"], 100.0 / price["low"]), rel=1e-6)
    assert half["reading"] == "linear scaling by 1.2"
    assert full["reading"] == "linear scaling by 2.5, far from what was run"
    assert table.loc[("nothing", 50.0), "low"] < 0.0 < table.loc[("nothing", 50.0), "high"]


def test_equal_cost_is_refused_where_there_is_no_cost() -> None:
    table = at_equal_cost(some_runs(), ["startup_jobs"]).set_index(["scenario", "budget"])
    for name, words in (("free", NO_COST), ("placebo", NO_COST), ("saves", "saves money"), ("cuts", "saves money")):
        assert table.loc[(name, 200.0), "reading"] == words
        assert table.loc[(name, 200.0), ["gain", "low", "high", "scale"]].isna().all()
    with pytest.raises(ValueError, match="above 0"):
        at_equal_cost(some_runs(), ["startup_jobs"], budgets=[50.0, 0.0])


def test_few_worlds_have_no_price() -> None:
    table = cost_effectiveness(some_runs(6), ["startup_jobs"])
    assert set(table["reading"]) == {"only 6 worlds: no interval"}
    assert set(at_equal_cost(some_runs(6), ["startup_jobs"])["reading"]) == {"only 6 worlds: no interval"}


def test_the_table_is_fieller_on_the_paired_worlds() -> None:
    runs = some_runs()
    wide = runs.pivot(index="world", columns="scenario")
    jobs = (wide["startup_jobs"]["works"] - wide["startup_jobs"]["baseline"]).to_numpy()
    found = fieller(wide["public_cost"]["works"].to_numpy(), jobs)
    row = cost_effectiveness(runs, ["startup_jobs"]).iloc[0]
    assert (row["ratio"], row["low"], row["high"]) == pytest.approx(found[:3], rel=1e-9)


def test_what_gains_exactly_nothing_is_no_gain_at_any_cost() -> None:
    idle = some_runs()[lambda runs: runs["scenario"] == "baseline"].assign(scenario="idle")
    idle["public_cost"] = 40.0 + idle["world"] / 24.0
    rows = at_equal_cost(pd.concat([some_runs(), idle]), ["startup_jobs"]).set_index("scenario").loc["idle"]
    assert set(rows["reading"]) == {why_no_interval(24, 0)}
    assert (rows["gain"] == 0.0).all()


def test_kinds_are_empty_words_where_nothing_is_gained() -> None:
    rows = [(name, world, 0, 500.0 + world, cost + 0.1 * world)
            for world in range(12) for name, cost in (("baseline", 0.0), ("idle", 40.0))]  # fmt: skip
    runs = pd.DataFrame(rows, columns=["scenario", "world", "replicate", "startup_jobs", "public_cost"])
    (row,) = cost_effectiveness(runs.reset_index(names="run"), ["startup_jobs"]).to_dict("records")
    assert (row["kind"], row["bootstrap_kind"], row["reading"]) == ("", "", NO_EFFECT)
    assert np.isnan([row[name] for name in NUMBERS]).all()
    assert (row["gain"], row["cost"], row["n"]) == (0.0, 40.0, 12)


def test_a_loss_at_a_cost_that_may_be_none_is_said_in_words() -> None:
    runs = some_runs()
    free = runs["scenario"] == "free"
    runs.loc[free, "startup_jobs"] -= 20.0
    row = cost_effectiveness(runs, ["startup_jobs"]).set_index("scenario").loc["free"]
    assert row["reading"] == "loses, at a cost not distinguishable from zero"
    assert row[NUMBERS].isna().all()
