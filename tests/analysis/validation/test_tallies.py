"""Rows, tallies, patterns and what moves headquarters, on a few rows made by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.validation import rows as row_table
from sim.analysis.validation.emergence import DOES_NOT, EMERGES, NOT_TOLD, PATTERNS, emergence
from sim.analysis.validation.relocation import ABROAD, BASE, MOVES, TAX, TO_US, US, column, relocation_table, verdict
from sim.analysis.validation.rows import GROUPS, hindcast, validation_table
from sim.analysis.validation.tallies import Aim, aim, sentences, tally_table

NAN = math.nan


def row(name: str, target: float, half: float, use: str = "validate", **other: Any) -> dict[str, Any]:
    plain = {"row": name, "pattern": f"pattern {name}", "class": "emergent", "use": use, "status": "VERIFIED",
             "unit": "share", "target": target, "low": target - half, "high": target + half, "source": "",
             "discrepancy": 0.1 * abs(target), "reason": "a reason", "named": ""}  # fmt: skip
    return plain | other


ROWS = pd.DataFrame(
    [
        row("M04", 1.0, 0.346), row("M05", 1.0, 0.346), row("C01", 3.0, 0.346), row("B18", 10.0, 0.346),
        row("B53", -1.0, 0.0), row("F04", 1.0, 0.346, use="seen"), row("A05", 1.0, 0.346, **{"class": "input"}),
        row("B20", 1.0, 0.346, **{"class": "not computable"}), row("B25", 1.0, 0.346, use="context"),
        row("B17", 1.0, 0.346, use="calibrate"), row("M13", 1.0, 0.346),
    ]
)  # fmt: skip
FORECASTS = pd.DataFrame(
    [("M04", "response", NAN, 0.0, 0.0), ("M05", "response", NAN, 1.0, 1.0), ("C01", "response", NAN, 0.0, 0.0),
     ("B18", "level", 2015, 10.0, 2.0), ("B17", "level", 2013, 1.0, 1.0), ("F04", "level", 2016, 1.0, 1.0)],
    columns=["row", "kind", "year", "constant", "trend"],
)  # fmt: skip
# M13 has no number in any world of the prior.
POSTERIOR = pd.DataFrame({"M04": [0.9, 1.1], "M05": [0.9, 1.1], "C01": [9.0, 9.1], "B18": [9.0, NAN], "B53": [-1, -1],
                          "F04": [1.0, 1.0], "A05": [1.0, 1.0], "B20": [1.0, 1.0], "B25": [1.0, 1.0], "B17": [1.0, 1.0],
                          "M13": [1.0, 1.0]})  # fmt: skip
PRIOR = POSTERIOR.assign(M04=[5.0, 5.1], B53=[1, 1], M13=NAN)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return validation_table(ROWS, FORECASTS, POSTERIOR, PRIOR)


def test_only_rows_that_can_be_compared_are_there(table: pd.DataFrame) -> None:
    assert list(table["row"]) == ["M04", "M05", "C01", "B18", "B53", "F04", "B17"]
    assert list(table.loc[table["counted"], "row"]) == ["M04", "M05", "C01", "B18"]


def test_the_spread_joins_tolerance_and_discrepancy(table: pd.DataFrame) -> None:
    found = table.set_index("row")["spread"]
    assert found["M04"] == pytest.approx(math.hypot(0.692 / 3.46, 0.1))
    assert found["B18"] == pytest.approx(math.hypot(0.692 / 3.46, 1.0))
    told = ROWS.assign(source="[90% interval]")
    other = validation_table(told, FORECASTS, POSTERIOR, PRIOR).set_index("row")["spread"]
    assert other["M04"] == pytest.approx(math.hypot(0.692 / 3.29, 0.1))


def test_the_tally_counts_what_each_forecast_holds(table: pd.DataFrame) -> None:
    found = tally_table(table).set_index("forecast")
    assert dict(found["inside"]) == {"posterior": 3, "prior": 2, "constant": 2, "trend": 1, "posterior_sim": 2,
                                     "prior_sim": 1}  # fmt: skip
    assert set(found["rows"]) == {4}
    # M04 and M05 are one group: (1 + 0 + 1) / 3 of the posterior, (1/2 + 0 + 1) / 3 of the prior.
    assert set(found["groups"]) == {3}
    assert found["share_of_groups"]["posterior"] == pytest.approx(2 / 3)
    assert found["share_of_groups"]["prior"] == pytest.approx(0.5)
    assert found["width"]["constant"] == pytest.approx(2 * 1.6449, abs=1e-3)
    assert found["width"]["posterior"] > found["width"]["posterior_sim"]


def test_a_silent_forecast_holds_nothing_and_is_left_out_of_the_common_rows() -> None:
    silent = FORECASTS.assign(constant=[NAN, 1.0, 0.0, 10.0, 1.0, 1.0])
    found = tally_table(validation_table(ROWS, silent, POSTERIOR, PRIOR)).set_index("forecast")
    assert (found["told"]["constant"], found["rows"]["constant"]) == (3, 4)
    assert found["inside"]["constant"] == 2
    assert set(found["common_rows"]) == {3}
    assert found["common_inside"]["posterior"] == 2


def test_a_silent_forecast_is_not_beaten_where_it_is_silent() -> None:
    # The posterior holds M04, M05 and B18; a constant that is silent on M04 and holds M05 and B18 is level with it.
    level = FORECASTS.assign(constant=[NAN, 1.0, 0.0, 10.0, 1.0, 1.0], trend=[NAN, 1.0, 0.0, 2.0, 1.0, 1.0])
    found = aim(tally_table(validation_table(ROWS, level, POSTERIOR, PRIOR)))
    assert (found.reached, found.enough, found.not_beaten) == (False, True, ("constant",))


def test_the_aim_asks_for_both_halves(table: pd.DataFrame) -> None:
    reached = aim(tally_table(table))
    assert reached.reached
    better = aim(tally_table(validation_table(ROWS, FORECASTS, POSTERIOR, POSTERIOR)))
    assert (better.reached, better.enough, better.not_beaten) == (False, True, ("prior",))
    said = sentences(table)
    assert "3 (75.0%)" in said[0]
    assert "is reached" in said[0]
    assert any("prior does not: M04" in sentence for sentence in said)
    assert "posterior have it in 1, of the prior in 0" in said[-1]


def test_rows_that_a_prior_names_are_told_and_counted_apart(table: pd.DataFrame) -> None:
    assert not any("Sources of priors" in sentence for sentence in sentences(table))
    named = ROWS.assign(named=ROWS["row"].map({"M04": "talent.beta"}).fillna(""))
    (said,) = [s for s in sentences(validation_table(named, FORECASTS, POSTERIOR, PRIOR)) if "Sources of priors" in s]
    assert "name 1 of the rows" in said
    assert "known: M04 by talent.beta." in said
    assert "Of the 3 others the posterior holds 2, the prior 2, the constant 2, the trend 1." in said


def test_rows_without_a_number_in_some_worlds_are_told(table: pd.DataFrame) -> None:
    told = "giving no number: B18 (1) of 2 worlds of the posterior; B18 (1) of 2 worlds of the prior."
    assert any(told in sentence for sentence in sentences(table))
    whole = validation_table(ROWS, FORECASTS, POSTERIOR.fillna(9.0), PRIOR.fillna(9.0))
    assert not any("giving no number" in sentence for sentence in sentences(whole))


def test_twin_a_broken_interval_breaks_the_tally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_table, "figure_interval", lambda simulated, spread: (simulated.min(), simulated.max()))
    found = tally_table(validation_table(ROWS, FORECASTS, POSTERIOR, PRIOR)).set_index("forecast")
    assert found["inside"]["posterior"] == 2


def test_history_is_what_lies_after_the_start(table: pd.DataFrame) -> None:
    assert list(hindcast(table)["row"]) == ["B18", "F04"]


def test_groups_share_no_row() -> None:
    named = [name for group in GROUPS for name in group]
    assert len(named) == len(set(named))


def test_patterns_emerge_do_not_or_are_not_told() -> None:
    described = pd.DataFrame([row(name, 1.0, 0.5) for name in PATTERNS])
    luck = np.linspace(-1.0, 1.0, 40)
    posterior = pd.DataFrame({"M18": 2.0 + luck, "M13": 3.0 + luck, "F07": 0.5 + luck, "F04": 0.0 + 0.1 * luck})
    found = emergence(described, posterior, posterior.iloc[:0]).set_index("row")["verdict"]
    assert dict(found) == {"M18": EMERGES, "M13": DOES_NOT, "F07": NOT_TOLD, "F04": DOES_NOT, "Z02": NOT_TOLD}


def relocations(us: Any, tax: float) -> pd.DataFrame:
    base = np.arange(100.0, 120.0)
    change = {BASE: 0.0, US: us, ABROAD: 1.5 * us, TAX: tax}
    return pd.DataFrame(
        {column(MOVES, name): base + by for name, by in change.items()}
        | {column(TO_US, name): 0.5 * base + by for name, by in change.items()}
    )


def test_what_moves_headquarters_is_compared_world_by_world() -> None:
    found = relocation_table(relocations(-30.0, -5.0)).set_index("experiment")
    assert found["change"][US] == pytest.approx(-30.0)
    assert found["percent"][US] == pytest.approx(-3000.0 / 109.5)
    assert found["share"][US] == 1.0
    assert math.isnan(found["share"][TAX])
    assert "agrees with the evidence" in verdict(found.reset_index())


def test_twin_a_model_that_tax_moves_contradicts_the_evidence() -> None:
    found = relocation_table(relocations(-5.0, -30.0))
    assert found.set_index("experiment")["share"][US] == 0.0
    assert "contradicts the evidence" in verdict(found)
    assert relocation_table(relocations(-5.0, 5.0)).set_index("experiment")["share"][US] == 0.5  # ties count half


@pytest.mark.parametrize(
    ("us", "tax", "said"),
    [
        (30.0 + np.arange(20), -5.0, "contradicts the evidence"),  # more than the tax changes, but the wrong way
        (-5.0, 5.0, "does not tell"),  # as much
        (0.0, 0.0, "does not tell"),
        (np.where(np.arange(20) < 11, -5.0, -9.0), -7.0, "does not tell"),  # 9 of 20 worlds: half is not excluded
    ],
)
def test_only_a_clear_answer_agrees_or_contradicts(us: Any, tax: float, said: str) -> None:
    assert said in verdict(relocation_table(relocations(us, tax)))


def test_what_is_missing_is_said_where_something_is() -> None:
    said = sentences(validation_table(ROWS, FORECASTS, POSTERIOR, PRIOR))
    assert said[0].endswith("is reached.")
    assert said[-1].startswith("Of 1 rows that ask for a sign, most worlds of the posterior have it in 1, ")
    level = sentences(validation_table(ROWS, FORECASTS, POSTERIOR, POSTERIOR))
    assert level[0].endswith("is not reached. What is missing: no more than: prior.")
    far = POSTERIOR.assign(M04=[5.0, 5.1], M05=[5.0, 5.1])
    none = sentences(validation_table(ROWS, FORECASTS, far, far))
    assert "is not reached. What is missing: fewer than 70% are inside; no more than: prior, " in none[0]


def test_both_halves_are_asked_for() -> None:
    assert [Aim(enough, (), missed).reached for enough, missed in (
        (True, ()), (True, ("prior",)), (False, ()), (False, ("prior",)))] == [True, False, False, False]  # fmt: skip
