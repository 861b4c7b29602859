"""How tests are spread over workers: files whole, long ones first, the model compiled by one."""

from __future__ import annotations

from pathlib import Path

from tests.spread import LONG, READERS, TOGETHER, chosen, unit_of

ROOT = Path(__file__).parents[1]


def test_a_file_or_a_named_folder_stays_together() -> None:
    assert unit_of("tests/model/test_costs.py::test_a[x::y]") == "tests/model/test_costs.py"
    assert unit_of("tests/report/test_words.py::test_b") == unit_of("tests/report/test_pdf.py::test_c") == TOGETHER[0]


def test_the_first_worker_begins_with_the_model_and_the_others_with_the_readers() -> None:
    waiting = ["tests/analysis/test_b.py", "tests/model/test_a.py", "tests/test_cli.py", "tests/report/"]
    begun = []
    for is_first in (True, False, True, False):
        begun.append(chosen(waiting, is_first))
        waiting.remove(begun[-1])
    assert begun == ["tests/test_cli.py", "tests/report/", "tests/model/test_a.py", "tests/analysis/test_b.py"]
    assert chosen(["tests/report/"], is_first=True) == "tests/report/"


def test_what_is_named_is_there() -> None:
    assert [name for name in (*LONG, *READERS) if not (ROOT / name).exists()] == []
