"""Founders choose from where they live, by the law that the founding constants were solved for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from sim.errors import InputError
from sim.evidence import Evidence
from sim.model import founding
from sim.model.desk import new_desk
from sim.model.founding import fit_founding, founding_choice, place_new_firms
from sim.model.start import prepare_start
from sim.settings import Settings
from sim.world import draw_world
from tests.model.small_runs import Case

DRAWS = 4000
FALSE_ALARM = 1e-4


def p_values(case: Case, from_place: int | None = None) -> list[float]:
    """Return, for founders of three residences, how well places drawn fit the law of their residence.

    ``from_place``: the residence wrongly used by the broken twin.
    """
    start, world = case.start, case.world
    geography, awareness = start.geography, start.conditions.awareness
    rng = np.random.default_rng(7)
    value = rng.normal(size=len(geography.ids))
    cost = np.where(np.eye(len(value)) > 0, 0.0, 1.5 + rng.random((len(value), len(value))))
    _, law = founding_choice(world, geography, value, cost, awareness)
    found = []
    for residence in (0, 5, 20):
        group = 0 if geography.is_french[residence] else 2
        hq, quality = np.empty(DRAWS, np.int64), np.empty(DRAWS)
        place_new_firms(
            np.uint64(11),
            3,
            new_desk(len(value), len(geography.nest_size)),
            np.arange(DRAWS, dtype=np.uint64) + np.uint64(1_000_000 * residence),
            np.full(DRAWS, residence if from_place is None else from_place),
            np.full(DRAWS, group),
            np.zeros(DRAWS),
            0.4,
            value,
            cost,
            awareness,
            geography.country,
            geography.nest_size,
            world["startup.nest"],
            hq,
            quality,
        )
        expected = law[group, residence] * DRAWS
        often = expected >= 5.0
        counted = np.bincount(hq, minlength=len(value)).astype(float)
        seen = np.append(counted[often], counted[~often].sum())
        wanted = np.append(expected[often], expected[~often].sum())
        if wanted[-1] < 5.0:  # too rare to compare: joined with the commonest
            seen, wanted = seen[:-1], wanted[:-1]
        found.append(float(chisquare(seen, wanted * seen.sum() / wanted.sum()).pvalue))
    return found


def test_founders_choose_by_the_law_of_their_residence(case: Case) -> None:
    """Two-sided chi-square, false alarm below 1e-4 for each of three residences, fixed seed."""
    assert all(FALSE_ALARM < p < 1 - FALSE_ALARM for p in p_values(case))


@pytest.mark.parametrize("from_place", [0, 20])
def test_twin_founders_who_all_choose_from_one_place_are_reported(case: Case, from_place: int) -> None:
    assert any(p <= FALSE_ALARM for p in p_values(case, from_place))


@pytest.mark.parametrize(("study", "index"), [(1, 1), (2013, 0)])
def test_births_are_reproduced_in_drawn_worlds(evidence: Evidence, study: int, index: int) -> None:
    """A steep world (study 1, draw 1: high weight of value, low costs) defeats steps place by place."""
    settings = Settings(talent_scale=1000, startup_scale=50, years=1)
    start = prepare_start(evidence, draw_world(evidence, study, index), settings, 5)
    assert start.facts["founding_residual"] < founding.TOLERANCE


def test_a_world_without_solution_is_refused(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    geography, places = case.start.geography, len(case.start.geography.ids)
    monkeypatch.setattr(founding, "TOLERANCE", 0.0)
    births, cost = np.linspace(1.0, 2.0, places), np.ones((places, places))
    with pytest.raises(InputError, match="founding constants cannot be solved"):
        fit_founding(
            case.world, geography, np.zeros(places), cost, case.start.conditions.awareness, births, np.ones(places)
        )
