"""What a user is told when a command is stopped, or cannot write, outside the runs: what is whole, how to finish."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sim.errors import DamagedError, InputError

_guarded = False  # whether a guarded stage has been entered: from then on there may be something to leave whole

NOTHING_BEGUN = "Nothing was run or written yet; the same command starts anew."


class Stop(BaseException):
    """Ctrl-C or SIGTERM. The text says what is whole and how to finish.

    Not a KeyboardInterrupt, which the command-line library would end with words of its own.
    """


def listen() -> None:
    """Make SIGINT and SIGTERM raise ``Stop`` (main thread only)."""
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)


@contextmanager
def leaving(state: str) -> Iterator[None]:
    """Say ``state``, what is whole and how to finish, when the block is stopped or cannot write a file.

    Raises:
        Stop: with ``state``.
        InputError: one sentence with path and reason, then ``state``, for an OSError; an InputError with ``state``,
            but a damaged file as it is: its sentence names the one remedy that there is. So for a module that cannot
            be loaded: most are loaded when they are needed, and a source may have been edited since the command began.
    """
    global _guarded
    _guarded = True
    try:
        yield
    except (KeyboardInterrupt, Stop):
        raise Stop(state) from None
    except BrokenPipeError:  # the reader of our output went away: no file's fault
        raise
    except OSError as error:
        raise InputError(f"{os_sentence(error)} {state}") from None
    except (SyntaxError, ImportError) as error:
        raise InputError(f"{_loading_sentence(error)} {state}") from None
    except DamagedError:
        raise
    except InputError as error:
        raise InputError([*error.problems[:-1], f"{error.problems[-1]} {state}"]) from None


def os_sentence(error: OSError) -> str:
    """Return one sentence with path and reason."""
    path = error.filename2 or error.filename
    named = str(path) if isinstance(path, str | Path) else "A file"
    return f"{named}: cannot be read or written ({reason(error)})."


def _loading_sentence(error: SyntaxError | ImportError) -> str:
    """Return one sentence with the source that cannot be loaded, and why."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: cannot be loaded ({error.msg})."
    return f"{error.path or 'A module'}: cannot be loaded ({error.msg})."


def reason(error: OSError) -> str:
    """Return the system's reason in small letters: ``no space left on device``."""
    return (error.strerror or str(error) or "unknown reason").lower()


def _stop(number: int, frame: FrameType | None) -> None:
    if not _guarded:
        # While modules load, an exception can be swallowed by an import or a destructor: leave at once instead.
        os.write(2, f"Stopped. {NOTHING_BEGUN}\n".encode())
        os._exit(130)
    raise Stop(NOTHING_BEGUN)
