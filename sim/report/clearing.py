"""Room for a file that is written where somebody else may have put something else."""

from __future__ import annotations

from pathlib import Path


def clear_way(path: Path) -> None:
    """Remove a link or a pipe from the place of a file that is written next.

    Whoever handed over the folder may have put it there, for the file behind the link to be lost.
    """
    if path.is_symlink() or (path.exists() and not path.is_file() and not path.is_dir()):
        path.unlink()
