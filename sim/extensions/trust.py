"""Which extensions a results folder may switch on: files that this user has named before, on this machine.

An extension is code and does whatever its author wants. Naming one, on the command line or in a scenario file that one
runs, is a decision to run it. A results folder is data: it may come from anybody, and looking at it decides nothing. So
a file that only a results folder names runs if the same bytes were named before, and is refused otherwise. Installed
packages were decided on when they were installed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from sim.errors import InputError

_of_results: ContextVar[bool] = ContextVar("of_results", default=False)
_named: set[str] = set()  # in this process, also where there is no home


@contextmanager
def named_by_results() -> Iterator[None]:
    """Whatever is switched on meanwhile was named by a results folder, not by the user."""
    token = _of_results.set(True)
    try:
        yield
    finally:
        _of_results.reset(token)


def refuse_strangers(path: Path, content: bytes) -> None:
    """Refuse a file that only a results folder names, unless the user has named the same bytes before.

    Raises:
        InputError: in one sentence, before anything of the file runs.
    """
    if _of_results.get() and not _is_known(content):
        raise InputError(
            f"extension {path}: named by a results folder, and never used here before; it is code, which would run:"
            " look at it, then name it with --extension."
        )


def remember(content: bytes) -> None:
    """Note that the user has named a file of this content. Where nothing can be noted, it has to be named again."""
    name = _digest(content)
    _named.add(name)
    folder = _folder()
    if folder is not None and not _of_results.get():
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / name).touch(mode=0o600)


def _is_known(content: bytes) -> bool:
    name, folder = _digest(content), _folder()
    return name in _named or (folder is not None and (folder / name).is_file())


def _folder() -> Path | None:
    """The user's own folder of digests; None without a home. No shared folder stands in for it."""
    parent = os.environ.get("XDG_CACHE_HOME", "")
    try:
        home = Path(parent) if Path(parent).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return home / "talent-flight" / "extensions"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
