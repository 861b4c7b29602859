"""What determines the results: versions, seeds, digests."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results

DETERMINING = (
    "version", "commit", "uncommitted_changes", "digests", "seed", "reference", "settings", "posterior", "n_worlds",
    "packages",
)  # fmt: skip
"""Entries of the manifest that determine results. Times and workers do not: the same results are the same page."""


def flatten(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested manifest entries as dotted keys and texts, in file order."""
    if isinstance(value, dict):
        return [
            pair for key, item in value.items() for pair in flatten(item, f"{prefix}.{key}" if prefix else str(key))
        ]
    if isinstance(value, list):
        return [(prefix, ", ".join(str(item) for item in value))]
    return [(prefix, str(value))]


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The entries as text; none without a manifest."""
    held = flatten({k: results.manifest[k] for k in DETERMINING if k in results.manifest})
    return {"versions": held} if held else None
