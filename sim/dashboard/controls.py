"""The left side of the page: which policies there are, their levers, and under 'advanced' horizon and world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from sim.dashboard import state
from sim.dashboard.board import LETTERS, SCALES, WORLDS, Choice, Policy
from sim.dashboard.instruments import MOST_MEUR, NATIONAL, YEARS, Instrument, instruments
from sim.dashboard.service import evidence, places
from sim.quarters import quarter_label
from sim.report.catalogue import LANGUAGES, Words
from sim.report.names import lever_name, parameter_text, place_name, status_text, unit_text

NAMES = {"en": "English", "fr": "Français"}


def language_choice() -> None:
    """The language, in its own words."""
    st.sidebar.segmented_control(
        "Language / Langue", LANGUAGES, format_func=lambda name: NAMES[name], key=state.LANGUAGE, required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def controls(words: Words) -> None:
    """Everything that can be set."""
    with st.sidebar:
        at = _policies(words)
        st.subheader(words("dashboard.levers"))
        for short, own in instruments().items():
            st.fragment(_lever, key=_part(short))(at, short, own, words)
        advanced = st.expander(words("dashboard.advanced"), key="advanced", on_change="rerun")
        if advanced.open:  # else its long lists would travel with every change
            with advanced:
                _advanced(words)


def _part(short: str) -> str:
    """Name of the part of the page with one lever."""
    return f"lever.{short}"


def _policies(words: Words) -> int:
    """Choose, add and remove policies; return which one is being set."""
    board = state.board()
    st.session_state[state.EDITED] = min(st.session_state[state.EDITED], len(board.policies) - 1)
    st.segmented_control(
        words("dashboard.edited"), range(len(board.policies)), key=state.EDITED, required=True,
        format_func=lambda at: LETTERS[at],
    )  # fmt: skip
    at = int(st.session_state[state.EDITED])
    left, right = st.columns(2)
    if len(board.policies) < len(LETTERS):
        left.button(words("dashboard.add"), key="add", on_click=_add, width="stretch")
    if len(board.policies) > 1:
        text = words("dashboard.remove", letter=LETTERS[at])
        right.button(text, key="remove", on_click=_remove, args=(at,), width="stretch")
    return at


def _add() -> None:
    board = state.board()
    copied = board.policies[st.session_state[state.EDITED]]
    state.put(replace(board, policies=(*board.policies, copied)))
    st.session_state[state.EDITED] = len(board.policies)


def _remove(at: int) -> None:
    board = state.board()
    state.put(replace(board, policies=(*board.policies[:at], *board.policies[at + 1 :])))
    st.session_state[state.EDITED] = max(at - 1, 0)


def _lever(at: int, short: str, own: Instrument, words: Words) -> None:
    """One lever of a policy: on or off, and what it can be set to."""
    policy = state.board().policies[at]
    choice = policy.choice(short)
    label = words("dashboard.lever_on", short=short.upper(), label=lever_name(own.key, own.title, words))
    name = f"{LETTERS[at]}.{short}"
    _kept(st.toggle, f"{name}.on", _switch, (at, short), label=label, value=choice is not None)
    if choice is None:
        return
    with st.container(border=True):
        strength = max(1, round(100 * choice.strength))  # below the lowest of the slider only by a link
        _kept(
            st.slider, f"{name}.strength", _set, (at, short, "strength"), label=words("dashboard.strength"),
            min_value=min(5, strength), max_value=100, step=5, value=strength,
        )  # fmt: skip
        quarters = [quarter_label(quarter) for quarter in range(4 * state.board().years)]
        quarters += [] if choice.start in quarters else [choice.start]
        _kept(
            st.selectbox, f"{name}.start", _set, (at, short, "start"), label=words("dashboard.start"),
            options=quarters, value=choice.start, format_func=lambda text: _quarter(text, words),
        )  # fmt: skip
        if choice.budget is None:
            st.caption(words("dashboard.no_budget"))
        else:
            _kept(
                st.number_input, f"{name}.budget", _set, (at, short, "budget"), label=words("dashboard.budget"),
                min_value=0.0, max_value=MOST_MEUR[own.key], step=5.0, value=choice.budget, format="%.10g",
            )  # fmt: skip
        if own.key in NATIONAL:
            st.caption(words("dashboard.national"))
            return
        names = french_places(words)
        _kept(
            st.multiselect, f"{name}.places", _set, (at, short, "places"), label=words("dashboard.places"),
            options=list(names), value=[place for place in choice.places if place in names],
            format_func=names.__getitem__, placeholder=words("dashboard.places_rule"),
        )  # fmt: skip


def french_places(words: Words) -> dict[str, str]:
    """Ids and names of the French places, in the order of the model."""
    table = places()
    french = table[table["country"] == "FR"]
    pairs = zip(french["place"].astype(str), french["short_name"].astype(str), strict=True)
    return {place: place_name(place, name, words) for place, name in pairs}


def _quarter(text: str, words: Words) -> str:
    return words.numbers.quarter(int(text[:4]), int(text[-1]))


def _kept(
    widget: Callable[..., Any], key: str, change: Callable[..., None], args: tuple[Any, ...], value: Any, **rest: Any
) -> None:
    """A widget that shows what is on the board, which outlives it.

    The value is told each time: a browser forgets a widget that was gone for a moment while the server still knows it
    (a pass was cut short by the next), and would then begin at the least value and send that as the visitor's wish.
    """
    st.session_state[key] = value
    widget(key=key, on_change=change, args=(*args, key), **rest)


def _switch(at: int, short: str, key: str) -> None:
    board = state.board()
    policy = board.policies[at]
    changed = policy.with_choice(short, Choice(short) if st.session_state[key] else None)
    state.put(board.with_policy(at, changed), _part(short), state.RIGHT)


def _set(at: int, short: str, field: str, key: str) -> None:
    board = state.board()
    policy: Policy = board.policies[at]
    choice = policy.choice(short)
    if choice is None:  # switched off in the same breath
        return
    value = st.session_state[key]
    if field == "strength":
        value = value / 100.0
    if field == "places":
        value = tuple(value)
    state.put(board.with_policy(at, policy.with_choice(short, replace(choice, **{field: value}))), state.RIGHT)


def _advanced(words: Words) -> None:
    board = state.board()
    _kept(st.slider, "years", _set_board, ("years",), label=words("dashboard.years"), min_value=YEARS[0],
          max_value=YEARS[1], value=board.years)  # fmt: skip
    _kept(st.toggle, "rivals", _set_board, ("rivals",), label=words("dashboard.rivals"), value=board.rivals)
    st.caption(words("dashboard.rivals_source"))
    _kept(st.selectbox, "worlds", _set_board, ("worlds",), label=words("dashboard.worlds"), options=list(WORLDS),
          value=board.worlds, help=words("dashboard.worlds_help"))  # fmt: skip
    _kept(st.selectbox, "scale", _set_board, ("scale",), label=words("dashboard.scale"), options=list(SCALES),
          value=board.scale, help=words("dashboard.scale_help"))  # fmt: skip
    known = {name: one for name, one in evidence().parameters.items() if one.prior != "fixed"}
    _kept(
        st.multiselect, "fixed", _fix, (), label=words("dashboard.fixed"), options=list(known),
        value=[name for name, _ in board.world if name in known], help=words("dashboard.fixed_help"),
        format_func=lambda name: parameter_text(name, known[name].label, words), placeholder="",
    )  # fmt: skip
    for name, value in board.world:
        if name not in known:
            continue
        one, plain = known[name], words.numbers.plain
        unit = "" if one.unit == "1" else f" {unit_text(one.unit, words)}"
        _kept(
            st.number_input, f"world.{name}", _set_world, (name,), label=parameter_text(name, one.label, words),
            min_value=one.low, max_value=one.high, value=value, step=(one.high - one.low) / 20.0, format="%.10g",
        )  # fmt: skip
        about = {"low": plain(one.low), "high": plain(one.high), "status": status_text(one.status, words)}
        st.text(words("dashboard.parameter_about", **about, unit=unit, source=one.source))


def _set_board(field: str, key: str) -> None:
    change: dict[str, Any] = {field: st.session_state[key]}
    state.put(replace(state.board(), **change))


def _fix(key: str) -> None:
    board, parameters = state.board(), evidence().parameters
    held = dict(board.world)
    chosen = {name: held.get(name, parameters[name].value) for name in st.session_state[key]}
    state.put(replace(board, world=tuple(chosen.items())))


def _set_world(name: str, key: str) -> None:
    board = state.board()
    state.put(replace(board, world=tuple((dict(board.world) | {name: float(st.session_state[key])}).items())))
