"""Interaction indices against Grabisch and Roubens' recursion, and on games whose interactions are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.packages import interactions
from sim.analysis.packages.interactions import interaction_indices, pairs_of
from tests.analysis.packages.known_games import drawn, effects_of_game, interactions_by_reduction


@pytest.mark.parametrize("members", [2, 3, 4, 5])
def test_indices_are_those_of_the_recursion(members: int) -> None:
    effects = drawn(members, 7, seed=members)
    assert interaction_indices(effects) == pytest.approx(interactions_by_reduction(effects), rel=1e-10, abs=1e-9)


def test_twin_the_weights_of_single_members_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = interactions.order_share
    monkeypatch.setattr(interactions, "order_share", lambda before, members: right(before, members + 1))
    effects = drawn(4, 7, seed=4)
    assert interaction_indices(effects) != pytest.approx(interactions_by_reduction(effects), rel=1e-3)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=6))
def test_a_sum_has_none(worth: list[int]) -> None:
    effects = effects_of_game(lambda held: float(sum(worth[n] for n in held)), len(worth))
    assert not interaction_indices(effects).any()


def test_rounding_is_no_interaction() -> None:
    worth = [0.1, 0.7, 1.1, 2.3]
    level = 41_234.567  # what is subtracted leaves the last bits of a level
    effects = effects_of_game(lambda held: level + sum(worth[n] for n in held), 4)
    assert interaction_indices(effects).any()  # the broken way: bits of rounding, the same in every world
    assert not interaction_indices(effects, grain=2.0**-44 * level).any()


def test_complements_and_substitutes_have_their_signs() -> None:
    together = effects_of_game(lambda held: 12.0 * ({0, 1} <= held) + 5.0 * (2 in held), 4)
    found = dict(zip(pairs_of(4), interaction_indices(together)[:, 0], strict=True))
    assert found.pop((0, 1)) == pytest.approx(12.0)
    assert list(found.values()) == pytest.approx([0.0] * 5, abs=1e-12)
    either = effects_of_game(lambda held: 10.0 * bool(held & {0, 1}), 3)
    assert interaction_indices(either)[0, 0] == pytest.approx(-10.0)


def test_three_who_need_each_other_share_it_among_the_pairs() -> None:
    effects = effects_of_game(lambda held: 6.0 * ({0, 1, 2} <= held), 3)
    assert interaction_indices(effects)[:, 0] == pytest.approx([3.0, 3.0, 3.0])


def test_one_member_has_no_pair() -> None:
    assert interaction_indices(np.array([[0.0], [5.0]])).shape == (0, 1)
