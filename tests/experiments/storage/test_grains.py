"""Records as they are kept: columns of a grain's types, whatever form they came in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.experiments.storage.grains import to_arrow


def test_columns_in_pieces_and_words_by_number_become_plain_ones() -> None:
    pieces = pd.Series(pd.array(pa.chunked_array([["b"], ["a"]]), dtype=pd.ArrowDtype(pa.string())))
    frame = pd.DataFrame({
        "word": pd.Categorical(["x", "y"]), "more": pieces, "other": pd.Categorical(["v", "w"]),
        "count": np.array([3, 4], np.int8), "share": np.array([0.5, 0.25], np.float32),
        "number": np.array([1, 2], np.int32),
    })  # fmt: skip
    table = to_arrow(frame, {"word": pa.string(), "number": pa.int64()}, "flows")
    assert table.to_pydict() == {
        "word": ["x", "y"], "number": [1, 2], "more": ["b", "a"], "other": ["v", "w"], "count": [3, 4],
        "share": [0.5, 0.25],
    }  # fmt: skip
    assert [str(field.type) for field in table.schema] == ["string", "int64", "string", "string", "int64", "double"]
    assert [column.num_chunks for column in table.columns] == [1] * 6


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="flows: columns missing from the records: place"):
        to_arrow(pd.DataFrame({"word": ["x"]}), {"place": pa.string(), "word": pa.string()}, "flows")
