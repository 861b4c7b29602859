"""A scratch copy of the evidence folder that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.evidence.loader import DATA_FILES, FOLDER

TINY_PARAMETERS = """
[talent.beta]
label = "weight of income"
value = 1.9
unit = "1"
low = 0.8
high = 3.0
prior = "uniform"
status = "assumed"
source = "a test"
checked = 2026-11-22

[law.rate]
label = "a rate fixed by law"
value = 0.38
unit = "share"
prior = "fixed"
status = "law"
source = "a test"
checked = 2026-11-22

[lever.cost]
label = "a cost over two decades"
value = 10
unit = "M EUR"
low = 1
high = 100.0
prior = "loguniform"
status = "assumed"
source = "a test"
checked = 2026-11-22
"""


class Scratch:
    """A folder with the real tables and three parameters; ``replace`` spoils one of its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in DATA_FILES:
            shutil.copyfile(FOLDER / name, folder / name)
        (folder / "parameters.toml").write_text(TINY_PARAMETERS, encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)
