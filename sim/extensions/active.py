"""Which extensions are switched on in this process: their levers and outcomes stand in the registries meanwhile."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from sim.errors import ChangedError, InputError
from sim.extensions.declaring import Extension
from sim.extensions.loading import Source, is_file_name, load

_active: dict[str, tuple[Source, Extension]] = {}
_on_change: list[Callable[[], None]] = []


def active() -> tuple[Source, ...]:
    """Return where the extensions that are switched on come from, in the order in which they were."""
    return tuple(source for source, _ in _active.values())


def extensions() -> tuple[Extension, ...]:
    """Return the extensions that are switched on, in order."""
    return tuple(extension for _, extension in _active.values())


def activate(asked: str, folder: Path = Path(), digest: str | None = None) -> Source:
    """Switch an extension on; one that is on already stays as it is.

    Args:
        asked: a file, relative to ``folder``, or the name of an entry point.
        folder: of the file that asks for it.
        digest: what its sources must be, if that is known.

    Raises:
        InputError: one sentence if it cannot be loaded, its names clash, or its sources are others.
    """
    from sim.analysis.foreign_outcomes import forget

    held = _held(asked, folder)
    if held is None:
        forget()  # of results that were read: they may be this extension's
        source, extension = load(asked, folder)
        problems = _clashes(source, extension)
        if problems:
            raise InputError(problems)
        _register(source, extension)
        held = source
    if digest is not None and held.digest != digest:
        raise ChangedError(f"extension '{held.name}' ({held.asked})")
    return held


def deactivate() -> None:
    """Switch all extensions off and take their levers and outcomes out of the registries."""
    from sim.analysis.outcomes import OUTCOMES
    from sim.model.levers import LEVERS

    for _, extension in _active.values():
        for key in extension.levers:
            LEVERS.pop(key, None)
        for name in extension.outcomes:
            OUTCOMES.pop(name, None)
    if _active:
        _active.clear()
        _mark_receivers(LEVERS)
        _tell()


def when_changed(forget: Callable[[], None]) -> None:
    """Have something forgotten whenever extensions are switched on or off."""
    _on_change.append(forget)


def extended_digest(code: str) -> str:
    """Return the digest of the model's sources together with those of the extensions; as it is without any."""
    if not _active:
        return code
    return digest_with(code, active())


def digest_with(code: str, sources: Iterable[Source]) -> str:
    """Return a digest of the model's sources, of what joins extensions to it, and of the extensions in their order."""
    digest = hashlib.sha256(code.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    for source in sources:
        digest.update(f"{source.name}|{source.digest}|".encode())
    return digest.hexdigest()


def _held(asked: str, folder: Path) -> Source | None:
    """Return the extension that is on and is meant: the same file or name.

    A file that is not where it was asked for is the one of the same file name: results can be looked at elsewhere.
    """
    if not is_file_name(asked):
        return next((source for source in active() if not source.path and source.asked == asked), None)
    path = folder / asked
    for source in active():
        if source.path and Path(source.path) == path.absolute():
            return source
    if path.is_file():
        return None
    return next((source for source in active() if source.path and Path(source.path).name == path.name), None)


def _clashes(source: Source, extension: Extension) -> list[str]:
    from sim.analysis.outcomes import OUTCOMES
    from sim.extensions.loading import PREFIX
    from sim.model.levers import LEVERS

    where = f"extension {source.asked}"
    twin = next((one for one in active() if one.name == extension.name), None)
    if twin is not None:
        return [f"{where}: name: '{extension.name}' is also the name of {twin.asked}; give each its own."]
    module = f"{PREFIX}{Path(source.path).stem}" if source.path else ""
    if module and any(one.path and Path(one.path).stem == Path(source.path).stem for one in active()):
        return [f"{where}: another extension of the same file name is switched on; rename one of them."]
    problems = [f"{where}: lever '{key}': there is a lever of this name." for key in extension.levers if key in LEVERS]
    taken = [name for name in extension.outcomes if name in OUTCOMES]
    problems += [f"{where}: outcome '{name}': there is an outcome of this name." for name in taken]
    replaced = {step.replaces for one in extensions() for step in one.steps if step.replaces}
    steps = {getattr(step.process, "__name__", "") for one in extensions() for step in one.steps}
    for step in extension.steps:
        name = getattr(step.process, "__name__", "")
        if name in steps:
            problems.append(f"{where}: process '{name}': another extension has a process of this name.")
        if step.replaces and step.replaces in replaced:
            problems.append(f"{where}: process '{name}': another extension replaces '{step.replaces}' already.")
        elif step.before and step.before in replaced:
            problems.append(f"{where}: process '{name}': another extension has replaced '{step.before}'.")
    return problems


def _register(source: Source, extension: Extension) -> None:
    from sim.analysis.outcomes import OUTCOMES
    from sim.extensions.evidence import problems_of
    from sim.model.levers import LEVERS

    _active[extension.name] = (source, extension)
    try:
        if extension.folder is not None and (problems := problems_of()):
            raise InputError([f"extension {source.asked}: {problem}" for problem in problems])
    except BaseException:
        del _active[extension.name]
        raise
    LEVERS.update(extension.levers)
    _mark_receivers(LEVERS)
    OUTCOMES.update(extension.outcomes)
    _tell()


def _mark_receivers(levers: Iterable[str]) -> None:
    """Give each lever that is on its bit among the marks of who received what, and no other, if the model is loaded."""
    if (receiving := sys.modules.get("sim.model.receiving")) is not None:
        bit = type(next(iter(receiving.BITS.values())))
        receiving.BITS.clear()
        receiving.BITS.update({key: bit(1 << position) for position, key in enumerate(levers)})


def _tell() -> None:
    for forget in _on_change:
        forget()
