"""Shapley values and interactions: the axioms, and every order of joining counted one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.packages import shapley
from sim.analysis.packages.interactions import interaction_indices, pairs_of
from sim.analysis.packages.shapley import shapley_values
from tests.analysis.packages.known_games import drawn, effects_of_game, interactions_by_orders, shapley_by_orders


@pytest.mark.parametrize("members", [1, 2, 3, 4, 5, 6])
def test_values_are_those_of_every_order_of_joining(members: int) -> None:
    effects = drawn(members, 7, seed=members)
    assert shapley_values(effects) == pytest.approx(shapley_by_orders(effects), rel=1e-10, abs=1e-10)
    if members > 1:
        assert interaction_indices(effects) == pytest.approx(interactions_by_orders(effects), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("members", [2, 5, 8, 10])
def test_values_add_up_to_the_full_package_in_every_world(members: int) -> None:
    effects = drawn(members, 20, seed=11)
    assert shapley_values(effects).sum(axis=0) == pytest.approx(effects[-1], rel=1e-9, abs=1e-9)


def test_twin_equal_weights_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapley, "_weight", lambda before, members: 0.5 ** (members - 1))  # Banzhaf's
    effects = drawn(5, 20, seed=11)
    assert shapley_values(effects).sum(axis=0) != pytest.approx(effects[-1], rel=1e-3)


@given(st.lists(st.floats(-1e3, 1e3).filter(lambda x: x == 0.0 or abs(x) > 1e-6), min_size=2, max_size=6))
def test_in_a_sum_each_member_has_its_own_and_no_pair_interacts(worth: list[float]) -> None:
    effects = effects_of_game(lambda held: sum(worth[n] for n in held), len(worth))
    assert shapley_values(effects)[:, 0] == pytest.approx(worth, rel=1e-9, abs=1e-9)
    assert interaction_indices(effects) == pytest.approx(0.0, abs=1e-9)


def test_a_dummy_has_nothing_and_equals_have_the_same() -> None:
    # 0 and 1 gain only together; 2 adds 5 whoever is there; 3 does nothing.
    effects = effects_of_game(lambda held: 12.0 * ({0, 1} <= held) + 5.0 * (2 in held), 4)
    assert shapley_values(effects)[:, 0] == pytest.approx([6.0, 6.0, 5.0, 0.0])
    found = dict(zip(pairs_of(4), interaction_indices(effects)[:, 0], strict=True))
    assert found.pop((0, 1)) == pytest.approx(12.0)
    assert list(found.values()) == pytest.approx([0.0] * 5, abs=1e-12)


def test_substitutes_have_a_negative_index() -> None:
    effects = effects_of_game(lambda held: 10.0 * bool(held & {0, 1}), 3)
    assert interaction_indices(effects)[0, 0] == pytest.approx(-10.0)


def test_what_is_no_set_of_all_packages_is_refused() -> None:
    with pytest.raises(ValueError, match="6 packages are not all subsets"):
        shapley_values(np.zeros((6, 2)))
    with pytest.raises(ValueError, match="differs from itself"):
        shapley_values(np.ones((4, 2)))
