"""What a firm wishes for after a quarter's money: a year of cash lets it grow, nothing left does not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.model import operating
from sim.model.desk import new_desk

CASES = {  # money of the quarter, cash before -> cash after, whether a year of it is there, whether it is broke
    "nothing earned, nothing left": (0, 0, 0, False, False),
    "earned, one euro left": (1, 0, 1, True, False),
    "all spent to the euro": (-50, 50, 0, False, False),
    "a year of it left": (-50, 250, 200, True, False),
    "a euro short of a year": (-50, 249, 199, False, False),
    "a euro short": (-50, 49, 0, False, True),
    "earned, and rich": (70, 5, 75, True, False),
}


def test_growth_by_cash(monkeypatch: pytest.MonkeyPatch) -> None:
    number = len(CASES)
    money, before, after, year, broke = (np.array(column) for column in zip(*CASES.values(), strict=True))
    told = []

    def growth(rates: object, age: int, quality: float, year_of_cash: bool, is_broke: bool) -> float:
        told.append((bool(year_of_cash), bool(is_broke)))
        return 0.0

    queue = [(float(m), 2.0 * float(m)) for m in money]
    monkeypatch.setattr(operating, "quarterly_money", lambda *given: queue[len(told)])
    monkeypatch.setattr(operating, "growth_rate", growth)
    monkeypatch.setattr(operating, "customer_chance", lambda *given: 0.0)
    monkeypatch.setattr(operating, "earning_power", lambda *given: 1.0)
    table = SimpleNamespace(
        rates=SimpleNamespace(young_quarters=12), money=None, jei_relief=None, order_chance=np.zeros(2)
    )
    cash, zero = before.astype(np.int64), np.zeros(number, np.int64)
    flows, wishes = np.zeros(number, np.int64), np.full((number, 2), 9, np.int64)
    heads, profit, customers = (np.zeros(2, np.int64) for _ in range(3))
    rule = getattr(operating.operate_rows, "py_func", operating.operate_rows)
    rule(
        table, np.uint64(5), 20, np.arange(number), new_desk(2, 1), np.arange(number, dtype=np.uint64), zero + 4,
        np.zeros(number), zero, zero + 1, zero + 1, zero + 10, zero, cash, zero + 3, flows, wishes, heads,
        np.zeros((2, 8), np.int64), profit, np.zeros(2, np.int64), customers,
    )  # fmt: skip
    assert cash.tolist() == after.tolist()
    assert told == list(zip(year.tolist(), broke.tolist(), strict=True))
    assert flows.tolist() == money.tolist()
    assert heads.tolist() == [0, 10 * number]
    assert profit.tolist() == [0, 2 * int(money.sum())]
    assert customers.tolist() == [0, 0]
    assert (wishes == 0).all()  # ten times exp(0), and a draw below one
