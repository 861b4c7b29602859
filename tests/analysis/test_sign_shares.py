"""Share of worlds with the sign of the mean, by hand."""

import math

import pandas as pd

from sim.analysis.intervals import share_interval
from sim.analysis.sign_shares import sign_shares


def runs(differences: list[float]) -> pd.DataFrame:
    rows = []
    for world, difference in enumerate(differences):
        rows += [("baseline", world, 10.0), ("x", world, 10.0 + difference)]
    frame = pd.DataFrame(rows, columns=["scenario", "world", "startup_jobs"])
    return frame.assign(run=range(len(frame)), replicate=0)


def test_three_of_four_worlds_and_one_without_a_difference() -> None:
    (row,) = sign_shares(runs([3.0, 1.0, 2.0, 0.0])).to_dict("records")
    expected = share_interval(3, 4)
    assert (row["scenario"], row["outcome"], row["n"]) == ("x", "startup_jobs", 4)
    assert (row["share"], row["low"], row["high"]) == (0.75, expected.low, expected.high)


def test_the_sign_is_that_of_the_mean() -> None:
    assert sign_shares(runs([-9.0, 1.0, 1.0]))["share"].tolist() == [1 / 3]


def test_no_mean_no_share() -> None:
    (share,) = sign_shares(runs([1.0, -1.0]))["share"]
    assert math.isnan(share)
