"""What determines the results: versions, seeds, digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results

DETERMINING = (
    "version", "commit", "uncommitted_changes", "digests", "seed", "reference", "settings", "posterior", "n_worlds",
    "packages",
)  # fmt: skip
"""Entries of the manifest that determine results. Times and workers do not: the same results are the same page."""

MOST_LISTED = 20
"""More scenarios than these, as of a sweep over packages, stand folded under one digest of all."""


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
    if not held:
        return None
    prefix = "digests.scenarios."
    scenarios = [(key.removeprefix(prefix), value) for key, value in held if key.startswith(prefix)]
    if len(scenarios) <= MOST_LISTED:
        return {"versions": held, "folded": ()}
    first = next(n for n, (key, _) in enumerate(held) if key.startswith(prefix))
    listed = [pair for pair in held if not pair[0].startswith(prefix)]
    listed.insert(first, (prefix.rstrip("."), combined(scenarios)))
    return {"versions": listed, "folded": scenarios, "n_folded": words.numbers.number(len(scenarios))}


def combined(digests: Sequence[tuple[str, str]]) -> str:
    """One digest of many: SHA-256 of a line ``name digest`` for each, in their order."""
    return hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in digests).encode()).hexdigest()
