"""Which places lose, and where nothing can be told of them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sim.report.catalogue import Words
from sim.report.losers import is_untold, losers
from sim.report.results import Results

NAN = math.nan
HEAD = (
    "scenario,kind,level,where,baseline_mean,difference,low,high,q05,q95,mc_error,n"
    ",joint_low,joint_high,percent,reading"
)
PLACES = "place,name,short_name,city,country,kind,region,latitude,longitude\n" + "".join(
    f"{name},{name},{name.title()},{name},FR,district,r,45,4\n" for name in ("lyon", "lille")
)


def folder(target: Path, *ends: tuple[float, float]) -> Results:
    """Results in which Lyon and Lille change by so much, with so high an upper end."""
    rows = [
        f"r1,startups,place,{where},10,{difference},,,,,,9,{'' if math.isnan(high) else difference - 5},{high},1,x"
        for where, (difference, high) in zip(("lyon", "lille"), ends, strict=True)
    ]
    (target / "territory.csv").write_text("\n".join([HEAD, *rows]).replace("nan", "") + "\n", encoding="utf-8")
    (target / "places.csv").write_text(PLACES, encoding="utf-8")
    return Results(target)


@pytest.mark.parametrize(
    ("ends", "names"),
    [
        (((-2.0, -1.0), (-3.0, -2.0)), ["Lille", "Lyon"]),
        (((-2.0, 1.0), (3.0, 9.0)), []),
        (((-2.0, NAN), (-3.0, -2.0)), ["Lille"]),  # Lyon changes in too few worlds
        (((0.0, NAN), (0.0, NAN)), []),  # in none
        (((-2.0, NAN), (0.0, NAN)), None),
        (((-2.0, NAN), (3.0, NAN)), None),
    ],
)
def test_who_loses(ends: tuple[tuple[float, float], ...], names: list[str] | None, tmp_path: Path) -> None:
    results = folder(tmp_path, *ends)
    assert losers(results, "r1", "startups", Words()) == names
    assert is_untold(results, "r1", "startups") == (names is None)


def test_of_what_is_not_in_the_table_nothing_is_said(tmp_path: Path) -> None:
    results = folder(tmp_path, (-2.0, NAN), (-2.0, NAN))
    assert losers(results, "r2", "startups", Words()) is None
    assert not is_untold(results, "r2", "startups")
