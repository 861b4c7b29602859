"""Person by person: match everyone of a scenario with themselves in its baseline, and count what became of them.

Two runs of one world and replicate share the luck of every person, so that a difference in one person's fate is due to
the policy, directly or through prices. Only net sums are identified: how many are, say, created rather than saved
depends on how luck is shared, so that gross counts are to be read "under shared luck" and beside their noise floor, the
same counts for the placebo (``scenarios/placebo.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from sim.person_states import ABROAD, CLOSED, FRANCE, GROUPS, KINDS, NEVER, NOWHERE, SOLD, TALENT, Persons

KEPT = "kept"  # abroad -> France, French: persons of French origin, firms founded in France (see match)
LOST = "lost"  # France -> abroad, French
ATTRACTED = "attracted"  # abroad -> France, foreign
REPELLED = "repelled"  # France -> abroad, foreign
CREATED = "created"  # never founded -> France
FORGONE = "forgone"  # France -> never founded
SAVED = "saved"  # closed or sold -> France
FAILED = "failed"  # France -> closed or sold
DISPLACED = "displaced"  # one French place -> another; counted where they are in the scenario
ELSEWHERE = "elsewhere"  # another state, but in France in neither run
SAME = "same"  # the same state in both runs
# Not a class but the other side of the displaced: the same persons, counted where they are in the baseline.
DISPLACED_FROM = "displaced_from"
# Nor are these: who is in the same French place in both runs, but in another group (a startup that raised another last
# round), counted in the group of the scenario and, the second time, in that of the baseline.
RESTAGED, RESTAGED_FROM = "restaged", "restaged_from"

CLASSES = (KEPT, ATTRACTED, CREATED, SAVED, LOST, REPELLED, FORGONE, FAILED, DISPLACED, ELSEWHERE, SAME)
SECOND_LABELS = (DISPLACED_FROM, RESTAGED, RESTAGED_FROM)
LABELS = (*CLASSES, *SECOND_LABELS)  # what the table of counts names, in its order
# What a count adds to the difference of totals, scenario minus baseline, at its place.
SIGNS: Mapping[str, int] = {
    **dict.fromkeys((KEPT, ATTRACTED, CREATED, SAVED, DISPLACED, RESTAGED), 1),
    **dict.fromkeys((LOST, REPELLED, FORGONE, FAILED, DISPLACED_FROM, RESTAGED_FROM), -1),
    **dict.fromkeys((ELSEWHERE, SAME), 0),
}
OUTSIDE = "outside_france"  # place of those who are in France in neither run
COLUMNS = ("kind", "class", "place", "group", "count", "received")


class Pair(NamedTuple):
    """The class of an ordered pair of states, if its condition holds and if not.

    The condition of a pair across the border is French origin; of a pair within France or abroad, the same place.
    """

    yes: str
    no: str


DEAD = CLOSED  # closed and sold are one state here: no longer an independent firm

# The one table: (state in the baseline, state in the scenario) -> class.
PAIRS: Mapping[tuple[int, int], Pair] = {
    (NEVER, NEVER): Pair(SAME, SAME),
    (NEVER, DEAD): Pair(ELSEWHERE, ELSEWHERE),
    (NEVER, FRANCE): Pair(CREATED, CREATED),
    (NEVER, ABROAD): Pair(ELSEWHERE, ELSEWHERE),
    (DEAD, NEVER): Pair(ELSEWHERE, ELSEWHERE),
    (DEAD, DEAD): Pair(SAME, SAME),
    (DEAD, FRANCE): Pair(SAVED, SAVED),
    (DEAD, ABROAD): Pair(ELSEWHERE, ELSEWHERE),
    (FRANCE, NEVER): Pair(FORGONE, FORGONE),
    (FRANCE, DEAD): Pair(FAILED, FAILED),
    (FRANCE, FRANCE): Pair(SAME, DISPLACED),
    (FRANCE, ABROAD): Pair(LOST, REPELLED),
    (ABROAD, NEVER): Pair(ELSEWHERE, ELSEWHERE),
    (ABROAD, DEAD): Pair(ELSEWHERE, ELSEWHERE),
    (ABROAD, FRANCE): Pair(KEPT, ATTRACTED),
    (ABROAD, ABROAD): Pair(SAME, ELSEWHERE),
}


class Matched(NamedTuple):
    """Everyone of either run, arrays of one length: the baseline's by uid, then those of the scenario alone."""

    uid: np.ndarray
    kind: np.ndarray
    french: np.ndarray
    before: np.ndarray  # state in the baseline; NEVER if not in its arrays, never SOLD
    after: np.ndarray  # state in the scenario
    place_before: np.ndarray  # NOWHERE unless alive
    place_after: np.ndarray
    group_before: np.ndarray  # of who is in one run alone, the same as ``group_after``
    group_after: np.ndarray
    received: np.ndarray  # bool: any lever of the scenario reached them


