"""What all visitors of a server share: the line of runs, the packages, the evidence, a lock for drawing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime import Runtime

from sim.dashboard.answers import Answer, answers_of
from sim.dashboard.ask import RESULTS, Ask, ready_command
from sim.dashboard.board import Board
from sim.dashboard.estimate import Estimator
from sim.dashboard.live import landed, partial_comparison, whole_comparison
from sim.dashboard.room import make_room
from sim.dashboard.run_tables import RunTables, landed_tables, whole_tables, worlds_drawn
from sim.dashboard.server_settings import ServerSettings
from sim.dashboard.waiting_line import WaitingLine
from sim.evidence import Evidence, load_evidence
from sim.report.package_results import packages_of
from sim.report.results import Results

MOST_HELD = 64
"""Answers kept in memory."""


@st.cache_resource(show_spinner=False)
def server_settings() -> ServerSettings:
    """What the command handed over."""
    return ServerSettings.from_environment()


@st.cache_resource(show_spinner=False)
def waiting_line() -> WaitingLine:
    """The one line of the server."""
    settings = server_settings()
    return WaitingLine(spare=ready_command(settings.workers) if settings.spare else (), connected=is_connected)


def is_connected(session: str) -> bool:
    """Whether the page of a session is open; without a server, as when a page is tried by itself, it is."""
    try:
        return Runtime.instance().is_active_session(session)
    except RuntimeError:  # there is none
        return True


@st.cache_resource(show_spinner=False)
def drawing() -> threading.Lock:
    """Held while a figure is drawn: Matplotlib's settings are those of the whole process."""
    return threading.Lock()


@st.cache_resource(show_spinner=False)
def evidence() -> Evidence:
    """Every number about the world, with its source."""
    return load_evidence()


@st.cache_resource(show_spinner=False)
def estimator() -> Estimator | None:
    """What answers at once; None without packages beside the results."""
    found = packages_of(Results(Path(server_settings().results)))
    return None if found is None else Estimator(found)


@st.cache_resource(show_spinner=False)
def places() -> pd.DataFrame:
    """Table of places, in the order of the model."""
    return Results(Path(server_settings().results)).places


@st.cache_resource(show_spinner=False)
def made_with() -> dict[str, str]:
    """Digests of the model and of the evidence at hand, as manifests hold them."""
    from sim.experiments.engine import ModelEngine

    return {"code": ModelEngine().code_digest(), "evidence": evidence().digest}


def prepare_baseline() -> None:
    """Have the baseline of a new board run while nobody waits for anything: every first comparison needs it."""
    ask = ask_of(Board())
    folder = ask.prepare(cache_folder(ask).parent)
    waiting_line().prepare(ask.digest, folder, ask.command(folder, 1))  # beside a spare: memory


def keep_within_limit() -> None:
    """Remove runs used longest ago where all take more than they may."""
    settings = server_settings()
    make_room(Path(settings.cache), settings.cache_megabytes * 1_000_000)


def ask_of(board: Board) -> Ask:
    """The live run of a board."""
    return Ask(board, "|".join(made_with().values()))


def cache_folder(ask: Ask) -> Path:
    """Where the results of an ask are, or would be."""
    return Path(server_settings().cache) / ask.digest


def answers_to(ask: Ask, is_done: bool) -> tuple[pd.DataFrame | None, Sequence[Answer]]:
    """What is known of the policies of an ask, and the comparison of its live run as far as it is.

    Args:
        ask: what was asked.
        is_done: whether its run is finished.

    Returns:
        the comparison, whole or over what has landed, None before anything has; an answer a policy.
    """
    number = 0 if is_done or not ask.policies else landed(cache_folder(ask))
    return _answers(server_settings(), ask, is_done, number)


@lru_cache(maxsize=MOST_HELD)
def _answers(
    settings: ServerSettings, ask: Ask, is_done: bool, number: int
) -> tuple[pd.DataFrame | None, Sequence[Answer]]:
    """By all that decides them: a page that waits for worlds asks every moment, and seldom finds new ones.

    ``number``: of shards that have landed.
    """
    folder, comparison = cache_folder(ask), None
    if ask.policies and is_done:
        comparison = whole_comparison(folder)
    elif number:
        comparison = partial_comparison(folder, tuple(ask.contents), ask.board.worlds)
    return comparison, answers_of(ask.board, estimator(), ask, comparison, is_done)


@st.cache_resource(show_spinner=False, max_entries=4)
def _whole_tables(folder: str) -> RunTables | None:
    return whole_tables(Path(folder))


@st.cache_resource(show_spinner=False, max_entries=4)
def _landed_tables(folder: str, scenarios: tuple[str, ...], asked: int, worlds: int) -> RunTables | None:
    return landed_tables(Path(folder), scenarios, asked, places(), worlds)


def tables_of(ask: Ask, is_done: bool, landed_worlds: int) -> RunTables | None:
    """Tables of a live run: whole, or of the worlds that have landed; None before there is one."""
    folder = cache_folder(ask)
    if is_done:
        return _whole_tables(str(folder / RESULTS))
    if landed_worlds == 0:
        return None
    return _landed_tables(str(folder), tuple(ask.contents), ask.board.worlds, worlds_drawn(landed_worlds))
