"""What a piece of the program does to the machine while it is watched: where it writes, whom it calls, what it starts.

Python tells of these by audit events (PEP 578), whichever library asks for them. What C++ writes by itself, as tables
in Parquet, it does not tell; the folders around are compared for that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "urllib.Request",
)
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")
CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NOWHERE = ("/dev/null", "/dev/tty")


@dataclass
class Watch:
    """What was seen: ``paths`` written or changed, ``calls`` to the network, ``starts`` of other programs."""

    paths: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)

    def outside(self, *roots: Path) -> list[str]:
        """Return the paths that lie in none of these folders."""
        inside = [root.resolve() for root in roots]
        return [
            path for path in self.paths
            if path not in NOWHERE and not any(Path(os.path.realpath(path)).is_relative_to(root) for root in inside)
        ]  # fmt: skip


_watching: list[Watch] = []
_hooked: list[bool] = []


def _hear(event: str, given: tuple[object, ...]) -> None:
    if not _watching:
        return
    for watch in _watching:
        if event in CALLS:
            watch.calls.append(f"{event} {given[1:]!r}" if event == "socket.connect" else f"{event} {given!r}")
        elif event in STARTS:
            watch.starts.append(f"{event} {given[:2]!r}")
        elif event in CHANGES:
            paths = given[:2] if event in ("os.rename", "os.link", "os.symlink") else given[:1]
            watch.paths += [
                os.path.abspath(os.fsdecode(path)) for path in paths if isinstance(path, str | bytes | Path)
            ]
        elif event == "open" and isinstance(given[0], str | bytes | Path) and _is_write(given[2]):
            watch.paths.append(os.path.abspath(os.fsdecode(given[0])))


def _is_write(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & WRITES)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch this process for a while."""
    if not _hooked:
        sys.addaudithook(_hear)  # for good: it cannot be taken away
        _hooked.append(True)
    watch = Watch()
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)
