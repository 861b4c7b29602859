"""The desk: scratch rows that compiled loops write on. Made once a thread; the loops themselves make no arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

LOT = 1024  # agents drawn for at once
VECTOR = 16  # rows of draws are whole lots of this many, which the processor takes at once


class Desk(NamedTuple):
    """Scratch of one thread; what a row holds is said where it is written. Rows by place or country are padded."""

    by_country: np.ndarray  # tastes for countries
    tastes: np.ndarray  # tastes for places
    value: np.ndarray  # utility of places
    seen: np.ndarray  # awareness of places
    noise: np.ndarray  # draws by place
    first: np.ndarray  # (LOT,) draws of agents
    second: np.ndarray  # (LOT,)
    chance: np.ndarray  # (LOT,) what the draws are compared with
    earning: np.ndarray  # (LOT,) what firms earn over what is usual
    flags: np.ndarray  # (LOT,) bool: who is looked at


def padded(draws: int) -> int:
    """Return the length of a row that holds this many draws."""
    return -(-draws // VECTOR) * VECTOR


def new_desk(places: int, countries: int) -> Desk:
    """Return a desk for choices among ``places`` in ``countries``."""
    taste, value, seen, noise = (np.empty(padded(places)) for _ in range(4))
    first, second, chance, earning = (np.empty(LOT) for _ in range(4))
    flags = np.empty(LOT, np.bool_)
    by_country = np.empty(padded(countries))
    return Desk(by_country, taste, value, seen, noise, first, second, chance, earning, flags)
