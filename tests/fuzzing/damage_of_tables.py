"""Ways to damage tables that stay tables: cells, columns and rows of CSV and Parquet files."""

from __future__ import annotations

import csv
import io
from random import Random

from tests.fuzzing.hostile import NUMBERS, hostile_text


def csv_cells(content: bytes, other: bytes, rng: Random) -> bytes:
    """A cell, a column or a row of a CSV table made another one."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"))))
    if not rows or not rows[0]:
        return content
    row, column = rng.randrange(len(rows)), rng.randrange(len(rows[0]))
    value = rng.choice((*NUMBERS, hostile_text(rng), hostile_text(rng)))
    match rng.randrange(8):
        case 0 | 1 | 2 if column < len(rows[row]):
            rows[row][column] = value
        case 3:
            rows[0][column] = hostile_text(rng)
        case 4:
            for line in rows:
                del line[column : column + 1]
        case 5:
            for line in rows[1:]:
                line[column : column + 1] = [value]
        case 6:
            rows[row] = rows[row][:-1] if rng.random() < 0.5 else [*rows[row], value]
        case _:
            body = rows[1:]
            rng.shuffle(body)
            rows = [rows[0], *rng.choice((body, body[: len(body) // 2], body * 2, [], body[:1]))]
    text = io.StringIO()
    csv.writer(text, lineterminator=rng.choice(("\n", "\r\n"))).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def parquet_columns(content: bytes, other: bytes, rng: Random) -> bytes:
    """A column or rows of a Parquet table made others, in a file that is in order otherwise."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    names, rows = table.column_names, table.num_rows
    at = rng.randrange(len(names))
    field, column = table.schema.field(at), table.column(at)
    numbers = [float("nan"), float("inf"), -float("inf"), 1e308, -1.0, 0.0, 2.0**63, 5e-324]
    choice = rng.randrange(12)
    if choice == 0:
        table = table.rename_columns([hostile_text(rng) if n == at else name for n, name in enumerate(names)])
    elif choice == 1:
        table = table.remove_column(at)
    elif choice == 2 and rows:
        some = rng.sample(range(rows), rng.randrange(rows + 1))
        table = table.take(some)
    elif choice == 3 and rows:
        table = pa.concat_tables([table, table.slice(rng.randrange(rows))])
    elif choice == 4:
        table = table.slice(0, 0)
    elif choice == 5:
        table = table.append_column(field, column)
    else:
        held = column.to_pylist()
        if choice in (6, 7, 8) and held:
            for _ in range(rng.choice((1, 1, len(held)))):
                n = rng.randrange(len(held))
                if pa.types.is_floating(field.type):
                    held[n] = rng.choice(numbers)
                elif pa.types.is_integer(field.type):
                    held[n] = rng.choice((-1, 0, 2**31 - 1, 10**6, 77))
                else:
                    held[n] = rng.choice(("", "x" * 10_000, "<b>", "nowhere", "[bold]", "\x1b[31m", "{0}"))
            try:
                made = pa.array(held, field.type)
            except (pa.ArrowException, TypeError, ValueError, OverflowError):
                made = pa.array(held)
        elif choice == 9:
            made = pa.array([None if rng.random() < 0.3 else value for value in held], field.type)
        elif choice == 10:
            made = pa.array([str(value) for value in held])
        else:
            kinds = (
                [[value] for value in held],
                [{"a": value} for value in held],
                [True] * len(held),
                [b"\xff"] * len(held),
            )
            made = pa.array(rng.choice(kinds))
        table = table.set_column(at, field.name, made)
    held_bytes = io.BytesIO()
    pq.write_table(table, held_bytes)
    return held_bytes.getvalue()


def forged_parquet(rows: int) -> bytes:
    """Return a small file that says it is a table of runs with so many rows, every one the same."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = pa.DictionaryArray.from_arrays(pa.repeat(0, rows).cast(pa.int32()), pa.array(["baseline"]))
    numbers = pa.DictionaryArray.from_arrays(pa.repeat(0, rows).cast(pa.int32()), pa.array([0]))
    table = pa.table({"run": numbers, "scenario": words, "world": numbers, "replicate": numbers})
    held = io.BytesIO()
    with pq.ParquetWriter(held, table.schema) as writer:
        for _ in range(50):
            writer.write_table(table)
    return held.getvalue()
