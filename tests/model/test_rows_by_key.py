"""Rows by key: in order of the key where keys of one kind have an order, else as they first come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model.groups import rows_by_key

ROWS = np.array([7, 3, 9, 4])


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (np.array([2, 1, 2, 0]), {0: [4], 1: [3], 2: [7, 9]}),
        (["b", "a", "b", "c"], {"a": [3], "b": [7, 9], "c": [4]}),
        ([True, False, True, True], {False: [3], True: [7, 9, 4]}),
        ([("b",), ("a",), ("b",), ("c",)], {("b",): [7, 9], ("a",): [3], ("c",): [4]}),  # tuples: as they come
        ([None, None, None, None], {None: [7, 3, 9, 4]}),
        (["b", 1, "b", None], {"b": [7, 9], 1: [3], None: [4]}),
        ([2, 1.0, 2, 1.0], {2: [7, 9], 1.0: [3, 4]}),  # of two kinds
    ],
)
def test_rows_by_key(keys: Any, expected: dict[Any, list[int]]) -> None:
    found = rows_by_key(keys, ROWS)
    assert [(key, rows.tolist()) for key, rows in found.items()] == list(expected.items())
    assert all(rows.dtype == ROWS.dtype for rows in found.values())


def test_no_rows_have_no_key() -> None:
    assert rows_by_key(np.empty(0), np.empty(0, np.int64)) == {}
    assert rows_by_key([], np.empty(0, np.int64)) == {}
