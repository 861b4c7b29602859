"""The tables of what is gained for the money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.worth import order_sentences, worth_tables

SCENARIOS = {"baseline": (0.0, 0.0), "cheap": (10.0, 20.0), "dear": (30.0, 300.0), "void": (0.0, 50.0)}


def runs_of(worlds: int = 30) -> pd.DataFrame:
    luck = np.random.default_rng(2)
    size, levels = luck.uniform(0.5, 1.5, worlds), luck.normal(1000.0, 50.0, worlds)
    rows = [
        {"scenario": name, "world": world, "replicate": 0, "startups_in_france": levels[world] + gain * size[world]
         + (luck.normal(0.0, 3.0) if name != "baseline" else 0.0), "public_cost": cost * size[world] + 0.0}
        for world in range(worlds)
        for name, (gain, cost) in SCENARIOS.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame.insert(0, "run", range(len(frame)))
    return frame


def parameters(runs: pd.DataFrame) -> pd.DataFrame:
    luck = np.random.default_rng(4)
    rows = [(world, name, luck.random()) for world in runs["world"].unique() for name in ("guess", "fact")]
    return pd.DataFrame(rows, columns=["world", "parameter", "value"])


def test_each_table_holds_every_scenario_that_can_be_ranked() -> None:
    runs = runs_of()
    tables = worth_tables(runs, parameters(runs), {"guess": "assumed", "fact": "measured"})
    assert list(tables) == [
        "cost_effectiveness", "equal_cost", "ranks", "beats", "rank_shares", "regret", "worst_worlds", "rank_drivers",
        "discovery"
    ]  # fmt: skip
    for name, table in tables.items():
        assert set(table["scenario"]) == {"cheap", "dear", "void"}, name
    prices = tables["cost_effectiveness"].set_index("scenario")
    assert prices.loc["cheap", "low"] < 2.0 < prices.loc["cheap", "high"]
    assert prices.loc["dear", "low"] < 10.0 < prices.loc["dear", "high"]
    assert prices.loc["void", "reading"] == "not distinguishable from no effect"
    assert np.isnan(prices.loc["void", "ratio"])
    # The order turns round at equal cost.
    equal = tables["equal_cost"].query("budget == 100").set_index("scenario")["gain"]
    assert equal["cheap"] > equal["dear"]
    assert list(tables["ranks"]["scenario"][:1]) == ["dear"]
    assert set(tables["rank_drivers"]["group"]) == {"assumed", "measured"}


def test_worlds_in_which_a_scenario_fails_are_found() -> None:
    """``cheap`` gains nothing where the guess is above 0.6, in 300 worlds."""
    luck = np.random.default_rng(8)
    guess, fact = luck.random(300), luck.random(300)
    rows = [
        {"scenario": name, "world": world, "replicate": 0, "public_cost": 0.0 if name == "baseline" else 20.0,
         "startups_in_france": 100.0 + (5.0 if name != "baseline" and guess[world] < 0.6 else 0.0)}
        for world in range(300) for name in ("baseline", "cheap", "same", "again")
    ]  # fmt: skip
    runs = pd.DataFrame(rows)
    runs.insert(0, "run", range(len(runs)))
    worlds = pd.DataFrame({"world": np.tile(np.arange(300), 2), "parameter": np.repeat(["guess", "fact"], 300),
                           "value": [*guess, *fact]})  # fmt: skip
    table = worth_tables(runs, worlds, {"guess": "assumed", "fact": "measured"})["discovery"]
    found = table[table["scenario"] == "cheap"]
    assert found["parameter"].tolist() == ["guess"]
    assert 0.55 < found["low"].iloc[0] < 0.65
    assert found["density_low"].iloc[0] > 0.9
    assert found["share_failing"].iloc[0] == (guess >= 0.6).mean()


def test_a_scenario_in_worlds_of_its_own_is_not_ranked() -> None:
    runs = runs_of()
    apart = runs[runs["scenario"].isin(["baseline", "cheap"])].assign(world=lambda f: f["world"] + 100)
    apart["scenario"] = apart["scenario"].replace("cheap", "elsewhere")
    tables = worth_tables(pd.concat([runs, apart], ignore_index=True))
    assert set(tables["cost_effectiveness"]["scenario"]) == {"cheap", "dear", "void", "elsewhere"}
    assert set(tables["ranks"]["scenario"]) == {"cheap", "dear", "void"}
    assert "rank_drivers" not in tables


def test_without_cost_or_with_few_scenarios_there_is_less() -> None:
    runs = runs_of()
    assert worth_tables(runs.drop(columns="public_cost")) == {}
    few = worth_tables(runs[runs["scenario"].isin(["baseline", "cheap", "dear"])])
    assert list(few) == ["cost_effectiveness", "equal_cost"]


def test_an_order_that_rests_on_assumptions_is_said() -> None:
    table = pd.DataFrame(
        [("startups_in_france", "a", "assumed", 0.7), ("startups_in_france", "b", "assumed", 0.5),
         ("startup_jobs", "a", "assumed", 0.2), ("startup_jobs", "a", "measured", 0.9)],
        columns=["outcome", "scenario", "group", "share_alone"],
    )  # fmt: skip
    assert order_sentences(table) == [
        "Startups in France: 60% of the variance of ranks comes from assumed parameters; this order reflects "
        "assumptions, not evidence."
    ]


def test_a_baseline_alone_has_nothing_to_rank() -> None:
    runs = runs_of()
    tables = worth_tables(runs[runs["scenario"] == "baseline"], parameters(runs), {"guess": "assumed"})
    assert {name: len(table) for name, table in tables.items()} == {"cost_effectiveness": 0, "equal_cost": 0}
