"""Find an extension by its file or its entry point, load it, and take the digest of its sources."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

from sim.errors import InputError, nearest
from sim.extensions.declaring import NAME, Extension
from sim.extensions.trust import refuse_strangers, remember
from sim.input_files import read_file

GROUP = "talent_flight"  # of entry points
ATTRIBUTE = "extension"
PREFIX = "talent_flight_extension_"  # of the modules that files become
SKIPPED = ("__pycache__",)


@dataclass(frozen=True)
class Source:
    """Where an extension comes from, as a worker process finds it again.

    ``asked``: file or name as the user named it; ``path``: the file, absolute, empty for an installed package.
    ``digest``: SHA-256 of the sources that were loaded.
    """

    name: str
    asked: str
    path: str
    digest: str


def is_file_name(asked: str) -> bool:
    """Whether an extension is asked for by a file and not by the name of an entry point."""
    return asked.endswith(".py") or not NAME.fullmatch(asked)


def load(asked: str, folder: Path = Path()) -> tuple[Source, Extension]:
    """Load an extension by ``FILE.py``, relative to a folder, or by the name of an entry point.

    Raises:
        InputError: one sentence if there is none, or what is there cannot be loaded.
    """
    return _from_file(folder / asked) if is_file_name(asked) else _from_package(asked)


def _from_file(path: Path) -> tuple[Source, Extension]:
    if path.suffix != ".py" or not path.is_file():
        beside = [other.name for other in path.parent.glob("*.py")] if path.parent.is_dir() else []
        hint = nearest(path.name, beside) or f", allowed is a file .py or the name of an entry point ({_listed()})."
        raise InputError(f"extension {path}: no such file{hint}")
    try:
        content = read_file(path, "extension")
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise InputError(f"extension {path}: cannot be read ({why}).") from None
    if not NAME.fullmatch(path.stem):
        raise InputError(f"extension {path}: found '{path.stem}', allowed are names of small letters, digits and _.")
    refuse_strangers(path, content)
    module = ModuleType(f"{PREFIX}{path.stem}")
    module.__file__ = str(path.absolute())
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module  # annotations and pickles look classes up there
    try:
        exec(compile(content, str(path), "exec"), module.__dict__)
        found = _extension_of(module, str(path))
        remember(content)
    except BaseException as error:
        sys.modules.pop(module.__name__, None)
        if before is not None:
            sys.modules[module.__name__] = before
        if isinstance(error, Exception | SystemExit):
            raise InputError(_problems(error, str(path))) from None
        raise
    files = [(path.name, content), *_files(found.folder)]
    return Source(found.name, path.as_posix(), str(path.absolute()), _digest(files)), found


def _from_package(asked: str) -> tuple[Source, Extension]:
    points = {point.name: point for point in metadata.entry_points(group=GROUP)}
    if asked not in points:
        hint = nearest(asked, list(points)) or f"; installed are {_listed()}. A file ends in .py."
        raise InputError(f"extension '{asked}': no entry point of this name in the group {GROUP}{hint}")
    point = points[asked]
    try:
        thing = point.load()
        found = thing if isinstance(thing, Extension) else _extension_of(thing, asked)
    except (Exception, SystemExit) as error:
        raise InputError(_problems(error, f"'{asked}'")) from None
    spec = importlib.util.find_spec(point.module.partition(".")[0])
    origin = Path(spec.origin) if spec is not None and spec.origin else None
    if origin is None:
        raise InputError(f"extension '{asked}': its package has no files to take a digest of.")
    files = _files(origin.parent) if origin.name == "__init__.py" else [(origin.name, origin.read_bytes())]
    return Source(found.name, asked, "", _digest([*files, *_files(found.folder)])), found


def _extension_of(module: object, where: str) -> Extension:
    found = getattr(module, ATTRIBUTE, None)
    if not isinstance(found, Extension):
        what = "none" if found is None else type(found).__name__
        raise InputError(f"'{ATTRIBUTE}': found {what}, allowed is an Extension: {ATTRIBUTE} = Extension(\"name\").")
    return found


def _problems(error: BaseException, where: str) -> list[str]:
    """Say in a sentence each what kept an extension from being loaded, with the line of its own file."""
    if isinstance(error, InputError):
        return [f"extension {where}: {problem}" for problem in error.problems]
    if isinstance(error, SyntaxError):
        return [f"extension {where}: line {error.lineno}: not valid Python: {error.msg}."]
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == where]
    at = f"line {lines[-1]}: " if lines else ""
    text = str(error).strip().splitlines()
    what = f"{type(error).__name__}{': ' + text[0] if text else ''}"
    return [f"extension {where}: {at}it cannot be loaded: {what.rstrip('.')}."]


def _files(folder: Path | None) -> list[tuple[str, bytes]]:
    """Return the files of a folder by name, in order; none without a folder."""
    if folder is None:
        return []
    paths = [path for path in folder.rglob("*") if path.is_file() and not set(path.parts) & set(SKIPPED)]
    return [(f"{folder.name}/{path.relative_to(folder).as_posix()}", path.read_bytes()) for path in sorted(paths)]


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _listed() -> str:
    return ", ".join(sorted(point.name for point in metadata.entry_points(group=GROUP))) or "none"
