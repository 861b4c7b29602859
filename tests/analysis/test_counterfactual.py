"""Counts of persons over worlds, by hand and against the totals of runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.counterfactual import COLUMNS, MEASURES, counterfactual, fates, identity_problems, person_table
from sim.analysis.pairing import CLASSES, SECOND_LABELS, pair_counts
from sim.person_states import ABROAD, CLOSED, FRANCE, NOWHERE, STARTUP, TALENT, Persons

PLACES = pd.DataFrame({"place": ["lyon", "lille", "london"], "country": ["FR", "FR", "GB"]})
WORLDS = 9


def everyone(rows: list[tuple[int, int, int, int, int, int]]) -> Persons:
    """Return a run from (uid, kind, state, place, group, received); odd uids are French."""
    uid, kind, state, place, group, received = (np.array([row[n] for row in rows]) for n in range(6))
    return Persons(
        uid=uid.astype(np.uint64), kind=kind.astype(np.uint8), origin=np.zeros(len(rows), np.uint8),
        french=uid % 2 == 1, founder_french=uid % 2 == 1, state=state.astype(np.uint8),
        received=received.astype(np.uint16), group=group.astype(np.uint8), place=place.astype(np.uint8),
    )  # fmt: skip


BASELINE = everyone([
    (1, TALENT, ABROAD, 2, 2, 0), (2, TALENT, FRANCE, 0, 1, 0), (3, STARTUP, FRANCE, 0, 1, 0),
    (4, STARTUP, FRANCE, 0, 0, 0), (5, STARTUP, CLOSED, NOWHERE, 0, 0),
])  # fmt: skip
# 1 stays, 3 raises another round, 4 moves to Lille, 5 lives and 7 is founded.
EASED = everyone([
    (1, TALENT, FRANCE, 1, 2, 1), (2, TALENT, FRANCE, 0, 1, 1), (3, STARTUP, FRANCE, 0, 2, 1),
    (4, STARTUP, FRANCE, 1, 0, 0), (5, STARTUP, FRANCE, 0, 0, 1), (7, STARTUP, FRANCE, 1, 0, 0),
])  # fmt: skip


def study(worlds: int = WORLDS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same two runs in every world, but nothing changes in the last; the placebo moves one firm in world 0."""
    pairs, runs = [], []
    for world in range(worlds):
        for name in ("baseline", "eased", "placebo"):
            after = EASED if name == "eased" and world < worlds - 1 else BASELINE
            runs.append({"scenario": name, "world": world, "replicate": 0, "talents_in_france": 0.0})
            runs[-1] |= {
                total: float(((after["state"] == FRANCE) & (after["kind"] == kind)).sum())
                for total, kind in (("talents_in_france", TALENT), ("startups_in_france", STARTUP))
            }
            if name != "baseline":
                counts = pair_counts(BASELINE, after, PLACES)
                pairs.append(counts.assign(scenario=name, world=world, replicate=0))
    frame = pd.DataFrame(runs)
    frame.insert(0, "run", range(len(frame)))
    return pd.concat(pairs, ignore_index=True), frame


def value(table: pd.DataFrame, *keys: str, column: str = "mean") -> float:
    scenario, kind, by, where, measure = keys
    rows = table[
        (table["scenario"] == scenario) & (table["kind"] == kind) & (table["by"] == by) & (table["where"] == where)
        & (table["measure"] == measure)
    ]  # fmt: skip
    assert len(rows) == 1, keys
    return float(rows[column].iloc[0])


def test_counts_by_hand() -> None:
    table = counterfactual(*study())
    assert tuple(table) == COLUMNS
    part = (WORLDS - 1) / WORLDS  # nothing happens in the last world
    startup = ("eased", "startup", "france", "france")
    assert value(table, *startup, "net") == pytest.approx(2 * part)
    assert value(table, *startup, "gained") == pytest.approx(2 * part)
    assert value(table, *startup, "saved") == value(table, *startup, "created") == pytest.approx(part)
    assert value(table, *startup, "displaced") == pytest.approx(part)
    assert value(table, *startup, "lost_in_all") == 0.0
    assert value(table, *startup, "deadweight") == pytest.approx(part)  # 3 was reached and stays where it is
    assert value(table, *startup, "received") == pytest.approx(2 * part)
    assert value(table, "eased", "talent", "france", "france", "kept") == pytest.approx(part)
    # Lyon saves 5 and loses 4 to Lille, which founds 7.
    assert value(table, "eased", "startup", "district", "lyon", "net") == pytest.approx(0.0)
    assert value(table, "eased", "startup", "district", "lyon", "displaced_from") == pytest.approx(part)
    assert value(table, "eased", "startup", "district", "lille", "net") == pytest.approx(2 * part)
    assert value(table, "eased", "startup", "stage", "series_a", "net") == pytest.approx(part)
    assert value(table, "eased", "startup", "stage", "seed", "net") == pytest.approx(-part)
    assert value(table, "eased", "talent", "skill", "star", "net") == pytest.approx(part)


