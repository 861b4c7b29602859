"""Which arithmetic a process has: one digest for each function of a library that the model uses.

Compiled rules are plain operations in the order written, with functions of their own: they have no choice. NumPy, the
linear algebra below it and the C library choose code by the processor, and the last bit of a logarithm may be another
one on another processor. Results are the same to the last bit where these digests are.
"""

from __future__ import annotations

import hashlib

import numpy as np

NUMBERS = 4096


def arithmetic() -> dict[str, str]:
    """Return function -> the first digits of a digest of its results, over numbers of many sizes."""
    from sim.model.claims import shares_met

    draw = np.random.default_rng(1)
    u = draw.random(NUMBERS)
    x = np.ldexp(0.5 + u, draw.integers(-10, 10, NUMBERS))
    square = x[: 26 * 26].reshape(26, 26)
    results: dict[str, np.ndarray] = {
        "exp": np.exp(5.0 * u - 2.5),
        "log": np.log(x),
        "log1p": np.log1p(x),
        "power": x**-0.37,
        "sin, cos, arcsin": np.array([np.sin(u), np.cos(u), np.arcsin(u)]),
        "sums": np.array([x.sum(), *square.sum(axis=0), *square.sum(axis=1)]),
        "matrix products": np.array([square @ square[0], square[0] @ square, (square @ square)[3]]),
        "powers in compiled rules": shares_met(x, u, 4.2),
    }
    return {name: hashlib.sha256(values.tobytes()).hexdigest()[:16] for name, values in results.items()}
