"""Finished runs on disk: one folder each, found again by what determined the run.

``shards/<identity>/`` holds the five tables of a run, its persons at the horizon and, written last, ``run.json`` with
their checksums. A run is finished when ``run.json`` says so and the files agree. Every file appears at once or not at
all (temporary file, fsync, rename), so a crash, a full disk or Ctrl-C never leaves half a run that counts. Pair counts
(``pairs-<identity of the reference>.arrow``) may lie beside them; they can be made again from the persons of both.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from sim.person_states import Persons

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("series", "flows", "costs", "reasons", "revenue")
FILES = {table: f"{table}.arrow" for table in TABLES} | {"persons": "persons.parquet"}
# Words: few different ones in millions of rows.
WORD = pa.dictionary(pa.int32(), pa.string())
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
     ("founder_french", pa.bool_()), ("state", pa.uint8()), ("received", pa.uint16()), ("place", pa.uint8())]
)  # fmt: skip
PAIRS = pa.schema(
    [("kind", pa.string()), ("class", pa.string()), ("place", pa.string()), ("count", pa.int64()),
     ("received", pa.int64())]
)  # fmt: skip


SCHEMAS = {"series": SERIES, "flows": FLOWS, "costs": COSTS, "reasons": REASONS, "revenue": REVENUE}


def identity(determinants: Mapping[str, object]) -> str:
    """Return the name of a run: a digest of all that determines its result."""
    text = json.dumps(determinants, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_shard(name: str) -> bool:
    """Whether this is the name of a run, as ``identity`` gives."""
    return re.fullmatch(r"[0-9a-f]{32}", name) is not None


class Store:
    """The shards of one results folder."""

    def __init__(self, results: Path) -> None:
        self.folder = results / "shards"

    def finished(self, name: str) -> bool:
        """Whether the run is there, whole."""
        receipt = self.receipt(name)
        if receipt is None:
            return False
        return all(_sha256(self.folder / name / path) == receipt["files"].get(what) for what, path in FILES.items())

    def receipt(self, name: str) -> dict[str, Any] | None:
        """Return what ``run.json`` says, or None: outcomes, facts, timings, checksums."""
        try:
            receipt = json.loads((self.folder / name / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return receipt if isinstance(receipt, dict) and receipt.get("identity") == name else None

    def seen(self, name: str) -> bool:
        """Whether the run has ended, well or badly (cheap: no file is opened)."""
        return (self.folder / name / "run.json").exists() or (self.folder / name / "failure.txt").exists()

    def write(
        self,
        name: str,
        frames: Mapping[str, pd.DataFrame],
        outcomes: Mapping[str, float],
        facts: Mapping[str, float],
        timings: Mapping[str, float],
        persons: Persons,
    ) -> None:
        """Keep a finished run; the receipt comes last.

        Raises:
            ValueError: if a table lacks a column or an outcome is no number.
        """
        target = self.folder / name
        target.mkdir(parents=True, exist_ok=True)
        files = {}
        for table, columns in SCHEMAS.items():
            data = to_arrow(frames[table], columns, table)
            path = target / FILES[table]
            write_atomically(path, lambda file, data=data: feather.write_feather(data, file, compression="zstd"))  # type: ignore[misc]
            files[table] = _sha256(path)
        write_atomically(target / FILES["persons"], lambda file: _write_persons(file, persons))
        files["persons"] = _sha256(target / FILES["persons"])
        receipt = {
            "identity": name,
            "outcomes": {key: float(value) for key, value in outcomes.items()},
            "facts": {key: float(value) for key, value in facts.items()},
            "timings": {key: float(value) for key, value in timings.items()},
            "files": files,
        }
        (target / "failure.txt").unlink(missing_ok=True)
        write_text(target / "run.json", json.dumps(receipt, indent=1, sort_keys=False))

    def write_failure(self, name: str, text: str) -> None:
        """Keep the traceback of a run that failed; the run will be tried again by the next command."""
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        write_text(self.folder / name / "failure.txt", text)

    def failure(self, name: str) -> str | None:
        """Return the traceback of a failed run, or None."""
        try:
            return (self.folder / name / "failure.txt").read_text(encoding="utf-8")
        except OSError:
            return None

    def forget(self, name: str) -> None:
        """Remove what is left of a run that did not finish."""
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def read(self, name: str, table: str) -> pa.Table:
        """Return one table of a finished run."""
        return feather.read_table(self.folder / name / FILES[table], use_threads=False, memory_map=False)

    def read_persons(self, name: str) -> Persons:
        """Return everyone of a finished run at its horizon."""
        table = pq.read_table(self.folder / name / FILES["persons"], use_threads=False)
        columns = {column: table[column].to_numpy() for column in PERSONS.names}
        return cast(Persons, columns)

    def write_pairs(self, name: str, reference: str, counts: pd.DataFrame) -> pa.Table:
        """Keep a run's pair counts against a reference run; return them as a table."""
        table = pa.Table.from_pandas(counts, PAIRS, preserve_index=False).replace_schema_metadata()
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"pairs-{reference}.arrow"
        write_atomically(path, lambda file: feather.write_feather(table, file, compression="zstd"))
        return table

    def read_pairs(self, name: str, reference: str) -> pa.Table | None:
        """Return a run's pair counts against a reference run; None if there are none that can be read."""
        try:
            return feather.read_table(
                self.folder / name / f"pairs-{reference}.arrow", use_threads=False, memory_map=False
            )
        except (OSError, pa.ArrowInvalid):
            return None

    def clean(self, keep: Collection[str]) -> None:
        """Remove the shards of other studies and what interrupted writers left behind."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if not is_shard(path.name):
                continue  # none of ours
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)
                continue
            for leftover in path.glob(".*.tmp"):
                leftover.unlink(missing_ok=True)


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
        if array.type != wanted:
            if isinstance(array.type, pa.DictionaryType):
                array = array.dictionary_decode()
            array = array.cast(pa.string()).dictionary_encode() if wanted == WORD else array.cast(wanted)
        arrays.append(array)
    return pa.Table.from_arrays(arrays, names=names)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return pa.int64()
    return pa.float64() if pa.types.is_floating(kind) else WORD


def write_atomically(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file so that it appears whole or not at all: temporary file beside it, fsync, rename, fsync."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line feeds) so that it appears whole or not at all."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def _write_persons(file: IO[bytes], persons: Persons) -> None:
    """Write persons, sorted by uid, in a byte or so each: differences of uids, few different values in the rest."""
    table = pa.table({name: persons[name] for name in PERSONS.names}, PERSONS)  # type: ignore[literal-required]
    pq.write_table(
        table, file, compression="zstd", use_dictionary=PERSONS.names[1:],
        column_encoding={"uid": "DELTA_BINARY_PACKED"}, store_schema=False,
    )  # fmt: skip


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
