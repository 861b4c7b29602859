"""Normals, Gumbels and positive stables made of the keyed uniforms, and the uids that key them.

All statistical checks together raise a false alarm once in 10,000 (Bonferroni).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.model.compile import kernel
from sim.model.randomness import (
    Purpose,
    gumbel,
    initial_startup_uid,
    log_positive_stable,
    normals,
    startup_uid,
    talent_uid,
    uniforms,
)
from sim.model.talents import person_uid
from tests.model.small_runs import Case, flight

FALSE_ALARM, N, SEED = 1e-4, 100_000, 2013
INDICES = (0.3, 0.6, 0.9)
TIMES = (0.25, 1.0, 4.0)


@kernel
def sample(seed, index, out):  # type: ignore[no-untyped-def]
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1] = normals(seed, 3, i, 0, 0)
        first, second = uniforms(seed, 7, i, 0, 1)
        out[i, 2] = log_positive_stable(first, second, index)
        first, second = uniforms(seed, 6, i, 0, 2)
        out[i, 3] = gumbel(first)


@pytest.fixture(scope="module")
def drawn() -> dict[float, np.ndarray]:
    out = {}
    for index in INDICES:
        out[index] = np.empty((N, 4))
        sample(np.uint64(SEED), index, out[index])
    return out


def z_p(sample: np.ndarray, mean: float, sd: float) -> float:
    """Return the two-sided p-value that a sample has this mean."""
    with np.errstate(under="ignore"):
        return float(2.0 * stats.norm.sf(abs(sample.mean() - mean) / (sd / math.sqrt(len(sample)))))


def ks(sample: np.ndarray, law: str) -> float:
    with np.errstate(all="ignore"):
        return float(stats.kstest(sample, law).pvalue)


def normal_checks(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    return {
        "law": ks(x, "norm"),
        "law of the second": ks(y, "norm"),
        "mean": z_p(x, 0.0, 1.0),
        "variance": z_p(x**2, 1.0, math.sqrt(2.0)),
        "skewness": z_p(x**3, 0.0, math.sqrt(15.0)),
        "tails": z_p(x**4, 3.0, math.sqrt(96.0)),
        "correlation": z_p(x * y, 0.0, 1.0),
        "correlation of squares": z_p((x**2 - 1) * (y**2 - 1), 0.0, 2.0),
    }


def gumbel_checks(g: np.ndarray) -> dict[str, float]:
    centred = g - np.euler_gamma
    return {
        "law": ks(g, "gumbel_r"),
        "mean": z_p(g, np.euler_gamma, math.pi / math.sqrt(6.0)),
        # Fourth central moment 27/5 of the squared variance.
        "variance": z_p(centred**2, math.pi**2 / 6.0, math.pi**2 / 6.0 * math.sqrt(27.0 / 5.0 - 1.0)),
    }


def stable_checks(log_s: np.ndarray, g: np.ndarray, index: float) -> dict[str, float]:
    """Laplace transform exp(-t**index), and Cardell's sum: index * (ln S + G) is a standard Gumbel."""
    p = {}
    with np.errstate(all="ignore"):
        s = np.exp(log_s)
        for t in TIMES:
            mean = math.exp(-(t**index))
            sd = math.sqrt(math.exp(-((2.0 * t) ** index)) - mean**2)
            p[f"transform at {t}"] = z_p(np.exp(-t * s), mean, sd)
    return p | {f"sum: {name}": value for name, value in gumbel_checks(index * (log_s + g)).items()}


def alarms(p: dict[str, float], checks: int) -> list[str]:
    return [name for name, value in p.items() if not value >= FALSE_ALARM / checks]


CHECKS = 8 + 3 + len(INDICES) * (len(TIMES) + 3)


def test_normals_and_gumbels_have_their_laws(drawn: dict[float, np.ndarray]) -> None:
    x, y, _, g = drawn[0.6].T
    assert alarms(normal_checks(x, y), CHECKS) == []
    assert alarms(gumbel_checks(g), CHECKS) == []


