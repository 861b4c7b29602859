"""How closely the starts of a study meet what they were fitted to, in a sentence."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words

RESIDUALS = ("constants_residual", "founding_residual", "moving_residual", "talent_stock_max_log_error")
"""Facts of a world's start: what its fitted constants leave of the targets of 2013, largest gap of logarithms."""


def fit_sentence(manifest: dict[str, Any], words: Words) -> str:
    """How closely the start of the worst world meets its targets; nothing if the manifest does not say."""
    facts = [f for f in (manifest.get("facts") or {}).values() if isinstance(f, dict)]
    worst = {n: [f[n] for f in facts if isinstance(f.get(n), int | float)] for n in RESIDUALS}
    if not facts or not all(worst.values()):
        return ""
    gaps = {n: 100.0 * max(found) for n, found in worst.items()}
    texts = {
        n: words("page.fit_gap", value=words.numbers.two_digits(g)) if g >= 0.01 else words("page.fit_tiny")
        for n, g in gaps.items()
    }
    return words("page.fit", **texts, n=len(facts))
