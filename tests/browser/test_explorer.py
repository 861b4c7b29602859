"""The explorer as a reader meets it: what it answers is what the tables say, to the digit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from sim.analysis.packages.coalitions import FAMILY
from sim.report.catalogue import LANGUAGES, Words
from sim.report.names import outcome_label, outcome_unit, place_name
from sim.report.sentences import Effect, effect_sentence

ANSWERS = """() => {
  const data = JSON.parse(document.getElementById("explorer-data").textContent), found = [];
  for (const outcome of data.outcomes) for (const place of Object.keys(data.cells[outcome.id]))
    for (let mask = 0; mask < 256; mask++) {
      const now = explorer.answer(mask, outcome.id, place);
      found.push([outcome.id, place, mask, now.value, now.range, now.sentence]);
    }
  return found;
}"""


@pytest.fixture
def opened(pages: dict[tuple[str, str], Path], browser: Browser) -> Iterator[Page]:
    """The page of packages in English, just opened."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(pages["packages", "en"].as_uri())
        yield page


@cache
def expected(folder: Path, language: str) -> dict[tuple[str, str, int], tuple[str, str, str]]:
    """Printed value and range, and the sentence, of every package, from the tables and the report's own words."""
    words = Words(language)
    packages, places = (pd.read_parquet(folder / f"{name}.parquet") for name in ("packages", "package_places"))
    names = pd.read_csv(folder / "places.csv").set_index("place")["short_name"]
    rows: list[tuple[str, str, str, str, str, dict[str, Any]]] = []
    for row in packages[packages["outcome"].isin(FAMILY)].to_dict("records"):
        outcome = str(row["outcome"])
        label, unit = outcome_label(outcome, row["label"], words), outcome_unit(outcome, row["unit"], words)
        rows.append((outcome, "france", outcome, label, unit, row))
    for row in places.to_dict("records"):
        kind, where = str(row["kind"]), str(row["where"])
        outcome = {"startup": "startups_in_france", "talent": "talents_in_france"}[kind]
        label = words(f"explorer.kind.{kind}")
        if where != "france":
            label = words("explorer.at_place", kind=label, place=place_name(where, names[where], words))
        if where != "france" or outcome not in FAMILY:
            unit = words(f"explorer.kind_unit.{kind}")
            rows.append((outcome, where, f"{outcome} of a place", label, unit, row | {"better": "higher"}))
    found = {}
    for outcome, where, named, label, unit, row in rows:
        ends = row["difference"], row["joint_low"], row["joint_high"]
        effect = Effect("", named, label, unit, row["better"], *ends, row["n"], row["reading"])
        value, low, high = words.numbers.estimate(*ends, signed=True)
        span = words("page.range", low=low, high=high) if effect.low < effect.high else ""
        none = effect.verdict == "none"
        shown = ("0" if none else value, "" if none else span, effect_sentence(effect, words))
        found[outcome, where, int(row["mask"])] = shown
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_package_answers_what_the_tables_say(
    language: str, pages: dict[tuple[str, str], Path], packages_folder: Path, browser: Browser
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages["packages", language].as_uri())
        answers = {(row[0], row[1], row[2]): tuple(row[3:]) for row in page.evaluate(ANSWERS)}
    tables = expected(packages_folder, language)
    assert len(tables) == 256 * (len(FAMILY) + 1 + 2 * 4)
    assert answers.keys() == tables.keys()
    assert {key: answers[key] for key in tables if answers[key] != tables[key]} == {}


def state(page: Page) -> dict[str, Any]:
    """What is switched on and what is said."""
    return dict(
        page.evaluate(
            """() => ({on: [...document.querySelectorAll("#explorer-live input:checked")].map((box) => box.value),
            outcome: document.getElementById("explorer-outcome").value,
            place: document.getElementById("explorer-place").value,
            answer: document.getElementById("explorer-answer").textContent, hash: location.hash})"""
        )
    )


