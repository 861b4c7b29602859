"""What a view may show of the policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.dashboard.answers import Answer
from sim.dashboard.ask import Ask
from sim.dashboard.run_tables import RunTables
from sim.dashboard.scenario_text import policy_title
from sim.dashboard.service import tables_of
from sim.report.catalogue import Words


@dataclass(frozen=True)
class Shown:
    """What a view may show. ``comparison``: of the live run so far; ``done``: whether that run is finished."""

    ask: Ask
    answers: Sequence[Answer]
    comparison: pd.DataFrame | None
    done: bool
    words: Words

    @property
    def worlds(self) -> int:
        """Worlds that have landed."""
        return max((answer.worlds for answer in self.answers), default=0)

    @property
    def tables(self) -> RunTables | None:
        """Tables of the finished run, or of the worlds that have landed."""
        return tables_of(self.ask, self.done, self.worlds)

    @property
    def titles(self) -> dict[str, str]:
        """Scenario -> printed name of its policy and its levers in a few signs."""
        levers = {answer.scenario: policy_title(answer.policy) for answer in self.answers}
        return {scenario: f"{name}: {levers[scenario]}" for scenario, name in self.names.items()}

    @property
    def names(self) -> dict[str, str]:
        """Scenario -> printed name of its policy; equal policies share one name."""
        found: dict[str, str] = {}
        for answer in self.answers:
            if answer.policy.choices:
                name = self.words("dashboard.policy", letter=answer.letter)
                held = found.get(answer.scenario)
                found[answer.scenario] = f"{held}, {answer.letter}" if held else name
        return found
