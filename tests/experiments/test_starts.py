"""Prepared starts on disk: bit for bit the same start, and none that is damaged, foreign or of other inputs."""

from __future__ import annotations

import dataclasses
import os
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.evidence import Evidence
from sim.experiments import starts
from sim.experiments.engine import ModelEngine
from sim.experiments.starts import OFF, VARIABLE, cache_folder, keep_start, load_start, start_digest
from sim.model.flight import simulate
from sim.model.start import Start
from sim.settings import Settings
from sim.world import World, central_world
from tests.model.small_runs import differences, policy

TINY = Settings(talent_scale=1000, startup_scale=50, years=1)


@dataclasses.dataclass(frozen=True)
class Inner:
    """A part with an array."""

    values: np.ndarray


@dataclasses.dataclass(frozen=True)
class Small:
    """A stand-in for a start with every kind of value that one may hold."""

    name: str
    inner: Inner
    columns: dict[str, np.ndarray]
    ids: tuple[str, ...]
    seed: int
    facts: dict[str, float]
    nothing: None = None


def small(seed: int = 2**63 + 1) -> Small:
    columns = {"place": np.arange(7, dtype=np.uint8), "cash": np.array([0.1, np.inf, -0.0]), "open": np.zeros(2, bool)}
    return Small("x", Inner(np.arange(6.0).reshape(2, 3)), columns, ("paris", "lyon"), seed, {"gap": 0.1 + 0.2})


def leaves(value: Any) -> list[Any]:
    """Return all values of a tree in order, arrays as type, shape and bytes."""
    if dataclasses.is_dataclass(value):
        return [leaf for f in dataclasses.fields(value) for leaf in [f.name, *leaves(getattr(value, f.name))]]
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in [key, *leaves(part)]]
    if isinstance(value, np.ndarray):
        return [(str(value.dtype), value.shape, value.tobytes())]
    return [value]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep starts in a folder of this test."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "starts"))
    return tmp_path / "starts"


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[World]:
    """Return the worlds for which a start had to be prepared."""
    import sim.model.start as module

    seen: list[World] = []
    real = module.prepare_start

    def counting(evidence: Evidence, world: World, settings: Settings, seed: int) -> Start:
        seen.append(world)
        return real(evidence, world, settings, seed)

    monkeypatch.setattr(module, "prepare_start", counting)
    return seen


def test_every_bit_comes_back_and_arrays_can_be_written(tmp_path: Path) -> None:
    assert keep_start(tmp_path, "a" * 32, small())
    found = load_start(tmp_path, "a" * 32, Small)
    assert leaves(found) == leaves(small())
    assert type(found.inner) is Inner
    assert found.columns["place"].flags.writeable


@pytest.mark.long
def test_a_kept_start_makes_the_same_run(folder: Path, prepared: list[World], evidence: Evidence, world: World) -> None:
    engine = ModelEngine()
    first = engine.prepare(evidence, world, TINY, 7, 0)
    second = engine.prepare(evidence, world, TINY, 7, 0)
    assert len(prepared) == 1  # the second one was loaded
    assert [path.suffix for path in folder.iterdir()] == [".npz"]
    assert leaves(first) == leaves(second)
    one, other = (simulate(policy(), world, evidence, start, TINY, 3) for start in (first, second))
    assert differences(one, other) == []
    assert one.facts == other.facts


@pytest.mark.long
def test_another_parameter_scale_seed_or_code_is_another_start(
    folder: Path, prepared: list[World], evidence: Evidence, world: World
) -> None:
    engine = ModelEngine()
    engine.prepare(evidence, world, TINY, 7, 0)
    changed = central_world(evidence, {"talent.beta": world["talent.beta"] * 1.01})
    engine.prepare(evidence, changed, TINY, 7, 0)
    engine.prepare(evidence, world, TINY, 7, 1)
    engine.prepare(evidence, world, Settings(talent_scale=1000, startup_scale=40, years=1), 7, 0)
    assert len(prepared) == len(list(folder.iterdir())) == 4
    engine.prepare(evidence, world, Settings(talent_scale=1000, startup_scale=50, years=9), 7, 0)
    assert len(prepared) == 4  # the horizon does not determine a start


def test_twin_a_file_under_another_name_is_not_believed(tmp_path: Path) -> None:
    keep_start(tmp_path, "a" * 32, small())
    (tmp_path / f"{'a' * 32}.npz").rename(tmp_path / f"{'b' * 32}.npz")
    assert load_start(tmp_path, "b" * 32, Small) is None
    assert start_digest({"world": 1}) != start_digest({"world": 2})


@pytest.mark.long
def test_a_broken_file_is_prepared_anew_and_mended(
    folder: Path, prepared: list[World], evidence: Evidence, world: World
) -> None:
    engine = ModelEngine()
    whole = leaves(engine.prepare(evidence, world, TINY, 7, 0))
    (path,) = folder.iterdir()
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    assert leaves(engine.prepare(evidence, world, TINY, 7, 0)) == whole
    assert len(prepared) == 2
    assert leaves(engine.prepare(evidence, world, TINY, 7, 0)) == whole
    assert len(prepared) == 2  # mended


def test_no_flipped_byte_is_ever_believed(tmp_path: Path) -> None:
    keep_start(tmp_path, "a" * 32, small())
    path = tmp_path / f"{'a' * 32}.npz"
    good = path.read_bytes()
    wrong = 0
    for place in range(0, len(good), 7):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :])
        found = load_start(tmp_path, "a" * 32, Small)
        wrong += found is not None and leaves(found) != leaves(small())
    assert wrong == 0


@pytest.mark.parametrize("content", [b"", b"no archive", pickle.dumps({"digest": "a" * 32})])
def test_foreign_files_are_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{'a' * 32}.npz").write_bytes(content)
    assert load_start(tmp_path, "a" * 32, Small) is None


