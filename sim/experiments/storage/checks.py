"""Checksums of the pieces of a Parquet file: each row group, and what follows the last one.

Parquet's own checksums cover the data of pages, not their headers nor the footer; these cover every byte, and a reader
of a few rows need not read the rest.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

_BLOCK = 1 << 20
# Where each piece ends, and its CRC-32.
Pieces = Sequence[Sequence[int]]


def pieces_of(path: Path) -> list[list[int]]:
    """Return the end and the checksum of each row group of a Parquet file, and of its footer.

    Raises:
        OSError: if it cannot be read.
    """
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(n).column(0) for n in range(file.metadata.num_row_groups)]
        starts = [one.dictionary_page_offset if one.has_dictionary_page else one.data_page_offset for one in groups]
    size = os.stat(path).st_size
    with path.open("rb") as raw:
        raw.seek(size - 8)  # the length of the footer, then four letters
        footer = size - 8 - int.from_bytes(raw.read(4), "little")
    ends = [*starts[1:], footer, size] if starts else [size]
    return [[end, _checksum(path, first, end)] for first, end in zip([0, *ends], ends, strict=False)]


def is_intact(path: Path, pieces: Pieces, number: int) -> bool:
    """Whether one piece of a file is what it was; -1 for the footer.

    Raises:
        OSError: if it cannot be read.
    """
    end, checksum = pieces[number]
    before = number % len(pieces)
    return _checksum(path, pieces[before - 1][0] if before else 0, end) == checksum


def _checksum(path: Path, first: int, end: int) -> int:
    """CRC-32 of some bytes of a file; of fewer, if it is shorter."""
    found = 0
    with path.open("rb", buffering=0) as file:
        file.seek(first)
        while first < end and (block := file.read(min(_BLOCK, end - first))):
            found = zlib.crc32(block, found)
            first += len(block)
    return found
