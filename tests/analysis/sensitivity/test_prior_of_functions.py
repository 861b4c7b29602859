"""Functions of the prior: planes turn about the centre of the cube, waves have the variance of the fitted kernel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import qmc

from sim.analysis.sensitivity.emulated import Emulated, emulate
from sim.analysis.sensitivity.plausible import plausible


@pytest.fixture(scope="module")
def found() -> Emulated:
    cube = qmc.LatinHypercube(3, rng=np.random.default_rng(1)).random(60)
    return emulate(cube, np.sin(5.0 * cube[:, 0]) + cube[:, 1])


def test_planes_turn_about_the_centre(found: Emulated) -> None:
    functions = plausible(found, 5, np.random.default_rng(2))
    planes = replace(functions, waves=0.0 * functions.waves)
    centre = np.full((1, planes.slopes.shape[0]), 0.5)
    np.testing.assert_allclose(planes._prior(centre), 0.0, atol=1e-12)
    np.testing.assert_allclose(planes._prior(centre + 0.25), 0.25 * planes.slopes.sum(axis=0)[None, :], rtol=1e-9)


def test_the_prior_varies_as_the_kernel_says(found: Emulated) -> None:
    emulator = found.emulator
    functions = plausible(found, 4000, np.random.default_rng(3))
    waves = replace(functions, slopes=0.0 * functions.slopes)._prior(np.full((1, len(emulator.active)), 0.3))
    assert waves.var() == pytest.approx(emulator.smooth, rel=0.15)
    asked = np.zeros((1, len(emulator.active)))
    planes = replace(functions, waves=0.0 * functions.waves)._prior(asked)
    assert planes.var() == pytest.approx(emulator.linear * 0.25 * len(emulator.active), rel=0.15)
