"""Who feels which pull: fellow nationals abroad draw French people only, startup jobs draw everybody."""

from __future__ import annotations

import numpy as np

from sim.model.tables import diaspora_affinity
from tests.model.small_runs import Case


def affinity(case: Case, french: float = 1.0, jobs: float = 1.0) -> np.ndarray:
    """Return the pull when French stocks and startup jobs everywhere are these multiples of the start's."""
    places = len(case.start.geography.ids)
    people, posts = np.full(places, 5000.0), np.full(places, 800.0)
    return diaspora_affinity(case.world, case.start.geography, people * french, people, posts * jobs, posts)


def test_nothing_pulls_at_the_start(case: Case) -> None:
    assert not affinity(case).any()


def test_fellow_nationals_abroad_pull_french_people_and_nobody_else(case: Case) -> None:
    pull, french = affinity(case, french=2.0), case.start.geography.is_french
    assert (pull[np.ix_(french, ~french)] > 0.0).all()
    pull[np.ix_(french, ~french)] = 0.0
    assert not pull.any()


def test_startup_jobs_pull_everybody_alike(case: Case) -> None:
    pull = affinity(case, jobs=2.0)
    assert (pull > 0.0).all()
    assert (pull == pull[0]).all()
