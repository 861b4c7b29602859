"""Broadband is paid by what is built anew: per premise of fibre, per site of 4G, by payer."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.levers import LEVERS
from tests.model.small_runs import Case, flight


def test_charges_by_hand(case: Case) -> None:
    lever = LEVERS["ultra_broadband"](start="2013Q3")
    with flight(case, lever) as model:
        fibre, mobile = np.linspace(0.0, 0.25, model.places.count), np.linspace(0.1, 0.0, model.places.count)
        lever.memory(model).update(fibre_built=fibre, mobile_built=mobile)
        premises = model.places.premises_count(model.world)
        of = {name: model.world[f"lever.ultra_broadband.{name}"] for name in (
            "eur_per_premise", "sites_per_thousand_premises", "eur_per_site", "public_share")}  # fmt: skip
        found = {(charge.item, charge.payer): charge.meur for charge in lever.charges(model)}
    lines = float(fibre @ premises) * of["eur_per_premise"] / 1e6
    sites = float(mobile @ premises) / 1000.0 * of["sites_per_thousand_premises"] * of["eur_per_site"] / 1e6
    public = of["public_share"]
    assert found == pytest.approx(
        {
            ("fibre", "state"): 0.5 * public * lines, ("fibre", "city"): 0.5 * public * lines,
            ("fibre", "private"): (1.0 - public) * lines, ("4G sites", "state"): public * sites,
            ("4G sites", "private"): (1.0 - public) * sites,
        }
    )  # fmt: skip
    assert sum(found.values()) == pytest.approx(lines + sites)
