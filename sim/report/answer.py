"""The answer in plain sentences, from templates over signed numbers: never more than the intervals allow."""

from __future__ import annotations

from sim.report.beside import table_of
from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.losers import losers
from sim.report.names import scenario_title
from sim.report.policies import main_policy, policy_title
from sim.report.results import Results, ScenarioNote
from sim.report.sentences import Effect

TOLD = ("startup_departures", "talents_french_in_france", "startup_jobs", "net_public_balance")
RANKED = "startups_in_france"
"""Outcome of which the first recommendation is named."""
HALF = 0.5
MOST_NAMED = 4


def what_it_does(results: Results, note: ScenarioNote, words: Words) -> str:
    """What a policy changes, clear effects before those that are not told apart from none; empty without effects."""
    assert results.comparison is not None
    effects = [effects_of(results.comparison, note.name, outcome) for outcome in TOLD]
    found = [effect for effect in effects if effect is not None]
    if not found:
        return ""
    clear = [_part(effect, words) for effect in found if effect.verdict in ("up", "down")]
    other = [words(f"answer.noun.{effect.outcome}") for effect in found if effect.verdict not in ("up", "down")]
    who, years = policy_title(results, note, words), results.years_text(words)
    worlds = results.source.counted(min(effect.n for effect in found), words)
    fields = {"policy": who, "years": years, "worlds": worlds}
    if all(effect.verdict == "untold" for effect in found):
        return words("answer.untold", **fields)
    sentences = []
    if clear:
        sentences.append(words("answer.does", parts=listed(clear, words), **fields))
        if other:
            sentences.append(words("answer.rest_unclear", nouns=listed(other, words)))
    else:
        sentences.append(words("answer.does_nothing_clear", nouns=listed(other, words), **fields))
    return " ".join(sentences)


def who_does_most(results: Results, words: Words) -> str:
    """The recommendation that adds most, and whether it is told apart from the others; empty if there are not two."""
    notes = results.recommendations_alone or results.recommendations
    if results.comparison is None or len(notes) < 2:
        return ""
    effects = [(note, effects_of(results.comparison, note.name, RANKED)) for note in notes]
    found = [(note, effect) for note, effect in effects if effect is not None]
    if len(found) < 2:
        return ""
    ordered = sorted(found, key=lambda one: -one[1].difference)
    first, effect = ordered[0]
    if effect.verdict == "untold":
        return ""
    if effect.verdict != "up":
        return words("answer.most_unclear")
    value, low, high = words.numbers.estimate(effect.difference, effect.low, effect.high)
    said = words("answer.most", policy=scenario_title(first, words), value=value, low=low, high=high)
    return f"{said} {_apart(results, first, [note for note, _ in ordered[1:]], words)}".strip()


def _apart(results: Results, first: ScenarioNote, others: list[ScenarioNote], words: Words) -> str:
    """Whether the first is ahead of every other in more than half of the worlds, as far as that is known."""
    table = table_of(results.folder / "worth", "beats.csv", ("outcome", "scenario", "other"), ("beats", "low", "n"))
    if table is None:
        return ""
    rows = table[(table["outcome"] == RANKED) & (table["scenario"] == first.name)].set_index("other")
    known = [note for note in others if note.name in rows.index]
    if len(known) < len(others):
        return ""
    low = rows["low"].astype(float).to_dict()
    doubtful = [note for note in known if not low[note.name] > HALF]
    if not doubtful:
        return words("answer.apart")
    if len(doubtful) > MOST_NAMED:
        return words("answer.not_apart_many", n=len(doubtful))
    return words("answer.not_apart", others=listed([_quoted(note, words) for note in doubtful], words))


def who_loses(results: Results, note: ScenarioNote, words: Words) -> str:
    """Which places lose startups by a policy, and what it costs; empty if neither is known."""
    said = []
    names = losers(results, note.name, "startups", words)
    if names is not None:
        shown = names[:MOST_NAMED]
        if not names:
            said.append(words("answer.nobody_loses"))
        elif len(names) > MOST_NAMED:
            said.append(words("answer.many_lose", places=", ".join(shown), more=len(names) - len(shown)))
        else:
            said.append(words("answer.lose", places=listed(names, words)))
    cost = None if results.comparison is None else effects_of(results.comparison, note.name, "public_cost")
    if cost is not None and cost.verdict == "up":
        value, low, high = words.numbers.estimate(cost.difference, cost.low, cost.high)
        said.append(words("answer.cost", value=value, low=low, high=high))
    return " ".join(said)


def what_it_rests_on(results: Results, words: Words) -> str:
    """From where the worlds come, and that strengths are assumed."""
    return words(f"answer.rests.{results.source.kind}")


def answer(results: Results, words: Words) -> list[str]:
    """Two to four sentences or pairs of sentences; none without a comparison."""
    if results.comparison is None or not results.policies:
        return []
    note = main_policy(results)
    found = [
        what_it_does(results, note, words) if note is not None else "", who_does_most(results, words),
        who_loses(results, note, words) if note is not None else "",
    ]  # fmt: skip
    told = [text for text in found if text]
    return [*told, what_it_rests_on(results, words)] if told else []


def _quoted(note: ScenarioNote, words: Words) -> str:
    return words("answer.quoted", name=scenario_title(note, words))


def listed(parts: list[str], words: Words) -> str:
    """Parts as a list in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return words("answer.list", first=words("answer.comma").join(parts[:-1]), last=parts[-1])


def _part(effect: Effect, words: Words) -> str:
    """One clear effect within a sentence: the size without a sign, the direction in words."""
    small, large = sorted((abs(effect.low), abs(effect.high)))
    value, low, high = words.numbers.estimate(abs(effect.difference), small, large)
    return words(f"answer.part.{effect.outcome}.{effect.verdict}", value=value, low=low, high=high)
