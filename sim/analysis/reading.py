"""Read one file of a results folder and check that it holds what its readers need; a damaged file is one sentence."""

from __future__ import annotations

import errno
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.compare import COMPARISON_COLUMNS
from sim.analysis.damage import UNREADABLE, damaged, kind_of, reason
from sim.analysis.foreign_outcomes import learn
from sim.analysis.paired_worlds import outcome_columns
from sim.errors import shortened
from sim.input_files import check_file, read_text

LARGE, PACKED_MOST = 10**9, 200
"""Bytes of a table in memory from which on, and how many times the size of its file, it is taken for a forgery."""
Filters = list[tuple[str, str, list[int]]]
WHOLE = ("run", "world", "replicate", "quarter", "year", "mask")  # what rows are told apart by
UNBOUNDED = ("pairing_gain",)  # of an outcome that luck alone moves in no world
LARGEST = 1e100
"""Of a number in a table of results: nothing counted or paid comes near it, and its square is still a number."""
PLACE_TEXTS, PLACE_NUMBERS = ("place", "short_name", "city", "country", "kind"), ("latitude", "longitude")
COMPARED_TEXTS = ("scenario", "outcome", "label", "unit", "better", "family", "reading")


def read_parquet(
    path: Path, texts: Sequence[str], numbers: Sequence[str], filters: Filters | None = None, *,
    words: bool = False, columns: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Read a Parquet table that has these columns of text and of numbers.

    Args:
        path: the file.
        texts: columns of text that it must have.
        numbers: columns of numbers that it must have.
        filters: rows to read, as PyArrow takes them; all by default.
        words: texts become categoricals.
        columns: to read; all by default.

    Raises:
        InputError: if it cannot be read, or a column is missing or of the wrong type.
    """
    table = read_arrow(path, [*texts, *numbers], filters, columns)
    try:
        frame: pd.DataFrame = table.to_pandas(strings_to_categorical=words)
    except UNREADABLE as error:
        raise damaged(path, f"not a Parquet table that can be read ({reason(error)})") from None
    return _numeric(path, _of_texts(path, frame, texts), numbers)


def read_arrow(
    path: Path, wanted: Sequence[str], filters: Filters | None = None, columns: Sequence[str] | None = None
) -> pa.Table:
    """Read a Parquet table that has at least the wanted columns; page checksums are verified where there are any.

    Raises:
        InputError: if it cannot be read, or a column is missing.
    """
    try:
        check_file(path, "parquet")
        _known(path, pq.read_schema(path).names, wanted)
        _refuse_blown_up(path)
        chosen = None if columns is None else list(columns)
        checked = {"partitioning": None, "page_checksum_verification": True}
        table = pq.read_table(path, columns=chosen, filters=filters, **checked)
        table.validate(full=True)  # also that texts are UTF-8: who reads them later would stumble
        _refuse_bytes(table.schema)
        return table
    except UNREADABLE as error:
        raise damaged(path, f"not a Parquet table that can be read ({reason(error)})") from None


def _refuse_bytes(schema: pa.Schema) -> None:
    """Refuse a column of bytes: all that a run writes are texts and numbers.

    Raises:
        ValueError: with the reason.
    """
    for field in schema:
        held = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_binary(held) or pa.types.is_large_binary(held) or pa.types.is_fixed_size_binary(held):
            raise ValueError(f"column {shortened(field.name)} holds bytes")


def _refuse_blown_up(path: Path) -> None:
    """Refuse a small file that says it holds a huge table: no run writes rows that pack so well.

    Raises:
        OSError: with the reason.
    """
    held = pq.read_metadata(path)
    unpacked, packed = 8 * held.num_rows * held.num_columns, path.stat().st_size
    if unpacked > LARGE and unpacked > PACKED_MOST * packed:
        raise OSError(errno.EFBIG, f"{held.num_rows} rows in a file of {packed} bytes", str(path))


def read_notes(path: Path) -> dict[str, dict[str, str]]:
    """Read what a Parquet table says about its columns, by column: ``unit``, ``label``, ``better``, as far as given.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        check_file(path, "parquet")
        schema = pq.read_schema(path)
        return {
            field.name: {
                key.decode(): value.decode()
                for key, value in (field.metadata or {}).items()
                if key in (b"unit", b"label", b"better")
            }
            for field in schema
        }
    except UNREADABLE as error:
        raise damaged(path, f"not a Parquet table that can be read ({reason(error)})") from None


def read_csv(path: Path, texts: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    """Read a CSV table that has these columns; an empty field is missing in a column of numbers, else empty text.

    Raises:
        InputError: if it cannot be read, or a column is missing or of the wrong type.
    """
    try:
        check_file(path, "csv")
        frame = pd.read_csv(path, keep_default_na=False, na_values={name: ["", "nan"] for name in numbers})
    except (OSError, ValueError) as error:
        raise damaged(path, f"not a table that can be read ({reason(error)})") from None
    _known(path, list(frame.columns), [*texts, *numbers])
    frame = frame.astype({name: str for name in texts if not pd.api.types.is_string_dtype(frame[name].dtype)})
    return _numeric(path, frame, numbers)


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        return json.loads(read_text(path, "note"))
    except RecursionError:
        raise damaged(path, "not JSON that can be read (lists nested too deeply)") from None
    except (OSError, ValueError) as error:
        raise damaged(path, f"not JSON that can be read ({reason(error)})") from None


def read_runs(path: Path, *, words: bool = False) -> pd.DataFrame:
    """Read the table of runs: its keys, and outcomes only; with ``words``, scenarios become categoricals.

    Raises:
        InputError: as :func:`read_parquet`, or if a column is no outcome.
    """
    frame = read_parquet(path, ("scenario",), ("run", "world", "replicate"), words=words)
    learn(map(str, frame.columns), read_notes(path))
    try:
        outcomes = outcome_columns(frame)
    except ValueError as error:
        raise damaged(path, str(error).partition(": ")[2]) from None
    return _numeric(path, frame, outcomes)


def read_places(path: Path) -> pd.DataFrame:
    """Read the table of places.

    Raises:
        InputError: as :func:`read_csv`.
    """
    frame = read_csv(path, PLACE_TEXTS, PLACE_NUMBERS)
    if frame["place"].duplicated().any() or (frame["place"] == "").any():
        raise damaged(path, "a place without a name, or twice")
    if not (frame["latitude"].between(-90, 90) & frame["longitude"].between(-180, 180)).all():
        raise damaged(path, "a place outside the degrees of latitude and longitude")
    if not (frame["country"] == "FR").any():
        raise damaged(path, "no place in France")
    return frame


def read_comparison(path: Path) -> pd.DataFrame:
    """Read the comparison of scenarios with their reference.

    Raises:
        InputError: as :func:`read_csv`.
    """
    return read_csv(path, COMPARED_TEXTS, [name for name in COMPARISON_COLUMNS if name not in COMPARED_TEXTS])


def read_money(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Read costs and revenue of all runs; None if a folder, made by an older version, lacks one.

    Raises:
        InputError: as :func:`read_parquet`.
    """
    costs, revenue = folder / "costs.parquet", folder / "revenue.parquet"
    if not (costs.is_file() and revenue.is_file()):
        return None
    return (
        read_parquet(costs, ("lever", "item", "payer"), ("run", "quarter", "meur")),
        read_parquet(revenue, ("cause", "item", "receiver"), ("run", "quarter", "meur")),
    )


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest and check the entries that the report uses.

    Raises:
        InputError: if it cannot be read, or an entry is of the wrong type.
    """
    content = read_json(path)
    if not isinstance(content, dict):
        raise damaged(path, f"a {kind_of(content)} where an object of entries is expected")
    wanted: dict[str, type | tuple[type, ...]] = {
        "reference": str, "worlds": list, "failures": list, "settings": dict, "interrupted": bool,
    }  # fmt: skip
    for key, kind in wanted.items():
        held = content.get(key)
        if held is not None and not isinstance(held, kind):
            raise damaged(path, f"'{key}' is a {kind_of(held)}, which it never is")
    for world in content.get("worlds") or ():
        if not (isinstance(world, dict) and isinstance(world.get("world"), int)):
            raise damaged(path, "an entry of 'worlds' is not a world with its number")
    years = (content.get("settings") or {}).get("years", 0)
    if isinstance(years, bool) or not isinstance(years, int | float):
        raise damaged(path, f"'settings.years' is a {kind_of(years)}, which it never is")
    return content


def read_scenarios(path: Path) -> list[dict[str, Any]]:
    """Read the descriptions of the scenarios, in their order.

    Raises:
        InputError: if they cannot be read, or are not a list of scenarios.
    """
    content = read_json(path)
    if not isinstance(content, list):
        raise damaged(path, f"a {kind_of(content)} where a list of scenarios is expected")
    for note in content:
        if not (isinstance(note, dict) and isinstance(note.get("name"), str)):
            raise damaged(path, "an entry of the list is not a scenario with a name")
        levers = note.get("levers") or {}
        if not (isinstance(levers, dict) and all(isinstance(fields, dict) for fields in levers.values())):
            raise damaged(path, f"the levers of '{note['name']}' are not tables of settings")
        texts = ("title", "question", "expected", "recommendation", "provenance")
        if wrong := [name for name in texts if not isinstance(note.get(name) or "", str)]:
            raise damaged(path, f"the {wrong[0]} of '{note['name']}' is not a text")
        if not isinstance(note.get("order", 0), int):
            raise damaged(path, f"the order of '{note['name']}' is not a whole number")
    names = [note["name"] for note in content]
    if len(set(names)) < len(names):
        raise damaged(path, "a scenario stands there twice")
    return sorted(content, key=lambda note: int(note.get("order", 0)))


def _known(path: Path, held: Sequence[str], wanted: Sequence[str]) -> None:
    if twice := [name for name in dict.fromkeys(held) if list(held).count(name) > 1]:
        raise damaged(path, f"two columns {shortened(str(twice[0]))}")
    missing = [name for name in wanted if name not in held]
    if missing:
        noun = "columns" if len(missing) > 1 else "column"
        raise damaged(path, f"no {noun} {', '.join(missing)}")


def _of_texts(path: Path, frame: pd.DataFrame, texts: Sequence[str]) -> pd.DataFrame:
    """Refuse a column of texts with something else in it, or with rows that have none."""
    for name in texts if len(frame) else ():
        column = frame[name]
        words = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
        if not pd.api.types.is_string_dtype(words.dtype) or column.isna().any():
            raise damaged(path, f"column {name} does not hold texts")
    return frame


def _numeric(path: Path, frame: pd.DataFrame, numbers: Sequence[str]) -> pd.DataFrame:
    for name in numbers if len(frame) else ():
        column = frame[name]
        if (
            not pd.api.types.is_numeric_dtype(column)
            or pd.api.types.is_bool_dtype(column)
            or (name in WHOLE and (not pd.api.types.is_integer_dtype(column)))
        ):
            raise damaged(path, f"column {name} does not hold {'whole ' * (name in WHOLE)}numbers")
        if name in UNBOUNDED:
            continue
        sizes = np.abs(column.to_numpy(float, na_value=np.nan))
        if np.isinf(sizes).any():
            raise damaged(path, f"column {name} holds an infinite number")
        if (sizes > LARGEST).any():
            raise damaged(path, f"column {name} holds a number beyond {LARGEST:.0e}")
    return frame
