"""The catalogue: the same texts in both languages, no English in the French ones, spelt as French is."""

from __future__ import annotations

import csv
import hashlib
import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sim.analysis import OUTCOMES
from sim.analysis.reasons import MEASURES
from sim.evidence import load_evidence
from sim.report import names
from sim.report.catalogue import Words
from sim.report.readings import reading_text
from sim.report.reference_experiments import published_targets
from sim.report.results import ScenarioNote

ROOT = Path(__file__).parents[2]
EN, FR = Words("en"), Words("fr")
OF_DATA = ("outcome.", "unit.", "parameter.", "lever.", "lever_field.", "pattern.", "place.")
"""Tables that hold French only, or groups of places besides: the English is in the data."""
ENGLISH = re.compile(
    r"\b(the|of|and|with|is|are|by|which|from|that|was|were|be|been|has|have|this|these|those|not|than|its|their|whose|"
    r"all|each|every|any|no|who|what|where|when|how|why|or|but|if|at|to|in|for|as|it|they|them|there|only|over|per|"
    r"world|worlds|share|rate|startup|startups|abroad|headquarters|baseline|interval|outcome|difference|"
    r"district|districts|founders|labelled|recommendation|median|better|worse|found|run|runs)\b",
    re.IGNORECASE,
)
FRENCH_TOO = re.compile(
    r"\b(?:gain_held_out|docs/\w+\.md|\w+\.(?:csv|toml|parquet))\b"
    r"|«\u202f(?:calibrate|Tech Champion)\u202f»|dossier worth"
)
"""Names of files and of what is to be typed, which are no language."""
BOTH = """instrument label fibre capital total talents prov figure figures question provenance net visa population
source page validation version versions structure structures simplification score budget gain"""
NAMES_AND_SIGNS = "paris french tech france île de csv latex m n q g r"
ALIKE = {*BOTH.split(), *NAMES_AND_SIGNS.split()}
"""Words that a text may have in common with its English one."""


def flat(table: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Every text of a catalogue by its dotted key; entries of a list by number."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{key}.")
        elif isinstance(value, list):
            found |= {f"{above}{key}[{n}]": str(item) for n, item in enumerate(value)}
        else:
            found[above + key] = str(value)
    return found


