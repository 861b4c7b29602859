"""Make ``outlines.json`` from the file ``countries-50m.json`` of the npm package world-atlas 2.0.2.

Usage: ``python make_outlines.py path/to/countries-50m.json``. Borders are simplified arc by arc (Douglas and
Peucker 1973, DOI 10.3138/FM57-6770-U75U-7727), so that neighbours keep one common border.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arc = NDArray[np.float64]

# ISO 3166 numeric code -> code used by the project.
EUROPE = {
    "250": "FR", "826": "GB", "372": "IE", "276": "DE", "528": "NL", "056": "BE", "442": "LU", "756": "CH",
    "380": "IT", "724": "ES", "620": "PT", "040": "AT", "208": "DK", "020": "AD", "492": "MC", "438": "LI",
    "203": "CZ", "616": "PL", "705": "SI", "191": "HR",
}  # fmt: skip
OVERSEAS = {"840": "US", "124": "CA", "376": "IL"}
# group -> (countries, longitude and latitude limits of the rings kept, tolerance and smallest ring in degrees)
GROUPS: dict[str, tuple[dict[str, str], tuple[float, float, float, float], float, float]] = {
    "europe": (EUROPE, (-12.0, 20.0, 35.0, 62.0), 0.02, 0.15),
    "overseas": (OVERSEAS, (-170.0, 40.0, 15.0, 84.0), 0.15, 1.0),
}


def decode_arcs(topology: dict[str, Any]) -> list[Arc]:
    """Return the arcs of a quantised TopoJSON file, each an array (points, 2) of longitude and latitude."""
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def simplify(arc: Arc, tolerance: float) -> Arc:
    """Return the arc without the points closer than ``tolerance`` (degrees) to the line that skips them."""
    keep = np.zeros(len(arc), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(arc) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        inner, chord = arc[first + 1 : last] - arc[first], arc[last] - arc[first]
        squared = float(chord @ chord)
        along = np.clip(inner @ chord / squared, 0.0, 1.0) if squared > 0 else np.zeros(len(inner))
        distance = np.hypot(*(inner - along[:, None] * chord).T)
        farthest = int(distance.argmax())
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return arc[keep]


def ring_of(references: list[int], arcs: list[Arc]) -> Arc:
    """Join the arcs of one ring (a negative reference ~i means arc i backwards), shape (points, 2), closed."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in references]
    return np.vstack([part[:-1] for part in parts] + [parts[-1][-1:]])


def outlines(topology: dict[str, Any]) -> dict[str, dict[str, list[list[list[float]]]]]:
    """Return group -> country code -> closed rings of [longitude, latitude], two decimals."""
    shapes = {shape.get("id"): shape for shape in topology["objects"]["countries"]["geometries"]}
    exact = decode_arcs(topology)
    result: dict[str, dict[str, list[list[list[float]]]]] = {}
    for group, (countries, (west, east, south, north), tolerance, smallest) in GROUPS.items():
        arcs = [simplify(arc, tolerance) for arc in exact]
        result[group] = {}
        for number, code in countries.items():
            shape = shapes[number]
            polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            rings = []
            # The tolerance would erase a country smaller than the smallest ring: keep its largest ring anyway.
            widest = max(np.ptp(ring_of(polygon[0], exact), axis=0).max() for polygon in polygons)
            for polygon in polygons:
                true = ring_of(polygon[0], exact)
                x, y = true.mean(axis=0)
                if not (west <= x <= east and south <= y <= north):
                    continue
                if np.ptp(true, axis=0).max() < min(smallest, widest):
                    continue
                ring = ring_of(polygon[0], arcs)
                if len(ring) < 4:
                    ring = true
                rings.append(np.round(ring, 2).tolist())
            result[group][code] = rings
    return result


def main(path: Path) -> None:
    """Write ``outlines.json`` beside this file."""
    content = {
        "source": "Natural Earth 1:50m (public domain) by way of world-atlas 2.0.2 (ISC licence); see LICENSE.md",
        **outlines(json.loads(path.read_text(encoding="utf-8"))),
    }
    target = Path(__file__).with_name("outlines.json")
    target.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python make_outlines.py path/to/countries-50m.json")
    main(Path(sys.argv[1]))
