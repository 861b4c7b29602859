"""Accounting person by person: every pair of states in one class, and signed classes that add up exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.pairing import (
    CLASSES,
    DEAD,
    DISPLACED_FROM,
    LABELS,
    OUTSIDE,
    PAIRS,
    SECOND_LABELS,
    SIGNS,
    Pair,
    deadweight,
    match,
    net_counts,
    pair_counts,
)
from sim.person_states import ABROAD, CLOSED, FRANCE, GROUPS, KINDS, NEVER, NOWHERE, SOLD, STARTUP, TALENT, Persons

PLACES = pd.DataFrame({"place": ["lyon", "lille", "rest_of_france", "london", "berlin"], "country": list("FFFGD")})
FRENCH = (0, 1, 2)
SCALES = (20, 3)
MIRROR = {"kept": "lost", "attracted": "repelled", "created": "forgone", "saved": "failed", "displaced": DISPLACED_FROM}
MIRROR |= {other: one for one, other in MIRROR.items()} | {"elsewhere": "elsewhere", "same": "same"}
# Where one can be: (state, place).
LIVES = [*((FRANCE, p) for p in FRENCH), (ABROAD, 3), (ABROAD, 4), (CLOSED, NOWHERE), (SOLD, NOWHERE), (NEVER, NOWHERE)]
Life = tuple[int, int]
Fate = tuple[int, int, int, Life, Life]  # kind, origin in the baseline, in the scenario, life in each


def persons(rows: list[tuple[int, int, int, Life]], groups: np.ndarray | None = None) -> Persons:
    """Return one run from (uid, kind, origin, life); those who never were are left out."""
    there = [row for row in rows if row[3][0] != NEVER]
    uid, kind, origin = (np.array([row[n] for row in there], np.int64) for n in range(3))
    state, place = (np.array([row[3][n] for row in there], np.int64) for n in range(2))
    return Persons(
        uid=uid.astype(np.uint64),
        kind=kind.astype(np.uint8),
        origin=origin.astype(np.uint8),
        french=np.isin(origin, FRENCH),
        founder_french=uid % 2 == 0,
        state=state.astype(np.uint8),
        received=(uid % 3 == 1).astype(np.uint16) << 2,
        group=groups if groups is not None else (uid % 4).astype(np.uint8),
        place=place.astype(np.uint8),
    )


def two_runs(fates: list[Fate], order: list[int] | None = None) -> tuple[Persons, Persons]:
    """Return baseline and scenario of these fates; ``order`` shuffles the rows of the scenario."""
    baseline = [(uid, kind, origin, life) for uid, (kind, origin, _, life, _) in enumerate(fates)]
    scenario = [(uid, kind, origin, life) for uid, (kind, _, origin, _, life) in enumerate(fates)]
    return persons(baseline), persons([scenario[n] for n in order] if order else scenario)


def total(run: Persons, kind: int, places: Iterable[int]) -> int:
    """Count those of a kind in some French places, in real units."""
    return SCALES[kind] * int(((run["state"] == FRANCE) & (run["kind"] == kind) & np.isin(run["place"], places)).sum())


def identity_problems(baseline: Persons, scenario: Persons, table: Mapping[tuple[int, int], Pair] = PAIRS) -> list[str]:
    """Say where signed class sums are not the difference of totals, by district and for France, or a person is lost."""
    counts = pair_counts(baseline, scenario, PLACES, SCALES, table=table)
    net = net_counts(counts)
    problems = []
    for code, kind in enumerate(KINDS):
        own = net[net["kind"] == kind].set_index("place")["net"]
        for index in FRENCH:
            place = str(PLACES["place"][index])
            gap = int(own.get(place, 0)) - total(scenario, code, [index]) + total(baseline, code, [index])
            problems += [f"{kind} in {place}: {gap:+d}"] if gap else []
        # Nationally without the displaced, who cancel.
        rest = counts[(counts["kind"] == kind) & ~counts["class"].isin(["displaced", *SECOND_LABELS])]
        change = total(scenario, code, FRENCH) - total(baseline, code, FRENCH)
        if sum(SIGNS[name] * count for name, count in zip(rest["class"], rest["count"], strict=True)) != change:
            problems.append(f"{kind} in France")
        everyone = np.union1d(*(run["uid"][run["kind"] == code] for run in (baseline, scenario)))
        once = counts[(counts["kind"] == kind) & (~counts["class"].isin(SECOND_LABELS))]
        if once["count"].sum() != SCALES[code] * len(everyone):
            problems.append(f"{kind}: not everyone once")
    return problems


lives = st.sampled_from(LIVES)
fates = st.lists(
    st.tuples(st.sampled_from([TALENT, STARTUP]), st.integers(0, 4), st.integers(0, 4), lives, lives), max_size=40
)


@given(fates, st.randoms(use_true_random=False))
def test_signed_classes_are_the_difference_of_totals_for_any_fates(all_fates: list[Fate], luck: object) -> None:
    order = list(range(len(all_fates)))
    luck.shuffle(order)  # type: ignore[attr-defined]
    assert identity_problems(*two_runs(all_fates, order)) == []


EVERY_FATE: list[Fate] = [
    (kind, origin, origin, before, after)
    for kind in (TALENT, STARTUP)
    for origin in (0, 3)
    for before in LIVES
    for after in LIVES
]


# Of EVERY_FATE, by the version that knew no groups: [count, received] at lyon, lille, rest_of_france, outside_france.
FROZEN: dict[str, tuple[list[int] | None, ...]] = {
    "talent kept": ([40, 0], [40, 20], [40, 20], None),
    "talent attracted": ([40, 20], [40, 20], [40, 0], None),
    "talent created": ([40, 0], [40, 20], [40, 20], None),
    "talent saved": ([80, 40], [80, 20], [80, 20], None),
    "talent lost": ([40, 20], [40, 0], [40, 20], None),
    "talent repelled": ([40, 20], [40, 20], [40, 0], None),
    "talent forgone": ([40, 0], [40, 0], [40, 0], None),
    "talent failed": ([80, 20], [80, 20], [80, 40], None),
    "talent displaced": ([80, 20], [80, 20], [80, 20], None),
    "talent elsewhere": (None, None, None, [720, 160]),
    "talent same": ([40, 20], [40, 20], [40, 20], [240, 100]),
    "talent displaced_from": ([80, 20], [80, 20], [80, 20], None),
    "startup kept": ([6, 3], [6, 0], [6, 3], None),
    "startup attracted": ([6, 0], [6, 3], [6, 3], None),
    "startup created": ([6, 3], [6, 0], [6, 3], None),
    "startup saved": ([12, 3], [12, 6], [12, 3], None),
    "startup lost": ([6, 0], [6, 3], [6, 3], None),
    "startup repelled": ([6, 3], [6, 0], [6, 3], None),
    "startup forgone": ([6, 0], [6, 0], [6, 0], None),
    "startup failed": ([12, 3], [12, 6], [12, 3], None),
    "startup displaced": ([12, 6], [12, 6], [12, 6], None),
    "startup elsewhere": (None, None, None, [108, 33]),
    "startup same": ([6, 0], [6, 0], [6, 0], [36, 6]),
    "startup displaced_from": ([12, 6], [12, 6], [12, 6], None),
}


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if FRANCE in pair and pair[0] != pair[1]])
def test_twin_a_table_with_one_wrong_entry_does_not_add_up(pair: tuple[int, int]) -> None:
    assert identity_problems(*two_runs(EVERY_FATE)) == []
    assert identity_problems(*two_runs(EVERY_FATE), {**PAIRS, pair: Pair("same", "same")}) != []


def test_twin_a_move_within_france_taken_for_staying_does_not_add_up() -> None:
    broken = {**PAIRS, (FRANCE, FRANCE): Pair("same", "same")}
    runs = two_runs([(STARTUP, 0, 0, (FRANCE, 0), (FRANCE, 1))])
    assert identity_problems(*runs) == []
    assert identity_problems(*runs, broken) == ["startup in lyon: +3", "startup in lille: -3"]


def test_every_ordered_pair_of_states_is_in_exactly_one_class() -> None:
    states = (NEVER, DEAD, FRANCE, ABROAD)
    assert set(PAIRS) == {(before, after) for before in states for after in states}
    assert {name for pair in PAIRS.values() for name in pair} == set(CLASSES)
    assert set(SIGNS) == set(LABELS)
    for (before, after), pair in PAIRS.items():
        gain = (after == FRANCE) - (before == FRANCE)
        if before != after:
            assert {SIGNS[name] for name in pair} == {gain}
    # One person at a time: one class, and one row, but for the displaced with their two.
    for fate in EVERY_FATE:
        counts = pair_counts(*two_runs([fate]), PLACES)
        expected = 0 if fate[3][0] == fate[4][0] == NEVER else 1
        assert (~counts["class"].isin(SECOND_LABELS)).sum() == expected
        assert (counts["class"] == DISPLACED_FROM).sum() == (counts["class"] == "displaced").sum()


@pytest.mark.parametrize(
    ("origin", "before", "after", "expected"),
    [
        (0, (ABROAD, 3), (FRANCE, 1), [("kept", "lille")]),
        (0, (FRANCE, 1), (ABROAD, 3), [("lost", "lille")]),
        (4, (ABROAD, 3), (FRANCE, 1), [("attracted", "lille")]),
        (4, (FRANCE, 1), (ABROAD, 3), [("repelled", "lille")]),
        (0, (NEVER, NOWHERE), (FRANCE, 0), [("created", "lyon")]),
        (0, (FRANCE, 0), (NEVER, NOWHERE), [("forgone", "lyon")]),
        (0, (SOLD, NOWHERE), (FRANCE, 2), [("saved", "rest_of_france")]),
        (0, (FRANCE, 2), (CLOSED, NOWHERE), [("failed", "rest_of_france")]),
        (0, (FRANCE, 0), (FRANCE, 1), [("displaced", "lille"), ("displaced_from", "lyon")]),
        (0, (FRANCE, 1), (FRANCE, 1), [("same", "lille")]),
        (0, (ABROAD, 3), (ABROAD, 3), [("same", OUTSIDE)]),
        (0, (CLOSED, NOWHERE), (SOLD, NOWHERE), [("same", OUTSIDE)]),
        (0, (ABROAD, 3), (ABROAD, 4), [("elsewhere", OUTSIDE)]),
        (0, (NEVER, NOWHERE), (ABROAD, 4), [("elsewhere", OUTSIDE)]),
        (0, (ABROAD, 4), (CLOSED, NOWHERE), [("elsewhere", OUTSIDE)]),
    ],
)
def test_known_answers(origin: int, before: Life, after: Life, expected: list[tuple[str, str]]) -> None:
    counts = pair_counts(*two_runs([(STARTUP, origin, origin, before, after)]), PLACES, SCALES)
    assert list(zip(counts["class"], counts["place"], strict=True)) == expected
    assert set(counts["count"]) == {SCALES[STARTUP]}
    assert set(counts["kind"]) == {"startup"}


@given(fates)
def test_exchanging_the_runs_mirrors_every_class(all_fates: list[Fate]) -> None:
    """Also for a firm founded in France in one run and abroad in the other: nobody is kept one way, repelled back."""
    one, other = two_runs(all_fates)
    there, back = pair_counts(one, other, PLACES), pair_counts(other, one, PLACES)
    moved = there.assign(**{"class": there["class"].map(MIRROR)})
    columns = ["kind", "class", "place", "count"]
    # Those who stay are counted where they are, which is the same place in both directions.
    assert sorted(moved[columns].itertuples(index=False)) == sorted(back[columns].itertuples(index=False))


@pytest.mark.parametrize(("uid", "expected"), [(6, "kept"), (7, "attracted")])
def test_a_firm_founded_in_france_in_one_run_only_has_the_origin_of_its_founder(uid: int, expected: str) -> None:
    abroad, home = persons([(uid, STARTUP, 3, (ABROAD, 3))]), persons([(uid, STARTUP, 0, (FRANCE, 0))])
    assert pair_counts(abroad, home, PLACES)["class"].tolist() == [expected]  # here even uids have French founders
    assert pair_counts(home, abroad, PLACES)["class"].tolist() == [MIRROR[expected]]


def test_deadweight_is_a_second_label_of_the_same_in_france() -> None:
    """A lever reached uids 1, 4, 7 and 10: one who stays, one who was kept, one abroad either way, one displaced."""
    stay, kept = (STARTUP, 0, 0, (FRANCE, 0), (FRANCE, 0)), (STARTUP, 0, 0, (ABROAD, 3), (FRANCE, 0))
    away, moved = (STARTUP, 0, 0, (ABROAD, 3), (ABROAD, 3)), (STARTUP, 0, 0, (FRANCE, 0), (FRANCE, 1))
    counts = pair_counts(
        *two_runs([stay, stay, stay, kept, kept, stay, stay, away, away, moved, moved]), PLACES, SCALES
    )
    found = counts.groupby(["class", "place"])["received"].sum().to_dict()
    assert found == {
        ("kept", "lyon"): 3, ("displaced", "lille"): 3, (DISPLACED_FROM, "lyon"): 3, ("same", "lyon"): 3,
        ("same", OUTSIDE): 3,
    }  # fmt: skip
    rows = deadweight(counts)
    assert rows.groupby(["class", "place"])["received"].sum().to_dict() == {("same", "lyon"): 3}


@given(fates)
def test_no_more_received_a_lever_than_there_are(all_fates: list[Fate]) -> None:
    baseline, scenario = two_runs(all_fates)
    counts = pair_counts(baseline, scenario, PLACES, SCALES)
    assert (counts["received"] <= counts["count"]).all()
    once = counts[~counts["class"].isin(SECOND_LABELS)]
    for code, kind in enumerate(KINDS):
        reached = SCALES[code] * int(((scenario["received"] != 0) & (scenario["kind"] == code)).sum())
        assert once.loc[once["kind"] == kind, "received"].sum() == reached
    # Marks of the baseline do not matter, and marks change no other column.
    unmarked = {**scenario, "received": np.zeros_like(scenario["received"])}
    plain = pair_counts(baseline, unmarked, PLACES, SCALES)
    pd.testing.assert_frame_equal(plain.drop(columns="received"), counts.drop(columns="received"))
    assert not plain["received"].any()


GROUPED = st.lists(st.tuples(st.sampled_from(LIVES), st.sampled_from(LIVES), st.integers(0, 4), st.integers(0, 4)),
                   max_size=12)  # fmt: skip


def stage_problems(runs: list[tuple[Life, Life, int, int]], signs: Mapping[str, int] = SIGNS) -> list[str]:
    """Say where signed sums of startups by place and stage are not the difference of totals."""
    both = []
    for side in (0, 1):
        rows = [(uid, STARTUP, 0, row[side]) for uid, row in enumerate(runs)]
        there = np.array([row[2 + side] for row in runs if row[side][0] != NEVER], np.uint8)
        both.append(persons(rows, there))
    counts = pair_counts(*both, PLACES, (1, 1))
    signed = counts[counts["place"] != OUTSIDE]
    net = (signed["count"] * signed["class"].map(signs)).groupby([signed["place"], signed["group"]]).sum()
    problems = []
    for place in FRENCH:
        for code, name in enumerate(GROUPS[STARTUP]):
            totals = [
                int(((run["state"] == FRANCE) & (run["place"] == place) & (run["group"] == code)).sum()) for run in both
            ]
            gap = int(net.get((PLACES["place"][place], name), 0)) - (totals[1] - totals[0])
            problems += [f"{name} in {PLACES['place'][place]}: {gap:+d}"] if gap else []
    once = counts[~counts["class"].isin(SECOND_LABELS)]
    ever = sum(row[0][0] != NEVER or row[1][0] != NEVER for row in runs)
    return problems if once["count"].sum() == ever else [*problems, "somebody was lost"]


@given(GROUPED)
def test_signed_counts_are_the_difference_of_totals_by_stage_too(runs: list[tuple[Life, Life, int, int]]) -> None:
    assert stage_problems(runs) == []


def test_twin_without_the_restaged_the_stages_do_not_add_up() -> None:
    stayed = [((FRANCE, 0), (FRANCE, 0), 1, 2)]
    assert stage_problems(stayed) == []
    assert stage_problems(stayed, {**SIGNS, "restaged": 0, "restaged_from": 0}) == [
        "seed in lyon: +1", "series_a in lyon: -1"
    ]  # fmt: skip


def test_groups_move_no_other_count() -> None:
    fates = [(STARTUP, 0, 0, before, after) for before in LIVES for after in LIVES]
    plain = two_runs(fates)
    mixed = [{**run, "group": np.arange(len(run["uid"]), dtype=np.uint8) % 5} for run in plain]
    sums = [
        pair_counts(*runs, PLACES, SCALES).query("not `class`.str.startswith('restaged')")
        .groupby(["kind", "class", "place"])[["count", "received"]].sum()
        for runs in (plain, mixed)
    ]  # fmt: skip
    pd.testing.assert_frame_equal(*sums)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((FRANCE, 0), (FRANCE, 0), [("same", "series_b"), ("restaged", "series_b"), ("restaged_from", "seed")]),
        ((FRANCE, 0), (FRANCE, 1), [("displaced", "series_b"), (DISPLACED_FROM, "seed")]),
        ((ABROAD, 3), (FRANCE, 0), [("kept", "series_b")]),
        ((FRANCE, 0), (ABROAD, 3), [("lost", "seed")]),
        ((CLOSED, NOWHERE), (FRANCE, 0), [("saved", "series_b")]),
        ((FRANCE, 0), (CLOSED, NOWHERE), [("failed", "seed")]),
        ((FRANCE, 0), (NEVER, NOWHERE), [("forgone", "seed")]),
        ((NEVER, NOWHERE), (FRANCE, 0), [("created", "series_b")]),
        ((ABROAD, 3), (ABROAD, 3), [("same", "seed")]),
        ((ABROAD, 3), (CLOSED, NOWHERE), [("elsewhere", "seed")]),
        ((ABROAD, 3), (NEVER, NOWHERE), [("elsewhere", "seed")]),
        ((CLOSED, NOWHERE), (ABROAD, 3), [("elsewhere", "series_b")]),
        ((CLOSED, NOWHERE), (SOLD, NOWHERE), [("same", "series_b")]),
        ((CLOSED, NOWHERE), (NEVER, NOWHERE), [("elsewhere", "seed")]),
        ((NEVER, NOWHERE), (ABROAD, 4), [("elsewhere", "series_b")]),
    ],
)
def test_known_groups(before: Life, after: Life, expected: list[tuple[str, str]]) -> None:
    """A startup that had raised its seed round in the baseline and three rounds in the scenario."""
    runs = []
    for life, stage in ((before, 1), (after, 3)):
        runs.append(persons([(0, STARTUP, 0, life)], np.full(int(life[0] != NEVER), stage, np.uint8)))
    counts = pair_counts(*runs, PLACES, SCALES)
    assert list(zip(counts["class"], counts["group"], strict=True)) == expected
    assert set(counts["count"]) == {SCALES[STARTUP]}


def test_summed_over_groups_are_the_counts_of_the_version_without_groups() -> None:
    """Frozen counts of EVERY_FATE, every person in another group."""
    plain = two_runs(EVERY_FATE)
    stages = np.random.default_rng(0).integers(0, len(GROUPS[STARTUP]), (2, len(EVERY_FATE)))
    runs = [
        {**run, "group": np.where(run["kind"] == TALENT, 1, stage[run["uid"]]).astype(np.uint8)}
        for run, stage in zip(plain, stages, strict=True)
    ]
    counts = pair_counts(*runs, PLACES, SCALES)
    assert {"restaged", "restaged_from"} < set(counts["class"])
    summed = counts[~counts["class"].isin(["restaged", "restaged_from"])]
    summed = summed.groupby(["kind", "class", "place"], sort=False)[["count", "received"]].sum()
    order = [*(str(PLACES["place"][index]) for index in FRENCH), OUTSIDE]
    frozen = {
        (*name.split(), place): pair
        for name, row in FROZEN.items() for place, pair in zip(order, row, strict=True) if pair is not None
    }  # fmt: skip
    assert {key: list(row) for key, row in zip(summed.index, summed.to_numpy().tolist(), strict=True)} == frozen


def test_runs_that_cannot_be_matched_are_refused() -> None:
    once = persons([(1, STARTUP, 0, (FRANCE, 0))])
    with pytest.raises(ValueError, match="two persons"):
        match(once, persons([(1, STARTUP, 0, (FRANCE, 0)), (1, STARTUP, 0, (FRANCE, 1))]))
    with pytest.raises(ValueError, match="talent in one run"):
        match(once, persons([(1, TALENT, 0, (FRANCE, 0))]))
    one, other = (persons([(1, TALENT, 0, (FRANCE, 0))], np.array([skill], np.uint8)) for skill in (1, 2))
    with pytest.raises(ValueError, match="one skill in one run"):
        match(one, other)


def test_nobody_is_no_problem() -> None:
    nobody = pair_counts(persons([]), persons([]), PLACES)
    assert len(nobody) == len(net_counts(nobody)) == 0


def test_two_places_are_enough() -> None:
    runs = two_runs([(TALENT, 0, 0, (FRANCE, 0), (FRANCE, 1)), (STARTUP, 0, 0, (FRANCE, 1), (FRANCE, 1))])
    counts = pair_counts(*runs, PLACES[:2], SCALES)
    assert list(zip(counts["class"], counts["place"], counts["group"], strict=True)) == [
        ("displaced", "lille", "technician"), (DISPLACED_FROM, "lyon", "technician"), ("same", "lille", "seed")
    ]  # fmt: skip