def fields_of(text: str) -> set[str]:
    """The fields that the program fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def bare_words(text: str) -> list[str]:
    """The words of a text without fields, digits and signs."""
    return re.findall(r"[a-zà-ÿ]+", re.sub(r"\{\w+\}", "", text).lower())


def unlike(english: Mapping[str, str], french: Mapping[str, str]) -> list[str]:
    """A sentence for every text that one language lacks, or whose fields differ."""
    shared = [key for key in english if not key.startswith(OF_DATA)]
    ours = [key for key in french if not key.startswith(OF_DATA)]
    found = [f"fr lacks '{key}'" for key in shared if key not in french]
    found += [f"en lacks '{key}'" for key in ours if key not in english]
    both = [key for key in shared if key in french]
    return found + [f"'{key}' has other fields" for key in both if fields_of(english[key]) != fields_of(french[key])]


def misspelt(text: str) -> list[str]:
    """What is not spelt as French typography wants: narrow no-break spaces, apostrophes, decimal commas."""
    found = ["straight apostrophe"] * ("'" in text) + ["straight quotes"] * ('"' in text)
    if re.search(r"(?<![\u202f:/])[;?!»%]", re.sub(r"(?<!\S)[%]", "", text)):
        found.append("no narrow space before a sign")
    if re.search(r"(?<!\u202f):(?=\s|$)", text):
        found.append("no narrow space before a colon")
    if re.search(r"«(?!\u202f)", text):
        found.append("no narrow space after «")
    if re.search(r"\d\.\d|\d,\d{3},", text):
        found.append("a decimal point, or commas between thousands")
    if re.search(r"[\d}] (?:M€|Md€|€)", text):
        found.append("a space that breaks before a unit")
    return found


def english_words(text: str) -> list[str]:
    """Words of a French text that are English ones."""
    return [m.group() for m in ENGLISH.finditer(FRENCH_TOO.sub("", re.sub(r"\{\w+\}", "", text)))]


def test_both_languages_hold_the_same_texts_with_the_same_fields() -> None:
    assert unlike(flat(EN._table), flat(FR._table)) == []


def test_a_missing_text_and_a_lost_field_are_found() -> None:
    english = {"page.one": "of {n}", "page.two": "two"}
    assert unlike(english, {"page.one": "de {n}"}) == ["fr lacks 'page.two'"]
    assert unlike(english, {"page.one": "de", "page.two": "deux"}) == ["'page.one' has other fields"]
    assert unlike(english, {"page.one": "{n}", "page.two": "deux", "page.three": "trois"}) == ["en lacks 'page.three'"]


def test_no_french_text_is_its_english_one() -> None:
    english, french = flat(EN._table), flat(FR._table)
    same = {key: text for key, text in french.items() if english.get(key) == text}
    alike = {key: text for key, text in same.items() if not set(bare_words(text)) <= ALIKE}
    assert alike == {}
    assert not set(bare_words("Total of {n}")) <= ALIKE


def test_no_french_text_has_english_words() -> None:
    left = {key: found for key, text in flat(FR._table).items() if (found := english_words(text))}
    assert left == {}
    assert english_words("Moyenne over {worlds} mondes") == ["over"]


def test_french_texts_are_spelt_as_french_is() -> None:
    wrong = {key: found for key, text in flat(FR._table).items() if (found := misspelt(text))}
    assert wrong == {}
    assert [key for key, text in flat(FR._table).items() if re.search(r"\d,\d{3}\b", text)] == []


@pytest.mark.parametrize("text", ["L'effet", "Source : x", "12%", "quoi ?", "« oui »", "1.5", "12 M€", "fin;"])
def test_bad_spelling_is_found(text: str) -> None:
    assert misspelt(text)


@cache
def texts_of_data() -> dict[str, str]:
    """The English of everything that the data name, by the key of its translation."""
    from sim.model.levers import LEVERS  # what a scenario file may hold; the report itself reads results only

    evidence = load_evidence()
    found = {f"outcome.{o.name}.label": o.label for o in OUTCOMES.values()}
    found |= {f"outcome.{o.name}.description": o.description for o in OUTCOMES.values()}
    found |= {f"parameter.{name}": parameter.label for name, parameter in evidence.parameters.items()}
    common = set.intersection(*(set(lever.model_fields) for lever in LEVERS.values()))
    for key, lever in LEVERS.items():
        found |= {f"lever.{key}.label": lever.title, f"lever.{key}.payer": lever.payer}
        for field, info in lever.model_fields.items():
            name = f"lever.{key}.{field}"
            shared = field in common and name not in flat(FR._table)
            found[f"lever_field.{field}" if shared else name] = info.description or ""
    units = {o.unit for o in OUTCOMES.values()} | {p.unit for p in evidence.parameters.values()}
    units |= set(evidence.targets["unit"])
    found |= {f"unit.{unit}": unit for unit in units}
    return found | {f"pattern.{key}": str(row) for key, row in published_targets()["pattern"].items()}


def digest_of(text: str) -> str:
    """What tells whether a text is the one that was translated."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def test_everything_that_the_data_name_is_translated_and_nothing_else() -> None:
    named = texts_of_data()
    held = {key for key in flat(FR._table) if key.startswith(OF_DATA) and not key.startswith("place.")}
    assert sorted(named.keys() - held) == []
    assert sorted(held - named.keys()) == []


def test_no_english_text_has_changed_since_it_was_translated() -> None:
    with (Path(__file__).parent / "translated.csv").open(encoding="utf-8", newline="") as file:
        known = {row["key"]: row["digest"] for row in csv.DictReader(file)}
    now = {key: digest_of(text) for key, text in texts_of_data().items()}
    # Read words/fr again for each; then put its line into translated.csv, in place of the old one.
    assert [f"{key},{digest}" for key, digest in sorted(now.items()) if known.get(key) != digest] == []
    assert sorted(known.keys() - now.keys()) == []


