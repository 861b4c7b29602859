"""An emulator: what the model would give at a point it was not run at, with how far that guess may be off.

A Gaussian process over the few inputs that matter to an output. What the others do, and luck, is its noise. The error
that it states is checked on points that took no part in anything, screening included.

Sources: Sacks, Welch, Mitchell and Wynn 1989, Statistical Science 4(4) (Gaussian process emulation); Vernon, Goldstein
and Bower 2010, Bayesian Analysis 5(4) (active inputs, the rest as noise); Rasmussen and Williams 2006, ch. 2 and 4;
Tibshirani 1996, JRSS B 58(1) (lasso, for screening).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

MOST_ACTIVE = 16
POINTS_AN_INPUT = 12  # fewer of them, and the lengths fit noise
LEAST_NOISE = 0.005  # of the variance; the same
FOLDS = 4
FEWEST_POINTS = 40


@dataclass(frozen=True)
class Check:
    """How good an emulator is on points held back.

    ``q2``: share of the variance among them that it foretells; ``coverage``: share within its 95% interval, noise
    included; ``inflation``: mean square of error over stated deviation, by which all variances are multiplied where it
    is above 1; ``n``: points held back, over all folds.
    """

    q2: float
    coverage: float
    inflation: float
    n: int


UNCHECKED = Check(np.nan, np.nan, 1.0, 0)


@dataclass(frozen=True)
class Emulator:
    """A fitted emulator. Inputs are points of the unit cube, (n, k).

    ``active``: columns that it reads; ``noise``: variance of what it does not explain, luck included.
    """

    active: np.ndarray
    points: np.ndarray
    lengths: np.ndarray
    smooth: float
    linear: float
    centre: float
    scale: float
    weights: np.ndarray
    factor: np.ndarray
    noise: float
    check: Check

    def predict(self, cube: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (mean, variance) of the output without its noise at points of the cube, (n,) each."""
        return self.predict_active(cube[:, self.active])

    def predict_active(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what :meth:`predict` does, from the active columns alone."""
        cross = self.covariance(asked, self.points)
        mean = self.centre + self.scale * (cross @ self.weights)
        inner = solve_triangular(self.factor, cross.T, lower=True)
        prior = self.smooth + self.linear * np.sum((asked - 0.5) ** 2, axis=1)
        left = np.maximum(prior - np.sum(inner**2, axis=0), 0.0)
        return mean, self.check.inflation * self.scale**2 * left

    def mean_active(self, asked: np.ndarray) -> np.ndarray:
        """Return the mean alone, (n,)."""
        return np.asarray(self.centre + self.scale * (self.covariance(asked, self.points) @ self.weights))

    def slope_active(self, asked: np.ndarray) -> np.ndarray:
        """Return the gradient of the mean with respect to the active columns, (n, active)."""
        square = self.lengths**2
        smooth = _covariance(asked, self.points, self.lengths, self.smooth, 0.0) * self.weights
        slope = (smooth @ self.points - smooth.sum(axis=1)[:, None] * asked) / square
        plane = self.linear * (self.weights @ (self.points - 0.5))
        return np.asarray(self.scale * (slope + plane))

    def covariance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the covariance before data between points of the active columns, (n, m), in units of the scale."""
        return _covariance(one, other, self.lengths, self.smooth, self.linear)


def _covariance(one: np.ndarray, other: np.ndarray, lengths: np.ndarray, smooth: float, linear: float) -> np.ndarray:
    """Squared exponential with a length an input, plus a plane through the middle of the cube."""
    a, b = one / lengths, other / lengths
    square = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1)[None, :] - 2.0 * a @ b.T
    with np.errstate(under="ignore"):  # far from each other is nothing in common
        near = np.exp(-0.5 * np.maximum(square, 0.0))
    return np.asarray(smooth * near + linear * (one - 0.5) @ (other - 0.5).T)


@dataclass(frozen=True)
class HeldOut:
    """What emulators of the other folds foretell of each point, (n,) each; ``variance`` has their noise in it."""

    mean: np.ndarray
    variance: np.ndarray


def fit(cube: np.ndarray, output: np.ndarray, seed: int = 0) -> Emulator:
    """Fit an emulator and check it.

    Args:
        cube: (n, k) points of the unit cube.
        output: (n,) what the model gave there; rows that are not finite are left out.
        seed: of the folds of the check.

    Raises:
        ValueError: for fewer than ``FEWEST_POINTS`` finite outputs.
    """
    return fit_with_held_out(cube, output, seed)[0]


