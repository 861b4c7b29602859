"""Every lever and every view of the page, in both languages, as a visitor sets and sees them."""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sim.dashboard.board import LETTERS
from sim.dashboard.instruments import NATIONAL, instruments
from sim.dashboard.link import link_of
from sim.dashboard.scenario_text import policy_content
from sim.report.catalogue import Words
from tests.dashboard.conftest import LANDED, PARTIAL

PAGE = str(Path(__file__).parents[2] / "sim" / "dashboard" / "page.py")


def opened(**link: str) -> AppTest:
    """The page behind a link."""
    page = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    return run(page)


def run(changed: Any) -> AppTest:
    """One pass of the page, or of the page of a widget that was changed, without anything going wrong.

    The test driver forgets what a pass over some parts leaves alone: then the whole page follows.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Streamlit's own
        page: AppTest = changed.run()
        if not page.title:
            assert [one.value for one in page.exception] == []
            page = page.run()
    assert [one.value for one in page.exception] == []
    return page


def shown(page: AppTest) -> str:
    """Everything on the page in one text."""
    kinds = ("caption", "info", "success", "text", "title", "subheader", "warning", "code")
    texts = [one.value for kind in kinds for one in page.get(kind)]
    return "\n".join([*texts, *(one.proto.body for one in page.get("html"))])


def link(page: AppTest) -> dict[str, str]:
    """Parameters of the address."""
    return {name: value[0] if isinstance(value, list) else value for name, value in dict(page.query_params).items()}


@pytest.mark.long
def test_every_lever_can_be_set_and_estimated(served_here):
    page = opened()
    assert "no lever is on" in shown(page)
    for short, own in instruments().items():
        run(page.toggle(key=f"A.{short}.on").set_value(True))
        assert short in link(page)["a"]
        assert Words("en")("dashboard.estimate") in shown(page)
        run(page.slider(key=f"A.{short}.strength").set_value(50))
        assert f"{short},strength=0.5" in link(page)["a"]
        assert Words("en")("dashboard.estimate_between") in shown(page)
        run(page.selectbox(key=f"A.{short}.start").select("2015Q1"))
        assert "a start, budget or place differs" in shown(page).lower()
        if own.budget is not None:
            run(page.number_input(key=f"A.{short}.budget").set_value(55.0))
        if own.key not in NATIONAL:
            run(page.multiselect(key=f"A.{short}.places").select("lyon"))
        wanted = f"{short},strength=0.5,start=2015Q1"
        wanted += ",budget=55.0" if own.budget is not None else ""
        assert link(page)["a"] == wanted + ("" if own.key in NATIONAL else ",places=lyon")
        run(page.toggle(key=f"A.{short}.on").set_value(False))
    assert link(page)["a"] == "none"


def told(page: AppTest, key: str) -> Any:
    """What a pass tells a browser to show in a widget, whatever the browser remembers; None if it leaves it to it."""
    (proto,) = [one.proto for one in page.sidebar if getattr(one, "key", None) == key]
    if not proto.set_value:
        return None
    field = {"selectbox": "raw_value", "multiselect": "raw_values"}.get(type(proto).__name__.lower(), "value")
    found = getattr(proto, field)
    return found if isinstance(found, str | float | bool) else list(found)


def test_every_pass_tells_the_browser_what_is_set(served_here):
    """A browser that has forgotten a widget would otherwise begin at its least value, and send that as a wish."""
    page = opened(a="r3,strength=0.5,start=2015Q1,budget=55,places=lyon")
    for _ in range(2):
        assert [told(page, f"A.r3.{field}") for field in ("on", "strength", "start", "budget", "places")] == [
            True, [50.0], "2015 Q1", 55.0, ["Lyon"],
        ]  # fmt: skip
        run(page)


def test_what_is_sent_of_a_lever_that_is_off_does_not_switch_it_on(served_here):
    page = opened(a="r1;r7")
    page.slider(key="A.r7.strength").set_value(5)
    run(page.toggle(key="A.r7.on").set_value(False))
    assert link(page)["a"] == "r1"


def test_four_policies_stand_side_by_side_and_one_can_go(served_here):
    page = opened(a="r1")
    for letter in LETTERS[1:]:
        run(page.button(key="add").click())
        run(page.toggle(key=f"{letter}.r{LETTERS.index(letter) + 3}.on").set_value(True))
    assert link(page) == {"lang": "en", "a": "r1", "b": "r1;r4", "c": "r1;r4;r5", "d": "r1;r4;r5;r6"}
    assert all(f"Policy {letter}<" in shown(page) for letter in LETTERS)
    run(page.segmented_control(key="edited").set_value(1))
    run(page.button(key="remove").click())
    assert link(page) == {"lang": "en", "a": "r1", "b": "r1;r4;r5", "c": "r1;r4;r5;r6"}


def test_assumptions_of_the_world_come_with_their_source(served_here, evidence):
    page = opened(a="r1")
    page.session_state["advanced"] = True
    run(page)
    run(page.multiselect(key="fixed").select("talent.beta"))
    assert evidence.parameters["talent.beta"].source in shown(page)
    run(page.number_input(key="world.talent.beta").set_value(2.5))
    run(page.slider(key="years").set_value(7))
    run(page.toggle(key="rivals").set_value(True))
    run(page.selectbox(key="worlds").select(48))
    run(page.selectbox(key="scale").select(20))
    asked = {"years": "7", "worlds": "48", "scale": "20", "rivals": "1", "world": "talent.beta:2.5"}
    assert link(page) == {"lang": "en", "a": "r1"} | asked
    again = opened(**link(page))
    assert link(again) == link(page)
    again.session_state["advanced"] = True
    run(again)
    assert again.slider(key="years").value == 7


@pytest.mark.parametrize(("language", "word"), [("en", "so far"), ("fr", "écart par rapport à la référence")])
@pytest.mark.long
def test_every_view_of_a_run_that_has_landed(served_here, language, word):
    page = opened(lang=language, **link_of(LANDED))
    words = Words(language)
    text = shown(page)
    assert words("dashboard.finished") in text
    assert words("dashboard.live_whole", n=8) in text
    assert word not in text or language == "fr"
    for view, sign in (("map", "image"), ("paths", "image"), ("persons", "html"), ("districts", "html"),
                       ("accounts", "html"), ("leave", "download_button")):  # fmt: skip
        run(page.segmented_control(key="view").set_value(view))
        found = page.get(sign)
        assert len(found) > 0, view
        if sign == "html":
            assert words("dashboard.policy", letter="B") in shown(page)
    assert len(page.get("download_button")) == 3  # two scenarios and the archive


@pytest.mark.long
def test_every_view_is_drawn_from_the_worlds_that_have_landed(served_here):
    page, words = opened(**link_of(PARTIAL)), Words("en")
    so_far = words("dashboard.live_partial", n=8, worlds=16)
    assert so_far in shown(page)
    for view, sign in (("map", "image"), ("paths", "image"), ("persons", "html"), ("districts", "html"),
                       ("accounts", "html")):  # fmt: skip
        run(page.segmented_control(key="view").set_value(view))
        assert so_far in shown(page), view
        assert len(page.get(sign)) > 0, view
        assert words("dashboard.no_data") not in shown(page)
    run(page.segmented_control(key="view").set_value("leave"))
    assert words("dashboard.comes_with_run") in shown(page)
    assert len(page.get("download_button")) == 2  # the scenario files, without waiting


def test_a_report_that_was_drawn_can_be_taken_along(served_here):
    from sim.dashboard.ask import RESULTS
    from sim.dashboard.service import ask_of, cache_folder, waiting_line

    folder, words = cache_folder(ask_of(LANDED)), Words("fr")
    page = opened(lang="fr", **link_of(LANDED))
    run(page.segmented_control(key="view").set_value("leave"))
    page.button(key="make_report").click()
    with pytest.MonkeyPatch.context() as patch:
        asked = []
        patch.setattr(waiting_line(), "ask", lambda *words: asked.append(words))
        run(page)
    ((key, where, command, _, mark),) = asked
    assert (key, where, mark) == (f"{folder.name}/fr", folder, "report_fr")
    assert command[2:] == ["report", str(folder / RESULTS), "--lang", "fr"]
    drawn = [folder / mark, folder / RESULTS / "rapport.html"]  # as that command leaves them
    try:
        for path in drawn:
            path.write_text("<!doctype html>", encoding="utf-8")
        run(page)
        labels = [one.proto.label for one in page.get("download_button")]
        assert words("dashboard.report_file") in labels
    finally:
        for path in drawn:
            path.unlink()


def test_half_a_run_says_the_same_as_a_whole_one_of_its_worlds(served_here):
    from sim.dashboard.ask import RESULTS
    from sim.dashboard.run_tables import landed_tables, whole_tables
    from sim.dashboard.service import ask_of, cache_folder, places

    ask = ask_of(PARTIAL)
    half = landed_tables(cache_folder(ask), tuple(ask.contents), 16, places(), 8)
    whole = whole_tables(cache_folder(ask_of(LANDED)) / RESULTS)
    assert half.worlds == whole.worlds == 8
    columns = ["scenario", "kind", "level", "where", "baseline_mean", "difference", "low", "high"]
    pd.testing.assert_frame_equal(
        half.territory[columns], whole.territory[columns], check_dtype=False, check_categorical=False
    )
    counted = ["scenario", "world", "kind", "class", "place", "count", "received"]
    one, other = (
        found.pairs[counted]
        .astype({"kind": str, "class": str, "place": str})
        .sort_values(counted)
        .reset_index(drop=True)
        for found in (half, whole)
    )
    pd.testing.assert_frame_equal(one, other, check_dtype=False)
    assert landed_tables(cache_folder(ask), tuple(ask.contents), 16, places(), 3).worlds == 3


def test_hostile_links_are_text(served_here):
    page = opened(a="r1,places=<script>alert(1)</script>", lang="xx")
    assert "<script>alert(1)</script>" in [line for one in page.text for line in one.value.split("'")]
    assert link(page) == {"lang": "en", "a": "none"}


def test_two_visitors_do_not_see_each_other(served_here):
    one, other = opened(a="r1"), opened(b="r2")
    run(one.toggle(key="A.r3.on").set_value(True))
    run(other)
    assert link(one)["a"] == "r1;r3"
    assert "r3" not in str(link(other))


def test_scenario_files_are_those_of_the_run(served_here):
    from sim.dashboard.answers import answers_of
    from sim.dashboard.service import ask_of
    from sim.dashboard.views.files import scenario_file

    ask = ask_of(LANDED)
    for language in ("en", "fr"):
        for answer in answers_of(LANDED, None, ask, None, False):
            name, text = scenario_file(answer, ask, Words(language))
            assert tomllib.loads(text) == policy_content(answer.policy, LANDED)
            assert f"compare scenarios/baseline.toml {name} --worlds 8 --years 2 --talent-scale 100" in text
