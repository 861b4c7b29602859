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
    answer,
    caveats,
    checks,
    comparison,
    costs,
    definitions,
    districts,
    downloads,
    effects,
    explorer,
    figures,
    first,
    flight,
    flows,
    headlines,
    limits,
    mechanisms,
    methods,
    packages,
    parameters,
    paths,
    persons,
    prices,
    provenance,
    question,
    reasons,
    recommendations,
    reproduce,
    scenarios,
    sensitivity,
    structures,
    validation,
    versions,
)

Build = Callable[[Results, Words], dict[str, Any] | None]

HEAD: dict[str, Build] = {"question": question.build}
"""Above the contents."""
BODY: dict[str, Build] = {
    "answer": answer.build,
    "headlines": headlines.build,
    "first": first.build,
    "caveats": caveats.build,
    "flight": flight.build,
    "recommendations": recommendations.build,
    "effects": effects.build,
    "explorer": explorer.build,
    "packages": packages.build,
    "paths": paths.build,
    "flows": flows.build,
    "reasons": reasons.build,
    "mechanisms": mechanisms.build,
    "districts": districts.build,
    "persons": persons.build,
    "costs": costs.build,
    "prices": prices.build,
    "sensitivity": sensitivity.build,
    "structures": structures.build,
    "validation": validation.build,
    "checks": checks.build,
    "figures": figures.build,
    "scenarios": scenarios.build,
    "provenance": provenance.build,
    "limits": limits.build,
    "methods": methods.build,
    "definitions": definitions.build,
    "parameters": parameters.build,
    "comparison": comparison.build,
    "downloads": downloads.build,
    "reproduce": reproduce.build,
    "versions": versions.build,
}
