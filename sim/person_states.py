"""Where a person or firm is at the horizon: the codes that the model writes and the accounting reads.

Absence is a state, too: a firm not in a run's arrays was never founded there. ``NEVER`` stands for it when two runs are
matched. A generation of talents that retired is in no run's arrays, in any scenario alike.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np

# Kinds of person, in the order of every table.
TALENT, STARTUP = 0, 1
KINDS = ("talent", "startup")

# States. NEVER is written by the matching alone.
NEVER, CLOSED, SOLD, FRANCE, ABROAD = 0, 1, 2, 3, 4
NOWHERE = 255  # place of those who are no longer

# What persons of a kind are told apart by, in the order of their codes: the skill of a talent, which is for life, and
# the last round that a startup has raised.
GROUPS = (
    ("technician", "engineer", "star", "top"),
    ("no_round", "seed", "series_a", "series_b", "series_c"),
)
LAST_STAGE = len(GROUPS[STARTUP]) - 1  # and later ones


class Persons(TypedDict):
    """Everyone who ever lived in one run, at its horizon; arrays of one length, sorted by ``uid``."""

    uid: np.ndarray  # uint64: the person, the same in every scenario
    kind: np.ndarray  # uint8: TALENT or STARTUP
    origin: np.ndarray  # uint8: place of origin (talents), of founding (startups), as index of the place
    french: np.ndarray  # bool: of French origin, or founded in France
    founder_french: np.ndarray  # bool: founded by a person of French origin; of a talent, the same as ``french``
    state: np.ndarray  # uint8: CLOSED, SOLD, FRANCE or ABROAD
    received: np.ndarray  # uint16: a bit per lever that reached them, in the order of the levers; 0: none
    group: np.ndarray  # uint8: as ``GROUPS`` of the kind
    place: np.ndarray  # uint8: where they live or have their headquarters; NOWHERE if closed or sold
