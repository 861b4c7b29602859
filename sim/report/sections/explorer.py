"""The explorer: switch recommendations on and off, and read what that package does, at once and with its interval."""

from __future__ import annotations

from typing import Any

from sim.analysis.packages.coalitions import FAMILY
from sim.report.catalogue import Words
from sim.report.explorer_data import as_script, explorer_content, member_label, outcome_effects
from sim.report.package_results import PackageResults, packages_of
from sim.report.results import Results
from sim.report.sections.effect_cells import TableRow, cell_of


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """What the script shows, and the same of single recommendations as a table for who reads without it."""
    found = packages_of(results)
    if found is None:
        return None
    content = explorer_content(found, results, words)
    provenance = {note.name: note.provenance for note in results.scenarios}
    switches = [
        {"id": member["id"], "label": member["label"], "provenance": provenance.get(name, "")}
        for member, name in zip(content["members"], found.members, strict=True)
    ]
    outcomes = content["outcomes"]
    drawn = words("explorer.intro", count=2 ** len(found.members), worlds=_worlds(found, words))
    return {
        "data": as_script(content), "switches": switches, "outcomes": outcomes, "places": content["places"],
        "intro": drawn, "notes": _notes(found, results, words), "rows": single_rows(found, results, words),
        "columns": [f"{outcome['label']}, {outcome['unit']}" for outcome in outcomes if outcome["id"] in FAMILY],
    }  # fmt: skip


def single_rows(found: PackageResults, results: Results, words: Words) -> list[TableRow]:
    """Each recommendation alone, and all together: a cell an outcome of the family."""
    held = set(found.packages["outcome"])
    columns = [outcome_effects(found, outcome, words) for outcome in FAMILY if outcome in held]
    rows = [
        TableRow("", member_label(found, member, results, words), "", tuple(cell_of(c[1 << n], words) for c in columns))
        for n, member in enumerate(found.members)
    ]
    return [*rows, TableRow("", words("explorer.together"), "", tuple(cell_of(c[-1], words) for c in columns))]


def _worlds(found: PackageResults, words: Words) -> str:
    text = found.source.drawn(found.worlds, words)
    return text[:1].upper() + text[1:]


def _notes(found: PackageResults, results: Results, words: Words) -> list[str]:
    """Which intervals these are; for which study, if not that of the page; why there are no districts."""
    joint = words("explorer.joint", numbers=words("explorer.numbers"))
    notes = [joint, words("explorer.no_places" if found.places is None else "explorer.joint_places")]
    if not found.own and found.talent_scale:
        notes.append(words("explorer.scale", scale=words.numbers.number(found.talent_scale)))
    return notes
