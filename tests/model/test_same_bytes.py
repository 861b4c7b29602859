"""Same question, same bytes: strength 0, inert agents, threads, blocks and seeds; each with a twin that breaks it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import pytest

from sim.model import blocks, counts, founding, growth, migration
from sim.model import start as start_module
from sim.model.conditions import Conditions
from sim.model.flight import FlightModel, simulate
from sim.model.levers import LEVERS, Lever, Simplification
from sim.model.migration import migrate_talents
from sim.model.randomness import run_seed
from sim.model.recording import Records
from sim.model.start import prepare_start
from tests.model.conftest import POPULATION_SEED
from tests.model.small_runs import RUN_SEED, Case, differences, digest, flight, policy, run, with_process
from tests.model.test_start import parts

BLOCK_USERS = (counts, founding, growth, migration, start_module)


@pytest.fixture(scope="module")
def baseline(case: Case) -> Records:
    return run(case)


@pytest.mark.parametrize("key", LEVERS)
def test_strength_zero_is_the_baseline_and_strength_one_is_not(case: Case, baseline: Records, key: str) -> None:
    off, on = LEVERS[key](strength=0.0), LEVERS[key](strength=1.0, ramp_quarters=0)
    assert differences(run(case, off), baseline) == []
    # The twin: the comparison sees a lever that acts.
    assert differences(run(case, on), baseline)[0] == "series"


def test_all_levers_at_strength_zero_are_the_baseline(case: Case, baseline: Records) -> None:
    off = [kind(strength=0.0) for kind in LEVERS.values()]
    assert differences(run(case, *off), baseline) == []
    assert differences(run(case, *reversed(off)), baseline) == []


class NeverOff(Simplification):
    """A lever whose switch leaks: at strength 0 it still moves one number by a billionth."""

    key: ClassVar[str] = "simplification"

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        super().apply(conditions, model)
        conditions.awareness[2] *= 1.0 - 1e-9


def test_twin_a_lever_that_leaks_at_strength_zero_is_reported(case: Case, baseline: Records) -> None:
    assert differences(run(case, NeverOff(strength=0.0)), baseline) == ["series"]


def test_simulate_is_the_step_repeated(case: Case, baseline: Records) -> None:
    records = simulate(policy(), case.world, case.evidence, case.start, case.settings, RUN_SEED)
    assert differences(records, baseline) == []
    assert set(records.timings) >= {process.__name__ for process in FlightModel.processes}


# ---- an inert extra agent -------------------------------------------------------------------------------------


def add_talents(model: FlightModel, number: int, counts: int) -> None:
    """Append young talents of all origins and skills; with ``counts`` 0 they enter no stock, price or market."""
    data, places = model.talents.data, model.places.count
    new = {name: np.zeros(number, column.dtype) for name, column in data.items()}
    new["slot"] = model.talents.size + np.arange(number)
    new["origin"] = new["place"] = np.arange(number) % places
    new["skill"] = np.arange(number) % 4
    new["arrived"] = np.full(number, -32_000)
    new["counts"] = np.full(number, counts)
    model.talents.append(new)


def after_extra(case: Case, number: int, counts: int) -> tuple[Records, str, int]:
    """Return records, the digest of everybody else, and how many of the extra agents moved."""
    with flight(case) as model:
        others = model.talents.size
        add_talents(model, number, counts)
        for _ in range(case.settings.quarters):
            model.step()
        columns = {f"talent {k}": v[:others] for k, v in model.talents.data.items()}
        columns |= {f"startup {k}": v for k, v in model.startups.data.items()}
        moved = (model.talents.data["place"] != model.talents.data["origin"])[others:]
        return model.records(), digest(columns), int(moved.sum())


def test_inert_agents_change_nobody(case: Case, baseline: Records) -> None:
    _, alone, _ = after_extra(case, 0, 0)
    records, others, moved = after_extra(case, 300, 0)
    assert moved > 10, "the extra agents live too"
    assert others == alone
    assert differences(records, baseline) == []


def test_twin_an_extra_agent_that_counts_changes_others(case: Case, baseline: Records) -> None:
    _, alone, _ = after_extra(case, 0, 0)
    records, others, _ = after_extra(case, 300, 1)
    assert others != alone
    assert "series" in differences(records, baseline)


# ---- threads, blocks, order -----------------------------------------------------------------------------------


def backwards(work: Callable[[int, int], object], rows: int, threads: int) -> list[object]:
    """Do the blocks in another order; hand the results back in block order, as the rule says."""
    done = {bounds: work(*bounds) for bounds in sorted(blocks.block_bounds(rows), reverse=True)}
    return [done[bounds] for bounds in blocks.block_bounds(rows)]


def disagreements(case: Case, monkeypatch: pytest.MonkeyPatch, kind: type[FlightModel] = FlightModel) -> list[str]:
    """Return which ways to divide the work change a result."""
    levers = (LEVERS["attractive_taxation"](), LEVERS["label_network"]())
    reference, found = run(case, *levers, kind=kind), []
    for rows in (257, 4_000):
        monkeypatch.setattr(blocks, "BLOCK_ROWS", rows)
        for threads in (1, 2):
            if differences(run(case.with_settings(threads=threads), *levers, kind=kind), reference):
                found.append(f"{threads} threads, blocks of {rows}")
    for module in BLOCK_USERS:
        monkeypatch.setattr(module, "map_blocks", backwards)
    if differences(run(case, *levers, kind=kind), reference):
        found.append("blocks in reverse order")
    return found


def test_threads_blocks_and_their_order_change_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disagreements(case, monkeypatch) == []


def test_twin_a_process_that_depends_on_its_block_is_reported(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(model: FlightModel) -> None:
        migrate_talents(model)
        for first, _ in blocks.block_bounds(model.talents.size):
            model.talents.data["place"][first] = 0

    found = disagreements(case, monkeypatch, with_process("migrate_talents", careless))
    assert "1 threads, blocks of 257" in found


def test_twin_a_shared_sequence_of_draws_is_reported(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def sequential(model: FlightModel) -> None:
        migrate_talents(model)
        sequence = np.random.default_rng(model.quarter)

        def work(start: int, stop: int) -> None:
            model.talents.data["place"][start + int(sequence.integers(stop - start))] = 0

        migration.map_blocks(work, model.talents.size, 1)

    assert "blocks in reverse order" in disagreements(case, monkeypatch, with_process("migrate_talents", sequential))


def test_a_start_does_not_depend_on_threads_or_blocks(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 1_001)
    settings = case.with_settings(threads=2).settings
    again = prepare_start(case.evidence, case.world, settings, POPULATION_SEED)
    assert digest(parts(again)) == digest(parts(case.start))


def test_blocks_cover_every_row_once() -> None:
    for rows in (0, 1, blocks.BLOCK_ROWS, 3 * blocks.BLOCK_ROWS + 5):
        bounds = blocks.block_bounds(rows)
        assert sum(stop - start for start, stop in bounds) == rows
        assert all(one[1] == other[0] for one, other in itertools.pairwise(bounds))


# ---- seeds ----------------------------------------------------------------------------------------------------


def test_same_seed_same_bytes_other_seed_other_bytes(case: Case, baseline: Records) -> None:
    assert differences(run(case), baseline) == []
    assert differences(run(case, seed=run_seed(1, 0, 0)), baseline)[:2] == ["series", "flows"]
    # All 64 bits of the seed are used.
    assert "series" in differences(run(case, seed=RUN_SEED + (1 << 63)), baseline)


def test_no_process_draws_from_mesas_own_generators(case: Case) -> None:
    with flight(case, *(kind() for kind in LEVERS.values())) as model:
        states = str(model.rng.bit_generator.state), model.random.getstate()
        for _ in range(4):
            model.step()
        assert states == (str(model.rng.bit_generator.state), model.random.getstate())


def common_luck(case: Case, *levers: Lever, seed: int = RUN_SEED) -> float:
    """Return the share of firms of the start whose fate is that of the baseline with the standard seed."""
    fates = []
    for policies, key in (((), RUN_SEED), (levers, seed)):
        with flight(case, *policies, seed=key) as model:
            old = model.startups.size
            for _ in range(case.settings.quarters):
                model.step()
            fates.append([model.startups.data[n][:old] for n in ("status", "hq", "stage", "headcount")])
    return float(np.mean(np.all([a == b for a, b in zip(*fates, strict=True)], axis=0)))


def test_the_same_firm_meets_the_same_luck_under_a_policy(case: Case) -> None:
    """Common random numbers: a mild policy leaves nearly every fate alone; under another seed few stay as they were."""
    assert common_luck(case, LEVERS["simplification"]()) > 0.97
    assert common_luck(case, seed=RUN_SEED + 1) < 0.6


def test_any_seed_of_64_bits_runs(case: Case) -> None:
    assert len(run(case.with_settings(years=1), seed=2**64 - 1).series) == 5 * 26
