"""Which extensions are switched on in this process: their levers and outcomes stand in the registries meanwhile."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import ChangedError, InputError
from sim.extensions.declaring import MOST_LEVERS, Extension, process_name
from sim.extensions.loading import Source, is_file_name, load, module_name, put_in_place

Pair = tuple[Source, Extension]

_active: dict[str, Pair] = {}
_lasting: set[str] = set()  # names of those that no scenario or sweep file asked for
_on_change: list[Callable[[], None]] = []


def active() -> tuple[Source, ...]:
    """Return where the extensions that are switched on come from, in the order in which they were."""
    return tuple(source for source, _ in _active.values())


def extensions() -> tuple[Extension, ...]:
    """Return the extensions that are switched on, in order."""
    return tuple(extension for _, extension in _active.values())


def activate(
    asked: str, folder: Path = Path(), digest: str | None = None, code: str | None = None, lasting: bool = True
) -> Source:
    """Switch an extension on; one that is on already stays as it is, unless its file was edited since.

    Args:
        asked: a file, relative to ``folder``, or the name of an entry point.
        folder: of the file that asks for it.
        digest: what its sources must be, if that is known.
        code: what those of them must be that are executed: others are refused before they are.
        lasting: whether it is on for the whole process, and not for what one scenario or sweep file needs.

    Raises:
        InputError: one sentence if it cannot be loaded, its names clash, or its sources are others.
    """
    held = _held(asked, folder)
    if held is not None and digest is None and _is_edited(held, asked, folder):
        return _anew(held, asked, folder, lasting)
    if held is None:
        if problems := _same_file_name(asked, folder):
            raise InputError(problems)
        source, extension = load(asked, folder, code)
        problems = _clashes(source, extension)
        if problems:
            raise InputError(problems)
        if digest is not None and source.digest != digest:
            raise ChangedError(f"extension '{source.name}' ({source.asked})")
        _register(source, extension)
        held = source
    elif digest is not None and held.digest != digest:
        raise ChangedError(f"extension '{held.name}' ({held.asked})")
    if lasting:
        _lasting.add(held.name)
    return held


def deactivate() -> None:
    """Switch all extensions off and take their levers and outcomes out of the registries."""
    _lasting.clear()
    restore(())


def switched_on() -> tuple[Pair, ...]:
    """Return what is on, for :func:`restore`."""
    return tuple(_active.values())


def lasting() -> tuple[Pair, ...]:
    """Return what is on for the whole process."""
    return tuple(pair for name, pair in _active.items() if name in _lasting)


def restore(wanted: tuple[Pair, ...]) -> None:
    """Have these extensions on and no others, as they were loaded: no file is read."""
    if wanted == switched_on():
        return
    from sim.analysis.outcomes import OUTCOMES
    from sim.model.levers import LEVERS

    for _, extension in _active.values():
        for key in extension.levers:
            LEVERS.pop(key, None)
        for name in extension.outcomes:
            OUTCOMES.pop(name, None)
    _active.clear()
    for pair in wanted:
        _enter(*pair)
    _mark_receivers(LEVERS)
    _tell()


@contextmanager
def using(wanted: tuple[Pair, ...]) -> Iterator[None]:
    """Have these extensions on in a block, and at its end those that are on now."""
    earlier, kept = switched_on(), set(_lasting)
    restore(wanted)
    try:
        yield
    finally:
        restore(earlier)
        _lasting.clear()
        _lasting.update(kept)


def when_changed(forget: Callable[[], None]) -> None:
    """Have something forgotten whenever extensions are switched on or off."""
    _on_change.append(forget)


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
        if source.path and Path(source.path).resolve() == path.resolve():
            return source
    if path.is_file():
        return None
    return next((source for source in active() if source.path and Path(source.path).name == path.name), None)


def _is_edited(held: Source, asked: str, folder: Path) -> bool:
    """Whether the sources of an extension that is on are others now. A package that was edited is refused."""
    if held.path and not (folder / asked).is_file():
        return False
    return load(held.path or held.asked)[0].digest != held.digest


def _anew(held: Source, asked: str, folder: Path, lasting: bool) -> Source:
    """Switch an edited extension off, and on as it is now, last; if it is refused, all is as before."""
    before = switched_on()
    if held.path and module_name(asked) != module_name(held.path):  # a link of another name
        asked = held.path
    restore(tuple(pair for pair in before if pair[0] != held))
    try:
        return activate(asked, folder, lasting=lasting or held.name in _lasting)
    except BaseException:
        restore(before)
        raise


def _same_file_name(asked: str, folder: Path) -> list[str]:
    """Refuse two files of one name, which would become one module, before the second is executed."""
    name = module_name(folder / asked)
    if is_file_name(asked) and any(one.path and module_name(one.path) == name for one in active()):
        told = "another extension of the same file name is switched on; rename one of them."
        return [f"extension {(folder / asked).as_posix()}: {told}"]
    return []


def _clashes(source: Source, extension: Extension) -> list[str]:
    from sim.analysis.foreign_outcomes import learnt
    from sim.analysis.outcomes import OUTCOMES
    from sim.model.levers import LEVERS

    where = f"extension {source.asked}"
    twin = next((one for one in active() if one.name == extension.name), None)
    if twin is not None:
        return [f"{where}: name: '{extension.name}' is also the name of {twin.asked}; give each its own."]
    problems = [f"{where}: lever '{key}': there is a lever of this name." for key in extension.levers if key in LEVERS]
    if len(LEVERS) + len(extension.levers) > MOST_LEVERS:
        found, room = len(extension.levers), MOST_LEVERS - len(LEVERS)
        told = f"allowed are {room} beside the {len(LEVERS)} that are there: who received what is kept in"
        problems.append(f"{where}: found {found} levers, {told} {MOST_LEVERS} bits.")
    taken = [name for name in extension.outcomes if name in OUTCOMES and name not in learnt()]
    problems += [f"{where}: outcome '{name}': there is an outcome of this name." for name in taken]
    replaced = {step.replaces for one in extensions() for step in one.steps if step.replaces}
    steps = {process_name(step.process) for one in extensions() for step in one.steps}
    for step in extension.steps:
        name = process_name(step.process)
        if name in steps:
            problems.append(f"{where}: process '{name}': another extension has a process of this name.")
        if step.replaces and step.replaces in replaced:
            problems.append(f"{where}: process '{name}': another extension replaces '{step.replaces}' already.")
    return problems


def _register(source: Source, extension: Extension) -> None:
    """Switch on what was loaded, unless the evidence that it makes is wrong."""
    from sim.extensions.evidence import problems_of
    from sim.model.levers import LEVERS

    if extension.folder is not None and (problems := problems_of([*extensions(), extension])):
        raise InputError([f"extension {source.asked}: {problem}" for problem in problems])
    _enter(source, extension)
    _mark_receivers(LEVERS)
    _tell()


def _enter(source: Source, extension: Extension) -> None:
    from sim.analysis.foreign_outcomes import forget
    from sim.analysis.outcomes import OUTCOMES
    from sim.model.levers import LEVERS

    put_in_place(source)
    _active[extension.name] = (source, extension)
    LEVERS.update(extension.levers)
    forget(extension.outcomes)  # of results that were read: here is who measures them
    OUTCOMES.update(extension.outcomes)


def _mark_receivers(levers: Iterable[str]) -> None:
    """Give each lever that is on its bit among the marks of who received what, and no other, if the model is loaded."""
    if (receiving := sys.modules.get("sim.model.receiving")) is not None:
        bit = type(next(iter(receiving.BITS.values())))
        receiving.BITS.clear()
        receiving.BITS.update({key: bit(1 << position) for position, key in enumerate(levers)})


def _tell() -> None:
    for forget in _on_change:
        forget()
