"""Outlines of countries for the map of France and its hubs (offline; made by ``make_outlines.py``)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Rings = list[NDArray[np.float64]]


@cache
def load_outlines() -> dict[str, dict[str, Rings]]:
    """Return group (``europe``, ``overseas``) -> country code -> closed rings.

    A ring is an array (points, 2) of longitude and latitude in degrees. Source: Natural Earth 1:50m.
    """
    content = json.loads(Path(__file__).with_name("outlines.json").read_text(encoding="utf-8"))
    return {
        group: {code: [np.array(ring) for ring in rings] for code, rings in content[group].items()}
        for group in ("europe", "overseas")
    }
