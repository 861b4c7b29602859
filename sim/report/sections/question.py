"""The head of the page: what must be said before anything else, the question, and what it is asked of."""

from __future__ import annotations

from typing import Any

from sim.analysis.paired_worlds import BASELINE
from sim.report.catalogue import Words
from sim.report.names import scenario_title
from sim.report.results import Results
from sim.report.world_source import WorldSource

EIGHT = 8


def asks_of_eight(results: Results) -> bool:
    """Whether these results are about the recommendations."""
    together = ("all_eight", "all_eight_rivals")
    return bool(results.recommendations) or any(note.name in together for note in results.policies)


def alarms(manifest: dict[str, Any], words: Words) -> list[str]:
    """What must be said before anything else: the study was interrupted, the posterior was stale, or runs failed."""
    found = [words("page.interrupted")] if manifest.get("interrupted") else []
    found += WorldSource.of(manifest).alarms(words)
    failures = manifest.get("failures") or []
    if failures:
        planned = manifest.get("runs_planned", "?")
        found.append(words("page.failed", count=len(failures), planned=planned))
    return found


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The alarms, the question, and over which worlds and years it is asked."""
    key = "page.question" if asks_of_eight(results) else "page.question_other"
    if results.of_packages:
        key = "packages.question" if len(results.recommendations) == EIGHT else "packages.question_other"
    told = alarms(results.manifest, words)
    if results.comparison is not None and results.reference != BASELINE:
        names = {note.name: scenario_title(note, words) for note in results.scenarios}
        told.append(words("page.other_reference", policy=names.get(results.reference, results.reference)))
    worlds = results.source.drawn(results.worlds_run, words)
    return {
        "alarms": told, "question": words(key),
        "scope": words("page.scope", worlds=worlds, years=results.years_text(words)),
    }  # fmt: skip
