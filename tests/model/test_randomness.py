"""The quality of the keyed draws. All statistical checks together raise a false alarm once in 10,000 (Bonferroni)."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from sim.model.compile import kernel
from sim.model.randomness import Purpose, philox, population_seed, run_seed, uniforms

FALSE_ALARM = 1e-4
SEED, QUARTER, BLOCK, N = 987_654_321, 3, 2, 60_000
FIRM = (1 << 62) | ((2048 + QUARTER) << 42)  # the high bits of a firm's uid
Draw = Callable[..., np.ndarray]

MULTIPLIERS, WEYL, MASK = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85), 0xFFFFFFFF


@kernel
def fill(seed, purpose, uid, quarter, block, out):  # type: ignore[no-untyped-def]
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1] = uniforms(seed[i], purpose[i], uid[i], quarter[i], block[i])


def draws(seed=SEED, purpose=int(Purpose.CONSIDER), uid=0, quarter=QUARTER, block=BLOCK, n=N) -> np.ndarray:
    """Return pairs of uniforms, (n, 2); each part of the key is one value or an array (n,)."""
    out = np.empty((n, 2))
    with np.errstate(over="ignore"):
        fill(
            *(np.broadcast_to(np.asarray(part, dtype=kind), n).copy()
              for part, kind in ((seed, np.uint64), (purpose, np.int64), (uid, np.uint64), (quarter, np.int64),
                                 (block, np.int64))),
            out,
        )  # fmt: skip
    return out


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((MASK,) * 4, (MASK,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers_of_random123(counter, key, expected) -> None:
    assert tuple(int(w) for w in philox(*map(np.uint64, (*counter, *key)))) == expected


def independence(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Return p-values that two samples of uniforms are independent: correlation and a 16 x 16 table."""
    with np.errstate(under="ignore", divide="ignore"):
        z = np.sqrt(len(one)) * float(np.mean((one - 0.5) * (other - 0.5))) * 12.0
        table = np.histogram2d(one, other, bins=16, range=((0, 1), (0, 1)))[0]
        return {"correlation": 2.0 * stats.norm.sf(abs(z)), "table": stats.chisquare(table.ravel()).pvalue}


def runs_p(sample: np.ndarray) -> float:
    """Return the p-value of the number of runs above and below one half (Wald and Wolfowitz 1940)."""
    switches = int(np.sum((sample[1:] > 0.5) != (sample[:-1] > 0.5)))
    return float(stats.binomtest(switches, len(sample) - 1, 0.5).pvalue)


def quality(draw: Draw) -> dict[str, float]:
    """Return a p-value for every property that the model relies on."""
    people = np.arange(N)
    base = draw(uid=people)
    bits = (base * 2.0**53).astype(np.uint64)
    p: dict[str, float] = {}
    with np.errstate(under="ignore", divide="ignore"):
        for column in (0, 1):
            p[f"uniform {column}"] = stats.kstest(base[:, column], "uniform").pvalue
            for name, shift in (("high", 45), ("middle", 26), ("low", 1)):
                byte = (bits[:, column] >> np.uint64(shift)) & np.uint64(255)
                p[f"{name} byte {column}"] = stats.chisquare(np.bincount(byte.astype(int), minlength=256)).pvalue
    pairs = {
        "the two of a pair": (base[:, 0], base[:, 1]),
        "neighbours": (base[:-1, 0], base[1:, 0]),
        "generations": (base[:, 0], draw(uid=people + (1 << 32))[:, 0]),
        "talents and firms": (base[:, 0], draw(uid=people + FIRM)[:, 0]),
        "quarters": (base[:, 0], draw(uid=people, quarter=QUARTER + 1)[:, 0]),
        "quarters of one agent": (*(draw(uid=7, quarter=np.arange(N) + k)[:, 0] for k in (0, 1)),),
        "blocks": (base[:, 0], draw(uid=people, block=BLOCK + 1)[:, 0]),
        "seeds": (base[:, 0], draw(uid=people, seed=SEED + 1)[:, 0]),
        "seeds, high half": (base[:, 0], draw(uid=people, seed=SEED + (1 << 32))[:, 0]),
    }
    mine = int(Purpose.CONSIDER)
    pairs |= {f"purpose {q.name}": (base[:, 0], draw(uid=people, purpose=int(q))[:, 0]) for q in Purpose if q != mine}
    for name, (one, other) in pairs.items():
        p |= {f"{test}: {name}": value for test, value in independence(one, other).items()}
    p["runs over agents"] = runs_p(base[:, 0])
    p["runs over quarters"] = runs_p(draw(uid=7, quarter=np.arange(N))[:, 1])
    p["runs over blocks"] = runs_p(draw(uid=7, block=np.arange(N))[:, 0])
    return p


