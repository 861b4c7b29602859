"""Constants of a plain logit of four places in two countries: stocks by country and by place are met."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model import constants
from sim.model.constants import TOLERANCE, fit_constants

COUNTRY, PERSONS = np.array([0, 0, 1, 1]), np.array([100.0, 300.0, 50.0, 250.0])
TABLE: Any = SimpleNamespace(
    country=COUNTRY, nest_size=np.array([2, 2]), rates=SimpleNamespace(nest=0.6, young_quarters=4)
)
PLACE, PULL = np.array([0.4, -0.4, 0.9, -0.3]), np.array([[0.0, -1.5], [-2.0, 0.0]])
OF = np.eye(2)[COUNTRY]


def logit(utility: np.ndarray) -> np.ndarray:
    weight = np.exp(utility)
    return PERSONS[:, None] * weight / weight.sum(axis=1, keepdims=True)


def test_stocks_are_met_and_constants_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def stocks(table: Any, utility: np.ndarray, types: Any, share: Any, persons: np.ndarray, *more: Any) -> None:
        assert persons is PERSONS
        more[-1][:] = logit(utility)

    monkeypatch.setattr(constants, "band_values", lambda *given: None)
    monkeypatch.setattr(constants, "taste_types", lambda table, number: np.zeros((number, 4)))
    monkeypatch.setattr(constants, "expected_stocks", stocks)
    target = logit(PLACE + PULL[COUNTRY][:, COUNTRY])
    found = fit_constants(TABLE, np.array([1.0]), PERSONS, OF.T @ target @ OF, target.sum(axis=0), 2)
    assert found.residual < TOLERANCE
    assert 1 < found.iterations < constants.MAX_ITERATIONS
    fitted = logit(found.place + found.country[COUNTRY][:, COUNTRY])
    np.testing.assert_allclose(OF.T @ fitted @ OF, OF.T @ target @ OF, rtol=1.01 * TOLERANCE)
    np.testing.assert_allclose(fitted.sum(axis=0), target.sum(axis=0), rtol=1.01 * TOLERANCE)
    assert found.country.diagonal().tolist() == [0.0, 0.0]
    # Within a country places differ as they did; what countries share is in the constants of countries.
    assert found.place[0] - found.place[1] == pytest.approx(0.8, abs=0.02)
    assert found.place[2] - found.place[3] == pytest.approx(1.2, abs=0.02)
