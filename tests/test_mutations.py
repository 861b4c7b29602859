"""The table of one-line changes stays applicable: every change fits its file, every test it names exists."""

from __future__ import annotations

import dataclasses

from tests.mutation_table import PAGE, load, problems


def test_every_change_can_be_made() -> None:
    mutations = load()
    assert len(mutations) >= 30
    assert len({mutation.name for mutation in mutations}) == len(mutations)
    assert [sentence for mutation in mutations for sentence in problems(mutation)] == []


def test_twins_that_cannot_be_made_are_reported() -> None:
    first = load()[0]
    assert problems(dataclasses.replace(first, old="no such line"))
    assert problems(dataclasses.replace(first, new=first.old))
    assert problems(dataclasses.replace(first, tests=("tests/model/test_choice.py::test_of_nothing",)))


def test_the_page_lists_every_change_as_caught() -> None:
    text = PAGE.read_text(encoding="utf-8")
    mutations = load()
    assert f"{len(mutations)} changes, {len(mutations)} caught." in text
    assert all(f"| {mutation.name} |" in text for mutation in mutations)
