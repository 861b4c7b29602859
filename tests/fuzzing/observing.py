"""One case in this process: what is called, said, written, and how long it took."""

from __future__ import annotations

import contextlib
import io
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sim.errors import InputError
from tests.fuzzing.law import Seen, changes, tree_of

Call = Callable[[], "int | None"]
Oracle = Callable[[], Sequence[str]]


def observe(call: Call, folder: Path, oracle: Oracle | None = None) -> Seen:
    """Make a call and return what it did.

    Args:
        call: returns an exit code (None: 0); an ``InputError`` is a refusal, as on the command line.
        folder: in which nothing may change when the input is refused.
        oracle: says what is wrong with an input that was accepted.
    """
    before, clock, peak = tree_of(folder), time.process_time(), _peak()
    out, err = io.StringIO(), io.StringIO()
    code: int | None = None
    crash = ""
    wrong: tuple[str, ...] = ()
    with warnings.catch_warnings(record=True) as warned, _streams(out, err):
        warnings.simplefilter("always")
        try:
            code = call() or 0
        except InputError as error:
            code = _say(error)
        except BaseException as error:  # whatever it is, it is what the case has found
            if type(error).__name__ == "OutOfTime":
                raise
            crash = where(error)
        seconds = time.process_time() - clock
        if code == 0 and oracle is not None and not crash:
            try:
                wrong = tuple(oracle())
            except BaseException as error:
                if type(error).__name__ == "OutOfTime":
                    raise
                wrong = (f"the oracle: {where(error)}",)
    told = tuple(f"{one.category.__name__}: {one.message}" for one in warned if one.category is not ResourceWarning)
    return Seen(code, out.getvalue(), err.getvalue(), seconds, _peak() - peak, crash, wrong, told,
                changes(before, tree_of(folder)))  # fmt: skip


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


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextlib.contextmanager
def _streams(out: io.StringIO, err: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield
