"""The sections of the page, one per file, in the order of the page.

A section is ``build(results, words)``: what its template ``templates/sections/<name>.html`` is filled with, or None
if the data for it are missing, and then it is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections import (
    caveats,
    checks,
    comparison,
    costs,
    definitions,
    effects,
    explorer,
    figures,
    headlines,
    limits,
    methods,
    prices,
    provenance,
    question,
    scenarios,
    versions,
)

Build = Callable[[Results, Words], dict[str, Any] | None]

HEAD: dict[str, Build] = {"question": question.build}
"""Above the contents."""
BODY: dict[str, Build] = {
    "headlines": headlines.build,
    "effects": effects.build,
    "caveats": caveats.build,
    "explorer": explorer.build,
    "figures": figures.build,
    "scenarios": scenarios.build,
    "costs": costs.build,
    "prices": prices.build,
    "checks": checks.build,
    "provenance": provenance.build,
    "limits": limits.build,
    "methods": methods.build,
    "comparison": comparison.build,
    "definitions": definitions.build,
    "versions": versions.build,
}
