"""Read a TOML file that a user wrote, and say in plain words why it cannot be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from sim.errors import InputError, nearest
from sim.input_files import read_file

DEEPEST = 100
TOO_DEEP = "lists, tables or dotted names nested too deeply; three levels are enough."
_NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d_]*\.\d[\d_]*(?:[eE][+-]?\d+)?(?![\w.])")


def read_toml(path: Path, kind: Literal["scenario", "sweep"]) -> dict[str, Any]:
    """Return the parsed content of a file.

    Args:
        path: the file.
        kind: what it is.

    Raises:
        InputError: one sentence that says why it cannot be read.
    """
    try:
        data = read_file(path, kind)
    except FileNotFoundError:
        folder = path.parent
        beside = [str(other) for other in folder.glob("*.toml")] if folder.is_dir() else []
        raise InputError(f"{path}: no such file{nearest(str(path), beside) or '.'}") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; name a {kind} file (.toml).") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or 'unknown reason').lower()}).") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}: line {line}: not UTF-8 text; save the file as UTF-8.") from None
    if is_too_deep(text):
        raise InputError(f"{path}: {TOO_DEEP}")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {_syntax(str(error))}") from None
    except RecursionError:
        raise InputError(f"{path}: {TOO_DEEP}") from None
    except ValueError:
        raise InputError(f"{path}: a whole number of thousands of digits; no key of a {kind} takes one.") from None


def is_too_deep(text: str) -> bool:
    """Whether a dotted name has so many parts that parsing it, n steps for each of n parts, would take minutes."""
    lines = (line for line in text.splitlines() if line.count(".") > DEEPEST)
    return any(_NUMBER.sub("0", line).count(".") > DEEPEST for line in lines)


def flat(table: dict[str, Any], prefix: str = "", levels: int = 9) -> list[tuple[str, Any]]:
    """Return (dotted name, value) pairs: ``"a.b" = 1`` and ``a.b = 1`` mean the same, down to some levels."""
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and levels:
            pairs += flat(value, f"{prefix}{key}.", levels - 1)
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs


def _syntax(message: str) -> str:
    """Turn "Expected ... (at line 3, column 5)" into "line 3, column 5: not valid TOML: expected ..."."""
    place = re.search(r" \(at (line \d+, column \d+|end of document)\)", message)
    where = place[1] if place else "somewhere"
    what = message.replace(place[0], "") if place else message
    if what == "Invalid statement":
        what = "Expected name = value, [table] or a comment"
    return f"{where}: not valid TOML: {what[:1].lower()}{what[1:]}."