def fit_with_held_out(cube: np.ndarray, output: np.ndarray, seed: int = 0) -> tuple[Emulator, HeldOut]:
    """Return what :func:`fit` does, and what the finite points were foretold to be while they were held back."""
    finite = np.isfinite(output)
    cube, output = cube[finite], output[finite]
    if len(output) < FEWEST_POINTS:
        raise ValueError(f"an emulator needs {FEWEST_POINTS} points, found {len(output)}")
    if np.ptp(output) == 0.0:
        return _constant(cube, float(output[0])), HeldOut(output, np.zeros(len(output)))
    order = np.random.default_rng(seed).permutation(len(output))
    guessed, variances = np.empty(len(output)), np.empty(len(output))
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        kept = np.setdiff1d(order, held)
        part = _fitted(cube[kept], output[kept], UNCHECKED)
        mean, variance = part.predict(cube[held])
        guessed[held], variances[held] = mean, variance + part.noise
    error, spread = output - guessed, np.sqrt(variances)
    inflation = max(float(np.mean((error / spread) ** 2)), 1.0)
    inside = np.abs(error) <= 1.96 * np.sqrt(inflation) * spread
    q2 = float(1.0 - np.mean(error**2) / np.var(output))
    check = Check(q2, float(np.mean(inside)), inflation, len(output))
    return _fitted(cube, output, check), HeldOut(guessed, variances)


def _constant(cube: np.ndarray, value: float) -> Emulator:
    """Return the emulator of an output that never moves: exact, without an input."""
    nothing = np.empty((1, 0))
    return Emulator(
        np.empty(0, np.int64), nothing, np.empty(0), 0.0, 0.0, value, 0.0, np.zeros(1), np.eye(1), 0.0,
        Check(1.0, 1.0, 1.0, len(cube)),
    )  # fmt: skip


def screen(cube: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return the columns that matter, at most ``MOST_ACTIVE``, by a lasso on levels and squares; sorted."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LassoCV

    levels = cube - 0.5
    features = np.hstack([levels, 2.0 * (levels**2 - 1.0 / 12.0)])
    target = (output - output.mean()) / output.std()
    with warnings.catch_warnings():
        # The path's far end, which is not chosen, may not settle.
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = LassoCV(cv=5, alphas=30, max_iter=5000).fit(features, target)
    size = features.std(axis=0) * np.abs(found.coef_)
    strength = np.hypot(size[: cube.shape[1]], size[cube.shape[1] :])
    most = min(MOST_ACTIVE, max(len(cube) // POINTS_AN_INPUT, 1))
    best = np.argsort(-strength, kind="stable")[:most]
    chosen = best[strength[best] > 0.0]
    return np.sort(chosen if len(chosen) else best[:1])


def _fitted(cube: np.ndarray, output: np.ndarray, check: Check) -> Emulator:
    """Screen, find the most likely lengths and noise, and prepare predictions."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    active = screen(cube, output)
    points = cube[:, active]
    centre, scale = float(output.mean()), float(output.std())
    kernel = (
        ConstantKernel(0.3, (1e-4, 1e2)) * RBF(np.full(len(active), 1.5), (0.15, 30.0))
        + ConstantKernel(1.0, (1e-4, 1e3)) * DotProduct(0.0, "fixed")
        + WhiteKernel(0.2, (LEAST_NOISE, 2.0))
    )
    with warnings.catch_warnings():
        # A length at its upper end says that the input is a plane; the plane has a term of its own.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = GaussianProcessRegressor(kernel, random_state=0).fit(points - 0.5, (output - centre) / scale)
    found = fitted.kernel_
    smooth, lengths = float(found.k1.k1.k1.constant_value), np.atleast_1d(found.k1.k1.k2.length_scale).astype(float)
    linear, noise = float(found.k1.k2.k1.constant_value), float(found.k2.noise_level)
    covariance = _covariance(points, points, lengths, smooth, linear) + (noise + 1e-10) * np.eye(len(points))
    factor = np.linalg.cholesky(covariance)
    weights = cho_solve((factor, True), (output - centre) / scale)
    return Emulator(
        active, points, lengths, smooth, linear, centre, scale, weights, factor,
        check.inflation * noise * scale**2, check
    )  # fmt: skip
