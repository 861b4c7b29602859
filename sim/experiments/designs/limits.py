"""Limits of a sweep: how long one run may take, and how much the results folder may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.experiments.designs.sweep_tables import LARGEST, Table, is_number
from sim.lever_tables import found

KEYS = ("seconds_per_run", "disk")
UNITS = {
    "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Bounds on a sweep; None: no bound.

    ``seconds_per_run``: a run that takes longer is given up. ``disk_bytes``: no run starts above that.
    """

    seconds_per_run: float | None = None
    disk_bytes: int | None = None


def read_limits(table: Table) -> Limits:
    """Return the limits that a table ``[limits]`` states; problems are added to the table's."""
    disk = None
    if "disk" in table:
        disk = size_in_bytes(table.content["disk"])
        if disk is None:
            allowed = 'a size in quotes, such as "500 MB", "5 GB" or "1.5 TB"'
            table.wrong("disk", f"found {found(table.content['disk'])}, allowed is {allowed}.")
    return Limits(table.number("seconds_per_run", None), disk)


def size_in_bytes(value: object) -> int | None:
    """Return a size such as "5 GB" in bytes, a whole number as it is; None if it is no size above 0."""
    if is_number(value):
        return value if isinstance(value, int) and 0 < value <= LARGEST else None
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)\s*([A-Za-z]+)", value.strip()) if isinstance(value, str) else None
    units = {name.casefold(): size for name, size in UNITS.items()}
    if match is None or match[2].casefold() not in units:
        return None
    return int(float(match[1]) * units[match[2].casefold()]) or None


def size_in_words(size: float) -> str:
    """Return a number of bytes as "3.14 GB", in the largest unit of thousands that it fills."""
    units = [(name, whole) for name, whole in UNITS.items() if not name.endswith("iB")]
    name, whole = next(((name, whole) for name, whole in reversed(units) if size >= whole), units[0])
    return f"{size / whole:.3g} {name}"
