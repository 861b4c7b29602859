"""Damaged inputs of every reader are refused in sentences or truly valid; loaders broken on purpose are caught."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

from sim.errors import LONGEST, MOST_PROBLEMS, InputError, Problems, readable
from tests.fuzzing import oracles, server
from tests.fuzzing.campaign import CONTROL as UNDAMAGED
from tests.fuzzing.campaign import Record, Result, results
from tests.fuzzing.damage_of_tables import forged_parquet
from tests.fuzzing.guided import TARGETS, Ways, guided
from tests.fuzzing.hostile import SPECIAL
from tests.fuzzing.law import CONTROL, Seen, violations
from tests.fuzzing.observing import observe
from tests.fuzzing.readers import READERS, WITHOUT_FILES
from tests.fuzzing.stage import ROOT, Stage, make_stage, without_long_work

QUICK = {
    "scenario": 30, "sweep": 8, "extension": 5, "link": 200, "options": 12, "sim.read": 6,
    "compare": 1, "counterfactual": 3, "posterior": 6,
}  # fmt: skip
SEED = 11
GOOD = 'name = "mine"\ntitle = "t"\nquestion = "q"\nexpected = "e"\n'


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return make_stage(tmp_path_factory.mktemp("fuzzing"), real=False)


@pytest.fixture(autouse=True)
def as_on_the_command_line() -> Iterator[None]:
    """Commands run without the strict arithmetic of the tests."""
    import numpy as np

    with np.errstate(all="warn"):
        yield


def broken(found: list[Result]) -> list[str]:
    return [f"{one.reader} {one.number} ({one.how}): {', '.join(one.broken)}" for one in found if one.broken]


def checked(path: Path, evidence: object) -> Seen:
    from sim.cli import main

    return observe(lambda: main(["check", str(path)]), path.parent, lambda: oracles.of_scenario(path, evidence))


def scenario_file(folder: Path, more: str = "") -> Path:
    (path := folder / "mine.toml").write_text(GOOD + more, encoding="utf-8")
    return path


@pytest.mark.parametrize("reader", QUICK)
def test_damaged_inputs_are_refused_in_sentences_or_truly_valid(reader: str, stage: Stage) -> None:
    control = [] if reader in WITHOUT_FILES else [UNDAMAGED]
    found = list(results(reader, [*control, *range(QUICK[reader])], SEED, stage))
    assert [one.code for one in found[: len(control)]] == [0] * len(control)  # what nobody damaged is accepted
    found = found[len(control) :]
    assert len(found) == QUICK[reader]
    assert broken(found) == []
    assert sum(one.code == 2 for one in found) > len(found) / 4  # damage that harms nothing tries nothing


def test_damage_led_by_coverage_goes_further_and_finds_nothing(stage: Stage) -> None:
    found = list(guided("link", range(25), SEED, stage))
    assert broken(found) == []
    assert not found[-1].how.endswith("(3 held, 0 arcs)")


def test_who_watches_the_tests_goes_on_watching_after_ways_were_watched() -> None:
    def other(frame: FrameType, event: str, argument: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(other)
    try:
        assert Ways().watched(lambda: 0)() == 0
        assert sys.gettrace() is other
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("how", SPECIAL)
def test_what_is_no_plain_file_is_refused(how: str, tmp_path: Path, stage: Stage) -> None:
    SPECIAL[how](tmp_path / "mine.toml")
    (found,) = server.served(lambda _: (how, checked(tmp_path / "mine.toml", stage.evidence)), [0])
    assert violations(found[2]) == []
    assert found[2].code == 2
    assert str(tmp_path / "mine.toml") in found[2].err


def test_a_small_file_that_unpacks_to_a_huge_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.analysis.reading import read_runs

    monkeypatch.setattr("sim.analysis.reading.LARGE", 10**7)  # a hundredth, for speed
    (tmp_path / "runs.parquet").write_bytes(forged_parquet(20_000))
    seen = observe(lambda: read_runs(tmp_path / "runs.parquet") is None, tmp_path)
    assert violations(seen) == []
    assert "1000000 rows in a file of" in seen.err


def nan_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.scenario.override_problems", lambda *_: [])


def key_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.scenario._check_heading", lambda path, content: [content["nothing"]])


def raw_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sim.errors.readable", "sim.scenario.shortened"):
        monkeypatch.setattr(name, lambda text: text)


def writes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim import toml_files

    def read(path: Path, kind: str) -> bytes:
        path.with_name("begun").touch()
        return path.read_bytes()

    monkeypatch.setattr(toml_files, "read_file", read)


def says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.app.say_problems", lambda error: 2)


def warns(monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    monkeypatch.setattr("sim.scenario.all_of", lambda names: warnings.warn("look here", stacklevel=1) or ".")


TWINS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    "NaN is let through": (nan_passes, '[world]\n"talent.beta" = nan\n', "not valid"),
    "a KeyError": (key_error, "", "traceback: KeyError"),
    "control characters are echoed": (raw_echo, 'title2 = "x"\n"\\u001b[31m" = 1\n', "control character"),
    "long texts are echoed": (raw_echo, f"{'x' * 5000} = 1\n", "long sentence"),
    "a file is begun": (writes_first, "a = 1\n", "written"),
    "no sentence": (says_nothing, "a = 1\n", "no sentence"),
    "a warning of a library": (warns, "zzzzzz = 1\n", "warning"),
}


@pytest.mark.parametrize("twin", TWINS)
def test_a_loader_broken_on_purpose_is_caught(
    twin: str, tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it, more, kind = TWINS[twin]
    path = scenario_file(tmp_path, more)
    with without_long_work():
        assert violations(checked(path, stage.evidence)) == []
        break_it(monkeypatch)
        assert any(found.startswith(kind) for found in violations(checked(path, stage.evidence)))


@pytest.mark.parametrize(("how", "kind"), [("FIFO", "hang"), ("link to /dev/zero", "MemoryError")])
def test_a_loader_that_waits_or_never_ends_is_caught(
    how: str, kind: str, tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.toml_files.read_file", lambda path, kind: path.read_bytes())
    monkeypatch.setattr(server, "PATIENCE", 1.0 if how == "FIFO" else 40.0)
    SPECIAL[how](tmp_path / "mine.toml")
    (found,) = server.served(lambda _: (how, checked(tmp_path / "mine.toml", stage.evidence)), [0])
    assert kind in violations(found[2])[0]


def test_a_process_that_dies_is_told_and_the_rest_is_made() -> None:
    def make(number: int) -> tuple[str, Seen]:
        if number == 1:
            os._exit(7)
        return "fine", Seen(0)

    assert [(number, violations(seen) == []) for number, _, seen in server.served(make, [0, 1, 2])] == [
        (0, True), (1, False), (2, True),
    ]  # fmt: skip


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8,
)  # fmt: skip
HEADING = st.fixed_dictionaries(
    {"name": st.just("mine"), "title": st.text(), "question": st.just("q"), "expected": st.just("e")},
    optional={"world": PLAIN, "levers": PLAIN, "provenance": PLAIN, "rivals_respond": PLAIN, "extra": PLAIN},
)


@settings(max_examples=25)
@given(content=HEADING)
def test_any_content_of_a_scenario_is_a_scenario_or_sentences(content: dict[str, object]) -> None:
    from sim.scenario import scenario_of
    from tests.fuzzing.stage import own_evidence

    try:
        scenario_of(content, Path("mine.toml"), own_evidence())
    except InputError as error:
        lines = error.problems
    else:
        lines = []
    target(float(len(lines)), label="problems")
    assert all(line.startswith("mine.toml: ") and line.endswith((".", "?")) for line in lines)


@settings(max_examples=60)
@given(text=st.text() | st.text(alphabet="'x\x1b\n", max_size=4000), times=st.integers(1, 400))
def test_a_sentence_is_one_line_of_readable_signs_of_bounded_length(text: str, times: int) -> None:
    line = readable(f"a.toml: key: found '{text * times}', allowed is a text.")
    assert CONTROL.search(line) is None
    assert len(line) <= LONGEST
    assert line.startswith("a.toml: key: found '")
    assert line.endswith("allowed is a text.")


def test_a_sentence_of_signs_that_are_not_seen_is_of_bounded_length_too() -> None:
    line = readable(f"capital.csv line 1: found columns {chr(0) * 1000}, allowed are place,value.")
    assert len(line) <= LONGEST
    assert line.startswith("capital.csv line 1: found columns \\x00\\x00")
    assert line.endswith("\\x00, allowed are place,value.")


def test_so_many_problems_are_said_and_no_more() -> None:
    said = InputError(f"problem {number}." for number in range(10_000)).problems
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == "More problems follow; mend these first."
    with pytest.raises(InputError):
        Problems().extend(f"problem {number}." for number in range(10_000))


def limited(words: list[str], folder: Path) -> tuple[int, str, float]:
    """A real process with 3 GB of addresses and 60 seconds of a processor; code, stderr and most memory in MB."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    environment = os.environ | {"TALENT_FLIGHT_STARTS": "off"}
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen([sys.executable, str(ROOT / "run_sim.py"), *words], stderr=said, cwd=folder,
                                   stdout=subprocess.DEVNULL, preexec_fn=limit, env=environment)  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read(), used.ru_maxrss / 1024


