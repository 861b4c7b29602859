"""The outlines of the map: closed rings, small file, every place on the land of its country."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from sim.evidence import Evidence
from sim.report.map import load_outlines


def test_rings_are_closed_and_in_degrees() -> None:
    groups = load_outlines()
    assert set(groups) == {"europe", "overseas"}
    for countries in groups.values():
        for rings in countries.values():
            assert rings
            for ring in rings:
                assert ring.ndim == 2
                assert len(ring) >= 4
                np.testing.assert_array_equal(ring[0], ring[-1])
                assert np.abs(ring[:, 0]).max() <= 180
                assert np.abs(ring[:, 1]).max() <= 90


def test_the_file_is_small_and_carries_its_source() -> None:
    folder = Path(__file__).parents[2] / "sim" / "report" / "map"
    content = (folder / "outlines.json").read_text(encoding="utf-8")
    assert len(content) < 150_000
    assert "Natural Earth" in content
    assert "public domain" in (folder / "LICENSE.md").read_text(encoding="utf-8")


def inland(rings: list[np.ndarray], point: tuple[float, float]) -> bool:
    """Whether a point lies in one of the rings, or within a fifth of a degree of one (simplified coasts)."""
    return any(Outline(ring).contains_point(point) or np.hypot(*(ring - point).T).min() < 0.2 for ring in rings)


@pytest.mark.parametrize("shift", [0.0, 15.0])
def test_places_lie_on_the_land_of_their_country(evidence: Evidence, shift: float) -> None:
    land = {code: rings for countries in load_outlines().values() for code, rings in countries.items()}
    longitude, latitude = evidence.column("longitude_district"), evidence.column("latitude_district")
    places = [place for place in evidence.places if place.country != "ZZ"]
    assert len(places) == 25
    on_land = [inland(land[p.country], (longitude[p.index] + shift, latitude[p.index])) for p in places]
    # The twin moved 15 degrees to the east must miss, or the test could not fail.
    assert all(on_land) if shift == 0.0 else sum(on_land) < 5
