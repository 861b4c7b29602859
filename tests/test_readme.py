"""Every block of Python in the README's section on Mesa runs, in order, as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[1] / "README.md"


def blocks(text: str, section: str) -> list[str]:
    """Return the blocks of Python of a section, in order."""
    (body,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^```python\n(.*?)^```$", body, flags=re.MULTILINE | re.DOTALL)


def run_blocks(code: list[str]) -> dict[str, Any]:
    """Run blocks one after another; return the names they leave."""
    names: dict[str, Any] = {"__name__": "readme"}
    for number, block in enumerate(code, 1):
        exec(compile(block, f"README block {number}", "exec"), names)
    return names


def test_the_blocks_on_mesa_run() -> None:
    code = blocks(README.read_text("utf-8"), "With Mesa")
    assert len(code) == 6
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


def test_twin_a_block_that_does_not_run_is_found() -> None:
    text = "## One\n```python\nx = 1\n```\n## With Mesa\n```python\ny = 2\n```\ntext\n```python\ny + x\n```\n## Three\n"
    assert blocks(text, "With Mesa") == ["y = 2\n", "y + x\n"]
    with pytest.raises(NameError, match="'x'"):
        run_blocks(blocks(text, "With Mesa"))
