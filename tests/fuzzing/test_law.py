"""Each part of the law says no to something that is against it, and to nothing else."""

from __future__ import annotations

import os
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fuzzing.law import LONGEST, MEGABYTES, MOST, MOST_LINES, SECONDS, Seen, violations
from tests.fuzzing.observing import observe

REFUSED = Seen(2, err="a.toml: no such key.\n", names=("a.toml",))


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ({"crash": "KeyError in x"}, "traceback: KeyError in x"),
        ({"code": 1}, "exit code: 1"),
        ({"seconds": SECONDS + 1}, "slow: 11 s"),
        ({"megabytes": MEGABYTES + 1.0}, "memory: 1001 MB more"),
        ({"warnings": ("UserWarning: x",)}, "warning: UserWarning: x"),
        ({"err": "a.toml: \x1b[31m.\n"}, "control character: U+001B in stderr"),
        ({"out": "\0"}, "control character: U+0000 in stdout"),
        ({"past": "library"}, "past the program: 'library'"),
        ({"left": ("part",)}, "left behind: part"),
        ({"err": "a.toml: Traceback (most recent call last).\n"}, "traceback: printed"),
        ({"err": "", "names": ()}, "no sentence"),
        ({"err": "a.toml: no such\n"}, "no sentence: 'a.toml: no such'"),
        ({"err": "b.toml: no such key.\n"}, "names no file: 'b.toml: no such key.\\n'"),
        ({"changed": (".lock", "report.html")}, "written: report.html"),
        ({"err": "a.toml: no.\n" * (MOST + 1)}, f"many sentences: {MOST + 1}"),
        ({"err": "a.toml: one of:\n" + "  x\n" * MOST_LINES}, f"many lines: {MOST_LINES + 1}"),
        ({"err": f"a.toml: {'x' * LONGEST}.\n"}, f"long sentence: {LONGEST + 9} signs"),
        ({"code": 0, "wrong": ("99 runs",)}, "not valid: 99 runs"),
    ],
)
def test_each_part_of_the_law_says_no(done: dict[str, Any], said: str) -> None:
    assert violations(REFUSED) == violations(Seen(0)) == []
    assert violations(replace(REFUSED, **done)) == [said]


def leaves_a_file() -> int:
    tempfile.mkstemp()
    return 2


def writes_by_itself() -> int:
    os.write(2, b"library: look here\n")
    return 0


def takes_much() -> int:
    return len(b"x" * (60 * 2**20)) * 0


@pytest.mark.parametrize(("call", "said"), [
    (leaves_a_file, "left behind"), (writes_by_itself, "past the program"), (takes_much, "memory"),
])  # fmt: skip
def test_what_nobody_would_see_is_seen(call: Any, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzzing.law.MEGABYTES", 50)
    assert any(found.startswith(said) for found in violations(observe(call, tmp_path)))
    assert violations(observe(lambda: 0, tmp_path)) == []  # and a large case does not hide the next one


def test_a_warning_about_the_line_of_an_extension_is_its_authors(tmp_path: Path) -> None:
    def warn(file: Path) -> None:
        warnings.warn_explicit("look here", DeprecationWarning, str(file), 1)

    assert violations(observe(lambda: warn(tmp_path / "own.py"), tmp_path)) == []
    assert violations(observe(lambda: warn(Path("library.py")), tmp_path)) == ["warning: DeprecationWarning: look here"]
