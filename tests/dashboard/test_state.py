"""Which parts of the page a changed board has drawn anew."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace

import pytest
import streamlit

from sim.dashboard import state
from sim.dashboard.board import Board

LEVER = "lever.r8"


@pytest.mark.parametrize(
    ("pass_now", "drawn", "problems", "asked"),
    [
        (["one part"], True, [], [((LEVER, state.RIGHT),)]),
        (["one part"], False, [], [()]),
        (["one part"], True, ["link: found ..."], [()]),
        (None, True, [], []),
        (None, False, [], []),
    ],
)
def test_a_pass_over_the_whole_page_is_never_cut_short(monkeypatch, pass_now, drawn, problems, asked):
    """It brings what was thrown away for it; a smaller one in its place would leave levers out."""
    session = {state.BOARD: Board(), state.PROBLEMS: problems, state.DRAWN: drawn}
    told: list[tuple[object, ...]] = []

    def rerun(*parts: object) -> None:
        told.append(parts)
        raise InterruptedError  # as Streamlit does: what follows is not reached

    monkeypatch.setattr(state, "get_script_run_ctx", lambda: SimpleNamespace(fragment_ids_this_run=pass_now))
    monkeypatch.setattr(streamlit, "session_state", session)
    monkeypatch.setattr(streamlit, "rerun", rerun)
    changed = Board(years=3)
    with suppress(InterruptedError):
        state.put(changed, LEVER, state.RIGHT)
    assert told == asked
    assert session[state.BOARD] is changed
    assert session[state.PROBLEMS] == []
