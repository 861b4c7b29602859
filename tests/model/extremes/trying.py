"""One case tried: run quarter by quarter in strict arithmetic, each law asked after each step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.golden import TABLES, table_digest
from sim.experiments.targets.shock import Shock
from sim.experiments.targets.watched_run import WatchedFlight
from sim.model.adapter import empty, forget
from sim.model.flight import FlightModel
from sim.model.randomness import run_seed
from sim.model.recording import Records
from tests.model.conservation import noting_renewals, record_laws, step_violations
from tests.model.extremes.cases import Extreme
from tests.model.extremes.laws import Before, budgets, quarter_laws
from tests.model.extremes.starts import Starts, turned
from tests.model.sanity import impossible

Measure = Callable[[Records], dict[str, float]]


@dataclass
class Tried:
    """What came of a case: laws that failed with the first quarter in which they did; the digest of its tables.

    ``refused``: the sentence with which the model refused the world, if it did. ``residual``: what the fit of talents'
    constants left.
    """

    number: int
    stratum: str
    what: str
    quarters: int = 0
    problems: list[str] = field(default_factory=list)
    refused: str = ""
    digest: str = ""
    tables: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


class ShockedFlight(WatchedFlight):
    """A watched run whose photographs are thrown away."""

    def step(self) -> None:
        FlightModel.step(self)


def try_case(
    case: Extreme,
    evidence: Evidence,
    starts: Starts,
    kind: type[FlightModel] | None = None,
    outcomes: Measure | None = None,
) -> Tried:
    """Run a case to its horizon and return which laws failed.

    ``kind``: the class of model, a broken one for a twin; ``outcomes``: measures a run, where that is wanted.
    """
    tried = Tried(case.number, case.stratum, case.what)
    with np.errstate(all="raise"):
        try:
            start = starts.of(case.world, case.settings)
        except InputError as error:
            tried.refused = str(error)
            return tried
        except (ArithmeticError, ValueError, IndexError) as error:
            tried.problems.append(f"start: {type(error).__name__}: {error}")
            return tried
        tried.facts = dict(start.facts)
        if case.start:
            start = turned(start, case.start)
        renewed: dict[str, np.ndarray] = {}
        of = kind or (ShockedFlight if case.shock else FlightModel)
        given = (case.levers, case.world, evidence, start, case.settings, run_seed(case.seed, 0, 0))
        if case.shock:
            half = np.arange(len(start.geography.ids)) % 2 == 0
            rest: tuple[object, ...] = (Shock(half, **case.shock),)  # type: ignore[arg-type]
        else:
            rest = (case.rivals,)
        model: FlightModel | None = None
        try:
            model = noting_renewals(of, renewed)(*given, *rest)  # type: ignore[arg-type]
            records = _run(model, tried, renewed)
            if outcomes is not None:
                tried.outcomes = outcomes(records)
        except (ArithmeticError, ValueError, IndexError, TypeError, KeyError, AssertionError) as error:
            quarter = "made" if model is None else f"quarter {model.quarter}"
            tried.problems.append(f"{quarter}: {type(error).__name__}: {error}")
        finally:
            if model is not None:
                forget(model)
                empty(model)
    return tried


def _run(model: FlightModel, tried: Tried, renewed: dict[str, np.ndarray]) -> Records:
    slots = model.talents.data["slot"].copy()
    failed: set[str] = set()

    def note(laws: set[str]) -> None:
        tried.problems += [f"quarter {model.quarter}: {law}" for law in sorted(laws - failed)]
        failed.update(laws)

    for _ in range(model.settings.quarters):
        before = Before(model)
        note(step_violations(model, renewed, slots) | quarter_laws(model, before))
        tried.quarters += 1
    records = model.records()
    note(record_laws(model, records) | set(impossible(records)) | budgets(model))
    tried.tables = {name: table_digest(getattr(records, name)) for name in TABLES}
    tried.digest = hashlib.sha256("".join(tried.tables.values()).encode()).hexdigest()
    return records
