"""One case in this process: what is called, said, written, how long it took and how much memory."""

from __future__ import annotations

import contextlib
import io
import os
import re
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sim.errors import InputError
from tests.fuzzing import oracles
from tests.fuzzing.law import Seen, changes, tree_of

Call = Callable[[], "int | None"]
Oracle = Callable[[], Sequence[str]]
HIGHEST = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def observe(call: Call, folder: Path, oracle: Oracle | None = None, names: Sequence[str] = ()) -> Seen:
    """Make a call and return what it did.

    Args:
        call: returns an exit code (None: 0); an ``InputError`` is a refusal, as on the command line.
        folder: in which nothing may change when the input is refused.
        oracle: says what is wrong with an input that was accepted.
        names: files of which a refusal must name one; of none if there are none.
    """
    oracles.STUDIES.clear()
    out, err = io.StringIO(), io.StringIO()
    code: int | None = None
    crash = ""
    wrong: tuple[str, ...] = ()
    with _temporary_files() as aside:
        before = tree_of(folder)
        with warnings.catch_warnings(record=True) as warned, _descriptors(aside) as past, _streams(out, err):
            warnings.simplefilter("always")
            _forget_peak()
            clock, peak = time.process_time(), _peak()
            try:
                code = call() or 0
            except InputError as error:
                code = _say(error)
            except BaseException as error:  # whatever it is, it is what the case has found
                if type(error).__name__ == "OutOfTime":
                    raise
                crash = where(error)
            seconds, megabytes = time.process_time() - clock, _peak() - peak
        left = tuple(sorted(path.name for path in aside.iterdir()))
        changed = changes(before, tree_of(folder))
        if code == 0 and oracle is not None and not crash:
            try:
                with warnings.catch_warnings(), _streams(io.StringIO(), io.StringIO()):
                    warnings.simplefilter("ignore")
                    wrong = tuple(oracle())
            except BaseException as error:
                if type(error).__name__ == "OutOfTime":
                    raise
                wrong = (f"the oracle: {where(error)}",)
    told = tuple(
        f"{one.category.__name__}: {one.message}"
        for one in warned
        # What the code of an extension does is for its author to read, and says so with its own line.
        if one.category is not ResourceWarning and not Path(one.filename).is_relative_to(folder)
    )
    return Seen(code, out.getvalue(), err.getvalue(), seconds, megabytes, crash, wrong, told, changed, left, past(),
                tuple(names))  # fmt: skip


def where(error: BaseException) -> str:
    """Return kind and message of an exception with the line of the project it came from."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/sim/" in frame.filename]
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{at}: {str(error)[:100]!r}"


def _say(error: InputError) -> int:
    from sim.cli import app

    say = getattr(app, "say_problems", None)
    if say is not None:
        say(error)
    else:
        for problem in error.problems:
            print(problem, file=sys.stderr)
    return 2


def _forget_peak() -> None:
    """Let the peak begin anew, so that a case after a large one is seen too; where the system lets us."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """Return the most memory of this process, MB."""
    try:
        found = HIGHEST.search(Path("/proc/self/status").read_text(encoding="ascii", errors="replace"))
    except OSError:
        found = None
    return (int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


@contextlib.contextmanager
def _streams(out: io.StringIO, err: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


@contextlib.contextmanager
def _temporary_files() -> Iterator[Path]:
    """Let temporary files lie in a folder of their own, so that those left behind are seen."""
    before = tempfile.tempdir
    made = Path(tempfile.mkdtemp(prefix="aside-"))
    tempfile.tempdir = str(made)
    try:
        yield made
    finally:
        tempfile.tempdir = before
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def _descriptors(aside: Path) -> Iterator[Callable[[], str]]:
    """Catch what is written to the terminal past Python's streams; a function returns it after the block."""
    said: list[str] = []
    with tempfile.TemporaryFile(dir=aside.parent) as caught:
        kept = {number: os.dup(number) for number in (1, 2)}
        try:
            for number in kept:
                os.dup2(caught.fileno(), number)
            yield lambda: "".join(said)
        finally:
            for number, own in kept.items():
                os.dup2(own, number)
                os.close(own)
            caught.seek(0)
            said.append(caught.read(10_000).decode("utf-8", "replace"))
