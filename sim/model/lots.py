"""Draws for a lot of agents at once: the same numbers as one by one, several at a time."""

from __future__ import annotations

import numpy as np

from sim.model.compile import kernel, rule
from sim.model.desk import LOT
from sim.model.randomness import draw_pair, draw_word


@rule
def person_uid(slot, generation):
    """Return the packed uid of a talent (see ``randomness.talent_uid``)."""
    return (np.uint64(generation) << np.uint64(32)) | np.uint64(slot)


@kernel
def talent_draws(seed, purpose, quarter, slot, generation, at, stop, first):
    """Write the first number of block 0 for the talents of rows ``at`` to ``stop``, at most a lot, to ``first``."""
    word = draw_word(purpose, quarter)
    for n in range(min(LOT, stop - at)):
        first[n], _ = draw_pair(seed, word, person_uid(slot[at + n], generation[at + n]), 0)


@kernel
def firm_draws(seed, purpose, quarter, uid, at, first, second):
    """Write both numbers of block 0 for the firms of the lot that begins with row ``at`` to ``first`` and ``second``.

    Closed firms are drawn for, too: rows one after the other are faster than a selection.
    """
    word = draw_word(purpose, quarter)
    for n in range(min(LOT, uid.shape[0] - at)):
        first[n], second[n] = draw_pair(seed, word, uid[at + n], 0)