def match(baseline: Persons, scenario: Persons) -> Matched:
    """Join two runs by uid.

    A firm can be founded in France in one run and abroad in the other, for its founder chose again: then it is French
    if its founder is. That is the same in both runs, so that exchanging the two mirrors every class.

    Raises:
        ValueError: if a uid is twice in one run, or of different kinds or skills in the two.
    """
    one, other = _sorted(baseline), _sorted(scenario)
    number, rows = len(one["uid"]), np.searchsorted(one["uid"], other["uid"])
    known = rows < number
    known[known] = one["uid"][rows[known]] == other["uid"][known]
    new = np.flatnonzero(~known)
    rows[new] = number + np.arange(len(new))
    uid = np.concatenate([one["uid"], other["uid"][new]])
    kind = np.concatenate([one["kind"], other["kind"][new]])
    if np.any(kind[rows] != other["kind"]):
        raise ValueError("a uid is a talent in one run and a startup in the other")
    french = np.concatenate([one["french"], other["french"][new]])
    again = np.flatnonzero(french[rows] != other["french"])
    french[rows[again]] = other["founder_french"][again]

    def with_new(values: np.ndarray, fill: int) -> np.ndarray:
        return np.concatenate([values, np.full(len(new), fill, np.uint8)])

    before, place_before = with_new(one["state"], NEVER), with_new(one["place"], NOWHERE)
    after, place_after = np.full(len(uid), NEVER, np.uint8), np.full(len(uid), NOWHERE, np.uint8)
    received = np.zeros(len(uid), bool)
    after[rows], place_after[rows], received[rows] = other["state"], other["place"], other["received"] != 0
    group_before = np.concatenate([one["group"], other["group"][new]])
    group_after = group_before.copy()
    group_after[rows] = other["group"]
    if np.any(kind[group_before != group_after] == TALENT):
        raise ValueError("a talent has one skill in one run and another in the other")
    before[before == SOLD] = after[after == SOLD] = DEAD
    return Matched(uid, kind, french, before, after, place_before, place_after, group_before, group_after, received)


def _sorted(persons: Persons) -> Persons:
    """Return a run sorted by uid (most are), each uid once."""
    uid = persons["uid"]
    if np.all(uid[1:] > uid[:-1]):
        return persons
    order = np.argsort(uid, kind="stable")
    if np.any(uid[order][1:] == uid[order][:-1]):
        raise ValueError("a uid stands for two persons of one run")
    columns = cast("dict[str, np.ndarray]", persons)
    return cast(Persons, {name: column[order] for name, column in columns.items()})


def classify(pairs: Matched, table: Mapping[tuple[int, int], Pair] = PAIRS) -> np.ndarray:
    """Return the class of each matched person, as position in ``CLASSES``, shape (n,).

    Raises:
        KeyError: if the table lacks a pair of states or names no class.
    """
    position = {name: code for code, name in enumerate(CLASSES)}
    states = (NEVER, DEAD, FRANCE, ABROAD)
    codes = np.zeros((ABROAD + 1, ABROAD + 1, 2), np.int64)
    for before in states:
        for after in states:
            pair = table[before, after]
            codes[before, after] = position[pair.no], position[pair.yes]
    within = pairs.before == pairs.after
    condition = np.where(within, pairs.place_before == pairs.place_after, pairs.french)
    return np.asarray(codes[pairs.before, pairs.after, condition.astype(np.int64)])


