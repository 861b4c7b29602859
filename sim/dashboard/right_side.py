"""The right side: how the live run is, and a view of what is known. Repeats itself while a run is on its way."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from sim.dashboard import state
from sim.dashboard.ask import Ask, is_done
from sim.dashboard.live import last_words, progress_of
from sim.dashboard.room import seen
from sim.dashboard.service import (
    answers_to,
    ask_of,
    cache_folder,
    keep_within_limit,
    server_settings,
    waiting_line,
)
from sim.dashboard.show import VIEWS
from sim.dashboard.shown import Shown
from sim.report.catalogue import Words

SETTLED_SECONDS = 0.5
"""Without a change, after which the model is run by itself."""
SOON_SECONDS, LATER_SECONDS = 0.5, 2.0
"""Between two looks at a run that begins or is on its way, and at one that waits for others."""
LONG_SECONDS = 120.0
"""From here on the time left is told in minutes."""
PENDING, OVER = ("waiting", "running"), ("failed", "cancelled")
CHANGED, BEFORE, STOPPED, AUTO = "changed", "before", "stopped", "auto"


def right_side(words: Words) -> None:
    """Everything on the right: a part of the page that is drawn anew without the rest of it."""
    st.fragment(_right_side, key=state.RIGHT)(words)


def _right_side(words: Words) -> None:
    """Note a change of the board, then show; the showing alone repeats itself."""
    ask = ask_of(state.board())
    if st.session_state.get(BEFORE) != ask.digest:
        st.session_state[BEFORE], st.session_state[CHANGED] = ask.digest, time.monotonic()
        st.session_state[STOPPED] = False
        _leave_others(ask)
    state.keep_address()
    pace = _pace(ask)
    st.fragment(_show, run_every=pace)(ask, words, pace)


def _pace(ask: Ask) -> float | None:
    """Seconds after which something may have changed without the visitor doing anything; None if nothing will."""
    key = _report_key(ask) if not ask.policies or is_done(cache_folder(ask)) else ask.digest
    status = waiting_line().state(key, _who())
    if status in PENDING:
        return LATER_SECONDS if waiting_line().place(key) else SOON_SECONDS
    begins = key == ask.digest and status not in OVER and _by_itself()
    return SOON_SECONDS if begins else None


def _by_itself() -> bool:
    return bool(st.session_state.get(AUTO, server_settings().auto)) and not st.session_state[STOPPED]


def _who() -> str:
    return str(st.session_state[state.WHO])


def _report_key(ask: Ask) -> str:
    return f"{ask.digest}/{st.session_state[state.LANGUAGE]}"


def _leave_others(ask: Ask) -> None:
    """Wait no longer for the run of an earlier board."""
    if (asked := st.session_state[state.ASKED]) and asked != ask.digest:
        waiting_line().leave(asked, _who())
        st.session_state[state.ASKED] = ""


def start(ask: Ask) -> None:
    """Stand in line for the live run of a board."""
    folder = cache_folder(ask)

    def ready() -> None:
        """When its turn has come: others have made some of its runs meanwhile."""
        ask.prepare(folder.parent)
        keep_within_limit()
        ask.take_over(folder.parent)

    command = ask.command(folder, server_settings().workers)
    waiting_line().ask(ask.digest, folder, command, _who(), ready=ready, spare=True)
    st.session_state[state.ASKED], st.session_state[STOPPED] = ask.digest, False


def stop(ask: Ask) -> None:
    """Leave the line; the run is stopped if nobody else waits for it."""
    waiting_line().leave(ask.digest, _who())
    st.session_state[STOPPED] = True


def _show(ask: Ask, words: Words, pace: float | None) -> None:
    """Status of the run, then the view."""
    folder, line = cache_folder(ask), waiting_line()
    done = is_done(folder)
    seen(folder)
    status = "finished" if done else line.state(ask.digest, _who())
    settled = time.monotonic() - st.session_state[CHANGED] >= SETTLED_SECONDS
    # Finished, and not done: its folder was removed to make room.
    if ask.policies and not done and status in (None, "cancelled", "finished") and _by_itself() and settled:
        start(ask)
        status = line.state(ask.digest, _who())
    comparison, answers = answers_to(ask, done)
    _status(ask, status if done or status != "finished" else None, words)
    _view(Shown(ask, answers, comparison, done, words), words)
    # Not of this part: it must stop to repeat itself, or do so at another pace.
    if pace != _pace(ask):
        st.rerun()


def _status(ask: Ask, status: str | None, words: Words) -> None:
    """What the live run is doing, and a button to start or stop it."""
    if status == "finished" and ask.policies:
        st.success(words("dashboard.finished"))
        return
    left, right = st.columns([2, 1], vertical_alignment="center")
    if status in PENDING:
        right.button(words("dashboard.cancel"), key="cancel", on_click=stop, args=(ask,), width="stretch")
        with left:
            _progress(ask, status, words)
        return
    with left:
        if status == "failed":
            st.error(words("dashboard.failed"))
            st.code(last_words(cache_folder(ask)), language=None)
        elif st.session_state[STOPPED]:
            st.info(words("dashboard.cancelled"))
    with right:
        if ask.policies:
            text = words("dashboard.again" if status == "failed" else "dashboard.run")
            st.button(text, key="run", on_click=start, args=(ask,), type="primary", width="stretch", wrap=True)
            st.checkbox(
                words("dashboard.auto"), value=server_settings().auto, key=AUTO, persist_state="session", wrap=True
            )


def _progress(ask: Ask, status: str | None, words: Words) -> None:
    if status == "waiting":
        before = waiting_line().place(ask.digest)
        st.info(words("dashboard.waiting", before=before) if before else words("dashboard.waiting_next"))
        return
    progress = progress_of(cache_folder(ask))
    if progress is None or not progress.planned:
        st.progress(0.0, text=words("dashboard.starting"))
    elif progress.finished >= progress.planned:
        st.progress(1.0, text=words("dashboard.writing"))
    else:
        text = words("dashboard.running", finished=progress.finished, planned=progress.planned)
        if progress.seconds_left is not None:
            text += " " + _left(progress.seconds_left, words)
        st.progress(progress.finished / progress.planned, text=text)


def _left(seconds: float, words: Words) -> str:
    if seconds < LONG_SECONDS:
        return words("dashboard.left", seconds=words.numbers.number(seconds))
    return words("dashboard.left_minutes", minutes=words.numbers.number(seconds / 60.0))


def _view(shown: Shown, words: Words) -> None:
    names = words.table("dashboard.views")
    chosen = st.segmented_control(
        words("dashboard.view"), list(VIEWS), key="view", default="headlines", required=True,
        format_func=names.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    show: Callable[[Shown], None] = VIEWS[str(chosen)]
    show(shown)
