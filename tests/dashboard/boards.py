"""Boards as hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

from sim.dashboard.board import SCALES, WORLDS, Board, Choice, Policy
from sim.dashboard.instruments import MOST_MEUR, NATIONAL, instruments
from sim.quarters import quarter_label

PLACES = ("lyon", "lille", "nantes", "paris_sentier")
PARAMETERS = ("talent.beta", "lever.simplification.days_cut_share")
numbers = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def choices(draw: st.DrawFn, short: str) -> Choice:
    """A lever with everything that it can be set to."""
    own = instruments()[short]
    most = MOST_MEUR.get(own.key)
    return Choice(
        short,
        draw(st.floats(0.0, 1.0, exclude_min=True, allow_subnormal=False)),
        quarter_label(draw(st.integers(0, 60))),
        None if most is None else draw(st.floats(0.0, most)),
        () if own.key in NATIONAL else tuple(draw(st.lists(st.sampled_from(PLACES), unique=True))),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any package of levers."""
    shorts = draw(st.sets(st.sampled_from(sorted(instruments()))))
    return Policy(tuple(draw(choices(short)) for short in sorted(shorts)))


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Up to four policies in some world."""
    return Board(
        tuple(draw(st.lists(policies(), min_size=1, max_size=4))),
        draw(st.integers(1, 20)),
        draw(st.booleans()),
        tuple(draw(st.dictionaries(st.sampled_from(PARAMETERS), numbers)).items()),
        draw(st.sampled_from(WORLDS)),
        draw(st.sampled_from(SCALES)),
    )
