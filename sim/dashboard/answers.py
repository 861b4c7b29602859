"""What is known of each policy at this moment: an estimate, a live run so far, or a finished one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from sim.analysis.intervals import FEWEST_WORLDS
from sim.dashboard.ask import Ask
from sim.dashboard.board import LETTERS, Board, Policy
from sim.dashboard.estimate import Estimator
from sim.dashboard.scenario_text import policy_content
from sim.report.figures.effects import effects_of
from sim.report.sentences import Effect

Origin = Literal["none", "baseline", "estimate", "partial", "whole"]


@dataclass(frozen=True)
class Answer:
    """Effects of one policy by outcome, and where they come from.

    ``why_not``: key of the reason why there is no estimate, where there is none; ``worlds``: of the live run, that have
    landed; ``so_far``: what those say while they are too few for intervals, and an estimate stands.
    """

    letter: str
    policy: Policy
    scenario: str
    origin: Origin
    effects: Mapping[str, Effect] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    interpolated: bool = False
    worlds: int = 0
    why_not: str = ""
    so_far: Mapping[str, Effect] = field(default_factory=dict)


def answers_of(
    board: Board, estimator: Estimator | None, ask: Ask, comparison: pd.DataFrame | None, is_whole: bool
) -> list[Answer]:
    """An answer for every policy: from the live run as soon as it says anything, else from the packages.

    Args:
        board: the policies.
        estimator: of the packages; None without any.
        ask: the live run of this board.
        comparison: of the live run so far; None before a world has landed.
        is_whole: whether that is the finished run's.
    """
    return [
        _answer(letter, policy, board, estimator, ask, comparison, is_whole)
        for letter, policy in zip(LETTERS, board.policies, strict=False)
    ]


def _answer(
    letter: str, policy: Policy, board: Board, estimator: Estimator | None, ask: Ask,
    comparison: pd.DataFrame | None, is_whole: bool,
) -> Answer:  # fmt: skip
    if not policy.choices:
        return Answer(letter, policy, "baseline", "baseline")
    scenario = policy_content(policy, board)["name"]
    live = _live_answer(letter, policy, scenario, comparison, is_whole)
    if live is not None and (is_whole or live.worlds >= FEWEST_WORLDS):
        return live
    estimate = None if estimator is None else estimator.of(policy, board)
    if estimate is not None:
        # With a band it says more than few worlds without one, which stand beside it.
        worlds, so_far = (0, {}) if live is None else (live.worlds, live.effects)
        return Answer(
            letter, policy, scenario, "estimate", estimate.effects, estimate.levels, estimate.interpolated, worlds,
            so_far=so_far,
        )  # fmt: skip
    if live is not None:
        return live
    why = "none" if estimator is None else estimator.why_not(policy, board)
    return Answer(letter, policy, scenario, "none", why_not=why)


def _live_answer(
    letter: str, policy: Policy, scenario: str, comparison: pd.DataFrame | None, is_whole: bool
) -> Answer | None:
    """What the live run says of a policy; None before it says anything."""
    if comparison is None:
        return None
    rows = comparison[comparison["scenario"] == scenario]
    found = {str(name): effects_of(comparison, scenario, str(name)) for name in rows["outcome"]}
    effects = {name: effect for name, effect in found.items() if effect is not None}
    if not effects:
        return None
    levels = dict(zip(rows["outcome"].astype(str), rows["baseline_mean"].astype(float), strict=True))
    origin: Origin = "whole" if is_whole else "partial"
    return Answer(letter, policy, scenario, origin, effects, levels, worlds=int(rows["n"].min()))
