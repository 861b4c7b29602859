"""Ranks over worlds: by hand, in agreement with each other, and covered; what moves them, where that is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.ranking import beats, expected_ranks, explained_ranks, gains, rank_acceptability
from tests.analysis.known_differences import covers_badly


def table(columns: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.RangeIndex(len(next(iter(columns.values()))), name="world"))


BY_HAND = table({"a": [3.0, 1.0, 2.0, 5.0], "b": [1.0, 2.0, 2.0, 4.0], "c": [0.0, 3.0, 2.0, 4.0]})


def test_who_beats_whom_by_hand() -> None:
    found = beats(BY_HAND).set_index(["scenario", "other"])
    assert found.loc[("a", "b"), ["beats", "ties"]].tolist() == [0.5, 0.25]
    assert found.loc[("b", "a"), ["beats", "ties"]].tolist() == [0.25, 0.25]
    assert found.loc[("c", "b"), ["beats", "ties"]].tolist() == [0.25, 0.5]
    assert (found["low"] < found["beats"]).all()
    assert (found["high"] > found["beats"]).all()


def test_rank_shares_by_hand_ties_shared() -> None:
    found = rank_acceptability(BY_HAND).set_index(["scenario", "rank"])["share"]
    third = 1 / 3
    assert found["a"].tolist() == pytest.approx([(2 + third) / 4, third / 4, (1 + third) / 4])
    assert found["b"].tolist() == pytest.approx([third / 4, (2 + third + 0.5) / 4, (third + 0.5) / 4])
    assert found.groupby("rank").sum().tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert found.groupby("scenario").sum().tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_expected_ranks_agree_with_shares_and_with_beats() -> None:
    drawn = np.random.default_rng(1).normal([0, 0.2, 0.5, 1.0], 1.0, (40, 4))
    values = pd.DataFrame(drawn, columns=list("abcd"))
    ranks = expected_ranks(values).set_index("scenario")
    shares = rank_acceptability(values)
    by_share = (shares["rank"] * shares["share"]).groupby(shares["scenario"]).sum()
    lost = beats(values).groupby("other")["beats"].sum()
    for name in "abcd":
        assert ranks.loc[name, "expected_rank"] == pytest.approx(by_share[name])
        assert ranks.loc[name, "expected_rank"] == pytest.approx(1 + lost[name])
        assert ranks.loc[name, "low"] <= ranks.loc[name, "expected_rank"] <= ranks.loc[name, "high"]
    assert ranks["best_share"].sum() == pytest.approx(1.0)
    assert ranks.index[0] == "d"


def test_shares_are_covered() -> None:
    """P(A beats B) of two normals with means 0.5 apart and noise of their own: Phi(0.5 / sqrt 2) = 63.8%."""
    truth, luck, held, repeats = stats.norm.cdf(0.5 / math.sqrt(2)), np.random.default_rng(2), 0, 300
    for _ in range(repeats):
        values = pd.DataFrame(luck.normal([0.5, 0.0], 1.0, (48, 2)), columns=["a", "b"])
        row = beats(values).iloc[0]
        held += row["low"] <= truth <= row["high"]
    assert not covers_badly(held / repeats, repeats)


def runs_of(rows: list[tuple[str, int, int, float]], outcome: str = "startup_jobs") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["scenario", "world", "replicate", outcome])
    frame.insert(0, "run", range(len(frame)))
    return frame


def test_only_pairs_that_all_have_count_and_better_turns_the_sign() -> None:
    rows = [("baseline", 0, 0, 1.0), ("baseline", 0, 1, 3.0), ("a", 0, 0, 5.0), ("a", 0, 1, 7.0), ("a", 1, 0, 9.0)]
    assert gains(runs_of(rows), "startup_jobs").to_dict("list") == {"baseline": [2.0], "a": [6.0]}
    fewer = runs_of([row for row in rows if row[:3] != ("baseline", 0, 1)], "startup_departures")
    assert gains(fewer, "startup_departures").to_dict("list") == {"baseline": [-1.0], "a": [-5.0]}
    assert gains(runs_of(rows), "startup_jobs", ["a"]).to_dict("list") == {"a": [6.0, 9.0]}
    assert gains(runs_of(rows), "startup_jobs", better="lower")["a"].tolist() == [-6.0]


def test_what_cannot_be_ranked_is_refused() -> None:
    rows = [("baseline", 0, 0, 1.0), ("a", 1, 0, 5.0)]
    with pytest.raises(ValueError, match="share no world"):
        gains(runs_of(rows), "startup_jobs")
    with pytest.raises(ValueError, match="no runs of b"):
        gains(runs_of(rows), "startup_jobs", ["a", "b"])
    with pytest.raises(ValueError, match="two rows"):
        gains(runs_of([*rows, rows[0]]), "startup_jobs")
    with pytest.raises(ValueError, match="no way is better"):
        gains(runs_of(rows), "startup_jobs", better="none")


# --- what moves ranks --------------------------------------------------------------------------------------


def ranked_by(n: int, weight: float, noise: float, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Worlds with ten parameters; eight scenarios; the gain of the first follows two assumed parameters."""
    luck = np.random.default_rng(seed)
    worlds = pd.DataFrame(luck.random((n, 10)), columns=[f"p{i}" for i in range(10)])
    worlds["fixed"] = 1.0
    values = luck.normal(0.0, 1.0, (n, 8))
    values[:, 0] = 4.0 * weight * (worlds["p0"] + worlds["p1"] - 1.0) + noise * values[:, 0]
    return pd.DataFrame(values, index=worlds.index, columns=list("abcdefgh")), worlds


