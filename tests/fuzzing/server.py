"""Cases made in a forked process under limits: one that hangs, dies or takes too much is found; the rest goes on."""

from __future__ import annotations

import os
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from json import dumps, loads
from pathlib import Path
from typing import Any

from tests.fuzzing.law import MEGABYTES, PATIENCE, SECONDS, Seen

GRACE = 5.0
MOST_TEXT = 200_000
Make = Callable[[int], tuple[str, Seen]]


BUSY = 0.5
"""Seconds of a processor: who uses more within the patience does not wait for anything, the machine has other work."""


class OutOfTime(BaseException):
    """Raised in the case that takes too long; only Python code hears it, for other code there is the parent."""


class Watch:
    """Tells a case that waits, or has computed for long enough, from one that other work keeps from its processor."""

    def __init__(self, used: Callable[[], float]) -> None:
        self._used = used
        self.begin()

    def begin(self) -> None:
        """A case begins."""
        self._first = self._last = self._used()

    def is_over(self) -> bool:
        """Whether the patience is: asked each time that it has passed once more."""
        now = self._used()
        before, self._last = self._last, now
        return now - before < BUSY or now - self._first > 2 * SECONDS


def served(make: Make, numbers: Sequence[int]) -> Iterator[tuple[int, str, Seen]]:
    """Yield (number, how, what was seen) of each case, made in forked processes.

    Args:
        make: makes a case by its number in the forked process.
        numbers: of the cases.
    """
    left = list(numbers)
    while left:
        reader, writer = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # threads of libraries that rest while a process is forked
            process = os.fork()
        if process == 0:
            os.close(reader)
            _serve(make, left, writer)
        os.close(writer)
        try:
            yield from _heard(reader, process, left)
        finally:
            os.close(reader)


def _heard(reader: int, process: int, left: list[int]) -> Iterator[tuple[int, str, Seen]]:
    """Yield what a process says until it has ended; ``left`` keeps what it has not made."""
    held, begun, why, watch = b"", time.monotonic(), "", Watch(lambda: _used_by(process))
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, begun + PATIENCE + GRACE - time.monotonic()))
        if not ready and not watch.is_over():
            begun = time.monotonic()
            continue
        if not ready:
            os.kill(process, signal.SIGKILL)
            why = f"hang: not heard of for {PATIENCE + GRACE:.0f} s"
            break
        got = os.read(reader, 1 << 16)
        if not got:
            break
        held += got
        *lines, held = held.split(b"\n")
        for line in lines:
            said: dict[str, Any] = loads(line)
            begun = time.monotonic()
            watch.begin()
            left.remove(said["number"])
            yield said["number"], said["how"], Seen(**{**said["seen"], **_tuples(said["seen"])})
    _, status = os.waitpid(process, 0)
    if left:  # with status 0, too: a program that ends its process by itself would else be tried for ever
        number = left.pop(0)
        yield number, "?", Seen(None, crash=why or f"died: status {status}")


def _tuples(seen: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(seen[name]) for name in ("wrong", "warnings", "changed", "left", "names")}


def _serve(make: Make, numbers: Sequence[int], writer: int) -> None:
    """Make cases one after another and say what was seen; never returns."""
    limit = _mapped() + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    watch, status = Watch(time.process_time), 1

    def late(number: int, frame: object) -> None:
        if watch.is_over():
            raise OutOfTime
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)

    signal.signal(signal.SIGALRM, late)
    try:
        for number in numbers:
            watch.begin()
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
            try:
                how, seen = make(number)
            except OutOfTime:
                how, seen = "?", Seen(None, crash=f"hang: more than {PATIENCE:.0f} s")
            signal.setitimer(signal.ITIMER_REAL, 0)
            shown = asdict(seen) | {"out": seen.out[:MOST_TEXT], "err": seen.err[:MOST_TEXT], "past": seen.past[:1000]}
            line = dumps({"number": number, "how": how, "seen": shown}).encode() + b"\n"
            while line:
                line = line[os.write(writer, line) :]
        status = 0
    except BrokenPipeError:  # whoever asked has been stopped
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _used_by(process: int) -> float:
    """Return the seconds of a processor that a process has used."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _mapped() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
