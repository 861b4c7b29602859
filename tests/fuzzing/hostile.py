"""Hostile values, names and files: what nobody means and somebody some day hands over."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

# As a TOML or JSON file writes them; what one of the two does not know is a syntax error there, which is wanted too.
NUMBERS = (
    "1e400", "-1e400", "9" * 400, "9" * 10_000, "-0", "-0.0", "nan", "-nan", "inf", "-inf", "NaN", "Infinity", "1e308",
    "5e-324", "0", "-1", "1", "2.5", "0x7fffffffffffffff", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "2147483648", "1_000_000", "1__0", "0b101", "1e-400", "1000000000", "0.1", "+3", "007",
)  # fmt: skip
OTHER_TYPES = (
    "true", "false", "null", "[]", "{}", "[[]]", '""', '" "', '"yes"', "'12'", "2013-07-01", "2013-07-01T00:00:00Z",
    "07:32:00", "[1, \"a\", true]", '{ a = 1 }', '{"a": 1}', "[" * 400 + "]" * 400, "[nan]", '["nan"]', "[[1], [2]]",
)  # fmt: skip
TEXTS = (
    "", " ", "\t", "../../nowhere/passwd", "a/b", "..", ".", "/", "~", "-", "--out", "a\\b", "CON", "%s%n", "{}", "{0}",
    "{x!r}", "{0.__class__}", "$HOME", "`id`", "[bold]x[/bold]", "[/]", "[link=x]y", "<b>x</b>",
    "<script>alert(1)</script>", "&amp;", "x\x1b[31mred\x1b[0m", "\x07", "a\x00b", "a\nb", "a\r\nb", "\x7f",
    "\u202egnp.exe", "\u2028", "\ufeff",
    "é" * 50, "e\u0301", "\U0001f600", "x" * 10_000, "' or 1=1", "'; drop", '"', "''", "\\u0041", "#", "=", "[", "]",
    "nan", "1e400", "2013Q3", "2013Q5", "9999Q4", "0000Q1", "٢٠١٤Q1", "2013Q3\n", "paris", "lyon", "london",
    "baseline", "r1",
    "*", "**", "?", "[a-", "talent.*", "drivers/../baseline", "\ud800", "=1+1", "+lille", "y" * 300, "..toml", "a.toml",
)  # fmt: skip
GIGABYTE = 2**30


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _two_loops(path: Path) -> None:
    other = path.with_name(f"{path.name}.other")
    path.symlink_to(other.name)
    other.symlink_to(path.name)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(GIGABYTE)


def _sparse_behind_text(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'name = "x"\n')
        file.truncate(GIGABYTE)


def _much_text(path: Path) -> None:
    """A gigabyte of text in one file of 64 MB or so would need the disk: blocks of a hole between lines are enough."""
    with path.open("wb") as file:
        for at in range(0, GIGABYTE, 2**24):
            file.seek(at)
            file.write(b"a = 1\n" * 1000)
        file.truncate(GIGABYTE)


def _socket(path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # names of sockets are short
        try:
            made.bind(path.name[:60])
        finally:
            os.chdir(here)


def link_to(target: str) -> Callable[[Path], None]:
    """Make a file a symbolic link."""
    return lambda path: path.symlink_to(target)


SPECIAL: dict[str, Callable[[Path], None]] = {
    "FIFO": _fifo, "link to itself": _loop, "two links in a ring": _two_loops, "link to nothing": link_to("nowhere"),
    "link to /dev/zero": link_to("/dev/zero"), "link to /dev/null": link_to("/dev/null"),
    "link to a folder": link_to("."), "link to /dev/random": link_to("/dev/random"),
    "link to a long name": link_to("n" * 300), "folder": Path.mkdir,
    "1 GB, sparse": _sparse, "1 GB, text and a hole": _sparse_behind_text, "1 GB, texts and holes": _much_text,
    "socket": _socket, "link to memory of a process": link_to("/proc/self/mem"),
    "link to a file of the kernel": link_to("/proc/self/status"),
}  # fmt: skip


def special_file(path: Path, rng: Random) -> str:
    """Put something that is no plain file in the place of a file; return what it is."""
    how = rng.choice(list(SPECIAL))
    path.unlink(missing_ok=True)
    SPECIAL[how](path)
    return how


def hostile_text(rng: Random) -> str:
    """Return a text to be given as a name, a cell or a value."""
    text = rng.choice(TEXTS)
    return text if rng.random() < 0.8 else text + rng.choice(TEXTS)[:200]
