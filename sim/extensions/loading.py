"""Find an extension by its file or its entry point, load it, and take the digest of its sources."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

from sim.errors import ChangedError, InputError, nearest
from sim.extensions.declaring import Extension
from sim.extensions.load_errors import problems_of_loading
from sim.extensions.trust import refuse_strangers, remember
from sim.input_files import named, read_file
from sim.names import NAME

GROUP = "talent_flight"  # of entry points
ATTRIBUTE = "extension"
PREFIX = "talent_flight_extension_"  # of the modules that files become
SKIPPED = ("__pycache__",)


@dataclass(frozen=True)
class Source:
    """Where an extension comes from, as a worker process finds it again.

    ``asked``: file or name as the user named it; ``path``: the file, absolute, empty for an installed package.
    ``digest``: SHA-256 of the sources that were loaded; ``code``: of those that are executed alone, without a folder
    of evidence, which is known before anything is executed.
    """

    name: str
    asked: str
    path: str
    digest: str
    code: str


# Modules by file and digest of what was executed: the same sources are executed once in a process, so that a lever
# keeps its class while its extension is switched off and on again.
_modules: dict[tuple[str, str], ModuleType] = {}
_packages: dict[str, str] = {}  # the same of packages, which Python itself imports once
_executing: set[str] = set()


def is_file_name(asked: str) -> bool:
    """Whether an extension is asked for by a file and not by the name of an entry point."""
    return asked.endswith(".py") or "/" in asked or os.sep in asked


def load(asked: str, folder: Path = Path(), code: str | None = None) -> tuple[Source, Extension]:
    """Load an extension by ``FILE.py``, relative to a folder, or by the name of an entry point.

    Args:
        asked: file or name.
        folder: of the file that asks.
        code: what :class:`Source` must hold as ``code``; others are refused before they are executed.

    Raises:
        InputError: one sentence if there is none, or what is there cannot be loaded.
    """
    return _from_file(folder / asked, code) if is_file_name(asked) else _from_package(asked, code)


def module_name(path: str | Path) -> str:
    """Return the name of the module that a file becomes."""
    return f"{PREFIX}{Path(path).stem}"


def put_in_place(source: Source) -> None:
    """Make the module of a file the one that pickles of its classes are looked up in."""
    if source.path:
        sys.modules[module_name(source.path)] = _modules[source.path, source.code]


def _from_file(path: Path, code: str | None) -> tuple[Source, Extension]:
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
    own = _digest([(path.name, content)])
    if code not in (None, own):
        raise ChangedError(f"extension {path}")
    refuse_strangers(path, content)
    place = str(path.parent.resolve() / path.name)
    if (place, own) not in _modules:
        _modules[place, own] = _executed(content, place, str(path))
    remember(content)
    found = _extension_of(_modules[place, own], str(path))
    files = [(path.name, content), *_files(found.folder)]
    return Source(found.name, path.as_posix(), place, _digest(files), own), found


def _executed(content: bytes, place: str, where: str) -> ModuleType:
    """Return the module that a file becomes; the modules of the process are as they were."""
    module = ModuleType(module_name(place))
    module.__file__ = place
    before = sys.modules.get(module.__name__)
    if place in _executing:
        raise InputError(f"extension {where}: it switches itself on; leave that to those who use it.")
    _executing.add(place)
    sys.modules[module.__name__] = module  # annotations look classes up there
    try:
        with redirect_stdout(sys.stderr):  # what a command prints is for other programs
            exec(compile(content, where, "exec", dont_inherit=True), module.__dict__)
        _extension_of(module, where)
    except BaseException as error:
        if _is_stop(error):
            raise
        raise InputError(problems_of_loading(error, where)) from None
    finally:
        _executing.discard(place)
        sys.modules.pop(module.__name__, None)
        if before is not None:
            sys.modules[module.__name__] = before
    return module


def _from_package(asked: str, code: str | None) -> tuple[Source, Extension]:
    points = {point.name: point for point in metadata.entry_points(group=GROUP)}
    if asked not in points:
        hint = nearest(asked, list(points)) or f"; installed are {_listed()}. A file ends in .py."
        raise InputError(f"extension '{asked}': no entry point of this name in the group {GROUP}{hint}")
    point = points[asked]
    top = point.module.partition(".")[0]
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        raise InputError(f"extension '{asked}': its package has no files to take a digest of.")
    origin = Path(spec.origin)
    files = _files(origin.parent) if origin.name == "__init__.py" else [(origin.name, origin.read_bytes())]
    own = _digest(files)
    if code not in (None, own) or _packages.get(top, own) != own:  # what was imported stays what runs
        raise ChangedError(f"extension '{asked}'")
    try:
        with redirect_stdout(sys.stderr):
            thing = point.load()
        found = thing if isinstance(thing, Extension) else _extension_of(thing, asked)
    except BaseException as error:
        if _is_stop(error):
            raise
        raise InputError(problems_of_loading(error, f"'{asked}'")) from None
    _packages[top] = own
    return Source(found.name, asked, "", _digest([*files, *_files(found.folder)]), own), found


def _extension_of(module: object, where: str) -> Extension:
    found = getattr(module, ATTRIBUTE, None)
    if not isinstance(found, Extension):
        what = "none" if found is None else type(found).__name__
        raise InputError(f"'{ATTRIBUTE}': found {what}, allowed is an Extension: {ATTRIBUTE} = Extension(\"name\").")
    return found


def _is_stop(error: BaseException) -> bool:
    """Whether it is the user who stops, and not a file that fails."""
    return isinstance(error, KeyboardInterrupt) or type(error).__module__ == "sim.cli.stopping"


def _files(folder: Path | None) -> list[tuple[str, bytes]]:
    """Return the files of a folder by name, in order; none without a folder."""
    if folder is None:
        return []
    paths = [path for path in folder.rglob("*") if path.is_file() and not set(path.parts) & set(SKIPPED)]
    return [(f"{folder.name}/{path.relative_to(folder).as_posix()}", _bytes_of(path)) for path in sorted(paths)]


def _bytes_of(path: Path) -> bytes:
    with named(path):
        return path.read_bytes()


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _listed() -> str:
    return ", ".join(sorted(point.name for point in metadata.entry_points(group=GROUP))) or "none"
