"""The views, by name: each writes what is known of the policies to the page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from sim.dashboard.leaving import leave
from sim.dashboard.run_tables import RunTables
from sim.dashboard.scenario_text import BASELINE
from sim.dashboard.service import drawing, estimator, made_with
from sim.dashboard.shown import Shown
from sim.dashboard.views.headlines import headline_table
from sim.dashboard.views.persons import person_tables
from sim.dashboard.views.pictures import MOVERS, Picture, flow_map, path_figure, picture_of
from sim.dashboard.views.regions import account_table, district_table
from sim.dashboard.views.table_html import table_html
from sim.report.catalogue import Words

LIVE = ("partial", "whole")
DISTRICT_KINDS = ("startups", "talents", "jobs")


def headlines(shown: Shown) -> None:
    """Numbers side by side, and where they come from."""
    words, board = shown.words, shown.ask.board
    st.caption(words("dashboard.baseline"))
    for answer in shown.answers:
        if answer.origin == "baseline":
            st.info(words("dashboard.nothing_on", letter=answer.letter))
        elif answer.origin == "none":
            why = words(f"dashboard.no_estimate.{answer.why_not}", years=_years(words))
            st.info(words("dashboard.estimate_none", letter=answer.letter, why=why))
    told = [answer for answer in shown.answers if answer.effects]
    if not told:
        return
    st.html(headline_table(shown.answers, board.worlds, words))
    st.caption(words("dashboard.joint"))
    if any(answer.origin == "estimate" for answer in told):
        _estimate_notes(any(answer.interpolated for answer in told), words)
    if any(answer.origin in LIVE for answer in told):
        years = words("page.years_one") if board.years == 1 else words("page.years_many", years=f"{board.years}")
        st.caption(words("dashboard.live_note", scale=board.scale, years=years))


def _years(words: Words) -> str:
    found = estimator()
    years = found.years if found is not None else 0
    return words("page.years_one") if years == 1 else words("page.years_many", years=f"{years}")


def _estimate_notes(interpolated: bool, words: Words) -> None:
    found = estimator()
    assert found is not None  # there is an estimate
    packages = found.found
    total = words.numbers.number(2 ** len(packages.members))
    worlds = packages.source.counted(packages.worlds, words)
    st.caption(words("dashboard.estimate_note", total=total, worlds=worlds, scale=packages.talent_scale or "?"))
    if interpolated:
        st.caption(words("dashboard.estimate_between"))
    if found.alone:
        st.caption(words("dashboard.estimate_alone"))
    digests = packages.manifest.get("digests")
    held = digests if isinstance(digests, dict) else {}
    if any(held.get(name) != digest for name, digest in made_with().items()):
        st.caption(words("dashboard.estimate_other"))


def _tables(shown: Shown) -> RunTables | None:
    """Tables of the run, and how many worlds they are over; says that they are to come while there are none."""
    found = shown.tables if shown.names else None
    if found is None:
        st.info(shown.words("dashboard.comes_with_worlds"))
    elif not shown.done:
        st.caption(shown.words("dashboard.live_partial", n=found.worlds, worlds=shown.ask.board.worlds))
    return found


def _one_policy(shown: Shown, with_baseline: bool = False) -> tuple[str, str]:
    """Let the visitor choose a policy: scenario and printed name."""
    names = ({BASELINE: shown.words("dashboard.map_baseline")} if with_baseline else {}) | shown.names
    st.session_state.setdefault("shown_policy", next(iter(names)))
    if st.session_state["shown_policy"] not in names:
        st.session_state["shown_policy"] = next(iter(names))
    chosen = st.selectbox(
        shown.words("dashboard.show_policy"), list(names), format_func=names.__getitem__, key="shown_policy"
    )
    return str(chosen), names[str(chosen)]


@st.cache_resource(show_spinner=False, max_entries=64)
def _map(
    folder: str, worlds: int, scenario: str, kind: str, year: int, language: str, _tables: RunTables
) -> Picture | None:
    return picture_of(drawing(), flow_map, _tables, scenario, kind, year, Words(language))


@st.cache_resource(show_spinner=False, max_entries=64)
def _paths(folder: str, worlds: int, scenario: str, name: str, language: str, _tables: RunTables) -> Picture | None:
    return picture_of(drawing(), path_figure, _tables, scenario, name, Words(language))


def _picture(made: Picture | None, words: Words) -> None:
    if made is None:
        st.info(words("dashboard.no_data"))
        return
    st.markdown(f"##### {made.title}")
    st.image(made.png, width="stretch", alt=made.title)
    st.caption(made.note)


def flows(shown: Shown) -> None:
    """Map with flows through time."""
    if (tables := _tables(shown)) is None:
        return
    words, board = shown.words, shown.ask.board
    left, middle, right = st.columns(3)
    with left:
        scenario, _ = _one_policy(shown, with_baseline=True)
    movers = words.table("dashboard.movers")
    kind = middle.selectbox(words("dashboard.of_whom"), list(MOVERS), key="movers", format_func=movers.__getitem__)
    year = board.years
    if board.years > 1:
        year = right.slider(words("dashboard.through"), 1, board.years, board.years, key="year")
    made = _map(shown.ask.digest, tables.worlds, scenario, str(kind), int(year), words.language, tables)
    _picture(made, words)


def paths(shown: Shown) -> None:
    """Paths of one policy beside the baseline."""
    if (tables := _tables(shown)) is None:
        return
    scenario, name = _one_policy(shown)
    made = _paths(shown.ask.digest, tables.worlds, scenario, name, shown.words.language, tables)
    _picture(made, shown.words)


def persons(shown: Shown) -> None:
    """Who is kept, moved, attracted."""
    if (tables := _tables(shown)) is None:
        return
    if tables.pairs is None:
        st.info(shown.words("dashboard.no_data"))
        return
    for table in person_tables(tables.pairs, shown.titles, shown.words):
        st.html(table_html(table))


def districts(shown: Shown) -> None:
    """Gains and losses by place."""
    if (tables := _tables(shown)) is None:
        return
    found = [district_table(tables, shown.titles, kind, shown.words) for kind in DISTRICT_KINDS]
    for table in found:
        if table is not None:
            st.html(table_html(table))
    if not any(table is not None for table in found):
        st.info(shown.words("dashboard.no_data"))


def accounts(shown: Shown) -> None:
    """Public accounts."""
    if _tables(shown) is None or shown.comparison is None:
        return
    st.html(table_html(account_table(shown.comparison, shown.titles, shown.words)))


VIEWS: dict[str, Callable[[Shown], None]] = {
    "headlines": headlines, "map": flows, "paths": paths, "persons": persons, "districts": districts,
    "accounts": accounts, "leave": leave,
}  # fmt: skip