def test_objects_are_never_loaded_or_kept(tmp_path: Path) -> None:
    np.savez(tmp_path / f"{'a' * 32}.npz", about=np.array([{"digest": "a" * 32}], dtype=object))
    assert load_start(tmp_path, "a" * 32, Small) is None
    assert not keep_start(tmp_path, "b" * 32, dataclasses.replace(small(), columns={"x": np.array([{}], dtype=object)}))
    assert not keep_start(tmp_path, "b" * 32, dataclasses.replace(small(), nothing=object()))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_start_with_other_fields_is_none(tmp_path: Path) -> None:
    keep_start(tmp_path, "a" * 32, Inner(np.zeros(2)))
    assert load_start(tmp_path, "a" * 32, Small) is None


@pytest.mark.parametrize(
    ("kind", "tree", "why"),
    [
        (int, {"fields": {}}, "fields where no dataclass belongs"),
        (Inner, {"fields": {"other": {"value": 1}}}, "other fields than those of Inner"),
        (Inner, {"value": 1}, "no fields of Inner"),
        (None, {"pickle": "x"}, "unknown form pickle"),
        (None, {"value": [1]}, "unknown form value"),
    ],
)
def test_a_tree_that_does_not_fit_its_annotations_is_refused(kind: Any, tree: dict[str, Any], why: str) -> None:
    with pytest.raises(TypeError, match=why):
        starts._built(kind, tree, {})


def test_numbers_of_numpy_come_back_as_plain_ones(tmp_path: Path) -> None:
    given = dataclasses.replace(small(), facts={"gap": np.float64(0.3), "rounds": np.int64(3)}, seed=np.uint64(2**63))
    assert keep_start(tmp_path, "a" * 32, given)
    found = load_start(tmp_path, "a" * 32, Small)
    assert (found.facts, found.seed) == ({"gap": 0.3, "rounds": 3}, 2**63)
    assert [type(value) for value in (*found.facts.values(), found.seed)] == [float, int, int]


def test_files_used_longest_ago_make_room(tmp_path: Path) -> None:
    size = 0
    for number, name in enumerate("abc"):
        keep_start(tmp_path, name * 32, small())
        path = tmp_path / f"{name * 32}.npz"
        size = path.stat().st_size
        os.utime(path, (1000.0 + number, 1000.0 + number))
    stale = tmp_path / f".{'f' * 32}.npz.1.tmp"
    stale.touch()
    os.utime(stale, (1000.0, 1000.0))
    (at_work := tmp_path / f".{'e' * 32}.npz.1.tmp").touch()
    assert load_start(tmp_path, "a" * 32, Small) is not None  # used now: b is the oldest
    keep_start(tmp_path, "d" * 32, small(), most_bytes=3 * size)
    assert sorted(path.name for path in tmp_path.iterdir()) == [at_work.name, *(f"{n * 32}.npz" for n in "acd")]
    assert not keep_start(tmp_path, "e" * 32, small(), most_bytes=10)


def test_two_at_once_do_not_disturb_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[str] = []
    monkeypatch.setattr("sim.experiments.storage.atomic.os.getpid", threading.get_ident)  # as if they were processes

    def work() -> None:
        for _ in range(20):
            keep_start(tmp_path, "a" * 32, small())
            found = load_start(tmp_path, "a" * 32, Small)
            if found is not None and leaves(found) != leaves(small()):
                failed.append("other bits")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert leaves(load_start(tmp_path, "a" * 32, Small)) == leaves(small())


def test_the_folder_can_be_moved_and_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv(VARIABLE, OFF)
    assert cache_folder() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "talent-flight" / "starts"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "talent-flight" / "starts"


def test_a_tilde_is_the_home_and_blanks_are_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for given, folder in ((" ~/mine ", tmp_path / "mine"), ("  ", tmp_path / ".cache" / "talent-flight" / "starts")):
        monkeypatch.setenv(VARIABLE, given)
        assert cache_folder() == folder


def test_a_folder_that_cannot_be_used_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepared: list[World], evidence: Evidence, world: World
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    ModelEngine().prepare(evidence, world, TINY, 7, 0)
    assert len(prepared) == 1
    assert starts.keep_start(tmp_path / "file", "a" * 32, small()) is False


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    """The folder may be anybody's: only names that the cache writes are ever removed."""
    theirs = [tmp_path / name for name in ("thesis.npz", ".notes.tmp", f"{'a' * 31}.npz")]
    for path in theirs:
        path.write_bytes(b"x" * 100_000)
        os.utime(path, (1000.0, 1000.0))
    keep_start(tmp_path, "a" * 32, small(), most_bytes=50_000)
    assert all(path.exists() for path in theirs)


def test_a_pipe_of_that_name_is_none_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{'a' * 32}.npz")
    assert load_start(tmp_path, "a" * 32, Small) is None


def test_an_altered_array_is_none(tmp_path: Path) -> None:
    keep_start(tmp_path, "a" * 32, small())
    path = tmp_path / f"{'a' * 32}.npz"
    with np.load(path) as members:
        held = {name: members[name] for name in members.files}
    name = next(name for name in held if name != "about" and held[name].size)
    np.savez(path, **(held | {name: held[name] + 1}))
    assert load_start(tmp_path, "a" * 32, Small) is None


def test_without_a_home_nothing_is_kept_and_an_array_alone_is_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(path := tmp_path / "start.npy", np.zeros(3))
    path.rename(tmp_path / f"{'a' * 32}.npz")
    assert load_start(tmp_path, "a" * 32, Small) is None

    def nobody() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(starts.Path, "home", nobody)
    assert cache_folder() is None
