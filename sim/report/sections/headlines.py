"""The six headline numbers: what the policy of the page changes, with interval and the direction in a word."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.names import outcome_unit
from sim.report.policies import main_policy, policy_title
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_entry
from sim.report.sections.flight import tiles

HEADLINES = (
    "startup_departures", "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost",
    "net_public_balance",
)  # fmt: skip


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """A tile per number; without one policy to tell of, the levels of the baseline; none without either."""
    note = main_policy(results)
    if note is None or results.comparison is None:
        found = tiles(results, words)
        return {"title": words("page.flight"), "note": "", "tiles": found} if found else None
    made = []
    for outcome in HEADLINES:
        effect = effects_of(results.comparison, note.name, outcome)
        if effect is None:
            continue
        entry = effect_entry(effect, words)
        unit = words.get(f"headline_unit.{outcome}", outcome_unit(outcome, effect.unit, words))
        better = words(f"direction.{effect.favour}") if effect.favour != "neutral" else ""
        made.append(
            {"value": entry.text, "unit": unit, "range": entry.interval,
             "text": words(f"headline.{outcome}"), "direction": words(f"direction.{effect.verdict}"),
             "better": better, "favour": entry.favour}
        )  # fmt: skip
    if not made:
        return None
    counted = results.source.counted(int(results.comparison["n"].min()), words)
    return {
        "title": words("headline.title", policy=policy_title(results, note, words)),
        "note": words("headline.note", worlds=counted, years=results.years_text(words)), "tiles": made,
    }  # fmt: skip
