"""A folder that is written gets the name of a shard."""

from __future__ import annotations

import os
from pathlib import Path

from sim.experiments.storage.atomic import sync_folder
from sim.experiments.storage.leftovers import discard
from sim.experiments.storage.shard_reading import note_in
from sim.experiments.storage.shards import FOLDER, Damaged, ShardNote


def put_in_place(results: Path, folder: Path, note: ShardNote) -> ShardNote:
    """Give a folder the name of its shard; return what the ledger needs of the shard that is there then.

    An equal one that is there already and whole wins: another driver made the same runs, and its files may differ in
    size, because it made them in another order. One that is torn is replaced.

    Raises:
        OSError: if the folder cannot be renamed; it is there under its old name.
    """
    target = results / FOLDER / note.name
    try:
        os.rename(folder, target)
    except OSError:
        if not target.is_dir():
            raise
        try:
            held = note_in(results, note.name)
        except Damaged:
            discard(target)
            os.rename(folder, target)
        else:
            discard(folder)
            return held
    sync_folder(target.parent)
    return note
