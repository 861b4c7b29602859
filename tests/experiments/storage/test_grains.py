"""Records as they are kept: columns of a grain's types, whatever form they came in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.experiments.storage.grains import to_arrow


def test_columns_in_pieces_and_words_by_number_become_plain_ones() -> None:
    pieces = pd.Series(pd.array(["b", "a"], dtype=pd.ArrowDtype(pa.string())))
    frame = pd.DataFrame({"word": pd.Categorical(["x", "y"]), "more": pieces, "number": np.array([1, 2], np.int32)})
    table = to_arrow(frame, {"word": pa.string(), "number": pa.int64()}, "flows")
    assert table.to_pydict() == {"word": ["x", "y"], "number": [1, 2], "more": ["b", "a"]}
    assert {str(field.type) for field in table.schema} == {"string", "int64"}
    with pytest.raises(ValueError, match="flows: columns missing from the records: place"):
        to_arrow(frame, {"place": pa.string()}, "flows")
