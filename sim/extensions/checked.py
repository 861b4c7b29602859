"""What the pieces of an extension answer during a run, checked as they answer: a wrong answer fails the run.

A number that is none would leave the means of the tables without a word; a payer that nobody knows would cost nobody.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.analysis.outcomes.registry import Measure
    from sim.analysis.run_record import RunRecord
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel
    from sim.model.levers import Charge, Lever


def check_answers(kind: type[Lever]) -> None:
    """Have a class of levers check what its ``apply`` changes and what its ``charges`` say."""
    for name, checked in (("apply", _apply), ("charges", _charges)):
        method = getattr(kind, name)
        if not hasattr(method, "checks_answers"):  # inherited from a lever that is checked
            wrapped = checked(method)
            wrapped.checks_answers = True
            setattr(kind, name, wrapped)


def checked_measure(name: str, measure: Measure) -> Measure:
    """Return a measure that refuses to answer anything but a number (nan where there is none)."""

    @functools.wraps(measure)
    def measured(run: RunRecord) -> float:
        found: Any = measure(run)
        if (number := _number(found)) is None:
            raise InputError(f"outcome '{name}': found {_said(found)}, allowed is a number.")
        return number

    return measured


def _charges(charges: Callable[..., Any]) -> Any:
    @functools.wraps(charges)
    def checked(self: Lever, model: FlightModel) -> list[Charge]:
        from sim.model.levers import Charge
        from sim.model.levers.lever import Payer

        where, payers, lines = f"lever '{self.key}': charges", get_args(Payer), []
        for charge in charges(self, model):
            if not isinstance(charge, Charge):
                raise InputError(f"{where}: found {_said(charge)}, allowed are Charge(item, payer, meur).")
            if charge.payer not in payers:
                raise InputError(f"{where}: payer: found {_said(charge.payer)}, allowed are {', '.join(payers)}.")
            meur = _number(charge.meur)
            if meur is None or not math.isfinite(meur):
                raise InputError(f"{where}: meur: found {_said(charge.meur)}, allowed is a finite number.")
            lines.append(charge._replace(meur=meur))
        return lines

    return checked


def _apply(apply: Callable[..., Any]) -> Any:
    @functools.wraps(apply)
    def checked(self: Lever, conditions: Conditions, model: FlightModel) -> None:
        before = conditions.copy()
        apply(self, conditions, model)
        for field in dataclasses.fields(conditions):
            name = field.name
            if name in self.moves or _same(getattr(before, name), getattr(conditions, name)):
                continue
            raise InputError(f"lever '{self.key}': apply: it changes '{name}', which is not among its moves.")

    return checked


def _same(one: Any, other: Any) -> bool:
    return bool(np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f"))


def _number(found: Any) -> float | None:
    """Return a number of Python or NumPy as a float; None if it is none."""
    if isinstance(found, str | bytes | bytearray):
        return None
    try:
        return float(found)
    except (TypeError, ValueError):
        return None


def _said(found: object) -> str:
    return f"the text '{found}'" if isinstance(found, str) else f"{found!r:.60}"
