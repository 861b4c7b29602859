"""Whether a worker has loaded the model that its driver names the runs after: sources may be edited while a study runs.

A worker loads them when it starts, be it an hour after the driver, in place of one that died. A run of other sources
would be kept under the name of the old ones. What is loaded stays as it was, so one look a process is enough.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.errors import ChangedError, InputError
from sim.experiments.running import worker
from sim.experiments.running.chunks import Chunk, Receipt
from sim.experiments.running.executors import ExecutorFailed
from sim.experiments.storage.atomic import write_text

NAME = "sources.json"  # in the driver's folder
ROOT = Path(__file__).parents[2]
# No worker loads these, so they may be edited at any time.
NEVER_LOADED = ("cli", "dashboard", "interface", "report")
MOST_NAMED = 3
SOURCES = "The sources of the model"  # if no file of the package is another
CHANGED = (
    "{what} changed while the study ran, so no more runs were made: they may be of another model than those finished,"
    " which are kept in {results}. Undo the change, and the same command makes the rest; with the change it makes every"
    " run anew."
)
UNFIT = "{why} Finished runs are kept in {results}; the same command makes the rest."


def note_sources(folder: Path, code: str) -> None:
    """Write down in the folder of a driver what its runs are named after. ``code``: digest of the engine's sources.

    Raises:
        OSError: if it cannot be written.
    """
    write_text(folder / NAME, json.dumps({"code": code, "files": _files_of(code)}))


def load_model(folder: Path) -> None:
    """Load the model, once a process, and see that it is the driver's.

    Raises:
        ExecutorFailed: if its sources changed since the driver began, or cannot be loaded for a reason that is known.
        Exception: whatever loading it raises, if they did not.
    """
    if (why := _unfit(folder)) is not None:
        raise ExecutorFailed(why)


def run_chunk(folder: Path, chunk: Chunk) -> Receipt:
    """Make the runs of a chunk with the driver's model; see :func:`sim.experiments.running.worker.run_chunk`."""
    load_model(folder)
    return worker.run_chunk(folder, chunk)


def changed_since(folder: Path) -> str | None:
    """Return a sentence if sources that workers load are others than when the driver began, None if they are not."""
    before, now = _noted(folder).get("files", {}), _digests()
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    return _sentence(folder, _listed(names)) if before and names else None


@lru_cache(maxsize=2)
def _unfit(folder: Path) -> str | None:
    """Load the model; return why no run can be made with it, None if it is the driver's."""
    try:
        engine, code = worker.context_of(folder).engine, _noted(folder).get("code")
        is_same = code in (None, engine.code_digest())
        if is_same:
            worker.warm_up(folder)
            is_same = code in (None, engine.code_digest())  # also of what was loaded last
    except ChangedError as changed:
        return _sentence(folder, changed.what)
    except InputError as error:
        return changed_since(folder) or UNFIT.format(why=error, results=folder.parent)
    except Exception:
        if (changed_now := changed_since(folder)) is not None:
            return changed_now
        raise
    return None if is_same else changed_since(folder) or _sentence(folder, SOURCES)


def _noted(folder: Path) -> dict[str, Any]:
    """Return what the driver wrote down; nothing if its folder is gone, which others find out."""
    try:
        noted: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except OSError:
        return {}
    return noted


@lru_cache(maxsize=4)
def _files_of(code: str) -> dict[str, str]:
    """Return the digests as they were when this process first drove a study of this model, perhaps some looks ago."""
    return _digests()


def _digests() -> dict[str, str]:
    """Return file -> digest of the sources that a worker may load."""
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    return {
        (ROOT.name / path).as_posix(): hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
        for path in sorted(files)
        if path.parts[0] not in NEVER_LOADED
    }


def _sentence(folder: Path, what: str) -> str:
    return CHANGED.format(what=what, results=folder.parent)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
