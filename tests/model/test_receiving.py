"""Who received a lever: marks go to those whom it reaches, none at strength 0, and no decision reads them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.flight import FlightModel
from sim.model.levers import LEVERS, Lever, Reached
from sim.model.operating import order_draws
from sim.model.receiving import BITS, firms_now, mark_received
from sim.model.tables import visa_applies
from sim.model.talents import NEVER
from tests.model.small_runs import Case, differences, flight, frame_bytes, run

REACHING = {
    "label_network": LEVERS["label_network"](),
    "seed_acceleration": LEVERS["seed_acceleration"](),
    "ultra_broadband": LEVERS["ultra_broadband"](),
    "attractive_taxation": LEVERS["attractive_taxation"](),
    "open_innovation": LEVERS["open_innovation"](ramp_quarters=0),
    "simplification": LEVERS["simplification"](),
    "zone_exemption": LEVERS["zone_exemption"](),
}
NAMELESS = ("paris_showcase", "international_brand", "equalisation", "placebo")


def marks(model: FlightModel, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which talents and which firms bear the mark of a lever."""
    talents, firms = model.talents.data["received"], model.startups.data["received"]
    return (talents & BITS[key]) != 0, (firms & BITS[key]) != 0


def after(model: FlightModel, quarters: int) -> FlightModel:
    for _ in range(quarters):
        model.step()
    return model


def test_a_bit_for_each_lever_fits_the_column() -> None:
    assert list(BITS) == list(LEVERS)
    assert len({int(bit) for bit in BITS.values()}) == len(LEVERS) <= 16
    assert all(bit == 1 << n for n, bit in enumerate(BITS.values()))


@pytest.mark.parametrize("key", LEVERS)
def test_a_lever_marks_its_receivers_and_nobody_else(case: Case, key: str) -> None:
    lever = REACHING.get(key, LEVERS[key]())
    with flight(case, lever) as model:
        after(model, case.settings.quarters)
        talents, firms = marks(model, key)
        data = model.startups.data
        assert (firms | (data["received"] == 0)).all()
        assert (talents | (model.talents.data["received"] == 0)).all()
        assert firms.any() == (key not in NAMELESS)
        assert not firms.all()
        assert talents.any() == (key in ("attractive_taxation", "simplification"))


def reached_at_nothing(case: Case, *levers: Lever) -> int:
    with flight(case, *levers) as model:
        after(model, case.settings.quarters)
        columns = (model.talents.data["received"], model.startups.data["received"])
        return sum(int(np.count_nonzero(column)) for column in columns)


class ReachesAnyway(LEVERS["zone_exemption"]):  # type: ignore[misc]
    """A lever that forgets to ask whether it is in force."""

    def reach(self, model: FlightModel) -> Reached | None:
        return Reached(startups=model.acting.present)


def test_at_strength_zero_nobody_is_marked(case: Case) -> None:
    assert reached_at_nothing(case, *(kind(strength=0.0) for kind in LEVERS.values())) == 0
    assert reached_at_nothing(case) == 0
    assert reached_at_nothing(case, ReachesAnyway(strength=0.0)) > 0  # a twin


class ReadsMarks(FlightModel):
    """A broken model: those who received a lever never grow old."""

    def step(self) -> None:
        super().step()
        self.startups.data["founded"][self.startups.data["received"] != 0] += 1


