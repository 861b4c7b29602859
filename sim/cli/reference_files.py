"""Which files of the reference's work are kept, and putting them in their place all at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError
from sim.experiments.storage.atomic import sync_folder

README = "README.md"
TITLE = "# Reference results"
MOST_BYTES = 2_000_000  # of a file, which a review can bear
MOST_OF_PAGE = 5_000_000  # of a report, which holds its figures and tables
MOST_TOTAL = 12_000_000


@dataclass(frozen=True)
class Part:
    """A part of the reference: where it is made in the work folder, where it goes, which of its files.

    ``files``: names and patterns, of ``made``; they keep their folders. ``needed``: those without which it is none.
    ``moved``: name in ``made`` -> name where it goes.
    """

    name: str
    made: str
    into: str
    files: tuple[str, ...]
    needed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...] = ()

    def found(self, work: Path) -> dict[str, Path]:
        """Return name below the reference -> file of the work folder."""
        made, prefix = work / self.made, f"{self.into}/" if self.into else ""
        names = {path.relative_to(made).as_posix() for pattern in self.files for path in made.glob(pattern)}
        named = {name: made / name for name in sorted(names)}
        named |= {new: made / old for old, new in self.moved if (made / old).is_file()}
        return {f"{prefix}{name}": path for name, path in named.items()}

    def owns(self, name: str) -> bool:
        """Whether a file of the reference, by its name below it, is one of this part's."""
        path = Path(name)
        if self.into:
            return path.parts[0] == self.into
        return any(path.parent == Path(one).parent and path.match(one) for one in self.files)

    def missing(self, work: Path) -> list[str]:
        """Return the files, named one by one, that were not made."""
        plain = [name for name in self.files if "*" not in name] + [old for old, _ in self.moved]
        return [name for name in plain if not (work / self.made / name).is_file()]


def refuse_other_folder(target: Path) -> None:
    """Refuse a target that is neither new, nor empty, nor a reference: all its files are replaced.

    Raises:
        InputError: in one sentence.
    """
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    readme = target / README
    if not readme.is_file() or not readme.read_text(encoding="utf-8", errors="replace").startswith(TITLE):
        raise InputError(f"--out: '{target}' holds other files than reference results; name a new folder.")


def publish(work: Path, target: Path, parts: Sequence[Part], whole: bool, readme: Callable[[Path], str]) -> list[str]:
    """Put the files of some parts in their place: the new folder is made beside the old one and takes its name at once.

    Args:
        work: the folder in which the parts were made.
        target: the reference.
        parts: which.
        whole: whether these are all parts, so that nothing of the old folder stays.
        readme: returns the text of README.md for a folder.

    The old folder stays beside it under another name, for :func:`put_back` to remove.

    Returns:
        one sentence for each file left out, because it was not made or is too large.

    Raises:
        InputError: if a needed file is missing or too large, or all files together are; the old folder stays.
    """
    put_back(target)
    fresh, old = _beside(target)
    said: list[str] = []
    fresh.mkdir(parents=True)
    try:
        if target.is_dir() and not whole:
            for path in sorted(path for path in target.rglob("*") if path.is_file()):
                name = path.relative_to(target).as_posix()
                if not any(part.owns(name) for part in parts):
                    _copy(path, fresh / name)
        for part in parts:
            said += _take(part, work, fresh)
        (fresh / README).write_bytes(readme(fresh).encode("utf-8"))
        total = sum(path.stat().st_size for path in fresh.rglob("*") if path.is_file())
        if total > MOST_TOTAL:
            raise InputError(f"The reference would take {total / 1e6:.1f} MB, allowed are {MOST_TOTAL / 1e6:.0f} MB.")
        _swap(fresh, target, old)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return said


def put_back(target: Path) -> None:
    """Remove what :func:`publish` leaves beside the folder, and mend what a power cut between its two renames left."""
    fresh, old = _beside(target)
    if old.exists() and not target.exists():
        old.rename(target)
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)


def _take(part: Part, work: Path, fresh: Path) -> list[str]:
    """Copy the files of a part; return a sentence for each left out."""
    missing = part.missing(work)
    said = [f"{part.made}/{name}: not made, so not in the reference." for name in missing]
    prefix = f"{part.into}/" if part.into else ""
    kept = set()
    for name, path in part.found(work).items():
        size = path.stat().st_size
        most = MOST_OF_PAGE if name.endswith(".html") else MOST_BYTES
        if size >= most:
            said.append(f"{name}: {size / 1e6:.2f} MB, allowed are less than {most / 1e6:g} MB; left out.")
            continue
        _copy(path, fresh / name)
        kept.add(name.removeprefix(prefix))
    lacking = [name for name in part.needed if name not in kept]
    if lacking:
        why = [sentence for sentence in said if any(name in sentence for name in lacking)]
        raise InputError(why or [f"{part.made}: {', '.join(lacking)} missing, and no reference is one without."])
    return said


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)


def _swap(fresh: Path, target: Path, old: Path) -> None:
    for path in sorted(fresh.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    sync_folder(target.parent)


def _beside(target: Path) -> tuple[Path, Path]:
    return target.with_name(f".{target.name}.new"), target.with_name(f".{target.name}.old")