@pytest.mark.parametrize("index", INDICES)
def test_positive_stables_have_their_laplace_transform(drawn: dict[float, np.ndarray], index: float) -> None:
    _, _, log_s, g = drawn[index].T
    assert alarms(stable_checks(log_s, g, index), CHECKS) == []


def test_a_stable_of_index_one_is_the_constant_one() -> None:
    assert log_positive_stable(0.3, 0.8, 1.0) == 0.0


def test_twins_wrong_laws_are_reported(drawn: dict[float, np.ndarray]) -> None:
    x, y, log_s, g = drawn[0.6].T
    assert "variance" in alarms(normal_checks(x * 1.02, y), CHECKS)
    assert "correlation of squares" in alarms(normal_checks(x, np.abs(x) * np.sign(y)), CHECKS)
    assert "mean" in alarms(gumbel_checks(g + 0.03), CHECKS)
    assert "law" in alarms(gumbel_checks(np.sqrt(math.pi**2 / 6) * x + np.euler_gamma), CHECKS)
    # The nest's part left out, and a stable of another index.
    assert "sum: variance" in alarms(stable_checks(0.0 * log_s, g, 0.6), CHECKS)
    assert any("transform" in name for name in alarms(stable_checks(log_s, g, 0.62), CHECKS))


# ---- uids -----------------------------------------------------------------------------------------------------

SLOTS = st.integers(0, 2**32 - 1)
GENERATIONS = st.integers(0, 2**8 - 1)
QUARTERS = st.integers(-2048, 2047)
KS = st.integers(0, 63)


def unpacked(uid: int) -> tuple[int, int, int, int, int]:
    """Return (kind, k, quarter, generation, slot): if this undoes the packing, no two firms share a uid."""
    return uid >> 62, (uid >> 56) & 63, ((uid >> 42) & 4095) - 2048, (uid >> 32) & 1023, uid & (2**32 - 1)


@given(SLOTS, GENERATIONS, QUARTERS, KS)
def test_uids_are_packed_and_cannot_collide(slot: int, generation: int, quarter: int, k: int) -> None:
    firm, person = startup_uid(slot, generation, quarter, k), talent_uid(slot, generation)
    assert unpacked(firm) == (1, k, quarter, generation, slot)
    assert unpacked(person) == (0, 0, -2048, generation, slot)
    assert unpacked(initial_startup_uid(slot))[0] == 2
    assert 0 <= firm < 2**64
    assert int(person_uid(slot, generation)) == person


def test_twin_a_field_too_narrow_lets_uids_collide() -> None:
    def narrow(slot: int, generation: int, quarter: int, k: int) -> int:
        return (1 << 62) | (k << 56) | ((quarter + 2048) << 40) | (generation << 32) | slot

    assert narrow(5, 0, 1 - 2048, 0) == narrow(5, 256, -2048, 0)
    assert unpacked(narrow(5, 3, 7, 1)) != (1, 1, 7, 3, 5)


def test_firms_of_a_run_carry_the_packed_uid_of_their_founding(case: Case) -> None:
    with flight(case) as model:
        for _ in range(4):
            model.step()
        data = model.startups.data
        new = np.flatnonzero(data["uid"] < np.uint64(2 << 62))
        assert len(new) > 20
        for i in new:
            kind, k, quarter, generation, slot = unpacked(int(data["uid"][i]))
            assert (kind, quarter) == (1, data["founded"][i])
            assert (generation, slot) == (data["founder_generation"][i], data["founder_slot"][i])
            assert startup_uid(slot, generation, quarter, k) == int(data["uid"][i])
        assert len(np.unique(data["uid"])) == len(data["uid"])
        assert len(np.unique(model.talents.uid)) == model.talents.size


def test_purposes_are_distinct_and_fit_their_byte() -> None:
    """Two names with one number would be one purpose: Python makes the second an alias."""
    numbers = [member.value for member in Purpose.__members__.values()]
    assert len(set(numbers)) == len(Purpose.__members__)
    assert all(0 < number < 256 for number in numbers)
