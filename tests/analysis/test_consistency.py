"""Tables that do not belong together are refused in one sentence that names the first file not as a run writes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.consistency import check_results
from sim.errors import InputError
from tests.analysis.test_frames import write_folder

Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four runs of two quarters in which each table fits the others."""
    made = write_folder(tmp_path_factory.mktemp("whole") / "main")
    series = pd.read_parquet(made / "series.parquet").assign(talents=1, jobs=0.5)
    pd.concat([series, series.assign(quarter=1)], ignore_index=True).to_parquet(made / "series.parquet")
    places = pd.read_csv(made / "places.csv").assign(region=["rhone", "london"])
    places.to_csv(made / "places.csv", index=False)
    check_results(made)  # or no refusal below would say anything
    return made


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to alter."""
    return Path(shutil.copytree(whole, tmp_path / "main"))


def row(number: int, **values: Any) -> Change:
    """Give one row of a table other values."""

    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        for name, value in values.items():
            frame.loc[number, name] = value
        return frame

    return changed


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[:1]], ignore_index=True)


def shortened(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[:-1]


def lacking(number: int) -> Change:
    """Take one row away."""
    return lambda frame: frame.drop(index=number)


def in_numbered_words(frame: pd.DataFrame) -> pd.DataFrame:
    """A place that is none, among words kept by number."""
    return row(0, place="oslo")(frame).astype({"place": "category"})


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("worlds", doubled, "a parameter twice in one world"),
        ("runs", doubled, "two rows for one run"),
        ("runs", row(2, world=0), "a scenario twice in one world"),
        ("runs", row(3, world=-1), "a number of a run, world or replicate below 0"),
        ("runs", row(1, scenario="label"), "rows of scenario 'label', which scenarios.json does not have"),
        ("series", row(0, run=9), "rows of run '9', which runs.parquet does not have"),
        ("series", row(0, place="oslo"), "rows of place 'oslo', which places.csv does not have"),
        ("series", in_numbered_words, "rows of place 'oslo', which places.csv does not have"),
        ("series", row(0, talents=-1), "column talents holds a number below 0"),
        ("series", row(0, jobs=float("inf")), "column jobs holds an infinite number"),
        ("series", row(0, jobs=-1e101), "column jobs holds a number beyond 1e+100"),
        ("series", row(0, place="lyon"), "a place twice in one quarter of a run"),
        ("series", doubled, "a place twice in one quarter of a run"),
        ("series", shortened, "a run without some of its quarters or places"),
        ("series", lacking(2), "a run without some of its quarters or places"),
        ("flows", row(0, destination="oslo"), "rows of place 'oslo', which places.csv does not have"),
        ("flows", row(0, count=-2), "column count holds a number below 0"),
        ("costs", row(0, quarter=-1), "column quarter holds a number below 0"),
        ("revenue", row(0, run=7), "rows of run '7', which runs.parquet does not have"),
        ("reasons", row(0, count=-1), "column count holds a number below 0"),
    ],
)
def test_a_table_that_does_not_fit_is_named(folder: Path, name: str, change: Change, problem: str) -> None:
    path = folder / f"{name}.parquet"
    change(pd.read_parquet(path)).to_parquet(path)
    with pytest.raises(InputError) as caught:
        check_results(folder)
    assert caught.value.problems == [f"{path}: {problem}; the same run command writes it anew."]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"latitude": 91.0}, "a place outside the degrees of latitude and longitude"),
        ({"longitude": -181.0}, "a place outside the degrees of latitude and longitude"),
        ({"country": "GB"}, "no place in France"),
        ({"place": "london"}, "a place without a name, or twice"),
    ],
)
def test_places_that_are_none_are_refused(folder: Path, values: dict[str, Any], problem: str) -> None:
    path = folder / "places.csv"
    row(0, **values)(pd.read_csv(path)).to_csv(path, index=False)
    with pytest.raises(InputError) as caught:
        check_results(folder)
    assert caught.value.problems == [f"{path}: {problem}; the same run command writes it anew."]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("scenarios.json", [{"name": "baseline"}] * 2, "a scenario stands there twice"),
        ("scenarios.json", [{"name": "baseline", "title": 3}], "the title of 'baseline' is not a text"),
        ("scenarios.json", [{"name": "baseline", "order": 0.5}], "the order of 'baseline' is not a whole number"),
        ("manifest.json", ["baseline"], "a list where an object of entries is expected"),
        ("manifest.json", {"reference": 3}, "'reference' is a number, which it never is"),
        ("manifest.json", {"settings": {"years": None}}, "'settings.years' is a null, which it never is"),
        ("manifest.json", {"settings": {"years": True}}, "'settings.years' is a truth value, which it never is"),
        ("manifest.json", {"worlds": [{"world": "1"}]}, "an entry of 'worlds' is not a world with its number"),
    ],
)
def test_notes_of_another_kind_are_refused(folder: Path, name: str, content: object, problem: str) -> None:
    (folder / name).write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        check_results(folder)
    assert caught.value.problems == [f"{folder / name}: {problem}; the same run command writes it anew."]


def test_a_place_that_no_run_has_is_missed(folder: Path) -> None:
    places = pd.read_csv(folder / "places.csv")
    pd.concat([places, places[1:].assign(place="berlin")]).to_csv(folder / "places.csv", index=False)
    with pytest.raises(InputError, match=r"series\.parquet: a run without some of its quarters or places"):
        check_results(folder)


def test_words_kept_by_number_that_nobody_uses_are_no_rows(folder: Path) -> None:
    path = folder / "series.parquet"
    series = pd.read_parquet(path)
    words = pd.Categorical(series["place"], ["lyon", "london", "oslo"])
    series.assign(place=words).to_parquet(path)
    assert pd.read_parquet(path)["place"].cat.categories.tolist() == ["lyon", "london", "oslo"]
    check_results(folder)


def test_what_is_not_there_is_compared_with_nothing(folder: Path) -> None:
    path = folder / "series.parquet"
    series = pd.read_parquet(path)
    (folder / "places.csv").unlink()
    check_results(folder)
    row(0, place="oslo")(series.copy()).to_parquet(path)
    with pytest.raises(InputError, match="without some of its quarters or places"):
        check_results(folder)  # three places without a table of them: each run must have all
    series.assign(place="oslo").drop_duplicates(["run", "quarter"]).to_parquet(path)
    (folder / "scenarios.json").unlink()
    runs = pd.read_parquet(folder / "runs.parquet")
    row(1, scenario="label")(runs).to_parquet(folder / "runs.parquet")
    check_results(folder)
    (folder / "runs.parquet").unlink()
    shortened(series).to_parquet(path)
    check_results(folder)