def pair_counts(
    baseline: Persons,
    scenario: Persons,
    places: pd.DataFrame,
    scales: Sequence[int] = (1, 1),
    table: Mapping[tuple[int, int], Pair] = PAIRS,
) -> pd.DataFrame:
    """Count the persons of two runs by kind, class, place and group.

    Args:
        baseline: everyone of the baseline at the horizon.
        scenario: everyone of the scenario, same world and replicate.
        places: table of places in model order, with ``place``.
        scales: real talents and real startups that one row stands for.
        table: the classes, by ordered pair of states.

    Returns:
        ``COLUMNS``, real units, rows with a count only, in the order of ``KINDS``, ``LABELS``, ``places`` and
        ``GROUPS``. ``received``: those of the count whom any lever of the scenario reached. ``place`` and ``group`` are
        those in the scenario for gains, ``displaced``, ``same`` and ``restaged``, those in the baseline for losses and
        the second labels ``_from``; ``OUTSIDE`` for who is in France in neither run, in the group of the baseline if
        they live abroad there, else of the scenario. Leaving out ``SECOND_LABELS``, everyone is counted once.

    Raises:
        ValueError: if the runs cannot be matched (see :func:`match`).
    """
    pairs = match(baseline, scenario)
    classes = classify(pairs, table)
    names = [*(str(name) for name in places["place"]), OUTSIDE]
    outside = len(names) - 1
    left = np.where(pairs.before == FRANCE, pairs.place_before, outside)
    reached = np.where(pairs.after == FRANCE, pairs.place_after, left)
    # Few are in two groups. They are counted in the scenario's, but for who is not in France there and lived before.
    other = np.flatnonzero(pairs.group_before != pairs.group_after)
    lived = (pairs.before[other] == FRANCE) | (pairs.before[other] == ABROAD)
    gone = other[(pairs.after[other] != FRANCE) & lived]
    grouped = pairs.group_after.copy()
    grouped[gone] = pairs.group_before[gone]
    moved = np.flatnonzero(classes == CLASSES.index(DISPLACED))
    again = other[(classes[other] == CLASSES.index(SAME)) & (left[other] != outside)]
    # Who, label, place and group of each count.
    tallies: tuple[tuple[np.ndarray | slice, np.ndarray | int, np.ndarray, np.ndarray], ...] = (
        (slice(None), classes, reached, grouped),
        (moved, LABELS.index(DISPLACED_FROM), left, pairs.group_before),
        (again, LABELS.index(RESTAGED), reached, pairs.group_after),
        (again, LABELS.index(RESTAGED_FROM), left, pairs.group_before),
    )
    shape = (len(KINDS), len(LABELS), len(names), max(map(len, GROUPS)))
    counts, received = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for who, label, place, group in tallies:
        cells = np.asarray(np.ravel_multi_index((pairs.kind[who], label, place[who], group[who]), shape))
        counts += np.bincount(cells, minlength=counts.size).reshape(shape)
        received += np.bincount(cells[pairs.received[who]], minlength=counts.size).reshape(shape)
    scale = np.asarray(scales, np.int64)[:, None, None, None]
    counts, received = counts * scale, received * scale
    where = np.nonzero(counts)
    kind, label, place, group = where
    words = np.array([[*own, *[""] * (shape[3] - len(own))] for own in GROUPS])
    return pd.DataFrame(
        {
            "kind": np.array(KINDS)[kind],
            "class": np.array(LABELS)[label],
            "place": np.array(names)[place],
            "group": words[kind, group],
            "count": counts[where],
            "received": received[where],
        }
    )


def deadweight(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of pair counts that hold the deadweight, in their column ``received``.

    Deadweight: a lever of the scenario reached them, and they are in the same place in France either way. A second
    label of the class ``same``, never a class of its own. Not in it: the displaced, who changed place; and those whom a
    lever reached who closed, were sold or are abroad in both runs, who stand in ``same`` at ``OUTSIDE``.
    """
    return counts[(counts["class"].astype(str) == SAME) & (counts["place"].astype(str) != OUTSIDE)]


def net_counts(counts: pd.DataFrame, by: Sequence[str] = ("kind", "place")) -> pd.DataFrame:
    """Return the signed sums: exactly the difference of the totals, scenario minus baseline.

    Args:
        counts: as :func:`pair_counts` returns.
        by: columns to sum by; with ``group`` among them, totals of the group.

    Returns:
        ``by`` and ``net``. For France, sum over the places: the displaced cancel.
    """
    net = counts["count"] * counts["class"].map(SIGNS).astype(np.int64)
    inside = counts.assign(net=net)[counts["place"] != OUTSIDE]
    return inside.groupby(list(by), sort=True)["net"].sum().reset_index()