GROUPS = {"assumed": ["p0", "p1", "p2", "fixed"], "measured": [f"p{i}" for i in range(3, 10)]}


def test_the_group_that_moves_a_rank_is_found_and_the_other_is_not() -> None:
    found = explained_ranks(*ranked_by(400, 1.0, 0.1), GROUPS).set_index(["scenario", "group"])
    assumed, measured = found.loc[("a", "assumed")], found.loc[("a", "measured")]
    assert assumed["share_alone"] > 0.5
    assert assumed["share_beyond"] > 0.5
    assert assumed["p_value"] < 0.01
    assert abs(measured["share_alone"]) < 0.05
    assert (assumed["parameters"], assumed["worlds"], assumed["caveat"]) == (3, 400, "")
    pd.testing.assert_frame_equal(found, explained_ranks(*ranked_by(400, 1.0, 0.1), GROUPS).set_index(
        ["scenario", "group"]))  # fmt: skip


def test_by_chance_a_group_is_significant_as_often_as_stated_and_its_share_is_0_on_average() -> None:
    """400 tests of nothing (8 scenarios and 2 groups of 25 studies): 5% are significant, 3.5 standard errors."""
    found = pd.concat([explained_ranks(*ranked_by(40, 0.0, 1.0, seed), GROUPS, permutations=99) for seed in range(25)])
    assert abs((found["p_value"] <= 0.05).mean() - 0.05) < 3.5 * math.sqrt(0.05 * 0.95 / 400)
    assert abs(found["share_alone"].mean()) < 0.03


def test_twin_without_adjustment_chance_explains_much() -> None:
    values, worlds = ranked_by(40, 0.0, 1.0)
    ranks = values.rank(axis=1).rank(axis=0)
    design = np.column_stack([np.ones(40), worlds[GROUPS["measured"]].rank()])
    rest = ranks - design @ np.linalg.lstsq(design, ranks, rcond=None)[0]
    assert (1 - rest.var() / ranks.var()).mean() > 0.1  # 7 / 39 is expected


def test_too_few_worlds_and_ranks_that_never_change_have_a_caveat_and_no_number() -> None:
    values, worlds = ranked_by(9, 1.0, 0.1)
    found = explained_ranks(values, worlds, GROUPS).set_index(["scenario", "group"]).loc[("a", "measured")]
    assert np.isnan([found["share_alone"], found["share_beyond"], found["p_value"]]).all()
    assert found["caveat"] == (
        "9 worlds for 10 parameters, fewer than 10 each: shares are noisy, and not identified all together"
    )
    middle = explained_ranks(*ranked_by(60, 1.0, 0.1), GROUPS)
    assert set(middle["caveat"]) == {"60 worlds for 10 parameters, fewer than 10 each: shares are noisy"}
    fixed = explained_ranks(values.assign(a=99.0), worlds, GROUPS).set_index("scenario").loc["a"]
    assert set(fixed["caveat"]) == {"the rank is the same in every world"}
    assert fixed["share_alone"].isna().all()
    with pytest.raises(KeyError, match="p99"):
        explained_ranks(values, worlds, {"assumed": ["p99"]})
