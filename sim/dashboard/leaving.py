"""The view from which a visitor leaves: scenario files, link, and of a finished run tables, figures and report."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import streamlit as st

from sim.dashboard import state
from sim.dashboard.ask import RESULTS, Ask, report_command
from sim.dashboard.link import link_of
from sim.dashboard.live import last_words
from sim.dashboard.scenario_text import policy_title
from sim.dashboard.service import cache_folder, waiting_line
from sim.dashboard.shown import Shown
from sim.dashboard.views.files import PAGES, archive, scenario_file


def leave(shown: Shown) -> None:
    """Everything that can be taken along."""
    words, ask = shown.words, shown.ask
    texts: dict[str, str] = {}
    told = [answer for answer in shown.answers if answer.policy.choices]
    for answer, column in zip(told, st.columns(max(len(told), 1)), strict=False):
        name, text = scenario_file(answer, ask, words)
        texts[name] = text
        label = words("dashboard.scenario_file", letter=answer.letter)
        with column:
            st.download_button(label, text, name, "application/toml", key=f"file.{answer.letter}", on_click="ignore")
            st.text(policy_title(answer.policy))
    if told:
        st.caption(words("dashboard.check_note"))
    if not _needs_run(shown):
        _files_of_run(shown, texts)
    st.text(words("dashboard.link"))
    parts = {"lang": words.language} | link_of(ask.board)
    link = "?" + "&".join(f"{name}={_quoted(value)}" for name, value in parts.items())
    st.code(link, language=None, wrap_lines=True)
    st.caption(words("dashboard.link_note"))


def _draw(key: str, folder: Path, command: list[str], who: str, mark: str) -> None:
    waiting_line().ask(key, folder, command, who, mark)


def _quoted(text: str) -> str:
    return quote(text, safe=";,=:.+")


@st.cache_data(show_spinner=False, max_entries=4)
def _archive(digest: str, language: str, drawn: bool, texts: dict[str, str], _ask: Ask) -> bytes:
    folder = cache_folder(_ask)
    return archive(folder, folder / RESULTS, _ask, texts, language)


def _files_of_run(shown: Shown, texts: dict[str, str]) -> None:
    words, ask, line = shown.words, shown.ask, waiting_line()
    folder = cache_folder(ask)
    results, key = folder / RESULTS, f"{ask.digest}/{words.language}"
    mark, who = f"report_{words.language}", str(st.session_state[state.WHO])
    drawn, status = (folder / mark).is_file(), line.state(key, who)
    if not drawn and status in ("waiting", "running"):
        before = line.place(key)
        st.info(words("dashboard.report_line", before=before) if before else words("dashboard.report_drawing"))
    elif not drawn:
        if status == "failed":
            st.error(words("dashboard.report_failed"))
            st.code(last_words(folder), language=None)
        asked = (key, folder, report_command(results, words.language), who, mark)
        st.button(words("dashboard.make_report"), key="make_report", on_click=_draw, args=asked, type="primary")
    page = results / PAGES[words.language]
    if drawn and page.is_file():
        st.download_button(words("dashboard.report_file"), page.read_bytes(), page.name, "text/html", key="report",
                           on_click="ignore")  # fmt: skip
        book = results / "tables" / ("" if words.language == "en" else words.language) / "tables.xlsx"
        if book.is_file():
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            st.download_button(words("dashboard.tables_file"), book.read_bytes(), book.name, kind, key="tables",
                               on_click="ignore")  # fmt: skip
    made = _archive(ask.digest, words.language, drawn, texts, ask)
    st.download_button(words("dashboard.all_files"), made, f"{ask.digest}.zip", "application/zip", key="archive",
                       on_click="ignore")  # fmt: skip


def _needs_run(shown: Shown) -> bool:
    """Say that a view waits for the finished run; whether it does."""
    if shown.done and shown.names:
        return False
    st.info(shown.words("dashboard.comes_with_run"))
    return True
