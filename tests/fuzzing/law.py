"""The law for whatever the program reads: taken as valid and truly valid, or refused in sentences, with nothing done.

Refused means: exit code 2; a sentence per problem, of bounded length, without control characters; no traceback, no
warning of a library, nothing written, within the limits of time and memory.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

SECONDS = 10.0
"""Of a processor."""
PATIENCE = 40.0
"""Seconds by the clock, after which a case that has used no processor meanwhile hangs."""
MEGABYTES = 1000
LONGEST = 1500
"""Signs of one sentence."""
MOST = 51
"""Sentences of one refusal: what is wrong, and that there is more."""
MOST_LINES = 120
"""With lists of what there is to choose from."""
# What would move the cursor, colour a terminal, turn the direction of writing or end a line.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
BOOKKEEPING = re.compile(r"\.lock|\.writable|ledger.*\.sqlite.*")
"""Files of a results folder that say nothing of it: locks, and the index that is made anew from the shards."""

Tree = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Seen:
    """What one case did.

    ``code``: None if it ended by an exception, which ``crash`` names. ``wrong``: what the oracle of an accepted input
    says. ``changed``: files of the case's folder that were made, changed or removed. ``left``: what was left in the
    folder for temporary files. ``past``: what a library wrote to the terminal by itself. ``names``: files of which a
    refusal must name one.
    """

    code: int | None
    out: str = ""
    err: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    crash: str = ""
    wrong: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    past: str = ""
    names: tuple[str, ...] = ()


def violations(seen: Seen) -> list[str]:
    """Return in what the law was broken, a word and a detail each."""
    found = []
    if seen.crash:
        found.append(f"traceback: {seen.crash}")
    elif seen.code not in (0, 2):
        found.append(f"exit code: {seen.code}")
    if seen.seconds > SECONDS:
        found.append(f"slow: {seen.seconds:.0f} s")
    if seen.megabytes > MEGABYTES:
        found.append(f"memory: {seen.megabytes:.0f} MB more")
    found += [f"warning: {text[:80]}" for text in seen.warnings[:1]]
    for name, text in (("stderr", seen.err), ("stdout", seen.out)):
        if sign := CONTROL.search(text):
            found.append(f"control character: U+{ord(sign[0]):04X} in {name}")
    if seen.past:
        found.append(f"past the program: {seen.past[:80]!r}")
    if seen.left:
        found.append(f"left behind: {seen.left[0]}")
    if "Traceback (most" in seen.err:
        found.append("traceback: printed")
    if seen.code == 2 and not seen.crash:
        found += _of_sentences(seen.err)
        if seen.names and not any(name in seen.err for name in seen.names):
            found.append(f"names no file: {seen.err[:80]!r}")
        if changed := [name for name in seen.changed if not BOOKKEEPING.fullmatch(Path(name).name)]:
            found.append(f"written: {changed[0]}")
    if seen.code == 0:
        found += [f"not valid: {text}" for text in seen.wrong[:3]]
    return found


def _of_sentences(text: str) -> list[str]:
    lines = text.splitlines()
    if not lines:
        return ["no sentence"]
    found = []
    if len(lines) > MOST_LINES:
        found.append(f"many lines: {len(lines)}")
    if long := [line for line in lines if len(line) > LONGEST]:
        found.append(f"long sentence: {len(long[0])} signs")
    # What there is to choose from may follow as a list: a line that ends with a colon, then lines set in.
    said = [line for line in lines if not line.startswith("  ") and not line.endswith(":")]
    if len(said) > MOST:
        found.append(f"many sentences: {len(said)}")
    if odd := [line for line in said if not line.rstrip().endswith((".", "?"))]:
        found.append(f"no sentence: {odd[0][:60]!r}")
    return found


def tree_of(folder: Path) -> Tree:
    """Return every file of a folder with its inode, size and time of change; nothing is followed or opened."""
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        size = (0, 0) if stat.S_ISDIR(about.st_mode) else (about.st_size, about.st_mtime_ns)
        found[path.relative_to(folder).as_posix()] = (about.st_ino, *size)
    return found


def changes(before: Tree, after: Tree) -> tuple[str, ...]:
    """Return what differs between two trees."""
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
