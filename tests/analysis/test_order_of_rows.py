"""Tables and sentences come in the order that is stated: by rank, or as the outcomes were asked for."""

from __future__ import annotations

import pandas as pd

from sim.analysis.outcomes import OUTCOMES
from sim.analysis.ranking import expected_ranks
from sim.analysis.worth import order_sentences


def test_expected_ranks_are_numbered_from_the_best() -> None:
    values = pd.DataFrame({"worst": [0.0, 1.0, 2.0], "best": [9.0, 8.0, 7.0], "middle": [5.0, 5.0, 5.0]})
    table = expected_ranks(values)
    assert table["scenario"].tolist() == ["best", "middle", "worst"]
    assert table.index.tolist() == [0, 1, 2]
    assert table["expected_rank"].tolist() == [1.0, 2.0, 3.0]


def test_sentences_come_in_the_order_of_outcomes_and_only_above_half() -> None:
    first, second, third = sorted(OUTCOMES)[2], sorted(OUTCOMES)[0], sorted(OUTCOMES)[1]
    drivers = pd.DataFrame(
        [(first, "assumed", 0.9), (second, "assumed", 0.6), (third, "assumed", 0.5), (second, "measured", 0.0)],
        columns=["outcome", "group", "share_alone"],
    )
    told = order_sentences(drivers)
    assert [sentence.partition(":")[0] for sentence in told] == [OUTCOMES[first].label, OUTCOMES[second].label]
