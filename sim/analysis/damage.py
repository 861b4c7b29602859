"""How a file of a results folder that is not what a run writes is told of: one sentence, without jargon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import DamagedError, InputError, readable

# PyArrow raises what its parts raise, for files that are not what they say.
UNREADABLE = (OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, RuntimeError, pa.ArrowException)
ARROW_WORDS = ("thrift", "magic bytes", "snappy", "file size", "footer", "page", "checksum")


def damaged(path: Path, problem: str) -> InputError:
    """The error for a file that is there but is not what a run writes."""
    return DamagedError(f"{path}: {problem}; the same run command writes it anew.")


def reason(error: BaseException) -> str:
    """First line of what went wrong, without the path, which the sentence has already, and without jargon."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8 text"
    if isinstance(error, OSError | pa.ArrowException) and any(word in str(error) for word in ARROW_WORDS):
        return "damaged, cut off or of another kind"
    return readable((str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:300]).removeprefix(
        "Error tokenizing data. C error: "
    )


def kind_of(value: Any) -> str:
    """What a value of JSON is called."""
    names = {dict: "table", list: "list", str: "text", bool: "truth value", int: "number", float: "number"}
    return names.get(type(value), "null")
