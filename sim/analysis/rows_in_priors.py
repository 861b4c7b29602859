"""Rows kept for checking that the source of a prior names: their sign or order was known when the prior was laid."""

from __future__ import annotations

import re

from sim.evidence import Evidence


def rows_in_priors(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """Return row -> the parameters, fixed ones aside, whose source names it; of rows whose use is ``validate``."""
    targets = evidence.targets
    kept = sorted(targets.loc[targets["use"] == "validate", "id"])
    name = re.compile(rf"(?<!\w)(?:{'|'.join(kept)})(?!\w)")
    found: dict[str, list[str]] = {}
    for parameter in evidence.parameters.values():
        if parameter.prior != "fixed":
            for row in dict.fromkeys(name.findall(parameter.source)):
                found.setdefault(row, []).append(parameter.name)
    return {row: tuple(found[row]) for row in sorted(found)}
