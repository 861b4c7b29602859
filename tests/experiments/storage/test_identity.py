"""Identities: equal for what makes equal results, different for anything that can change one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.experiments.designs.points import Points
from sim.experiments.designs.study import Study
from sim.experiments.storage.identity import Identities, identity, pair_id, world_key
from sim.experiments.storage.members import ABSENT, Members
from tests.experiments.fake_model import scenario
from tests.experiments.storage.made_shards import study_of


def ids_of(study: Study, evidence: str = "e", code: str = "1") -> list[bytes]:
    found = Identities(study, evidence, code)
    return [run for world in range(len(study.worlds)) for run in found.of_world(world)]


def test_the_digest_of_determinants_is_what_it_always_was() -> None:
    # Prepared starts on disk are found by it.
    assert identity({"b": [1, 2.5], "a": "x"}) == identity({"a": "x", "b": [1, 2.5]})
    assert identity({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad808"


def test_every_run_has_its_own_identity_in_the_order_of_the_runs() -> None:
    study = study_of(worlds=5, replicates=3, scenarios=3)
    ids = ids_of(study)
    assert len(set(ids)) == len(ids) == study.n_runs
    assert {len(run) for run in ids} == {16}
    more = ids_of(study_of(worlds=6, replicates=3, scenarios=3))
    assert more[: len(ids)] == ids  # more worlds change no run


def test_all_that_decides_a_run_and_nothing_else_is_in_its_identity() -> None:
    study = study_of()
    first = ids_of(study)[0]
    world = study.worlds[0]
    key = world_key(world, study.seed, "e")
    assert ids_of(replace(study, settings=replace(study.settings, threads=2)))[0] == first
    assert ids_of(replace(study, keep=frozenset()))[0] == first
    assert ids_of(replace(study, reference=None, scenarios=study.scenarios[:1]))[0] == first
    others = [
        ids_of(replace(study, seed=8))[0], ids_of(study, evidence="f")[0], ids_of(study, code="2")[0],
        ids_of(replace(study, settings=replace(study.settings, years=2)))[0],
        ids_of(replace(study, settings=replace(study.settings, talent_scale=7)))[0],
        ids_of(replace(study, settings=replace(study.settings, startup_scale=7)))[0],
        ids_of(replace(study, scenarios=(scenario("other"),), reference=None))[0],
    ]  # fmt: skip
    assert len({first, *others}) == 1 + len(others)
    keys = [
        world_key(replace(world, kind="central"), study.seed, "e"), world_key(replace(world, draw=1), study.seed, "e"),
        world_key(replace(world, overrides={"x": 0.1}), study.seed, "e"),
        world_key(replace(world, overrides={"x": np.nextafter(0.1, 1)}), study.seed, "e"),
    ]  # fmt: skip
    assert len({key, *keys}) == 1 + len(keys)
    assert world_key(replace(world, number=9), study.seed, "e") == key


def test_the_order_in_which_a_design_names_its_parameters_is_no_part() -> None:
    study = study_of(worlds=1)
    one = Points("prior", ("a", "b"), np.array([[1.0, 2.0]]), np.zeros(1, np.int64))
    other = Points("prior", ("b", "a"), np.array([[2.0, 1.0]]), np.zeros(1, np.int64))
    assert ids_of(study.with_points(one)) == ids_of(study.with_points(other))


def test_a_pair_has_a_direction() -> None:
    one, other = ids_of(study_of())[:2]
    assert len({pair_id(one, other), pair_id(other, one), one, other}) == 4


# ---- membership ------------------------------------------------------------------------------------------------

HALF = st.sampled_from([bytes(8), b"\0" * 7 + b"\1", b"\xff" * 8, b"\x80" + bytes(7), b"abcdefgh"])
IDS = st.lists(st.tuples(HALF, HALF).map(b"".join), max_size=12)


def agrees(find: Callable[[list[bytes], list[bytes]], list[int]], held: list[bytes], asked: list[bytes]) -> bool:
    found = find(held, asked)
    return all(held[at] == run if at != ABSENT else run not in held for at, run in zip(found, asked, strict=True))


def by_members(held: list[bytes], asked: list[bytes]) -> list[int]:
    return [int(at) for at in Members(b"".join(held), np.arange(len(held), dtype=np.int32)).find(asked)]


def by_first_half(held: list[bytes], asked: list[bytes]) -> list[int]:
    """The broken twin: half an identity is enough for it."""
    return [next((at for at, one in enumerate(held) if one[:8] == run[:8]), ABSENT) for run in asked]


@hypothesis_settings(max_examples=60)
@given(IDS, IDS)
def test_members_are_told_by_all_their_bytes(held: list[bytes], asked: list[bytes]) -> None:
    assert agrees(by_members, held, asked)


def test_a_set_that_compares_half_an_identity_is_found_out() -> None:
    assert not agrees(by_first_half, [bytes(16)], [bytes(15) + b"\1"])


def test_what_is_no_identity_is_refused() -> None:
    held = Members(bytes(32), np.arange(2, dtype=np.int32))
    with pytest.raises(ValueError, match="an identity is 16 bytes"):
        held.find([bytes(15)])
