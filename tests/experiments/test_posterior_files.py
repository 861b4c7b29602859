"""The door that a posterior comes in by: what may not be read is refused in a sentence, what may is as it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.evidence.posterior import load_posterior
from sim.experiments import posterior_files
from sim.experiments.posterior_files import open_posterior
from tests.made_posterior import write_posterior_files

TABLE, NOTE = "posterior.csv", "posterior.json"
DEEP = "[" * 100_000
UNCLOSED = 'talent.beta\n"' + "1.5\n" * 40_000

BAD = [
    (TABLE, "\n" * 1000, "posterior.csv line 1: no names of parameters"),
    (TABLE, "talent.beta\n1.5\n\n2.0\n", "posterior.csv line 3: a blank line"),
    (TABLE, "talent.beta\n1.5\n2.0,1.0\n", "posterior.csv line 3: found 2 cells, allowed are 1"),
    (TABLE, "talent.beta,talent.beta\n1,1\n", "posterior.csv line 1: 'talent.beta' stands there twice"),
    (
        TABLE,
        UNCLOSED,
        "posterior.csv: not a table that can be read (field larger than field limit (131072))",
    ),
    (NOTE, DEEP, "posterior.json: lists or tables nested too deeply"),
    (NOTE, f'{{"draws": {DEEP}', "posterior.json: lists or tables nested too deeply"),
    (NOTE, f'{{"draws": {"9" * 5000}}}', "posterior.json: a whole number of thousands of digits"),
    (NOTE, '{"draws": 1,\n"rows"}', "posterior.json line 2: not valid JSON (expecting ':' delimiter)"),
    (NOTE, "[]", "posterior.json: not a table of names and values"),
    (NOTE, '{"rows": 3}', "posterior.json 'rows': must be a list of target rows"),
    (NOTE, '{"rows": [null]}', "posterior.json 'rows': must be a list of target rows"),
]


@pytest.fixture
def held(evidence: Evidence, tmp_path: Path) -> Path:
    return write_posterior_files(evidence, tmp_path)


def said(evidence: Evidence, folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        open_posterior(evidence, folder)
    return caught.value.problems


def test_what_calibrate_wrote_is_read_as_the_loader_reads_it(evidence: Evidence, held: Path) -> None:
    ours, its = open_posterior(evidence, held), load_posterior(evidence, held)
    assert (ours.names, ours.note) == (its.names, its.note)
    np.testing.assert_array_equal(ours.values, its.values)


@pytest.mark.parametrize(("name", "text", "problem"), BAD, ids=[problem[:60] for _, _, problem in BAD])
def test_what_may_not_be_read_is_one_sentence(
    name: str, text: str, problem: str, evidence: Evidence, held: Path
) -> None:
    (held / name).write_text(text, encoding="utf-8")
    assert said(evidence, held) == [f"{problem}; 'calibrate' makes it anew."]


@pytest.mark.parametrize("name", [TABLE, NOTE])
def test_a_pipe_another_encoding_and_a_huge_file_are_refused(name: str, evidence: Evidence, held: Path) -> None:
    (held / name).write_bytes(b"\xff\xfe")
    assert said(evidence, held) == [f"{name}: not UTF-8 text; 'calibrate' makes it anew."]
    with (held / name).open("wb") as file:
        file.truncate(10**9)
    most = 50 if name == TABLE else 20
    why = f"larger than {most} MB, the most that such a file may have"
    assert said(evidence, held) == [f"{name}: cannot be read ({why}); 'calibrate' makes it anew."]
    (held / name).unlink()
    os.mkfifo(held / name)
    assert said(evidence, held) == [
        f"{name}: cannot be read (a pipe, device or socket, not a regular file); 'calibrate' makes it anew."
    ]


def test_both_files_are_told_and_a_missing_one_is_the_loaders(evidence: Evidence, held: Path) -> None:
    (held / TABLE).write_text("\n", encoding="utf-8")
    (held / NOTE).write_text("[]", encoding="utf-8")
    assert [text.split()[0] for text in said(evidence, held)] == ["posterior.json:", "posterior.csv"]
    (held / TABLE).unlink()
    (held / NOTE).write_text(json.dumps({"rows": ["B01"]}), encoding="utf-8")
    assert said(evidence, held) == [
        "posterior.csv: the posterior is missing; 'calibrate' makes it, '--world prior' does without."
    ]


def test_more_draws_than_anybody_makes_are_refused(
    evidence: Evidence, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posterior_files, "MOST_DRAWS", 511)
    assert said(evidence, held) == [
        "posterior.csv line 513: more draws than the 511 that are allowed; 'calibrate' makes it anew."
    ]


def test_what_is_nested_one_level_too_deep_for_the_loader_alone_is_a_sentence(
    evidence: Evidence, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("sim.evidence.posterior.load_posterior", too_deep)
    assert said(evidence, held) == ["posterior.json: lists or tables nested too deeply; 'calibrate' makes it anew."]
