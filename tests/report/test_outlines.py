"""Outlines of the map are made from borders as by hand: needless points dropped, no country lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.report.map import make_outlines
from sim.report.map.make_outlines import decode_arcs, outlines, ring_of, simplify

SHIPPED = Path(make_outlines.__file__).with_name("outlines.json")
# Borders as whole numbers: first point, then steps; in degrees after halving and moving east by ten.
TRANSFORM = {"scale": [0.5, 0.5], "translate": [10.0, 0.0]}


def topology(arcs: list[list[list[int]]], shapes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"transform": TRANSFORM, "arcs": arcs, "objects": {"countries": {"geometries": shapes}}}


def square(x: int, y: int, side: int) -> list[list[int]]:
    return [[x, y], [side, 0], [0, side], [-side, 0], [0, -side]]


def test_arcs_are_steps_from_the_point_before() -> None:
    (arc,) = decode_arcs(topology([[[0, 0], [2, 1], [2, -1]]], []))
    assert arc.tolist() == [[10, 0], [11, 0.5], [12, 0]]


@pytest.mark.parametrize(
    ("points", "tolerance", "kept"),
    [
        ([(0, 0), (1, 0.1), (2, 0)], 0.11, [0, 2]),
        ([(0, 0), (1, 0.1), (2, 0)], 0.09, [0, 1, 2]),
        ([(0, 0), (3, 4), (0, 0)], 4.9, [0, 1, 2]),  # both ends in one point: the distance from it
        ([(0, 0), (3, 4), (0, 0)], 5.1, [0, 2]),
        ([(0, 0), (1, 1), (2, 1.05), (3, 1), (4, 0)], 0.5, [0, 2, 4]),
        ([(0, 0), (5, 0)], 1, [0, 1]),
    ],
)
def test_points_near_the_line_that_skips_them_are_dropped(
    points: list[tuple[float, float]], tolerance: float, kept: list[int]
) -> None:
    arc = np.array(points, float)
    assert simplify(arc, tolerance).tolist() == arc[kept].tolist()


def test_a_ring_joins_its_arcs_and_takes_some_backwards() -> None:
    there, back = np.array([[0.0, 0], [1, 0], [1, 1]]), np.array([[0.0, 0], [0, 1], [1, 1]])
    assert ring_of([0, ~1], [there, back]).tolist() == [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def test_rings_far_away_or_tiny_are_left_out_but_no_country_is(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = (0.0, 40.0, 0.0, 40.0)
    monkeypatch.setattr(make_outlines, "GROUPS", {"near": ({"001": "AA", "002": "BB"}, limits, 1.2, 3.0)})
    arcs = [square(0, 0, 8), square(20, 0, 2), square(200, 0, 8), square(40, 40, 2)]
    shapes = [
        {"id": "001", "type": "MultiPolygon", "arcs": [[[0]], [[1]], [[2]]]},  # and an islet, and one beyond the map
        {"id": "002", "type": "Polygon", "arcs": [[3]]},  # smaller than any ring that counts: as it is
        {"id": "003", "type": "Polygon", "arcs": [[0]]},  # asked for by nobody
    ]
    assert outlines(topology(arcs, shapes)) == {
        "near": {
            "AA": [[[10, 0], [14, 0], [14, 4], [10, 4], [10, 0]]],
            "BB": [[[30, 20], [31, 20], [31, 21], [30, 21], [30, 20]]],
        }
    }


def test_the_file_says_where_it_is_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_outlines, "GROUPS", {"near": ({"001": "AA"}, (0.0, 40.0, 0.0, 40.0), 0.1, 0.1)})
    monkeypatch.setattr(make_outlines, "__file__", str(tmp_path / "make_outlines.py"))
    (borders := tmp_path / "countries-50m.json").write_text(
        json.dumps(topology([square(0, 0, 2)], [{"id": "001", "type": "Polygon", "arcs": [[0]]}]))
    )
    make_outlines.main(borders)
    made = json.loads((tmp_path / "outlines.json").read_text())
    assert made == {
        "source": json.loads(SHIPPED.read_text())["source"],
        "near": {"AA": [[[10, 0], [11, 0], [11, 1], [10, 1], [10, 0]]]},
    }