def alarms(p: dict[str, float]) -> list[str]:
    """Return the checks whose p-value is too small (or not a number)."""
    return [name for name, value in p.items() if not value >= FALSE_ALARM / len(p)]


def test_draws_are_uniform_and_independent() -> None:
    assert alarms(quality(draws)) == []


def ignores_quarter(**key) -> np.ndarray:
    return draws(**(key | {"quarter": QUARTER}))


def reuses_purpose(**key) -> np.ndarray:
    return draws(**(key | {"purpose": int(Purpose.CONSIDER)}))


def drops_generation(**key) -> np.ndarray:
    return draws(**(key | {"uid": np.asarray(key["uid"]) & MASK}))


def ignores_block(**key) -> np.ndarray:
    return draws(**(key | {"block": 0}))


def adds_seed_to_uid(**key) -> np.ndarray:
    return draws(**(key | {"seed": 0, "uid": np.asarray(key["uid"]) + key.get("seed", SEED)}))[:, ::-1]


def stuck_low_bit(**key) -> np.ndarray:
    return np.floor(draws(**key) * 2.0**51) / 2.0**51


@pytest.mark.parametrize(
    ("broken", "reported"),
    [
        (ignores_quarter, "quarters"),
        (reuses_purpose, "purpose PLACE"),
        (drops_generation, "generations"),
        (ignores_block, "blocks"),
        (stuck_low_bit, "low byte"),
    ],
)
def test_twin_broken_draws_are_reported(broken: Draw, reported: str) -> None:
    found = alarms(quality(broken))
    assert any(reported in name for name in found), found


def test_twin_a_seed_added_to_the_uid_makes_neighbours_share_luck() -> None:
    """Two worlds whose seeds differ by one would hold the same people, one slot apart."""
    one = adds_seed_to_uid(uid=np.arange(N))
    other = adds_seed_to_uid(uid=np.arange(N), seed=SEED + 1)
    assert alarms(independence(one[1:, 0], other[:-1, 0])) != []
    good, shifted = draws(uid=np.arange(N)), draws(uid=np.arange(N), seed=SEED + 1)
    assert alarms(independence(good[1:, 0], shifted[:-1, 0])) == []


def counter_of(words: tuple[int, int, int, int], seed: int) -> tuple[int, int, int, int]:
    """Return (purpose, uid, quarter, block) whose draw has these four words: Philox run backwards."""
    c0, c1, c2, c3 = words
    k0, k1 = seed & MASK, seed >> 32
    for back in range(9, -1, -1):
        r0, r1 = (k0 + back * WEYL[0]) & MASK, (k1 + back * WEYL[1]) & MASK
        before0 = c3 * pow(MULTIPLIERS[0], -1, 1 << 32) & MASK
        before2 = c1 * pow(MULTIPLIERS[1], -1, 1 << 32) & MASK
        before1 = c0 ^ (MULTIPLIERS[1] * before2 >> 32) ^ r0
        before3 = c2 ^ (MULTIPLIERS[0] * before0 >> 32) ^ r1
        c0, c1, c2, c3 = before0, before1, before2, before3
    return c2 & 255, c0 | c1 << 32, (c2 >> 8) - 4096, c3


@pytest.mark.parametrize("word", [0, MASK])
def test_no_uniform_is_zero_or_one(word: int) -> None:
    """At the two ends the logarithms of the model would be infinite."""
    purpose, uid, quarter, block = counter_of((word,) * 4, SEED)
    pair = uniforms(np.uint64(SEED), purpose, np.uint64(uid), quarter, block)
    assert pair[0] == pair[1]
    assert 0.0 < pair[0] < 1.0


def test_run_seeds_know_the_world_and_the_replicate_and_nothing_else() -> None:
    assert list(inspect.signature(run_seed).parameters) == ["study", "world", "replicate"]
    assert list(inspect.signature(population_seed).parameters) == ["study", "world"]
    runs = [run_seed(s, w, r) for s in range(10) for w in range(30) for r in range(10)]
    worlds = [population_seed(s, w) for s in range(10) for w in range(30)]
    assert len(set(runs + worlds)) == len(runs) + len(worlds)
    assert all(0 <= seed < 1 << 64 for seed in runs + worlds)
    # Fixed for ever: results carry only the study's seed.
    known = hashlib.blake2b(b"run|1|2|3", digest_size=8).digest()
    assert run_seed(1, 2, 3) == int.from_bytes(known, "little")
