"""The table of branch coverage: known answers of a made file, sums by hand, and bounds that can be missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverage import Coverage, CoverageData

from tests.coverage_table import ALL, BOUNDS, ROOT, Ran, below, by_package, measured, table, too_little

SOURCE = "def sign(x):\n    if x > 0:\n        return 1\n    return -1\n"
FILES = {
    "sim/typed.py": Ran(10, 10),
    "sim/analysis/a.py": Ran(60, 58, 20, 19),
    "sim/analysis/packages/b.py": Ran(40, 40, 20, 20),
    "sim/experiments/c.py": Ran(90, 90, 10, 9),
}


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ([(-1, 1), (1, -1), (-1, 2), (2, 3), (3, -1)], Ran(4, 3, 2, 1)),  # only of positive numbers
        ([(-1, 1), (1, -1), (-1, 2), (2, 3), (3, -1), (2, 4), (4, -1)], Ran(4, 4, 2, 2)),
        ([(-1, 1), (1, -1)], Ran(4, 1, 2, 0)),  # made, never called
    ],
)
def test_a_made_file_is_measured_as_by_hand(tmp_path: Path, run: list[tuple[int, int]], expected: Ran) -> None:
    (source := tmp_path / "made.py").write_text(SOURCE)
    kept = CoverageData(basename=str(tmp_path / "data"))
    kept.add_arcs({str(source): run})
    kept.write()
    coverage = Coverage(data_file=str(tmp_path / "data"), config_file=False)
    coverage.load()
    found = measured(coverage, tmp_path / "report.json")
    assert {Path(name).name: ran for name, ran in found.items()} == {"made.py": expected}


def test_shares_are_those_of_hand() -> None:
    half = Ran(4, 3, 2, 1)
    assert (half.both, half.of_branches) == (pytest.approx(100 * 4 / 6), 50)
    assert (Ran(3, 3).both, Ran(3, 3).of_branches) == (100, 100)  # no decision: none left open


def test_packages_are_sums_of_their_files_whatever_folder_within() -> None:
    packages = by_package(FILES)
    assert list(packages) == ["sim/*.py", "sim/analysis", "sim/experiments", ALL]
    assert packages["sim/analysis"] == Ran(100, 98, 40, 39)
    assert packages[ALL] == Ran(200, 198, 50, 48)
    told = table(packages).splitlines()
    assert told[2].split() == ["sim/analysis", "100", "98", "40", "39", "97.9%", "97.5%", "95%"]


def test_files_below_in_either_share_are_named() -> None:
    assert below(FILES, 95) == ["sim/experiments/c.py"]  # 99 of 100, but 9 of 10 branches
    assert below(FILES | {"sim/world.py": Ran(10, 8, 1, 1)}, 90) == ["sim/world.py"]


def test_twin_too_little_is_said_of_either_share_and_of_what_was_not_watched() -> None:
    assert too_little(by_package(FILES)) == ["sim/experiments: 90.00% of its branches, wanted 95%"]
    assert too_little({"sim/analysis": Ran(100, 90, 40, 39)}, {"sim/analysis": 95}) == [
        "sim/analysis: 92.14% of its statements and branches, wanted 95%"
    ]
    assert too_little({}, {"sim/analysis": 95}) == ["sim/analysis: nothing of it was watched"]
    assert too_little({"sim/analysis": Ran(100, 95, 40, 38)}, {"sim/analysis": 95}) == []


def test_bounds_are_of_packages_that_there_are() -> None:
    assert [name for name in BOUNDS if name != ALL and not (ROOT / name).is_dir()] == []
