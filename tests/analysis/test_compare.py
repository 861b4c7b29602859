"""The comparison on numbers worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis import compare, levels, warnings_of
from sim.analysis.compare import COMPARISON_COLUMNS
from sim.analysis.moves import border_balance, mean_flows
from sim.analysis.paired_worlds import summarise
from sim.analysis.places import differences_by_place, national_paths, quantile_paths


def table(rows: list[tuple[str, int, int, float]], outcome: str = "startup_jobs") -> pd.DataFrame:
    """Runs from (scenario, world, replicate, value)."""
    frame = pd.DataFrame(rows, columns=["scenario", "world", "replicate", outcome])
    frame.insert(0, "run", range(len(frame)))
    return frame


def test_paired_difference_interval_and_error() -> None:
    rows = [("baseline", w, 0, 100.0 + 50 * w) for w in range(9)]
    rows += [("r1", w, 0, 100.0 + 50 * w + d) for w, d in enumerate((-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0))]
    row = compare(table(rows)).iloc[0]
    assert tuple(row.index) == COMPARISON_COLUMNS
    assert (row["baseline_mean"], row["scenario_mean"], row["difference"]) == (300.0, 303.0, 3.0)
    half = 2.306004135 * math.sqrt(7.5 / 9)  # Student's t with 8 degrees of freedom; there is no skewness
    assert (row["low"], row["high"]) == pytest.approx((3.0 - half, 3.0 + half))
    assert (row["joint_low"], row["joint_high"]) == pytest.approx((3.0 - half, 3.0 + half))  # one comparison
    assert (row["q05"], row["q95"]) == pytest.approx((-0.6, 6.6))
    assert row["mc_error"] == pytest.approx(math.sqrt(7.5 / 9))
    assert (row["n"], row["family"], row["reading"]) == (9, "headlines", "")


def test_headlines_are_a_family_of_their_own() -> None:
    luck = np.random.default_rng(3)
    runs = pd.DataFrame(
        [(s, w, 0) for s in ("baseline", "r1", "r2") for w in range(12)], columns=["scenario", "world", "replicate"]
    )
    for name in ("startup_jobs", "startups_in_france", "startup_deaths", "refused_hires", "startup_births"):
        runs[name] = luck.normal(0.0, 1.0, len(runs))
    runs.insert(0, "run", range(len(runs)))
    whole = compare(runs).set_index(["scenario", "outcome"])
    assert whole["family"].value_counts().to_dict() == {"others": 6, "headlines": 4}
    alone = compare(runs[["run", "scenario", "world", "replicate", "startup_jobs", "startups_in_france"]])
    alone = alone.set_index(["scenario", "outcome"])
    pd.testing.assert_frame_equal(whole.loc[alone.index], alone)
    # Each outcome a family of its own would be narrower, all in one wider.
    single = compare(runs[["run", "scenario", "world", "replicate", "startup_jobs"]]).iloc[0]
    assert whole.loc[("r1", "startup_jobs"), "joint_low"] < single["joint_low"]
    assert list(whole.index) == [(s, o) for s in ("r1", "r2") for o in runs.columns[4:]]


def test_replicates_are_averaged_within_a_world_first() -> None:
    rows = [("baseline", 0, 0, 0.0), ("baseline", 0, 1, 0.0), ("baseline", 1, 0, 0.0)]
    rows += [("r1", 0, 0, 10.0), ("r1", 0, 1, 20.0), ("r1", 1, 0, 1.0)]
    row = compare(table(rows)).iloc[0]
    assert row["difference"] == pytest.approx(8.0)  # (15 + 1) / 2, not (10 + 20 + 1) / 3
    assert row["n"] == 2


def test_only_pairs_present_on_both_sides_count() -> None:
    rows = [("baseline", 0, 0, 0.0), ("baseline", 1, 0, 5.0), ("r1", 1, 0, 6.0), ("r1", 2, 0, 99.0)]
    row = compare(table(rows)).iloc[0]
    assert (row["baseline_mean"], row["scenario_mean"], row["difference"], row["n"]) == (5.0, 6.0, 1.0, 1)
    assert math.isnan(row["mc_error"])


def test_scenarios_keep_their_order_and_the_baseline_is_no_row() -> None:
    rows = [(s, 0, 0, 1.0) for s in ("baseline", "zebra", "ant")]
    assert list(compare(table(rows))["scenario"]) == ["zebra", "ant"]


def test_scenario_without_a_common_world_is_left_out() -> None:
    assert compare(table([("baseline", 0, 0, 1.0), ("r1", 7, 0, 1.0)])).empty


def test_unregistered_outcome_and_double_row_are_refused() -> None:
    with pytest.raises(ValueError, match="happiness"):
        compare(table([("baseline", 0, 0, 1.0), ("r1", 0, 0, 1.0)], outcome="happiness"))
    with pytest.raises(ValueError, match="two rows"):
        compare(table([("baseline", 0, 0, 1.0), ("baseline", 0, 0, 1.0), ("r1", 0, 0, 1.0)]))


def test_few_or_uneven_worlds_are_warned_of() -> None:
    rows = [(s, w, 0, 1.0) for s in ("baseline", "r1") for w in range(20)]
    assert warnings_of(compare(table(rows))) == []
    assert "Only 19 paired worlds" in warnings_of(compare(table(rows[:-1])))[0]
    uneven = [*rows, *(("r2", w, 0, 1.0) for w in range(3))]
    found = warnings_of(compare(table(uneven)))
    assert len(found) == 2
    assert "between 3 and 20" in found[1]
    assert warnings_of(compare(table([("baseline", 0, 0, 1.0)]))) == ["No scenario could be paired with its baseline."]


def test_levels_are_over_worlds() -> None:
    rows = [("baseline", 0, 0, 0.0), ("baseline", 0, 1, 2.0), ("baseline", 1, 0, 5.0)]
    row = levels(table(rows)).iloc[0]
    assert (row["mean"], row["n"]) == (3.0, 2)


def test_summarise_one_world() -> None:
    one = summarise(pd.Series([4.0]))
    assert (one["mean"], one["q05"], one["q95"], one["n"]) == (4.0, 4.0, 4.0, 1)
    assert all(math.isnan(one[name]) for name in ("low", "high", "mc_error"))


RUNS = table([("baseline", 0, 0, 0.0), ("baseline", 1, 0, 0.0), ("r1", 0, 0, 0.0), ("r1", 1, 0, 0.0)])
PLACES = pd.DataFrame({"place": ["lyon", "rest_of_france", "london"], "country": ["FR", "FR", "GB"]})
SERIES = pd.DataFrame(
    [
        (run, quarter, place, value * (quarter + 1))
        for run, values in enumerate(((10, 1, 5), (20, 1, 5), (12, 1, 4), (26, 0, 4)))
        for quarter in (0, 4)
        for place, value in zip(PLACES["place"], values, strict=True)
    ],
    columns=["run", "quarter", "place", "startups"],
)


def test_differences_by_place_are_paired_by_world() -> None:
    found = differences_by_place(RUNS, SERIES, "startups").set_index(["scenario", "place"])
    lyon = found.loc[("r1", "lyon")]
    assert (lyon["baseline_mean"], lyon["difference"], lyon["n"]) == (75.0, 20.0, 2)  # (60-50 + 130-100) / 2
    assert lyon["q05"] == pytest.approx(11.0)  # 5% of the way from 10 to 30
    assert found.loc[("r1", "rest_of_france"), "difference"] == -2.5


@pytest.mark.parametrize("kind", ["object", "category"])
def test_quantile_paths_of_levels_and_differences(kind: str) -> None:
    paths = national_paths(RUNS, SERIES.astype({"place": kind}), PLACES, ["startups"])
    assert set(paths.columns) >= {"startups_france", "startups_abroad"}
    level = quantile_paths(paths, lambda p: p["startups_france"]).set_index(["scenario", "quarter"])
    assert level.loc[("baseline", 4), "median"] == (55 + 105) / 2
    difference = quantile_paths(paths, lambda p: p["startups_france"], "baseline").set_index(["scenario", "quarter"])
    assert difference.loc[("r1", 4), "median"] == (10 + 25) / 2
    assert ("baseline", 0) not in difference.index


def test_mean_flows_weigh_worlds_not_runs_and_count_runs_without_moves() -> None:
    runs = table([("baseline", 0, 0, 0.0), ("baseline", 0, 1, 0.0), ("baseline", 1, 0, 0.0)])
    flows = pd.DataFrame(
        [(0, "lyon", "london", "talent_french", 8), (1, "lyon", "london", "talent_french", 4),
         (2, "london", "lyon", "talent_french", 6)],
        columns=["run", "origin", "destination", "kind", "count"],
    )  # fmt: skip
    moves = mean_flows(runs, flows, "baseline", years=2.0)
    out = moves.set_index(["origin", "destination"])["per_year"]
    assert out[("lyon", "london")] == pytest.approx((8 + 4) / 2 / 2 / 2)
    balance = border_balance(moves, PLACES, "talent_french").set_index("place")
    assert balance.loc["lyon", ["departures", "returns", "net"]].tolist() == [1.5, 1.5, 0.0]
    assert balance.loc["london", "departures"] == 1.5
    assert balance.loc["rest_of_france", "net"] == 0.0


def test_moves_over_the_border_add_up_over_origins_and_destinations() -> None:
    moves = pd.DataFrame(
        [("lyon", "london", 3.0), ("rest_of_france", "london", 4.0), ("london", "lyon", 1.0), ("berlin", "lyon", 2.0),
         ("lyon", "berlin", 8.0), ("lyon", "rest_of_france", 50.0)],
        columns=["origin", "destination", "per_year"],
    ).assign(kind="talent_french")  # fmt: skip
    places = pd.DataFrame(
        {"place": ["lyon", "rest_of_france", "london", "berlin"], "country": ["FR", "FR", "GB", "DE"]}
    )
    balance = border_balance(moves, places, "talent_french").set_index("place")
    assert balance["departures"].to_dict() == {"lyon": 11.0, "rest_of_france": 4.0, "london": 7.0, "berlin": 8.0}
    assert balance["returns"].to_dict() == {"lyon": 3.0, "rest_of_france": 0.0, "london": 1.0, "berlin": 2.0}
    assert balance["net"].to_dict() == {"lyon": 8.0, "rest_of_france": 4.0, "london": 6.0, "berlin": 6.0}


def test_bands_hold_half_four_fifths_and_nineteen_twentieths_of_worlds() -> None:
    values = np.random.default_rng(2).normal(size=40)
    paths = pd.DataFrame({"scenario": "baseline", "world": range(40), "replicate": 0, "quarter": 3, "value": values})
    (row,) = quantile_paths(paths, lambda p: p["value"]).to_dict("records")
    for name, inside in (("", 0.95), ("_80", 0.8), ("_50", 0.5)):
        assert row[f"low{name}"] == pytest.approx(np.quantile(values, (1 - inside) / 2))
        assert row[f"high{name}"] == pytest.approx(np.quantile(values, (1 + inside) / 2))
    assert (row["median"], row["n"]) == (pytest.approx(np.median(values)), 40)