def test_a_real_process_keeps_the_law(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine.toml")
    code, said, megabytes = limited(["check", "mine.toml"], tmp_path)
    assert (code, said) == (2, "mine.toml: cannot be read (a pipe, device or socket, not a regular file).\n")
    assert megabytes < 1000


@pytest.mark.torture
def test_real_processes_keep_the_law(tmp_path: Path, stage: Stage) -> None:
    from random import Random

    from tests.fuzzing.damage import damaged

    luck = Random(SEED)
    for number in range(60):
        (folder := tmp_path / f"{number}").mkdir()
        source = luck.choice(stage.scenarios)
        if number == 0:
            with (folder / source.name).open("w", encoding="utf-8") as file:
                for _ in range(1000):
                    file.write("a = 1  # a line of a gigabyte of text\n" * 27_000)
        elif number < len(SPECIAL):
            SPECIAL[list(SPECIAL)[number]](folder / source.name)
        else:
            _, content = damaged(source.read_bytes(), ".toml", luck.choice(stage.scenarios).read_bytes(), luck)
            (folder / source.name).write_bytes(content)
        code, said, megabytes = limited(["check", source.name], folder)
        assert violations(Seen(code, err=said)) == []
        assert megabytes < 1000
        shutil.rmtree(folder)


@pytest.mark.torture
def test_the_campaign_finds_nothing(tmp_path: Path) -> None:
    folder = Path(os.environ.get("FUZZING_FOLDER", tmp_path))  # named, it goes on with a campaign that was stopped
    words = [sys.executable, "-m", "tests.fuzzing", "--folder", str(folder), "--seed", "7"]
    done = subprocess.run(words, cwd=ROOT, env=os.environ | {"TALENT_FLIGHT_STARTS": "off"}, check=False)
    found = Record(folder / "seed_7.jsonl").results
    assert done.returncode == 0
    assert len(found) >= 10_000
    assert {one.reader for one in found} == {*READERS, *(f"guided {name}" for name in TARGETS)}
