"""Say in a sentence what kept an extension from being loaded, with the file and line where it happened."""

from __future__ import annotations

import traceback
from pathlib import Path

from sim.errors import InputError


def problems_of_loading(error: BaseException, where: str) -> list[str]:
    """Return one sentence per problem.

    Args:
        error: what was raised while the extension was executed or imported.
        where: the file as it was compiled, or the name of a package's entry point in quotes.
    """
    start = f"extension {where}: "
    if isinstance(error, InputError):  # also of an extension that this one switches on, which says so itself
        return [problem if problem.startswith("extension ") else f"{start}{problem}" for problem in error.problems]
    if isinstance(error, SyntaxError) and error.filename is not None:
        of = "" if error.filename == where else f"{Path(error.filename).name}: "
        line = "" if error.lineno is None else f"line {error.lineno}: "
        return [f"{start}{of}{line}not valid Python: {error.msg}."]
    text = str(error).strip().splitlines()
    what = f"{type(error).__name__}{': ' + text[0] if text else ''}"
    return [f"{start}{_place(error, where)}it cannot be loaded: {what.rstrip('.')}."]


def _place(error: BaseException, where: str) -> str:
    """Return the last line of the extension's own file that was reached; of a package, the last file and line."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    own = [frame for frame in frames if frame.filename == where]
    if own:
        return f"line {own[-1].lineno}: "
    known = Path(__file__).parent
    others = [frame for frame in frames if Path(frame.filename).parent not in (known, known.parent)]
    others = [frame for frame in others if "importlib" not in Path(frame.filename).parts]
    return f"{Path(others[-1].filename).name}: line {others[-1].lineno}: " if others else ""
