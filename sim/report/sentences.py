"""Sentences about effects, made from templates over signed numbers: the direction cannot be typed in wrongly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit
from sim.report.readings import reading_text

Verdict = Literal["up", "down", "unclear", "none", "untold"]
Favour = Literal["favourable", "unfavourable", "neutral"]


@dataclass(frozen=True)
class Effect:
    """One row of the comparison, with its simultaneous interval; ``reading``: why there is none."""

    scenario: str
    outcome: str
    label: str
    unit: str
    better: str
    difference: float
    low: float
    high: float
    n: int
    reading: str = ""

    @property
    def verdict(self) -> Verdict:
        """``none``: no change in any world; ``untold``: no interval; ``unclear``: it holds zero; else the direction."""
        if self.difference == 0 and not self.low < self.high:
            return "none"
        if math.isnan(self.low):
            return "untold"
        if self.low > 0 and self.difference > 0:
            return "up"
        if self.high < 0 and self.difference < 0:
            return "down"
        return "unclear"

    @property
    def is_money(self) -> bool:
        """Whether this is what somebody pays or gets back: a price, never called a worse or better way."""
        return self.outcome.startswith(("public_", "private_", "city_"))

    @property
    def favour(self) -> Favour:
        """Whether the direction is the better one for this outcome."""
        if self.is_money or self.better == "none" or self.verdict in ("none", "unclear", "untold"):
            return "neutral"
        return "favourable" if (self.verdict == "up") == (self.better == "higher") else "unfavourable"


def effect_sentence(effect: Effect, words: Words) -> str:
    """One sentence: outcome, direction, size, interval, and whether that is the better way."""
    verdict = effect.verdict
    said = {
        "label": outcome_label(effect.outcome, effect.label, words),
        "unit": outcome_unit(effect.outcome, effect.unit, words),
    }
    if verdict == "none":
        return words("sentence.none", label=said["label"], n=effect.n)
    if verdict == "untold":
        value, _, _ = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)
        return words("sentence.untold", **said, value=value, reading=reading_text(effect.reading, words))
    if verdict == "unclear":
        value, low, high = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)
        return words("sentence.unclear", **said, value=value, low=low, high=high)
    small, large = sorted((abs(effect.low), abs(effect.high)))
    value, low, high = words.numbers.estimate(abs(effect.difference), small, large)
    same = "_same" if small == large else ""
    text = words(f"sentence.{verdict}{same}", **said, value=value, low=low, high=high)
    return text + words(f"sentence.{effect.favour}")