def test_districts_and_groups_add_up_to_france() -> None:
    table = counterfactual(*study())
    for kind in ("talent", "startup"):
        for measure in (name for name in MEASURES if name not in SECOND_LABELS):
            whole = value(table, "eased", kind, "france", "france", measure)
            parts = table[(table["scenario"] == "eased") & (table["kind"] == kind) & (table["measure"] == measure)]
            sums = parts[parts["by"] != "france"].groupby("by")["mean"].sum()
            assert sums.to_numpy() == pytest.approx(whole)


@pytest.mark.parametrize("lost", [None, "displaced_from", "restaged", "restaged_from"])
def test_net_can_be_added_up_from_the_other_rows(lost: str | None) -> None:
    """The twins: without one of the second labels, some district or stage does not add up."""
    table = counterfactual(*study())
    ours = table[(table["scenario"] == "eased") & (table["measure"] != lost)]
    wide = ours.pivot(index=["kind", "by", "where"], columns="measure", values="mean").fillna(0.0)
    wide = wide.reindex(columns=list(MEASURES), fill_value=0.0)
    gains = wide["gained"] - wide["lost_in_all"] + wide["restaged"] - wide["restaged_from"]
    moved = (wide["displaced"] - wide["displaced_from"]).where(
        wide.index.get_level_values("by").isin(["district", "stage"]), 0.0
    )
    adds_up = np.isclose((gains + moved).to_numpy(), wide["net"].to_numpy()).all()
    assert adds_up == (lost is None)


def test_a_count_in_few_worlds_has_no_interval() -> None:
    """A mean that rests on four worlds of nine is not known, and says so; on five it is."""
    pairs, runs = study()
    for held in (4, 5):
        rare = pairs[(pairs["class"] != "saved") | (pairs["world"] < held)]
        table = counterfactual(rare, runs)
        (row,) = table[
            (table["scenario"] == "eased") & (table["by"] == "france") & (table["measure"] == "saved")
            & (table["kind"] == "startup")
        ].to_dict("records")  # fmt: skip
        assert row["mean"] == pytest.approx(held / WORLDS)
        assert np.isnan([row["low"], row["high"]]).all() == (held == 4)
        assert row["reading"] == ("not 0 in only 4 of 9 worlds: no interval" if held == 4 else "")


def test_only_packages_point_to_shapley_values() -> None:
    notes = pd.DataFrame({"scenario": ["baseline", "eased", "placebo"], "levers": [{}, {"a": {}, "b": {}}, {"c": {}}]})
    table = counterfactual(*study(), scenarios=notes)
    said = table["reading"].str.contains("2 levers together: which of them did it is a question of Shapley values")
    assert (said == (table["scenario"] == "eased")).all()
    assert not counterfactual(*study())["reading"].str.contains("Shapley").any()


def test_the_floor_is_the_placebo_and_a_study_without_one_says_so() -> None:
    pairs, runs = study()
    table = counterfactual(pairs, runs)
    assert (table["floor"][table["measure"].isin(["gained", "displaced", "net"])] == 0.0).all()
    told = table[table["reading"] == ""]
    assert np.isfinite(told.select_dtypes("number").to_numpy(dtype=float)).all()
    assert set(table["reading"]) == {"", "0 in each of 9 worlds", "not 0 in only 1 of 9 worlds: no interval"}
    assert {"net", "gained", "displaced", "deadweight"} <= set(told.loc[told["scenario"] == "eased", "measure"])
    assert table.loc[table["reading"] != "", ["low", "high"]].isna().all(axis=None)
    assert np.isfinite(table[["mean", "q05", "q95", "n", "floor"]].to_numpy(dtype=float)).all()
    assert set(table.loc[table["measure"] == "net", "identified"]) == {"net"}
    assert set(table.loc[table["measure"] != "net", "identified"]) == {"under shared luck"}
    alone = counterfactual(pairs[pairs["scenario"] != "placebo"], runs[runs["scenario"] != "placebo"])
    assert alone["floor"].isna().all()
    assert alone["reading"].str.endswith("no placebo: noise floor not known").all()


