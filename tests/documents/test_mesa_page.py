"""Every block of Python on the page about Mesa runs, in order, as it stands, and leaves what the page says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.documents.blocks import Block, blocks_in, text_of
from tests.documents.forms import TRIED_ELSEWHERE

PAGE = "docs/tutorials/mesa.md"


def run_blocks(blocks: list[Block]) -> dict[str, Any]:
    """Run blocks one after another; return the names they leave."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks:
        exec(compile(block.text, block.where, "exec"), names)
    return names


def test_the_blocks_on_mesa_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert PAGE in TRIED_ELSEWHERE
    code = blocks_in(PAGE, text_of(PAGE))
    assert [block.language for block in code] == ["python"] * 7
    names = run_blocks(code)
    model, still = names["model"], names["still"]
    assert model.quarter == 3
    assert 0 < len(names["abroad"]) <= 100
    returned = names["abroad"].map(lambda talent: model.places[talent.place].is_french)
    assert 1 <= sum(returned) < 10  # two quarters later; one was moved to Lyon
    assert set(names["mean_age"]) == {0, 1, 2, 3}
    assert sum(names["firms"].values()) > 1000
    assert names["least"] < names["most"]
    assert names["largest"].talents == max(model.cities.get("talents"))
    assert len(names["paths"]) == 40
    assert names["collector"].get_model_vars_dataframe()["quarter"].tolist() == [2, 3]
    assert "raise_wages" in [process.__name__ for process in names["Raised"].processes]
    assert still.timings.keys() >= {"stay", "found_startups"}
    assert names["flows"].shape == (2, 26, 26)
    assert names["moved"].sum() > 0
    assert "talents left France this quarter" in capsys.readouterr().out


def test_twin_a_block_that_does_not_run_is_found() -> None:
    text = "```python\ny = 2\n```\ntext\n```python\ny + x\n```\n"
    with pytest.raises(NameError, match="'x'"):
        run_blocks(blocks_in("page.md", text))
