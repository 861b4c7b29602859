"""Random changes, in small: which a source allows, that their names stay, and that they are put in, met and told."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib

import pytest

from tests.mutants import memory
from tests.mutants.memory import Verdict
from tests.mutants.operators import changed, mutants_of, required
from tests.mutants.page import KINDS, REASONS, caught_share, page, reasons, unexplained
from tests.mutants.planting import DoesNotLoad, _assign
from tests.mutants.universe import ROOT, drawn_from, files, sample

SOURCE = '''"""A text with 1 number."""
LIMIT: float = 2.5

def rule(x, *, least: int = 0):
    """Return 3."""
    if x < least and x != 4:
        raise ValueError(f"{x + 1}")
    total = sum(x[1:], start=0)
    total += x
    return -total
'''
END_TO_END = """
import json
from pathlib import Path
from tests.mutants.campaign import Campaign
from tests.mutants.collecting import with_tests
from tests.mutants.memory import Memory
from tests.mutants.operators import mutants_of
from tests.mutants.universe import needed, source
wanted = {wanted!r}
of = {{file: mutants_of(file, source(file), needed()) for file, *_ in wanted}}
chosen = [next(m for m in of[w[0]] if (m.file, m.owner, m.old, m.new) == w) for w in wanted]
work = lambda items: Campaign(items, Memory(Path({folder!r}))).run(chosen)
found = with_tests(work, {tests!r})
print(json.dumps([[v.how, v.by, v.slow] for _, v in found]))
"""


def texts(source: str) -> set[tuple[str, str, str]]:
    return {(m.owner, m.old, m.new) for m in mutants_of("a.py", source)}


def test_a_source_allows_these_changes_and_no_others() -> None:
    assert texts(SOURCE) == {
        ("LIMIT =", "2.5", "5.0"), ("LIMIT =", "2.5", "0.0"),
        ("rule", "0", "1"), ("rule", "0", "-1"), ("rule", "1", "2"), ("rule", "1", "0"), ("rule", "4", "5"),
        ("rule", "4", "3"), ("rule", "x < least", "x <= least"), ("rule", "x < least", "x >= least"),
        ("rule", "x != 4", "x == 4"), ("rule", "x < least and x != 4", "x < least or x != 4"),
        ("rule", "if x < least and x != 4:", "if not (x < least and x != 4):"),
        ("rule", "sum(x[1:], start=0)", "max(x[1:], start=0)"), ("rule", "sum(x[1:], start=0)", "sum(x[1:])"),
        ("rule", "total += x", "(nothing)"), ("rule", "total += x", "total -= x"),
        ("rule", "return -total", "return None"), ("rule", "-total", "total"),
    }  # fmt: skip


def test_what_a_function_must_be_given_is_never_left_out() -> None:
    call = "def f():\n    g(1, key=h)\n"
    assert ("f", "g(1, key=h)", "g(1)") in texts(call)
    needed = required(["def g(a, *, key, other=1): ..."])
    assert needed == {("g", "a"), ("g", "key")}
    assert not [m for m in mutants_of("a.py", call, needed) if m.kind == "argument"]


def test_each_change_changes_one_place_and_keeps_its_name_when_lines_move() -> None:
    found = mutants_of("a.py", SOURCE)
    made = {ast.unparse(changed(SOURCE, m.ordinal)) for m in found}
    assert len(made) == len(found) == len({m.key for m in found})
    assert ast.unparse(ast.parse(SOURCE)) not in made
    moved = mutants_of("a.py", "# one line more\n\n" + SOURCE)
    assert [m.key for m in moved] == [m.key for m in found]
    assert [m.line for m in moved] == [m.line + 2 for m in found]


def test_a_sample_is_drawn_from_all_and_a_larger_one_holds_a_smaller() -> None:
    small, large = sample(20, 7), sample(60, 7)
    assert list(large[:20]) == list(small)
    assert [m.key for m in sample(20, 8)] != [m.key for m in small]
    assert {m.file for m in large} <= set(files())
    assert len({m.file for m in large}) > 20


def test_where_sources_change_what_did_not_change_stays_drawn() -> None:
    pool = mutants_of("a.py", SOURCE)
    more = [*mutants_of("b.py", SOURCE), *pool]
    fewer = drawn_from(pool, 8, 1)
    assert [m for m in drawn_from(more, len(more), 1) if m.file == "a.py"][:8] == fewer


def test_a_module_that_would_not_load_is_told() -> None:
    before = memory.BUDGET
    (statement,) = ast.parse("KINDS, BUDGET = range(3)").body
    with pytest.raises(DoesNotLoad, match="too many values"):
        _assign(memory, {"KINDS", "BUDGET"}, statement)
    assert before == memory.BUDGET


def test_changes_meet_tests_and_one_that_changes_nothing_survives(tmp_path) -> None:
    """Compiled rules, which go on plain; beside those that are noticed one that gives the same numbers."""
    rationing = "sim/model/rationing.py"
    wanted = [
        (rationing, "acceptance", "-tilt", "tilt"),
        (rationing, "whole_claims_met", "wanted * share", "wanted / share"),
        (rationing, "share_met", "ratio <= 1.0", "ratio < 1.0"),  # at 1 both branches say the same
    ]
    program = END_TO_END.format(wanted=wanted, folder=str(tmp_path), tests=["tests/model/test_shares_met.py"])
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    found = next(json.loads(line) for line in done.stdout.splitlines() if line.startswith("[["))
    assert [how for how, *_ in found] == ["failure", "failure", "survived"], found
    assert found[0][1].startswith("tests/model/test_shares_met.py")
    assert found[0][2] > 0, "the rule went on plain"
    assert len(list(tmp_path.rglob("*.json"))) == 4, "kept: a file a change, and times of tests"


def test_the_page_counts_and_a_survivor_needs_a_reason() -> None:
    drawn = sample(3, 1)
    hows = ("failure", "golden", "survived")
    found = [(m, Verdict(how, "tests/twin/x.py::y", "", 1.0, 1, 0)) for m, how in zip(drawn, hows, strict=True)]
    assert caught_share(found) == 2 / 3
    assert unexplained(found, {}) == [drawn[2]]
    text = page(found, 1, {})
    assert "**2 of 3 were noticed: 66.7%**" in text
    assert "no reason given" in text


def test_reasons_on_file_are_of_a_known_kind_and_say_why() -> None:
    rows = tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivor"]
    assert len(reasons()) == len(rows)
    assert [row["key"] for row in rows if row["kind"] not in KINDS or len(row["why"]) < 15] == []