def test_few_worlds_have_no_interval() -> None:
    table = counterfactual(*study(3))
    assert table["low"].isna().all()
    assert set(table["reading"]) == {"only 3 worlds: no interval"}


def test_replicates_are_averaged_and_older_studies_have_no_groups() -> None:
    pairs, runs = study()
    both = [pd.concat([frame, frame.assign(replicate=1)], ignore_index=True) for frame in (pairs, runs)]
    pd.testing.assert_frame_equal(counterfactual(*both), counterfactual(pairs, runs))
    old = counterfactual(pairs.drop(columns="group"), runs)
    whole = counterfactual(pairs, runs)
    pd.testing.assert_frame_equal(old, whole[whole["by"].isin(["france", "district"])].reset_index(drop=True))


def test_identities_hold_and_a_lost_person_is_found() -> None:
    pairs, runs = study()
    assert identity_problems(pairs, runs) == []
    short = pairs.copy()
    short.loc[short["class"] == "saved", "count"] = 0
    problems = identity_problems(short, runs)
    assert len(problems) == WORLDS - 1
    assert "eased, world 0, replicate 0: startups of the classes differ by 1" in problems[0]
    cut = pairs[(pairs["scenario"] != "eased") | (pairs["world"] != 3)]
    assert identity_problems(cut, runs) == ["eased, world 3, replicate 0: nobody was counted"]
    # Where the baseline itself is missing, there is nothing to match with.
    assert identity_problems(cut, runs[(runs["scenario"] != "baseline") | (runs["world"] != 3)]) != []
    without = pairs[pairs["world"] != 3], runs[(runs["scenario"] != "baseline") | (runs["world"] != 3)]
    assert identity_problems(*without) == []


def test_scenarios_as_categories_change_nothing() -> None:
    pairs, runs = study()
    named = [frame.astype({"scenario": "category"}) for frame in (pairs, runs)]
    assert identity_problems(*named) == []
    cut = named[0][(named[0]["scenario"] != "eased") | (named[0]["world"] != 3)]
    assert identity_problems(cut, named[1]) == ["eased, world 3, replicate 0: nobody was counted"]


def test_fates_are_the_rows_for_france() -> None:
    rows = fates(counterfactual(*study()))
    assert set(rows["measure"]) == {"net", "gained", "lost_in_all", "displaced", "deadweight"}
    assert len(rows) == 2 * 2 * 5


def test_everyone_of_two_runs_in_words() -> None:
    table = person_table(BASELINE, EASED, list(PLACES["place"])).set_index("uid")
    assert list(table.loc[1, ["class", "state_baseline", "place_scenario", "group_scenario"]]) == [
        "kept", "abroad", "lille", "star"
    ]  # fmt: skip
    assert list(table.loc[7, ["class", "state_baseline", "place_baseline"]]) == ["created", "never founded", ""]
    # Who never was has no group there; origins are the baseline's, of who is in the scenario alone the scenario's.
    assert list(table.loc[7, ["group_baseline", "group_scenario", "origin"]]) == ["", "no_round", "lyon"]
    elsewhere = {**EASED, "origin": np.full(len(EASED["uid"]), 2, np.uint8)}
    origin = person_table(BASELINE, elsewhere, list(PLACES["place"])).set_index("uid")["origin"]
    assert origin.to_dict() == {1: "lyon", 2: "lyon", 3: "lyon", 4: "lyon", 5: "lyon", 7: "london"}
    back = person_table(EASED, BASELINE, list(PLACES["place"])).set_index("uid")
    assert list(back.loc[7, ["class", "group_baseline", "group_scenario"]]) == ["forgone", "no_round", ""]
    assert list(table.loc[3, ["class", "group_baseline", "group_scenario", "received"]]) == [
        "same", "seed", "series_a", True
    ]  # fmt: skip
    assert set(table["class"]) <= set(CLASSES)


def test_a_class_of_nobodys_is_named_and_a_total_that_is_not_there_is_not_compared() -> None:
    pairs, runs = study()
    strange = pairs.assign(**{"class": "vanished"})
    assert identity_problems(strange, runs) == ["'vanished' is no class that persons are counted in"]
    fewer = runs.drop(columns="talents_in_france")
    assert identity_problems(pairs, fewer) == []
    problems = identity_problems(pairs, fewer.assign(startups_in_france=0.0))  # firms are still compared
    assert problems
    assert {text.split(": ")[1].split()[0] for text in problems} == {"startups"}
