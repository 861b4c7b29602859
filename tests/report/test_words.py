"""Numbers and sentences: direction, wording, rounding."""

import pandas as pd
import pytest

from sim.analysis import OUTCOMES
from sim.report import catalogue
from sim.report.catalogue import Words
from sim.report.numbers import Numbers, decimals_for
from sim.report.sections.comparison import comparison_table
from sim.report.sections.effect_cells import effect_entry
from sim.report.sentences import Effect, effect_sentence

WORDS = Words()


def effect(difference: float, low: float, high: float, outcome: str = "startups_in_france") -> Effect:
    o = OUTCOMES[outcome]
    return Effect("r1", outcome, o.label, o.unit, o.better, difference, low, high, 24)


@pytest.mark.parametrize(
    ("outcome", "difference", "word", "way"),
    [
        ("startups_in_france", 12.0, "up by 12", "the better way"),
        ("startups_in_france", -12.0, "down by 12", "the worse way"),
        ("startup_departures", 12.0, "up by 12", "the worse way"),
        ("startup_departures", -12.0, "down by 12", "the better way"),
    ],
)
def test_direction_follows_the_sign(outcome: str, difference: float, word: str, way: str) -> None:
    low, high = sorted((difference * 0.5, difference * 1.5))
    text = effect_sentence(effect(difference, low, high, outcome), WORDS)
    assert word in text
    assert way in text
    assert "(6 to 18)" in text
    other = {"up by": "down by", "down by": "up by", "better": "worse", "worse": "better"}
    assert other[" ".join(word.split()[:2])] not in text
    assert other[way.split()[1]] not in text


def test_interval_with_zero_is_never_called_a_direction() -> None:
    for difference, low, high in ((3.0, -1.0, 7.0), (-3.0, -7.0, 0.0), (3.0, 0.0, 7.0)):
        text = effect_sentence(effect(difference, low, high), WORDS)
        assert "not distinguishable from no effect" in text
        assert not any(w in text for w in ("up by", "down by", "better", "worse"))


def test_no_change_is_said_as_such() -> None:
    assert "no change in any of the 24 worlds" in effect_sentence(effect(0.0, 0.0, 0.0), WORDS)


def test_paying_is_neither_better_nor_worse() -> None:
    text = effect_sentence(effect(12.0, 6.0, 18.0, "public_cost"), WORDS)
    assert "up by 12" in text
    assert "better" not in text
    assert "worse" not in text


def test_neutral_outcome_has_no_verdict() -> None:
    assert effect(1.0, 0.5, 2.0, "paris_share").favour == "neutral"


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (1234.5, 1, False, "1,234.5"), (-12.4, 0, True, "−12"), (12.4, 0, True, "+12"),
        (-0.04, 1, True, "0.0"), (0.0, 0, True, "0"), (1234.0, -2, True, "+1,200"), (float("nan"), 1, False, "–"),
    ],
)  # fmt: skip
def test_number(value: float, decimals: int, signed: bool, text: str) -> None:
    assert WORDS.numbers.number(value, decimals, signed) == text


def test_rounding_respects_the_interval() -> None:
    assert WORDS.numbers.estimate(1013.4, 950.2, 1090.9) == ("1,010", "950", "1,090")
    assert WORDS.numbers.estimate(0.01234, 0.011, 0.0137, signed=True) == ("+0.0123", "+0.0110", "+0.0137")
    assert decimals_for(0.0, 0.0, 12.0) == 1
    tiny = WORDS.numbers.estimate(0.0003, 0.0001, 0.0005, signed=True)
    assert tiny[0] != "0"  # a tiny effect is not rounded away


@pytest.mark.parametrize(
    ("value", "text"), [(123.4, "120"), (0.000271, "0.00027"), (0.0, "0"), (float("nan"), "–"), (5.04, "5.0")]
)
def test_two_digits_never_in_powers_of_ten(value: float, text: str) -> None:
    assert WORDS.numbers.two_digits(value) == text


def test_clear_interval_never_shows_a_zero() -> None:
    assert WORDS.numbers.estimate(20.0, 0.4, 110.0, signed=True) == ("+20", "+0.4", "+110")
    assert WORDS.numbers.estimate(-20.0, -110.0, -0.04, signed=True) == ("−20", "−110", "−0.04")
    assert WORDS.numbers.estimate(20.0, -0.4, 110.0, signed=True)[1] == "0"


def test_cells_say_unclear_in_words() -> None:
    cell = effect_entry(effect(3.0, -1.0, 7.0), WORDS)
    assert (cell.remark, cell.favour) == ("not distinguishable from no effect", "neutral")
    clear = effect_entry(effect(3.0, 1.0, 7.0), WORDS)
    assert (clear.remark, clear.favour) == ("", "favourable")


def test_missing_word_or_field_is_an_error() -> None:
    with pytest.raises(KeyError, match="no text"):
        WORDS("page.no_such_key")
    with pytest.raises(KeyError):
        WORDS("page.scope", worlds=3)


def test_levels_of_what_no_world_changes_keep_their_digits() -> None:
    row = {"scenario": "x", "outcome": "x", "label": "l", "unit": "u", "better": "lower", "difference": 0.0,
           "low": 0.0, "high": 0.0, "joint_low": 0.0, "joint_high": 0.0, "pairing_gain": 1.0, "reading": "",
           "mc_error": 0.0, "n": 4}  # fmt: skip
    table = pd.DataFrame([row | {"baseline_mean": level, "scenario_mean": level} for level in (0.737, 81234.5, 0.0)])
    rows = comparison_table(table, {}, WORDS).rows
    assert [row[4].text for row in rows] == ["0.737", "81,234", "0"]
    assert {row[6].text for row in rows} == {"0"}


@pytest.mark.parametrize(
    ("language", "number", "percent", "money", "small", "quarter"),
    [
        ("en", "−1,234.5", "12.3%", "€2.3\u202fbn", "+€12.3\u202fM", "2013 Q3"),
        ("fr", "−1\u202f234,5", "12,3\u202f%", "2,3\u202fMd€", "+12,3\u202fM€", "T3 2013"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    language: str, number: str, percent: str, money: str, small: str, quarter: str
) -> None:
    numbers = Numbers(language)
    assert numbers.number(-1234.5, 1, signed=True) == number
    assert numbers.percent(12.34, 1) == percent
    assert numbers.money(2345.2, 1) == money
    assert numbers.money(12.34, 1, signed=True) == small
    assert numbers.quarter(2013, 3) == quarter


def test_ticks_have_no_zeros_behind() -> None:
    assert [WORDS.numbers.plain(x) for x in (0.1 + 0.2, 1234567.0, -2.50, 0.0)] == ["0.3", "1,234,567", "−2.5", "0"]


def test_two_files_of_a_language_cannot_hold_the_same_text(tmp_path, monkeypatch) -> None:
    for name, text in (("a", 'x.one = "1"'), ("b", 'x.two = "2"'), ("c", 'x.two = "3"')):
        folder = tmp_path / "en"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("sim.report.catalogue.CATALOGUE", tmp_path)
    catalogue._read.cache_clear()
    try:
        with pytest.raises(KeyError, match=r"c\.toml repeats 'x\.two'"):
            Words()
    finally:
        catalogue._read.cache_clear()
