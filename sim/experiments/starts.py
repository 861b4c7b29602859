"""Prepared starts on disk: a second command on the same worlds need not fit and age them again.

One file a start, named by the digest of all that determines it. It holds arrays and plain values only, never objects:
reading a file cannot run code. The classes come from the annotations of :class:`sim.model.start.Start`, never from the
file. A file that is damaged, foreign or of another version is as good as none: the start is prepared and written anew.
Nothing that goes wrong here can stop a run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import re
import time
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import numpy as np

from sim.experiments.storage.atomic import write_atomically
from sim.experiments.storage.identity import identity

VARIABLE = "TALENT_FLIGHT_STARTS"
"""Environment variable: another folder for the starts, or ``off``."""
OFF = "off"
FORMAT = 2
MOST_BYTES = 1_000_000_000
"""Size above which the files used longest ago are removed."""
_STALE_SECONDS = 24 * 3600.0
_TEXT = "about"  # member of a file: digest, shape of the tree, plain values
# Names this cache writes; whatever else lies in the folder is somebody else's.
_OURS = re.compile(r"[0-9a-f]{32}\.npz")
_OURS_UNFINISHED = re.compile(r"\.[0-9a-f]{32}\.npz\..*\.tmp")
_PLAIN = (bool, int, float, str, type(None))


def cache_folder() -> Path | None:
    """Return the user's folder of prepared starts, or None if they are switched off or there is no home.

    No shared temporary folder stands in for it: others could put files there.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return None if given.lower() == OFF else Path(os.path.expanduser(given))
    parent = os.environ.get("XDG_CACHE_HOME", "")
    try:
        home = Path(parent) if Path(parent).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return home / "talent-flight" / "starts"


def start_digest(determinants: Mapping[str, object]) -> str:
    """Return the name of a start: a digest of all that determines it, of this machine's kind and of the format."""
    return identity({**determinants, "machine": platform.machine(), "format": FORMAT})


def load_start(folder: Path, digest: str, kind: type[Any]) -> Any | None:
    """Return a kept start, or None if there is none that is whole and ours.

    Args:
        folder: of the starts.
        digest: as :func:`start_digest` gives.
        kind: the dataclass of a start.
    """
    path = folder / f"{digest}.npz"
    try:
        if not path.is_file():  # a pipe of that name would be waited for
            return None
        with path.open("rb") as file:
            members = np.load(file, allow_pickle=False)
            if not isinstance(members, np.lib.npyio.NpzFile):
                return None
            content = json.loads(members[_TEXT].tobytes().decode("utf-8"))
            if content["digest"] != digest:
                return None
            held = {name: members[name] for name in members.files if name != _TEXT}
            if content["contents"] != _contents(content["tree"], held):
                return None
            start = _built(kind, content["tree"], held)
        os.utime(path)  # the files used longest ago are the first to go
    except Exception:  # a damaged archive can raise almost anything
        return None
    return start


def keep_start(folder: Path, digest: str, start: Any, most_bytes: int = MOST_BYTES) -> bool:
    """Write a start, whole or not at all; return whether it is kept. What cannot be written is not kept."""
    arrays: dict[str, np.ndarray] = {}
    try:
        tree = _taken_apart(start, "", arrays)
        about = {"digest": digest, "contents": _contents(tree, arrays), "tree": tree}
        text = json.dumps(about, allow_nan=True).encode("utf-8")
        if sum(array.nbytes for array in arrays.values()) > most_bytes:
            return False
        folder.mkdir(parents=True, exist_ok=True)
        members = {_TEXT: np.frombuffer(text, np.uint8), **arrays}
        write_atomically(folder / f"{digest}.npz", lambda file: np.savez(file, **members))  # type: ignore[arg-type]
        _make_room(folder, most_bytes)
    except (OSError, TypeError, ValueError):
        return False
    return True


def _contents(tree: Any, arrays: Mapping[str, np.ndarray]) -> str:
    """Return the digest of all that a file holds, so that an altered one is as good as none."""
    summed = hashlib.sha256(json.dumps(tree, allow_nan=True, sort_keys=True).encode("utf-8"))
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        summed.update(f"{name} {array.dtype.str} {array.shape}".encode())
        summed.update(array.tobytes())
    return summed.hexdigest()


def _taken_apart(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return a value as a tree for JSON; its arrays go into ``arrays`` under the path of names that leads to them.

    Raises:
        TypeError: for a value that is none of dataclass, dict by words, tuple, array of numbers, plain value.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {"fields": {key: _taken_apart(part, f"{name}/{key}".lstrip("/"), arrays) for key, part in parts.items()}}
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            raise TypeError(f"{name}: an array of {value.dtype}")
        arrays[name] = value
        return {"array": name}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _taken_apart(part, f"{name}/{key}".lstrip("/"), arrays) for key, part in value.items()}}
    if isinstance(value, tuple) and type(value) is tuple:
        return {"tuple": [_taken_apart(part, f"{name}/{i}", arrays) for i, part in enumerate(value)]}
    if isinstance(value, np.integer | np.floating | np.bool_):
        return _taken_apart(value.item(), name, arrays)
    if type(value) in _PLAIN:
        return {"value": value}
    raise TypeError(f"{name}: a {type(value).__name__}")


def _built(kind: Any, tree: Any, members: Mapping[str, np.ndarray]) -> Any:
    """Return the value of a tree; ``kind``: what the annotation of its field says.

    Raises:
        KeyError, TypeError: if the tree does not fit the annotations.
    """
    ((form, content),) = tree.items()
    if form == "fields":
        if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
            raise TypeError("fields where no dataclass belongs")
        hints = get_type_hints(kind)
        if set(content) != {f.name for f in dataclasses.fields(kind)}:
            raise TypeError(f"other fields than those of {kind.__name__}")
        return kind(**{key: _built(hints[key], part, members) for key, part in content.items()})
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        raise TypeError(f"no fields of {kind.__name__}")
    if form == "array":
        return members[content]
    if form == "dict":
        return {str(key): _built(_of_items(kind), part, members) for key, part in content.items()}
    if form == "tuple":
        return tuple(_built(None, part, members) for part in content)
    if form == "value" and type(content) in _PLAIN:
        return content
    raise TypeError(f"unknown form {form}")


def _of_items(kind: Any) -> Any:
    """Return the annotation of a dict's values, None if there is none."""
    is_alias = isinstance(kind, types.GenericAlias) and get_origin(kind) is dict
    return kind.__args__[1] if is_alias else None


def _make_room(folder: Path, most_bytes: int) -> None:
    """Remove the files used longest ago until the rest is small enough, and what interrupted writers left behind."""
    kept: list[tuple[float, int, Path]] = []
    now = time.time()
    for path in folder.iterdir():
        try:
            found = path.stat()
        except OSError:
            continue  # another process removed it
        if _OURS_UNFINISHED.fullmatch(path.name):
            if now - found.st_mtime > _STALE_SECONDS:
                path.unlink(missing_ok=True)
        elif _OURS.fullmatch(path.name):
            kept.append((found.st_mtime, found.st_size, path))
    total = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept, key=lambda item: (item[0], item[2].name)):
        if total <= most_bytes:
            return
        path.unlink(missing_ok=True)
        total -= size
