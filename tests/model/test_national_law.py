"""Tax law is national: no places may be named, and leaving them out is no mistake."""

from __future__ import annotations

import pytest

from sim.model.levers import LEVERS


def test_places_are_refused_and_none_is_allowed() -> None:
    with pytest.raises(ValueError, match="tax law is national"):
        LEVERS["attractive_taxation"](places=("lyon",))
    assert LEVERS["attractive_taxation"](places=None).places is None
