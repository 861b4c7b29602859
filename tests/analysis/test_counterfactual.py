"""Counts of persons over worlds, by hand and against the totals of runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.counterfactual import COLUMNS, MEASURES, counterfactual, fates, identity_problems, person_table
from sim.analysis.pairing import CLASSES, match, pair_counts
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
        for measure in (name for name in MEASURES if name != "displaced_from"):
            whole = value(table, "eased", kind, "france", "france", measure)
            parts = table[(table["scenario"] == "eased") & (table["kind"] == kind) & (table["measure"] == measure)]
            sums = parts[parts["by"] != "france"].groupby("by")["mean"].sum()
            assert sums.to_numpy() == pytest.approx(whole)


def test_the_floor_is_the_placebo_and_a_study_without_one_says_so() -> None:
    pairs, runs = study()
    table = counterfactual(pairs, runs)
    assert (table["floor"][table["measure"].isin(["gained", "displaced", "net"])] == 0.0).all()
    assert np.isfinite(table.select_dtypes("number").to_numpy(dtype=float)).all()
    assert set(table["reading"]) == {""}
    assert set(table.loc[table["measure"] == "net", "identified"]) == {"net"}
    assert set(table.loc[table["measure"] != "net", "identified"]) == {"under shared luck"}
    alone = counterfactual(pairs[pairs["scenario"] != "placebo"], runs[runs["scenario"] != "placebo"])
    assert alone["floor"].isna().all()
    assert set(alone["reading"]) == {"no placebo: noise floor not known"}


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


def test_fates_are_the_rows_for_france() -> None:
    rows = fates(counterfactual(*study()))
    assert set(rows["measure"]) == {"net", "gained", "lost_in_all", "displaced", "deadweight"}
    assert len(rows) == 2 * 2 * 5


def test_everyone_of_two_runs_in_words() -> None:
    table = person_table(match(BASELINE, EASED), list(PLACES["place"])).set_index("uid")
    assert list(table.loc[1, ["class", "state_baseline", "place_scenario", "group_scenario"]]) == [
        "kept", "abroad", "lille", "star"
    ]  # fmt: skip
    assert list(table.loc[7, ["class", "state_baseline", "place_baseline"]]) == ["created", "never founded", ""]
    assert list(table.loc[3, ["class", "group_baseline", "group_scenario", "received"]]) == [
        "same", "seed", "series_a", True
    ]  # fmt: skip
    assert set(table["class"]) <= set(CLASSES)
