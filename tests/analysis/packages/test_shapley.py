"""Shapley values: the axioms, and every order of joining counted one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.packages import shapley
from sim.analysis.packages.shapley import joining_weights, shapley_values
from tests.analysis.packages.known_games import drawn, effects_of_game, shapley_by_orders

WORTH = st.integers(-1000, 1000).map(float)


@pytest.mark.parametrize("members", [1, 2, 3, 4, 5])
def test_values_are_those_of_every_order_of_joining(members: int) -> None:
    effects = drawn(members, 7, seed=members)
    assert shapley_values(effects) == pytest.approx(shapley_by_orders(effects), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("members", [1, 2, 5, 8, 10])
def test_values_add_up_to_the_full_package_in_every_world(members: int) -> None:
    effects = drawn(members, 20, seed=11)
    values = shapley_values(effects)
    assert np.all(np.abs(values.sum(axis=0) - effects[-1]) <= 1e-9 * np.abs(effects[-1]))
    assert values.mean(axis=1).sum() == pytest.approx(effects[-1].mean(), rel=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [lambda before, members: 0.5 ** (members - 1), lambda before, members: 1.0 / members],
    ids=["all packages alike", "all sizes in every package"],
)
def test_twin_other_weights_do_not_add_up(monkeypatch: pytest.MonkeyPatch, wrong: object) -> None:
    monkeypatch.setattr(shapley, "order_share", wrong)
    joining_weights.cache_clear()
    effects = drawn(5, 20, seed=11)
    try:
        values = shapley_values(effects)
    finally:
        joining_weights.cache_clear()
    assert np.abs(values.sum(axis=0) - effects[-1]).max() > 1.0
    assert values != pytest.approx(shapley_by_orders(effects), rel=1e-3)


@given(st.lists(WORTH, min_size=1, max_size=6))
def test_in_a_sum_each_member_has_its_own(worth: list[float]) -> None:
    effects = effects_of_game(lambda held: sum(worth[n] for n in held), len(worth))
    assert shapley_values(effects)[:, 0] == pytest.approx(worth, rel=1e-12, abs=1e-9)


def test_a_dummy_has_nothing_and_equals_have_the_same() -> None:
    # 0 and 1 gain only together; 2 adds 5 whoever is there; 3 does nothing.
    effects = effects_of_game(lambda held: 12.0 * ({0, 1} <= held) + 5.0 * (2 in held), 4)
    assert shapley_values(effects)[:, 0] == pytest.approx([6.0, 6.0, 5.0, 0.0])
    assert shapley_values(effects)[3, 0] == 0.0  # exactly: what never adds anything has no rounding


@given(st.integers(0, 10_000))
def test_exchanging_two_members_exchanges_their_values(seed: int) -> None:
    effects = drawn(4, 3, seed)
    exchanged = np.array([m & 0b1010 | (m & 1) << 2 | (m >> 2 & 1) for m in range(16)])  # members 0 and 2
    values, other = shapley_values(effects), shapley_values(effects[exchanged])
    assert other == pytest.approx(values[[2, 1, 0, 3]], rel=1e-10, abs=1e-10)


@given(st.integers(0, 10_000), st.integers(-5, 5).map(float))
def test_values_of_a_sum_of_outcomes_are_the_sums_of_their_values(seed: int, factor: float) -> None:
    one, other = drawn(5, 3, seed), drawn(5, 3, seed + 1)
    together = shapley_values(one + factor * other)
    assert together == pytest.approx(shapley_values(one) + factor * shapley_values(other), rel=1e-9, abs=1e-9)


def test_what_is_no_set_of_all_packages_is_refused() -> None:
    for count in (0, 1, 6):
        with pytest.raises(ValueError, match=f"{count} packages are not all subsets"):
            shapley_values(np.zeros((count, 2)))
    with pytest.raises(ValueError, match="differs from itself"):
        shapley_values(np.ones((4, 2)))
