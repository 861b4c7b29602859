"""Whole numbers as arguments, of Python or of NumPy."""

from __future__ import annotations

import operator
from typing import Any

from sim.errors import InputError


def whole(name: str, value: Any) -> int:
    """Return an argument as a whole number.

    Raises:
        InputError: one sentence if it is none; true and false are none, nor is 3.0.
    """
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise InputError(f"{name}: found {value!r}, allowed are whole numbers.")