def test_switches_answer_at_once(opened: Page, packages_folder: Path) -> None:
    tables = expected(packages_folder, "en")
    assert state(opened)["on"] == [f"r{n}" for n in range(1, 9)]
    opened.click("#explorer-none")
    assert state(opened)["answer"].startswith("No recommendation switched on. Startups in France: no change in any")
    # In the page's own turn: the answer is there when the click has been dealt with.
    said = opened.evaluate(
        """() => [0, 3, 6].map((n) => {
        document.querySelectorAll("#explorer-live input[type=checkbox]")[n].click();
        return [document.getElementById("explorer-answer").textContent,
                document.getElementById("explorer-value").textContent,
                document.querySelector("#explorer-drawing svg").getAttribute("aria-label"),
                document.querySelectorAll("#explorer-drawing circle").length];
        })"""
    )
    for (text, value, drawn, dots), mask, name in zip(said, (1, 9, 73), ("R1", "R1 + R4", "R1 + R4 + R7"), strict=True):
        cost, span, _ = tables["public_cost", "france", mask]
        shown, _, sentence = tables["startups_in_france", "france", mask]
        assert text == f"Package {name}. {sentence} Gross public cost: {cost} ({span}) million euro of 2013."
        assert value == shown
        assert drawn == text
        assert dots == (1 if mask == 1 else 1 + mask.bit_count())
    rows = opened.locator("#explorer-all-outcomes tr").all_inner_texts()
    assert len(rows) == len(FAMILY) + 1
    assert rows[0].split("\t")[1:3] == [*tables["startups_in_france", "france", 73][:2]]


def test_a_place_is_chosen_where_persons_were_counted(opened: Page, packages_folder: Path) -> None:
    opened.select_option("#explorer-place", "lyon")
    whole = expected(packages_folder, "en")["startups_in_france", "lyon", 255]
    assert whole[2] in state(opened)["answer"]
    opened.select_option("#explorer-outcome", "startup_jobs")
    assert opened.is_disabled("#explorer-place")
    assert state(opened)["place"] == "france"
    assert "Startup jobs" in state(opened)["answer"]


def test_a_link_restores_the_view_and_the_back_button_goes_back(
    pages: dict[tuple[str, str], Path], browser: Browser
) -> None:
    url = pages["packages", "en"].as_uri()
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{url}#p=r2.r6&o=startups_in_france&d=lille")
        first = state(page)
        assert (first["on"], first["outcome"], first["place"]) == (["r2", "r6"], "startups_in_france", "lille")
        assert page.evaluate("document.getElementById('explorer').getBoundingClientRect().top") < 900
        page.check("#explorer-live input[value=r8]")
        second = state(page)
        assert second["hash"] == "#p=r2.r6.r8&o=startups_in_france&d=lille"
        page.select_option("#explorer-outcome", "public_cost")
        page.go_back()
        assert state(page) == second
        page.go_back()
        assert state(page) == first
        page.go_forward()
        assert state(page) == second
        page.evaluate("location.hash = '#limits'")  # another part of the page is none of its business
        assert state(page) | {"hash": ""} == second | {"hash": ""}
        # What a link names wrongly is left as it is at the start; nothing of it becomes part of the page.
        page.goto(f"{url}#p=r1.r99.%3Cb%3E&o=%ZZ&d=nowhere")
        odd = state(page)
        assert (odd["on"], odd["outcome"], odd["place"]) == (["r1"], "startups_in_france", "france")


def test_the_link_is_copied_or_laid_out_for_copying(opened: Page) -> None:
    opened.click("#explorer-none")
    opened.check("#explorer-live input[value=r5]")
    opened.evaluate("void (navigator.clipboard.writeText = async (text) => { window.copied = text; })")
    opened.click("#explorer-copy")
    opened.wait_for_function("document.getElementById('explorer-status').textContent === 'Link copied.'")
    link = opened.evaluate("window.copied")
    assert link == opened.url
    assert link.endswith("#p=r5&o=startups_in_france&d=france")
    opened.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    opened.click("#explorer-copy")
    opened.wait_for_selector("#explorer-link:not([hidden])")
    assert opened.input_value("#explorer-link") == link
    assert opened.evaluate("getSelection().toString()") == link


def test_the_keyboard_is_enough(opened: Page) -> None:
    opened.focus("#explorer-live input[value=r1]")
    opened.keyboard.press("Space")
    assert state(opened)["on"] == [f"r{n}" for n in range(2, 9)]
    opened.keyboard.press("Tab")
    opened.keyboard.press("Space")
    assert state(opened)["on"] == [f"r{n}" for n in range(3, 9)]
    for _ in range(7):  # past the other boxes
        opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert state(opened)["on"] == []
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert len(state(opened)["on"]) == 8
    opened.keyboard.press("Tab")
    opened.keyboard.press("ArrowDown")
    assert state(opened)["outcome"] == FAMILY[1]
    assert opened.get_attribute("#explorer-answer", "aria-live") == "polite"


def test_without_scripts_there_is_the_table(pages: dict[tuple[str, str], Path], browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(pages["packages", "fr"].as_uri())
        assert page.is_hidden("#explorer-live")
        assert page.is_visible("#explorer-static table")
        assert page.locator("#explorer-static tbody tr").count() == 9
