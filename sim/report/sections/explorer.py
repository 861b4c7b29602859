"""The explorer: switch recommendations on and off, and read what that package does, at once and with its interval."""

from __future__ import annotations

from typing import Any

from sim.analysis.packages.coalitions import FAMILY
from sim.report.catalogue import Words
from sim.report.explorer_data import as_script, explorer_content, member_label, outcome_effects
from sim.report.package_results import PackageResults, packages_of
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_entry
from sim.report.tables.table import Column, Table, text


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
    return {
        "data": as_script(content), "switches": switches, "outcomes": content["outcomes"], "places": content["places"],
        "intro": words("explorer.intro", count=2 ** len(found.members), worlds=_worlds(found, words)),
        "notes": _notes(found, words), "table": singles(found, results, words),
    }  # fmt: skip


def singles(found: PackageResults, results: Results, words: Words) -> Table:
    """Each recommendation alone, and all together: a column an outcome of the family."""
    held = set(found.packages["outcome"])
    effects = [outcome_effects(found, outcome, words) for outcome in FAMILY if outcome in held]
    rows = [(member_label(member, results, words), 1 << n) for n, member in enumerate(found.members)]
    rows.append((words("explorer.together"), -1))
    columns = [Column(words("page.recommendation"), kind="text")]
    columns += [Column(column[-1].label, column[-1].unit) for column in effects]
    lines = [(text(label), *(effect_entry(column[mask], words) for column in effects)) for label, mask in rows]
    return Table(
        "packages_alone", words("explorer.static"), tuple(columns), tuple(lines), sources=("packages.parquet",)
    )


def _worlds(found: PackageResults, words: Words) -> str:
    drawn = found.source.drawn(found.worlds, words)
    return drawn[:1].upper() + drawn[1:]


def _notes(found: PackageResults, words: Words) -> list[str]:
    """Which intervals these are; for which study, if not that of the page; why there are no districts."""
    joint = words("explorer.joint", numbers=words("explorer.numbers"))
    notes = [joint, words("explorer.no_places" if found.places is None else "explorer.joint_places")]
    if not found.own and found.talent_scale:
        notes.append(words("explorer.scale", scale=words.numbers.number(found.talent_scale)))
    return notes
