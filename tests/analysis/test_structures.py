"""Structures compared: effects that were put in come out, flips are said, and noise is not called a flip."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.structures import (
    FIRST_COLUMNS,
    NOISE,
    NOTHING,
    OPPOSITE,
    SAME,
    STRUCTURE_COLUMNS,
    firsts,
    flips,
    paired_effects,
    structure_table,
)

STARTUPS, LEFT = "startups_in_france", "startup_departures"
RANKED = ("r1", "r2", "r3")
# structure -> scenario -> mean effect on startups in France
MEANS = {
    "reference": {"r1": 10.0, "r2": 6.0, "r3": -4.0, "label_only": 0.0},
    "other": {"r1": 5.0, "r2": 9.0, "r3": 3.0, "label_only": 0.0},
}


def runs(means: dict[str, dict[str, float]], worlds: int = 12, spread: float = 1.0, seed: int = 1) -> pd.DataFrame:
    """Runs of two outcomes; effects on departures are those on startups, the other way round.

    Worlds shift effects by the same draw under every structure; luck by structure is small.
    """
    luck, rows = np.random.default_rng(seed), []
    common = spread * luck.standard_normal((worlds, 4))
    for structure, effects in means.items():
        for world in range(worlds):
            for replicate in range(2):
                level = 500.0 + 100.0 * luck.standard_normal()
                for nth, scenario in enumerate(["baseline", *effects]):
                    effect = 0.0
                    if effects.get(scenario, 0.0):
                        noise = 0.1 * spread * luck.standard_normal()
                        effect = effects[scenario] + common[world, nth - 1] + noise
                    keys = {"structure": structure, "scenario": scenario, "world": world, "replicate": replicate}
                    rows.append({**keys, "run": len(rows), STARTUPS: level + effect, LEFT: level - effect})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def effects() -> pd.DataFrame:
    return paired_effects(runs(MEANS))


def row_of(table: pd.DataFrame, structure: str, scenario: str, outcome: str = STARTUPS) -> dict[str, object]:
    keys = (table["structure"] == structure) & (table["scenario"] == scenario) & (table["outcome"] == outcome)
    (row,) = table[keys].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_effects_changes_signs_and_ranks(effects: pd.DataFrame) -> None:
    table = structure_table(effects, RANKED)
    assert tuple(table.columns) == STRUCTURE_COLUMNS
    assert len(table) == 2 * 4 * 2
    for structure, means in MEANS.items():
        for scenario, mean in means.items():
            row = row_of(table, structure, scenario)
            assert row["effect"] == pytest.approx(mean, abs=1.0)
            if mean and structure != "reference":
                assert row["low"] < mean < row["high"]
                assert row["change_low"] <= mean - MEANS["reference"][scenario] <= row["change_high"]
    assert [row_of(table, "other", name)["rank"] for name in RANKED] == [2, 1, 3]
    assert [row_of(table, "other", name)["rank_reference"] for name in RANKED] == [1, 2, 3]
    assert [row_of(table, "other", name, LEFT)["rank"] for name in RANKED] == [2, 1, 3]  # fewer is better
    assert pd.isna(row_of(table, "other", "label_only")["rank"])
    assert row_of(table, "other", "r3")["sign"] == OPPOSITE
    assert not row_of(table, "other", "r3")["same_sign"]
    assert row_of(table, "other", "r1")["sign"] == row_of(table, "other", "label_only")["sign"] == SAME
    reference = table[table["structure"] == "reference"]
    assert (reference["change"] == 0.0).all()
    assert reference["same_sign"].all()


def test_a_change_is_paired_world_by_world(effects: pd.DataFrame) -> None:
    """What worlds do under all structures alike does not widen it; twin: unpaired worlds would."""
    row = row_of(structure_table(effects, RANKED), "other", "r1")
    assert row["change_high"] - row["change_low"] < 0.25 * (row["high"] - row["low"])
    assert row["change_joint_low"] < row["change_low"]
    shifted = effects.copy()
    shifted["other"] = effects["other"].to_numpy()[::-1]
    row = row_of(structure_table(shifted, RANKED), "other", "r1")
    assert row["change_high"] - row["change_low"] > 0.5 * (row["high"] - row["low"])


def test_firsts_and_how_far_they_lead(effects: pd.DataFrame) -> None:
    table = firsts(effects, RANKED)
    assert tuple(table.columns) == FIRST_COLUMNS
    row = table[(table["structure"] == "other") & (table["outcome"] == STARTUPS)].to_dict("records")[0]
    assert (row["first"], row["first_reference"], row["same_first"]) == ("r2", "r1", False)
    assert row["low"] < 4.0 < row["high"]
    assert row["low"] > 0.0
    left = table[(table["structure"] == "other") & (table["outcome"] == LEFT)].to_dict("records")[0]
    assert left["lead"] == pytest.approx(row["lead"])
    assert table[table["structure"] == "reference"]["same_first"].all()


def test_conclusions_in_plain_sentences(effects: pd.DataFrame) -> None:
    said = flips(structure_table(effects, RANKED), firsts(effects, RANKED))
    assert said == [
        "other: r3 changes the sign of its effect on startups in France, to "
        + f"{effects['other', 'r3', STARTUPS].mean():+.3g} startups.",
        "other: r3 changes the sign of its effect on startups that left France, to "
        + f"{effects['other', 'r3', LEFT].mean():+.3g} startups.",
        "other: first by startups in France is r2 instead of r1.",
        "other: first by startups that left France is r2 instead of r1.",
    ]
    same = paired_effects(runs({"reference": MEANS["reference"], "other": MEANS["reference"]}))
    assert flips(structure_table(same, RANKED), firsts(same, RANKED)) == [
        "No sign changes.",
        "The first of the eight is the same everywhere.",
    ]


def test_an_effect_that_is_lost_is_said() -> None:
    """Clear in the reference, the other way here, and too uncertain to be called opposite."""
    luck = np.random.default_rng(4)
    names = pd.MultiIndex.from_tuples(
        [(s, r, STARTUPS) for s in ("reference", "other") for r in ("r1", "r2")],
        names=["structure", "scenario", "outcome"],
    )
    values = np.array([10.0, 5.0, -3.5, 5.0]) + np.array([1.0, 1.0, 9.0, 1.0]) * luck.standard_normal((12, 4))
    effects = pd.DataFrame(values, columns=names)
    table = structure_table(effects, ("r1", "r2"))
    row = row_of(table, "other", "r1")
    assert row["sign"] == NOISE
    assert row["low"] < 0.0 < row["high"]
    said = flips(table, firsts(effects, ("r1", "r2")))
    assert said[0] == "No sign changes."
    assert said[1].startswith("other: r1 loses its effect on startups in France: -")
    kept = flips(structure_table(effects, ("r1", "r2"), "reference").query("structure == 'reference'"),
                 firsts(effects[["reference"]], ("r1", "r2")))  # fmt: skip
    assert not any("loses" in sentence for sentence in kept)


STUDIES = 400


@pytest.fixture(scope="module")
def verdicts() -> pd.Series:
    """Share of effects of nothing at all that get each verdict on their sign; 12 worlds, normal."""
    scenarios = [f"x{nth}" for nth in range(STUDIES)]
    names = pd.MultiIndex.from_product(
        [["reference", "other"], scenarios, [STARTUPS]], names=["structure", "scenario", "outcome"]
    )
    luck = np.random.default_rng(11)
    table = structure_table(pd.DataFrame(luck.standard_normal((12, len(names))), columns=names), scenarios)
    return table[table["structure"] == "other"]["sign"].value_counts(normalize=True)


def test_noise_is_not_called_a_flip(verdicts: pd.Series) -> None:
    """Two 95% intervals exclude zero in opposite ways once in 800; more than 6 of 400 would be once in 10^6 studies."""
    assert verdicts.get(OPPOSITE, 0.0) <= 6 / STUDIES


def test_twin_signs_of_means_alone_would_be_called_flips(verdicts: pd.Series) -> None:
    assert verdicts[NOISE] > 0.4


def test_few_worlds_have_means_and_no_intervals() -> None:
    few = paired_effects(runs(MEANS, worlds=3))
    table = structure_table(few, RANKED)
    assert table["low"].isna().all()
    assert table["change_joint_low"].isna().all()
    assert (table.loc[table["scenario"] != "label_only", "reading"] == "only 3 worlds: no interval").all()
    assert row_of(table, "other", "r3")["sign"] == NOISE
    said = flips(table, firsts(few, RANKED))
    assert said[0] == "No sign changes."
    assert "not told apart" in said[-1]


def test_worlds_and_scenarios_that_are_missing() -> None:
    held = runs(MEANS)
    held = held[~((held["structure"] == "other") & (held["world"] == 4))]
    held = held[~((held["structure"] == "other") & (held["scenario"] == "r3"))]
    effects = paired_effects(held)
    table = structure_table(effects, RANKED)
    assert row_of(table, "other", "r1")["n"] == 11
    assert row_of(table, "reference", "r1")["n"] == 12
    assert row_of(table, "other", "r1")["n_change"] == 11
    assert not ((table["structure"] == "other") & (table["scenario"] == "r3")).any()
    assert [row_of(table, "other", name)["rank"] for name in ("r1", "r2")] == [2, 1]
    with pytest.raises(KeyError, match="nothing"):
        structure_table(effects, RANKED, "nothing")


def test_no_effect_on_one_side_is_its_own_word() -> None:
    means = {"reference": {"r1": 5.0, "r2": 1.0}, "other": {"r1": 0.0, "r2": 1.0}}
    table = structure_table(paired_effects(runs(means)), ("r1", "r2"))
    assert row_of(table, "other", "r1")["sign"] == NOTHING


def test_where_nothing_can_be_ranked_nobody_is_first() -> None:
    held = runs(MEANS)
    one, none = paired_effects(held), paired_effects(held[held["scenario"].isin(["baseline", "r1"])])
    assert len(firsts(one, ["r1"])) == 0  # among one
    assert len(firsts(none, RANKED)) == 0  # of three, one ran
    table = structure_table(none, RANKED)
    assert table["rank"].isna().all()
    early, late = held["world"] < 6, held["world"] >= 6
    apart = held[~(early & (held["scenario"] == "r1")) & ~(late & (held["scenario"] == "r2"))]
    assert len(firsts(paired_effects(apart), ["r1", "r2"])) == 0  # two that share no world
