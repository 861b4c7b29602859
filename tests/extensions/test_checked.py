"""What an extension answers during a run is checked: a wrong charge, a field it did not name, an outcome of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from sim.errors import InputError
from sim.extensions import Extension
from sim.model.levers import Charge, Lever


@dataclass
class Quantities:
    """A stand-in for the named quantities."""

    fibre: np.ndarray = field(default_factory=lambda: np.array([0.5, np.nan]))
    mobile: np.ndarray = field(default_factory=lambda: np.array([0.5, np.nan]))
    hub_ties: float = 0.0

    def copy(self) -> Quantities:
        return replace(self, fibre=self.fibre.copy(), mobile=self.mobile.copy())


def made(answer: Any = None, apply: Callable[[Any], None] = lambda _: None) -> Lever:
    class Mine(Lever):
        """Does."""

        key: ClassVar[str] = "mine"
        title: ClassVar[str] = "Mine"
        provenance: ClassVar[str] = "own"
        moves: ClassVar[tuple[str, ...]] = ("fibre",)
        payer: ClassVar[str] = "state"

        def apply(self, conditions: Any, model: Any) -> None:
            apply(conditions)

        def charges(self, model: Any) -> list[Charge]:
            return [answer]

    return Extension("mine").lever(Mine)()


MODEL: Any = None


@pytest.mark.parametrize(
    ("charge", "sentence"),
    [
        (Charge("x", "region", 1.0), "payer: found the text 'region', allowed are state, city, private."),  # type: ignore[arg-type]
        (Charge("x", "state", float("nan")), "meur: found nan, allowed is a finite number."),
        (Charge("x", "state", float("inf")), "meur: found inf, allowed is a finite number."),
        (Charge("x", "state", "5"), "meur: found the text '5', allowed is a finite number."),  # type: ignore[arg-type]
        (Charge("x", "state", None), "meur: found None, allowed is a finite number."),  # type: ignore[arg-type]
        (("x", "state", 1.0), r"found \('x', 'state', 1.0\), allowed are Charge\(item, payer, meur\)."),
    ],
)
def test_a_charge_that_would_cost_nobody_is_refused(charge: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=f"^lever 'mine': charges: {sentence}$"):
        made(charge).charges(MODEL)


def test_good_charges_keep_their_bits() -> None:
    for meur in (0.1, np.float64(0.1), -3, np.float32(0.1)):
        (found,) = made(Charge("x", "city", meur)).charges(MODEL)  # type: ignore[arg-type]
        assert found == Charge("x", "city", float(meur))


def test_a_field_that_is_not_among_the_moves_is_refused() -> None:
    def change(name: str, value: Any) -> Callable[[Any], None]:
        return lambda conditions: setattr(conditions, name, value)

    def in_place(conditions: Any) -> None:
        conditions.mobile[0] = 0.7

    made(apply=change("fibre", np.array([0.9, 1.0]))).apply(Quantities(), MODEL)  # type: ignore[arg-type]
    made().apply(Quantities(), MODEL)  # type: ignore[arg-type]
    for name, apply in (("hub_ties", change("hub_ties", 1.0)), ("mobile", in_place)):
        with pytest.raises(InputError, match=f"^lever 'mine': apply: it changes '{name}', which is not among its"):
            made(apply=apply).apply(Quantities(), MODEL)  # type: ignore[arg-type]


def test_a_lever_that_inherits_is_checked_by_its_own_moves() -> None:
    first: Any = type(made(apply=lambda conditions: setattr(conditions, "hub_ties", 1.0)))

    class Other(first):  # type: ignore[misc]
        """Does."""

        key: ClassVar[str] = "other"
        moves: ClassVar[tuple[str, ...]] = ("hub_ties",)

    Extension("other").lever(Other)().apply(Quantities(), MODEL)  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", ["1.0", None, [1.0, 2.0]])
def test_an_outcome_that_is_no_number_is_named(answer: Any) -> None:
    extension = Extension("mine")
    extension.outcome("mine", "Mine", "ratio", description="Counts.")(lambda run: answer)
    with pytest.raises(InputError, match=r"^outcome 'mine': found .*, allowed is a number\.$"):
        extension.outcomes["mine"].measure(MODEL)
    extension.outcome("good", "Good", "ratio", description="Counts.")(lambda run: np.float64(0.1))
    assert extension.outcomes["good"].measure(MODEL) == 0.1