def test_marks_enter_no_decision(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    levers = tuple(REACHING.values())
    marked, twin = run(case, *levers), run(case, *levers, kind=ReadsMarks)
    assert marked.persons["received"].any()
    monkeypatch.setattr("sim.model.flight.mark_received", lambda model, before: None)
    plain = run(case, *levers)
    assert not plain.persons["received"].any()
    assert differences(marked, plain) == []
    for name in ("reasons", "revenue"):
        assert frame_bytes(getattr(marked, name)) == frame_bytes(getattr(plain, name))
    for name, column in plain.persons.items():
        if name != "received":
            np.testing.assert_array_equal(column, marked.persons[name])
    assert differences(twin, plain) != []


# ---- lever by lever --------------------------------------------------------------------------------------------


def test_the_zone_reaches_the_firms_that_operate_in_it(case: Case) -> None:
    with flight(case, LEVERS["zone_exemption"](places=("lyon",), start="2013Q3")) as model:
        before = model.startups.data["ops"] == model.places.index("lyon")
        after(model, 1)
        _, firms = marks(model, "zone_exemption")
        np.testing.assert_array_equal(firms[: len(before)], before)  # also who closed at the quarter's end
        new = slice(len(before), None)
        expected = model.startups.data["origin"][new] == model.places.index("lyon")
        np.testing.assert_array_equal(firms[new], expected)
        assert expected.any()


def test_orders_marked_are_the_orders_that_firms_got(case: Case) -> None:
    """The draw is repeated: who is marked earns more than the same firm without the order."""
    lever = LEVERS["open_innovation"](ramp_quarters=0, start="2013Q3", structures_per_place=40)
    with flight(case, lever) as model, flight(case) as plain:
        after(model, 1)
        after(plain, 1)
        got = model.acting.order_draw < model.startup_table.order_chance[model.acting.ops]
        assert got.sum() > 20
        # In the first quarter no city has built: all orders are the lever's.
        np.testing.assert_array_equal(marks(model, "open_innovation")[1], got)
        size = min(model.startups.size, plain.startups.size)
        same = (model.startups.uid[:size] == plain.startups.uid[:size]) & (
            model.startups.data["raised"][:size] == plain.startups.data["raised"][:size]
        )
        gain = model.startups.data["cash"][:size] - plain.startups.data["cash"][:size]
        assert (gain[same & got[:size]] > 0).mean() > 0.95  # who is broke either way has no cash in both
        assert (gain[same & ~got[:size]] <= 0).all()
        other = np.ones(len(got))
        order_draws(model.key, model.quarter, model.startups.uid, np.ones(len(got), bool), other)
        # A twin: the draw of the quarter after.
        assert ((other < model.startup_table.order_chance[model.acting.ops]) != got).any()


def test_one_stop_shop_and_visas(case: Case) -> None:
    shop = LEVERS["simplification"](start="2013Q3", ramp_quarters=0, visas=False)
    with flight(case, shop) as model:
        after(model, 1)
        talents, firms = marks(model, "simplification")
        founded = (model.startups.data["founded"] == 0) & model.geography.is_french[model.startups.data["origin"]]
        np.testing.assert_array_equal(firms, founded)
        assert founded.any()
        assert not talents.any()
    visas = LEVERS["simplification"](start="2013Q3", ramp_quarters=0, one_stop_shop=False)
    with flight(case, visas) as model:
        after(model, 1)
        talents, firms = marks(model, "simplification")
        data = model.talents.data
        needed = visa_applies(model.geography)[data["origin"], data["place"]]
        np.testing.assert_array_equal(talents, (data["arrived"] == 0) & needed)
        assert talents.any()
        assert not firms.any()
        assert not model.geography.free[data["origin"][talents]].any()


def test_each_switch_of_taxation_has_its_receivers(case: Case) -> None:
    off = dict.fromkeys(("jei_payroll", "jei_profit", "founder_exit", "impatriate"), False)
    found = {}
    for switch in off:
        lever = LEVERS["attractive_taxation"](start="2013Q3", **(off | {switch: True}))
        with flight(case, lever) as model:
            after(model, 1)
            talents, firms = marks(model, "attractive_taxation")
            data = model.startups.data
            found[switch] = (int(talents.sum()), int(firms.sum()))
            young = (0 - data["founded"].astype(int)) < 32
            if switch == "jei_payroll":  # full relief until the third year by the law of 2013, too
                assert (((0 - data["founded"].astype(int)) >= 12) & young & (data["jei"] != 0))[firms].all()
            elif switch == "jei_profit":
                assert (young & (data["jei"] != 0))[firms].all()
            elif switch == "founder_exit":
                assert (data["status"] == 3)[firms].all()
            else:
                assert (model.talents.data["arrived"][talents] == 0).all()
    assert {switch: (talents > 0, firms > 0) for switch, (talents, firms) in found.items()} == {
        "jei_payroll": (False, True), "jei_profit": (False, True), "founder_exit": (False, True),
        "impatriate": (True, False),
    }  # fmt: skip
    assert found["jei_payroll"][1] < found["jei_profit"][1]


def test_a_new_generation_has_received_nothing(case: Case) -> None:
    with flight(case, REACHING["simplification"]) as model:
        after(model, 1)
        data = model.talents.data
        data["received"][:] = 1
        data["entry"][:5] = model.quarter + 1  # five who have just taken the places of five who retired
        data["arrived"][:5] = NEVER
        mark_received(model, firms_now(model))
        assert (data["received"][:5] == 0).all()
        assert (data["received"][5:] != 0).all()


def test_marks_last_and_are_those_of_the_persons(case: Case) -> None:
    with flight(case, *REACHING.values()) as model:
        after(model, 4)
        early = model.startups.data["received"].copy()
        after(model, 4)
        late = model.startups.data["received"][: len(early)]
        assert ((late & early) == early).all()
        records = model.records()
        whole = np.concatenate([model.talents.data["received"], model.startups.data["received"]])
        uid = np.concatenate([model.talents.uid, model.startups.uid])
        np.testing.assert_array_equal(records.persons["received"], whole[np.argsort(uid, kind="stable")])
