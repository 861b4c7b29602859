"""parameters.toml: every wrong entry is named; quantiles stay in range and follow the prior."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.evidence import Evidence, Parameter, load_evidence
from tests.evidence.conftest import Scratch


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('label = "weight of income"', 'lable = "weight of income"',
         ["[talent.beta]: unknown field 'lable'", "did you mean 'label'?", "the field 'label' is missing."]),
        ('unit = "1"\n', "", ["[talent.beta]: the field 'unit' is missing."]),
        ("low = 0.8\n", "", ["[talent.beta]: the field 'low' is missing."]),
        ('prior = "uniform"', 'prior = "unifrom"', ["prior: found 'unifrom'", "did you mean 'uniform'?"]),
        ('status = "law"', 'status = "lax"', ["[law.rate] status: found 'lax'", "did you mean 'law'?"]),
        ("value = 1.9", "value = 3.9", ["[talent.beta]: found low 0.8, value 3.9, high 3, allowed is low <= value"]),
        ("value = 1.9", 'value = "1.9"', ["[talent.beta] value: found '1.9', allowed is a finite number."]),
        ("value = 1.9", "value = true", ["[talent.beta] value: found True, allowed is a finite number."]),
        ("value = 1.9", "value = inf", ["[talent.beta] value: found inf, allowed is a finite number."]),
        ("low = 1\n", "low = 0\n", ["[lever.cost] low: found 0, allowed is a number above 0 with prior 'loguniform'."]),
        ("value = 0.38", "value = 0.38\nlow = 0.3", ["[law.rate]: found 'low' beside prior 'fixed'"]),
        ('source = "a test"', 'source = " "', ["[talent.beta] source: found ' ', allowed is a text"]),
        ("checked = 2026-11-22", 'checked = "2026-11-22"', ["checked: found '2026-11-22', allowed is a bare date"]),
        ("checked = 2026-11-22", "checked = 2026-11-22T00:00:00", ["[talent.beta] checked: found datetime"]),
        ("[talent.beta]", "speed = 3\n[talent.beta]", ["parameters.toml speed: found a bare value"]),
        ("[talent.beta]", "[talent.beta", ["parameters.toml: not a valid TOML file"]),
        ("low = 0.8\nhigh = 3.0", "low = 1.9\nhigh = 1.9", ["found low = high = 1.9, allowed is low < high"]),
    ],
)  # fmt: skip
def test_a_bad_entry_is_named(scratch: Scratch, old: str, new: str, said: list[str]) -> None:
    scratch.replace("parameters.toml", old, new)
    with pytest.raises(InputError) as caught:
        load_evidence(scratch.folder)
    text = "\n".join(caught.value.problems)
    assert all(part in text for part in said), text


def parameter(prior: str, low: float, value: float, high: float) -> Parameter:
    day = datetime.date(2026, 11, 22)
    return Parameter("x", "x", value, "1", low, high, prior, "assumed", "a test", day)


def test_quantiles_follow_the_prior() -> None:
    assert parameter("uniform", 0.0, 1.0, 4.0).quantile(0.25) == 1.0
    assert parameter("loguniform", 1.0, 10.0, 100.0).quantile(0.5) == pytest.approx(10.0)
    assert parameter("fixed", 3.0, 3.0, 3.0).quantile(0.9) == 3.0


@pytest.mark.parametrize("u", [-0.1, 1.1, math.nan])
def test_a_quantile_outside_0_to_1_is_refused(u: float) -> None:
    with pytest.raises(ValueError, match="allowed is a number from 0 to 1"):
        parameter("uniform", 0.0, 1.0, 4.0).quantile(u)


@given(
    prior=st.sampled_from(["uniform", "loguniform"]),
    low=st.floats(1e-9, 1e9),
    factor=st.floats(1.0001, 1e6),
    u=st.floats(0.0, 1.0),
)
def test_quantiles_never_leave_the_range(prior: str, low: float, factor: float, u: float) -> None:
    assert low <= parameter(prior, low, low, low * factor).quantile(u) <= low * factor


def test_every_real_parameter_has_its_centre_in_range_and_a_source(evidence: Evidence) -> None:
    assert len(evidence.parameters) > 100
    for name, entry in evidence.parameters.items():
        assert entry.name == name
        assert entry.low <= entry.value <= entry.high
        assert entry.source.strip()
        assert (entry.prior == "fixed") == (entry.low == entry.high)
