"""Evidence that somebody edited in a way that its reader cannot bear: one sentence."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.evidence.loader import DATA_FILES, FOLDER
from sim.evidence_files import open_evidence
from sim.input_files import read_text


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A copy of the evidence."""
    for name in DATA_FILES:
        shutil.copyfile(FOLDER / name, tmp_path / name)
    return tmp_path


def test_whole_evidence_is_that_of_the_loader(held: Path, evidence: Evidence) -> None:
    assert open_evidence(held).digest == open_evidence().digest == evidence.digest


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        (f"a = {'[' * 5000}{']' * 5000}", "parameters.toml: lists, tables or dotted names nested too deeply"),
        (f"{'a.' * 30_000}a = 1", "parameters.toml: lists, tables or dotted names nested too deeply"),
        (f"a = {'1' * 5000}", "parameters.toml: a number of more than 4000 digits."),
    ],
)
def test_parameters_that_no_parser_bears_are_one_sentence(held: Path, added: str, sentence: str) -> None:
    path = held / "parameters.toml"
    path.write_text(f"{added}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(InputError) as told:
        open_evidence(held)
    (problem,) = told.value.problems
    assert problem.startswith(sentence)


def test_a_table_without_targets_is_refused(held: Path) -> None:
    path = held / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"targets.csv: found no target"):
        open_evidence(held)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file of the kernel that can be opened, not read")
def test_a_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(OSError, match="/proc/self/mem") as told:
        read_text(Path("/proc/self/mem"), "evidence")
    assert told.value.filename == os.fspath("/proc/self/mem")
