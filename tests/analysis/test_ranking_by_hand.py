"""Ends of mean ranks, adjusted shares of variance against least squares, orders of worlds, and words on few worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.ranking import _adjusted, _shuffles, _standard, beats, expected_ranks, explained_ranks


def test_no_mean_rank_lies_beyond_the_first_or_the_last() -> None:
    values = pd.DataFrame({"a": np.ones(9), "b": [0.0] * 8 + [2.0]})
    table = expected_ranks(values).set_index("scenario")
    assert table["expected_rank"].tolist() == pytest.approx([10 / 9, 17 / 9])
    assert (table.loc["a", "low"], table.loc["b", "high"]) == (1.0, 2.0)
    assert 1.0 < table.loc["b", "low"] < 17 / 9
    assert 10 / 9 < table.loc["a", "high"] < 2.0
    assert table["best_share"].tolist() == pytest.approx([8 / 9, 1 / 9])
    assert beats(values)["ties"].tolist() == [0.0, 0.0]
    assert beats(values.assign(b=[1.0] * 3 + [0.0] * 6))["ties"].tolist() == [1 / 3, 1 / 3]


def test_the_adjusted_share_is_that_of_least_squares() -> None:
    luck = np.random.default_rng(3)
    design = luck.normal(size=(20, 3))
    answers = luck.normal(size=(20, 2)) + design[:, :1] * [1.0, 0.2]
    expected = []
    for answer in answers.T:
        full = np.column_stack([np.ones(20), design])
        rest = answer - full @ np.linalg.lstsq(full, answer, rcond=None)[0]
        expected.append(1.0 - (rest @ rest / 16) / (answer.var() * 20 / 19))
    columns = [_standard(column) for column in design.T]
    responses = np.column_stack([_standard(answer) for answer in answers.T])
    assert _adjusted(responses, columns) == pytest.approx(expected)
    # A column twice explains no more and costs no freedom.
    assert _adjusted(responses, [*columns, columns[0]]) == pytest.approx(expected)
    assert _adjusted(responses, []).tolist() == [0.0, 0.0]
    assert np.isfinite(_adjusted(responses[:6], [column[:6] for column in columns])).all()
    assert np.isnan(_adjusted(responses[:5], columns)).all()


def test_what_is_standardised_has_length_one_or_nothing() -> None:
    found = _standard(np.array([1.0, 3.0, 8.0]))
    assert found.sum() == pytest.approx(0.0, abs=1e-15)
    assert found @ found == pytest.approx(1.0)
    assert _standard(np.full(4, 7.0)).tolist() == [0.0] * 4


def test_every_column_of_orders_is_another_order_of_all_worlds() -> None:
    found = _shuffles(12, 5, 3)
    assert (np.sort(found, axis=0) == np.arange(12)[:, None]).all()
    assert len({tuple(column) for column in found.T}) == 5
    assert (_shuffles(12, 5, 3) == found).all()
    assert (_shuffles(12, 5, 4) != found).any()


NOISY = "{} worlds for 4 parameters, fewer than 10 each: shares are noisy"


@pytest.mark.parametrize(
    ("worlds", "said"),
    [(40, ""), (39, NOISY.format(39)), (7, NOISY.format(7)),
     (6, NOISY.format(6) + ", and not identified all together")],
)  # fmt: skip
def test_words_on_few_worlds(worlds: int, said: str) -> None:
    luck = np.random.default_rng(4)
    values = pd.DataFrame(luck.normal(size=(worlds, 3)), columns=["a", "b", "c"])
    parameters = pd.DataFrame(luck.random((worlds, 4)), columns=["p", "q", "r", "s"])
    table = explained_ranks(values, parameters, {"all": ["p", "q", "r", "s"]}, permutations=9)
    assert set(table["caveat"]) == {said}
