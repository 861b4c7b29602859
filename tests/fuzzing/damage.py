"""Ways to damage the bytes of a valid file: at random, as text, as a table, as JSON, as a Parquet table.

Each takes the content, another valid content and a source of luck, and returns other content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzzing.damage_of_tables import csv_cells, parquet_columns
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
    pieces = (
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\x1b[31m",
        b"\r",
        b'"""',
        b"'''",
        b"[[",
        b"}",
        b"=",
        b",",
        b'"',
        b"\xc0\x80",
    )
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
    return rng.choice(
        (b"", b"\n", b" " * 1000, b"\n" * 100_000, b"\0" * 1000, b"\xef\xbb\xbf", b"#", b"{}", b"[]", b"null")
    )


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
    name = rng.choice(
        (place[0][:-1], place[0] * 2, place[0].upper(), rng.choice(places)[0], hostile_text(rng), "x" * 5000)
    )
    return (text[: place.start()] + name + text[place.end() :]).encode("utf-8", "surrogatepass")


def more_of_it(content: bytes, other: bytes, rng: Random) -> bytes:
    """Far too much of something that is fine: lines, keys, tables."""
    many = rng.choice((100, 5000, 60_000))
    numbers = range(many)
    line = rng.choice(("places = [" + ", ".join(['"lyon"'] * many) + "]", "\n".join(f"k{n} = {n}" for n in numbers),
                       "\n".join(f"[levers.l{n}]" for n in numbers), "\n".join(f"[world.p{n}]\nx=1" for n in numbers),
                       'title = "' + "a" * many * 5 + '"', "#" * many))  # fmt: skip
    return content + b"\n" + line.encode()


TEXT: tuple[Damage, ...] = (
    *BYTES,
    other_encoding,
    lines_about,
    deep,
    *[other_value] * 3,
    *[other_name] * 2,
    more_of_it,
)


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
    values: list[Any] = [None, True, -1, 0, 2**63, 10**400, 1e308, float("nan"), float("inf"), 0.5, [], {}, [[]],
                         {"a": {}}, [None], "", hostile_text(rng), hostile_text(rng), rng.choice(spots)[1]]  # fmt: skip
    match rng.randrange(4):
        case 0 if isinstance(node, dict):
            node[hostile_text(rng)] = node.pop(key)
        case 1:
            del node[key]
        case _:
            node[key] = rng.choice(values)
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


JSON: tuple[Damage, ...] = (*BYTES, other_encoding, deep, other_value, other_name, *[json_nodes] * 8)


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
