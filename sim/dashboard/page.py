"""The page that Streamlit shows: controls on the left, answers on the right. Run by ``run_sim.py dashboard``."""

from __future__ import annotations

import streamlit as st

from sim.dashboard import state
from sim.dashboard.controls import controls, language_choice
from sim.dashboard.right_side import right_side
from sim.report.catalogue import Words

# Little room above, and at the sides of a narrow page; a title that leaves room below.
STYLE = (
    "<style>.stMainBlockContainer{padding-top:2.5rem}h1{font-size:2.1rem!important}"
    "@media (max-width:1000px){.stMainBlockContainer{padding-left:1rem;padding-right:1rem}}</style>"
)


def main() -> None:
    """One pass of the page."""
    st.set_page_config(page_title="talent-flight", layout="wide", initial_sidebar_state="expanded")
    st.html(STYLE)
    state.begin()
    language_choice()
    words = Words(st.session_state[state.LANGUAGE])
    controls(words)
    st.title(words("dashboard.title"))
    st.caption(words("dashboard.intro"))
    if problems := st.session_state[state.PROBLEMS]:
        st.warning(words("dashboard.bad_link"))
        st.text("\n".join(problems))
    right_side(words)
    state.drawn()


if __name__ == "__main__":
    main()
