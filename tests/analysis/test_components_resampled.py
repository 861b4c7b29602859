"""Components of variance of worlds drawn again: on average over all draws, those of the worlds themselves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.analysis.variance_split import components

WORLDS = 4


@pytest.mark.parametrize("replicates", [1, 2, 3])
def test_what_drawing_again_adds_is_taken_out_exactly(replicates: int) -> None:
    effects = np.random.default_rng(8).normal(size=(WORLDS, replicates, 3)) + np.arange(WORLDS)[:, None, None]
    every = np.array(list(itertools.product(range(WORLDS), repeat=WORLDS)))  # all 256 draws, each as likely
    found, drawn = components(effects), components(effects[every], drawn_again=True)
    for name in found._fields:
        expected = getattr(found, name)
        if np.isnan(expected):
            assert np.isnan(getattr(drawn, name)).all()
        else:
            assert getattr(drawn, name).mean() == pytest.approx(float(expected), rel=1e-9, abs=1e-9), name


def test_twin_left_in_it_is_seen() -> None:
    effects = np.random.default_rng(8).normal(size=(WORLDS, 2, 3))
    every = np.array(list(itertools.product(range(WORLDS), repeat=WORLDS)))
    found, drawn = components(effects), components(effects[every])
    assert abs(drawn.structure.mean() - found.structure) > 1e-3
    assert abs(drawn.both.mean() - found.both) > 1e-3
