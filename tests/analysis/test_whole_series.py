"""A series lacks no quarter of a place, in any run; rows of something unknown are named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.consistency import _refuse_gaps, _refuse_strangers
from sim.errors import InputError

PATH = Path("series.parquet")
WHOLE = pd.DataFrame(
    [(run, quarter, place) for run in (0, 1) for quarter in (0, 1, 2) for place in ("lyon", "london")],
    columns=["run", "quarter", "place"],
)


@pytest.mark.parametrize("places", [None, ["lyon", "london"]])
def test_a_whole_series_passes_and_one_row_less_or_twice_does_not(places: list[str] | None) -> None:
    _refuse_gaps(PATH, WHOLE, places)
    with pytest.raises(InputError, match="without some of its quarters or places"):
        _refuse_gaps(PATH, WHOLE.drop(index=4), places)
    with pytest.raises(InputError, match="a place twice in one quarter"):
        _refuse_gaps(PATH, pd.concat([WHOLE, WHOLE.iloc[[4]]]), places)


def test_a_place_that_no_run_has_is_missed_where_places_are_known() -> None:
    with pytest.raises(InputError, match="without some of its quarters or places"):
        _refuse_gaps(PATH, WHOLE, ["lyon", "london", "berlin"])


def test_what_is_not_known_is_named() -> None:
    _refuse_strangers(PATH, WHOLE["place"], ["lyon", "london"], "place", "places.csv")
    with pytest.raises(InputError, match=r"rows of place 'london', which places\.csv does not have"):
        _refuse_strangers(PATH, WHOLE["place"].astype("category"), ["lyon"], "place", "places.csv")
