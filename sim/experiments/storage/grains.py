"""The kinds of tables that runs leave (grains): columns, types, units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.storage.shards import RunKeys
    from sim.person_states import Persons

RUN, PAIR, PERSON = "runs", "pairs", "persons"
RECORDS = ("series", "flows", "costs", "reasons", "revenue")
# Grains that a run has or has not in a shard; pairs are of two runs. The order is that of the bits in the ledger.
OF_A_RUN = (RUN, *RECORDS, PERSON)
# Words: few different ones in millions of rows; Parquet files hold each once a row group.
WORD = pa.string()
WHOLE, MONEY = pa.int64(), pa.float64()
# Columns every record has, with their types; a series has more.
Columns = Mapping[str, pa.DataType]
SERIES: Columns = {"quarter": WHOLE, "place": WORD}
FLOWS: Columns = {"quarter": WHOLE, "origin": WORD, "destination": WORD, "kind": WORD, "count": WHOLE}
COSTS: Columns = {"quarter": WHOLE, "lever": WORD, "item": WORD, "payer": WORD, "meur": MONEY}
REASONS: Columns = {"year": WHOLE, "kind": WORD, "direction": WORD, "part": WORD, "name": WORD, "count": WHOLE,
                    "total": MONEY}  # fmt: skip
REVENUE: Columns = {"quarter": WHOLE, "cause": WORD, "item": WORD, "receiver": WORD, "meur": MONEY}
PERSONS = pa.schema(
    [("uid", pa.uint64()), ("kind", pa.uint8()), ("origin", pa.uint8()), ("french", pa.bool_()),
     ("founder_french", pa.bool_()), ("state", pa.uint8()), ("received", pa.uint16()), ("group", pa.uint8()),
     ("place", pa.uint8())]
)  # fmt: skip
PAIRS = pa.schema(
    [("kind", pa.string()), ("class", pa.string()), ("place", pa.string()), ("group", pa.string()),
     ("count", pa.int64()), ("received", pa.int64())]
)  # fmt: skip


SCHEMAS = {"series": SERIES, "flows": FLOWS, "costs": COSTS, "reasons": REASONS, "revenue": REVENUE}

# Units of the columns that records have; outcomes say theirs themselves.
COLUMN_UNITS: Mapping[str, Mapping[str, str]] = {
    "series": {
        "quarter": "quarters since 2013 Q3", "talents": "persons", "talents_french": "persons", "startups": "startups",
        "startups_french": "startups", "champions": "startups", "champions_french": "startups", "jobs": "jobs",
        "births": "startups", "births_french": "startups", "closures": "startups", "closures_french": "startups",
        "exits": "startups", "rounds": "rounds", "rounds_foreign_led": "rounds", "refused_rounds": "rounds",
        "refused_premises": "startups", "refused_hires": "jobs", "refused_dwellings": "moves",
        "site_closures": "startups", "first_customers": "startups", "capital_meur": "million euro",
        "wage": "euro a year", "office_rent": "euro per m2 a year", "flat_rent": "euro per m2 a month",
        "labelled": "0 or 1", "fibre": "share of premises", "mobile": "share", "awareness": "share",
    },
    "flows": {"quarter": "quarters since 2013 Q3", "count": "moves"},
    "costs": {"quarter": "quarters since 2013 Q3", "meur": "million euro"},
    "reasons": {"year": "years since 2013 Q3", "count": "moves", "total": "utility"},
    "revenue": {"quarter": "quarters since 2013 Q3", "meur": "million euro"},
    "pairs": {"count": "persons or startups", "received": "persons or startups"},
}  # fmt: skip


def to_arrow(frame: pd.DataFrame, columns: Columns, what: str) -> pa.Table:
    """Return a data frame as an Arrow table with plain types (int64, double, words) and no metadata.

    Raises:
        ValueError: if a column is missing.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"{what}: columns missing from the records: {', '.join(missing)}")
    names = [*columns, *(str(column) for column in frame.columns if column not in columns)]
    arrays = []
    for name in names:
        array = pa.array(frame[name], from_pandas=False)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        wanted = columns[name] if name in columns else _plain(array.type)
        if isinstance(array.type, pa.DictionaryType):
            array = array.dictionary_decode()
        arrays.append(array if array.type == wanted else array.cast(wanted))
    return pa.Table.from_arrays(arrays, names=names)


def runs_to_arrow(ids: Sequence[bytes], keys: Sequence[RunKeys], outcomes: Sequence[Mapping[str, float]]) -> pa.Table:
    """Return runs as an Arrow table: what they are, then a column an outcome; all have the same."""
    columns: dict[str, pa.Array] = {
        "id": pa.array([run.hex() for run in ids]),
        "scenario": pa.array([key.scenario for key in keys]),
        "draw": pa.array([key.draw for key in keys], pa.int64()),
        "replicate": pa.array([key.replicate for key in keys], pa.int64()),
        "world_id": pa.array([key.world.hex() for key in keys]),
    }
    for name in outcomes[0]:
        columns[name] = pa.array([row[name] for row in outcomes], pa.float64())
    return pa.table(columns)


def pairs_to_arrow(counts: pd.DataFrame) -> pa.Table:
    """Return pair counts as an Arrow table."""
    return pa.Table.from_pandas(counts, PAIRS, preserve_index=False).replace_schema_metadata()


def persons_to_arrow(persons: Persons) -> pa.Table:
    """Return everyone of a run as an Arrow table."""
    return pa.table({name: persons[name] for name in PERSONS.names}, PERSONS)  # type: ignore[literal-required]


def parquet_options(grain: str) -> dict[str, Any]:
    """Options of a Parquet file: small, checked on reading, without what would differ from library to library."""
    options: dict[str, Any] = {"compression": "zstd", "store_schema": False, "write_page_checksum": True}
    if grain == PERSON:  # differences of uids, few different values in the rest: a byte or so a person
        options |= {"use_dictionary": PERSONS.names[1:], "column_encoding": {"uid": "DELTA_BINARY_PACKED"}}
    return options


def mask_of(grains: Iterable[str]) -> int:
    """Return grains of a run as bits."""
    return sum(1 << OF_A_RUN.index(grain) for grain in set(grains))


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return pa.int64()
    return pa.float64() if pa.types.is_floating(kind) else WORD
