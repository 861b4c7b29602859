"""A made-up posterior on disk: what ``calibrate --adopt`` leaves, for tests that need one and do not care which."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from sim.evidence import Evidence
from sim.evidence.posterior import model_digest, targets_digest

# Share of its prior that each parameter is drawn from: identified, weakly identified, not at all.
PARTS = {"talent.beta": (0.4, 0.6), "startup.nest": (0.1, 0.9), "talent.cost_border": (0.0, 1.0)}
DRAWS, ROWS = 512, ["B01", "B17"]


def write_posterior_files(evidence: Evidence, folder: Path, model: str | None = None) -> Path:
    """Write posterior.csv and posterior.json into a folder; ``model``: digest of other sources, so that it is stale."""
    shares = (np.arange(DRAWS) + 0.5) / DRAWS
    luck = np.random.default_rng(1)
    columns = {
        name: [evidence.parameters[name].quantile(low + (high - low) * u) for u in luck.permutation(shares)]
        for name, (low, high) in PARTS.items()
    }
    lines = [
        ",".join(columns),
        *(",".join(f"{value:.9g}" for value in row) for row in zip(*columns.values(), strict=True)),
    ]
    (folder / "posterior.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    digests = {"model": model or model_digest(), "evidence": evidence.digest, "targets": targets_digest(evidence)}
    note = {"draws": DRAWS, "rows": ROWS, "digests": digests, "seed": 2013, "waves": [320, 240]}
    (folder / "posterior.json").write_text(json.dumps(note), encoding="utf-8")
    return folder
