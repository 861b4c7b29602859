"""What a visitor has on the table, kept in their own session alone, and in the address of the page."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from sim.dashboard.board import Board
from sim.dashboard.link import board_of, link_of
from sim.dashboard.service import evidence
from sim.errors import InputError
from sim.report.catalogue import LANGUAGES

BOARD, LANGUAGE, WHO, EDITED, PROBLEMS, ASKED = "board", "language", "who", "edited", "problems", "asked"
DRAWN = "drawn"
RIGHT = "right"
"""Name of the part of the page that shows answers."""


def begin() -> None:
    """Set up a session: from the address on the first run, afterwards nothing."""
    st.session_state[DRAWN] = False
    if BOARD in st.session_state:
        return
    link = {name: st.query_params[name] for name in st.query_params}
    problems: list[str] = []
    try:
        board = board_of(link)
        problems = unknown_in(board)
    except InputError as error:
        problems = error.problems
    st.session_state[BOARD] = Board() if problems else board
    st.session_state[PROBLEMS] = problems
    st.session_state[LANGUAGE] = link["lang"] if link.get("lang") in LANGUAGES else LANGUAGES[0]
    pass_now = get_script_run_ctx()
    st.session_state[WHO] = uuid4().hex if pass_now is None else pass_now.session_id
    st.session_state[EDITED] = 0
    st.session_state[ASKED] = ""


def unknown_in(board: Board) -> list[str]:
    """One sentence for each place or parameter of a board that the evidence does not know or allow."""
    from sim.world import override_problems

    french = [place.place for place in evidence().places if place.country == "FR"]
    problems = [
        f"link: {choice.short}: places: found '{place}', allowed are {', '.join(french)}."
        for policy in board.policies for choice in policy.choices for place in choice.places if place not in french
    ]  # fmt: skip
    return problems + override_problems(evidence(), dict(board.world), "link: world:")


def board() -> Board:
    """What is on the table."""
    held: Board = st.session_state[BOARD]
    return held


def put(board: Board, *parts: str) -> None:
    """Lay another board on the table, from a callback of a widget.

    Args:
        board: the other one.
        parts: of the page that show what has changed; they alone are drawn anew, the whole page without any.
    """
    whole = not parts or st.session_state[PROBLEMS] or not st.session_state[DRAWN]
    st.session_state[BOARD] = board
    st.session_state[PROBLEMS] = []
    # A pass over the whole page follows: a smaller one in its place would not bring what Streamlit has thrown away for
    # it, the changes of the pass before that had not been sent yet, and a lever would be gone from the browser.
    if (pass_now := get_script_run_ctx()) is None or not pass_now.fragment_ids_this_run:
        return
    if whole:
        st.rerun()
    st.rerun(parts)


def drawn() -> None:
    """The whole page is there: from now on parts of it can be drawn anew."""
    st.session_state[DRAWN] = True


def keep_address() -> None:
    """Write the board into the address, so that the link restores it."""
    wanted = {"lang": str(st.session_state[LANGUAGE])} | link_of(board())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
