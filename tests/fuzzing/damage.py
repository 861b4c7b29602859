"""Ways to damage the bytes of a valid file: at random, as text, as a table, as JSON, as a Parquet table.

Each takes the content, another valid content and a source of luck, and returns other content.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzzing.hostile import NUMBERS, OTHER_TYPES, hostile_text

Damage = Callable[[bytes, bytes, Random], bytes]
DEEP = 100_000


def cut(content: bytes, other: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def flip_bits(content: bytes, other: bytes, rng: Random) -> bytes:
    held = bytearray(content or b"\0")
    for _ in range(rng.choice((1, 1, 1, 2, 8, 64))):
        held[rng.randrange(len(held))] ^= 1 << rng.randrange(8)
    return bytes(held)


def insert(content: bytes, other: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    pieces = (b"\0", b"\xff", b"\xed\xa0\x80", b"\x1b[31m", b"\r", b'"""', b"'''", b"[[", b"}", b"=", b",", b'"', b"\xc0\x80")
    return content[:at] + rng.choice(pieces) * rng.choice((1, 1, 3, 1000)) + content[at:]


def splice(content: bytes, other: bytes, rng: Random) -> bytes:
    at, to = rng.randrange(len(content) + 1), rng.randrange(len(other) + 1)
    return content[:at] + other[to:]


def swap(content: bytes, other: bytes, rng: Random) -> bytes:
    return other


def drop_piece(content: bytes, other: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[at + rng.choice((1, 2, 10, 100, 1000)) :]


def nothing(content: bytes, other: bytes, rng: Random) -> bytes:
    return rng.choice((b"", b"\n", b" " * 1000, b"\n" * 100_000, b"\0" * 1000, b"\xef\xbb\xbf", b"#", b"{}", b"[]", b"null"))


BYTES: tuple[Damage, ...] = (cut, flip_bits, insert, splice, swap, drop_piece, nothing)


def other_encoding(content: bytes, other: bytes, rng: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    how = rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-8-sig", "utf-7", "cp037"))
    return text.encode(how, "replace")


def lines_about(content: bytes, other: bytes, rng: Random) -> bytes:
    """Rows dropped, doubled, shuffled, moved."""
    lines = content.splitlines(keepends=True) or [b""]
    at = rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(rng.randrange(len(lines) + 1), lines[at])
        case 2:
            rng.shuffle(lines)
        case 3:
            lines = lines[: at + 1] * 2
        case _:
            lines.insert(rng.randrange(len(lines)), lines.pop(at))
    return b"".join(lines)


def deep(content: bytes, other: bytes, rng: Random) -> bytes:
    depth = rng.choice((50, 900, 5000, DEEP))
    text = rng.choice(("a = " + "[" * depth, "a = " + "[" * depth + "]" * depth, "[" + "a." * depth + "b]\nc = 1",
                       "[" * depth, "[" * depth + "]" * depth, '{"a":' * depth, "a." * depth + "b = 1",
                       "a = " + "{b=" * depth + "1" + "}" * depth))  # fmt: skip
    return content + b"\n" + text.encode() if rng.random() < 0.5 else text.encode()


def other_value(content: bytes, other: bytes, rng: Random) -> bytes:
    """Another number, text or type in the place of one that is there."""
    text = content.decode("utf-8", "replace")
    places = list(re.finditer(r"(?<![\w.])-?\d[\d_.eE+-]*|\"[^\"\n]*\"|\btrue\b|\bfalse\b", text))
    if not places:
        return content
    place = rng.choice(places)
    kind = rng.random()
    if kind < 0.35:
        value = rng.choice(NUMBERS)
    elif kind < 0.6:
        value = rng.choice(OTHER_TYPES)
    else:
        value = json.dumps(hostile_text(rng), ensure_ascii=rng.random() < 0.5)
    return (text[: place.start()] + value + text[place.end() :]).encode("utf-8", "surrogatepass")


def other_name(content: bytes, other: bytes, rng: Random) -> bytes:
    """Another word in the place of a name: keys, tables, columns."""
    text = content.decode("utf-8", "replace")
    places = list(re.finditer(r"[A-Za-z_][A-Za-z0-9_]*", text))
    if not places:
        return content
    place = rng.choice(places)
    name = rng.choice((place[0][:-1], place[0] * 2, place[0].upper(), rng.choice(places)[0], hostile_text(rng), "x" * 5000))
    return (text[: place.start()] + name + text[place.end() :]).encode("utf-8", "surrogatepass")


def more_of_it(content: bytes, other: bytes, rng: Random) -> bytes:
    """Far too much of something that is fine: lines, keys, tables."""
    many = rng.choice((100, 5000, 60_000))
    line = rng.choice(('places = [' + ", ".join(['"lyon"'] * many) + "]", "\n".join(f"k{n} = {n}" for n in range(many)),
                       "\n".join(f"[levers.l{n}]" for n in range(many)), "\n".join(f"[world.p{n}]\nx=1" for n in range(many)),
                       'title = "' + "a" * many * 5 + '"', "#" * many))  # fmt: skip
    return content + b"\n" + line.encode()


TEXT: tuple[Damage, ...] = (*BYTES, other_encoding, lines_about, deep, other_value, other_value, other_value, other_name,
                            other_name, more_of_it)  # fmt: skip


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


TABLE: tuple[Damage, ...] = (*BYTES, other_encoding, lines_about, other_value, other_name, *[csv_cells] * 6)


def json_nodes(content: bytes, other: bytes, rng: Random) -> bytes:
    """A value of a JSON document made another one, or a key another name."""
    try:
        tree = json.loads(content)
    except ValueError:
        return other_value(content, other, rng)
    spots: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            spots.append((node, key))
            if isinstance(value, dict | list):
                walk(value)

    if isinstance(tree, dict | list):
        walk(tree)
    if not spots:
        return rng.choice(OTHER_TYPES).encode()
    node, key = rng.choice(spots)
    values: list[Any] = [None, True, -1, 0, 2**63, 10**400, 1e308, float("nan"), float("inf"), 0.5, [], {}, [[]], {"a": {}},
                         [None], "", hostile_text(rng), hostile_text(rng), rng.choice(spots)[1]]  # fmt: skip
    match rng.randrange(4):
        case 0 if isinstance(node, dict):
            node[hostile_text(rng)] = node.pop(key)
        case 1:
            del node[key]
        case _:
            node[key] = rng.choice(values)
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


JSON: tuple[Damage, ...] = (*BYTES, other_encoding, deep, other_value, other_name, *[json_nodes] * 8)


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
            kinds = ([[value] for value in held], [{"a": value} for value in held], [True] * len(held), [b"\xff"] * len(held))
            made = pa.array(rng.choice(kinds))
        table = table.set_column(at, field.name, made)
    held_bytes = io.BytesIO()
    pq.write_table(table, held_bytes)
    return held_bytes.getvalue()


def huge_parquet(content: bytes, other: bytes, rng: Random) -> bytes:
    """A small file that says it is a table of two hundred million rows, the same value in each column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(content))
    block = 2_000_000
    made = pa.table({name: pa.DictionaryArray.from_arrays(pa.repeat(0, block).cast(pa.int32()), pa.nulls(1, kind)
                     if rng.random() < 0.0 else pa.array([1 if pa.types.is_integer(kind) else 1.0
                     if pa.types.is_floating(kind) else "x"])) for name, kind in zip(schema.names[:4], schema.types)})  # fmt: skip
    held = io.BytesIO()
    with pq.ParquetWriter(held, made.schema) as writer:
        for _ in range(100):
            writer.write_table(made, row_group_size=block)
    return held.getvalue()


PARQUET: tuple[Damage, ...] = (*BYTES, *[parquet_columns] * 10)
ALL: dict[str, tuple[Damage, ...]] = {
    ".toml": TEXT, ".py": TEXT, ".csv": TABLE, ".json": JSON, ".parquet": PARQUET, ".sqlite": BYTES, ".txt": TEXT,
}  # fmt: skip


def damaged(content: bytes, suffix: str, other: bytes, rng: Random) -> tuple[str, bytes]:
    """Return how a file's content was damaged, and what came of it; now and then twice."""
    ways = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        way = rng.choice(ALL[suffix])
        try:
            content = way(content, other, rng)
        except Exception:  # it is no such file any more
            way = flip_bits
            content = way(content, other, rng)
        ways.append(way.__name__)
        if suffix == ".parquet" and way is not parquet_columns:
            break
    return " + ".join(ways), content
