"""Blocks of Python are read as one pastes them: line by line, as the interactive interpreter does."""

from __future__ import annotations

from codeop import compile_command

import pytest

from tests.documents.blocks import Block, blocks_in, pages, text_of


def first_refused(text: str) -> str | None:
    """Return the line that the interactive interpreter would refuse; None if it takes all of them."""
    held: list[str] = []
    for line in [*text.splitlines(), ""]:
        held.append(line)
        try:
            done = compile_command("\n".join(held))
        except SyntaxError:
            return line
        if done is not None:
            held = []
    return None


def typed(page: str) -> list[Block]:
    """The blocks of a page that are typed and not saved."""
    return [block for block in blocks_in(page, text_of(page)) if block.language == "python" and block.saved is None]


@pytest.mark.parametrize("page", [page for page in pages() if typed(page)])
def test_every_block_can_be_pasted(page: str) -> None:
    assert [(block.where, line) for block in typed(page) if (line := first_refused(block.text)) is not None] == []


def test_a_loop_that_no_blank_line_ends_is_refused() -> None:
    assert first_refused("for n in range(2):\n    n\ndone = True\n") == "done = True"
    assert first_refused("for n in range(2):\n    n\n\ndone = True\n") is None