def test_scenarios_are_translated_from_their_files() -> None:
    files = [*(ROOT / "scenarios").glob("*.toml"), *(ROOT / "scenarios" / "drivers").glob("*.toml")]
    shipped = {}
    for path in files:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        shipped |= {f"{content['name']}.{key}": content[key] for key in ("title", "question", "expected")}
    assert flat(EN._table["scenario"]) == shipped
    note = ScenarioNote("r5_ultra_broadband", shipped["r5_ultra_broadband.title"], "Another?", "", "R5", "", {})
    assert names.scenario_title(note, FR) == "Très haut débit fixe et mobile"
    assert names.scenario_question(note, FR) == "Another?"  # a file that was changed says what it says


def test_levers_are_called_in_english_what_the_model_calls_them() -> None:
    named = {key: text for key, text in texts_of_data().items() if key.startswith(("lever.", "lever_field."))}
    assert {key: text for key, text in flat(EN._table).items() if key.startswith(("lever.", "lever_field."))} == named


def test_places_have_names_in_both_languages() -> None:
    ids = load_evidence().place_ids
    assert set(FR._table["place"]) == {*ids, *EN._table["place"]}
    assert names.place_name("london", "London", FR) == "Londres"
    assert names.place_name("london", "London", EN) == "London"
    assert names.parameter_text("capital.paris_share", "Share of Ile-de-France", EN) == "Share of Île-de-France"


def test_reasons_have_names() -> None:
    from sim.model.events import STARTUP_TERMS, STARTUP_TRIGGERS, TALENT_TERMS, TALENT_TRIGGERS

    assert set(MEASURES) == {"trigger", "term"}
    assert set(FR.table("trigger")) == {*TALENT_TRIGGERS, *STARTUP_TRIGGERS}
    assert set(FR.table("term")) == {*TALENT_TERMS, *STARTUP_TERMS}


def readings() -> list[str]:
    """Every kind of sentence that the analysis writes where a number is not to be read."""
    import pandas as pd

    from sim.analysis import discovery, held_means, ratios, territory
    from sim.analysis.compare import warnings_of
    from sim.analysis.intervals import why_no_interval
    from sim.analysis.packages import tables
    from sim.analysis.simultaneous import joint_caveat

    few = [why_no_interval(*case) for case in ((1,), (5,), (24, 0), (24, 3))]
    frames = [pd.DataFrame({"n": n}) for n in ([], [1], [5], [12, 15])]
    said = [sentence for frame in frames for sentence in warnings_of(frame)]
    fixed = [discovery.NOTHING, discovery.TOO_FEW, discovery.FOUND, held_means.OUTSIDE, ratios.NO_EFFECT,
             ratios.NO_COST, territory.REMAINDER, tables.EMPTY, tables.FLATTERED, tables.NOTHING]  # fmt: skip
    joined = [f"{few[1]}; public cost: {few[3]}; {tables.FLATTERED}", f"{few[2]}; 4 levers together: which of them did "
              "it is a question of Shapley values", "linear scaling by 0.35, far from what was run"]  # fmt: skip
    return [*few, *said, *fixed, *joined, joint_caveat(8, 120)]


def test_readings_are_written_in_french_with_french_numbers() -> None:
    for text in readings():
        french = reading_text(text, FR)
        assert french != text, text
        assert english_words(french) == [], text
        assert misspelt(french) == [], text
        assert reading_text(text, EN) == text
    assert reading_text("linear scaling by 0.35", FR) == "mise à l’échelle linéaire par 0,35"
    assert reading_text("What do R1, R2 and R4 change together?", FR) == "Que changent ensemble R1, R2 et R4\u202f?"
    assert reading_text("a note of another version", FR) == "a note of another version"


def test_a_stale_posterior_is_said_in_french() -> None:
    parts = ("sources of the model", "evidence", "target rows")
    for size in (1, 2, 3):
        for changed in combinations(parts, size):
            text = f"The posterior is stale: it was fitted with other {' and '.join(changed)}; 'calibrate' renews it."
            assert "périmé" in reading_text(text, FR)
