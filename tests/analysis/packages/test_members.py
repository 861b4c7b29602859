"""Which scenarios are packages, and every reason why they are not all of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd
import pytest

from sim.analysis.packages.members import MOST_MEMBERS, find_packages
from sim.errors import InputError
from tests.analysis.packages.known_runs import MEMBERS, notes


def problems_of(scenarios: list[dict[str, Any]], members: list[str] | None = None) -> list[str]:
    with pytest.raises(InputError) as found:
        find_packages(scenarios, members)
    return found.value.problems


def all_of(members: int) -> list[dict[str, Any]]:
    """A study of so many members with one lever each."""
    found: list[dict[str, Any]] = [{"name": "baseline"}]
    for size in range(1, members + 1):
        for held in combinations(range(1, members + 1), size):
            name = "_".join(f"r{n}" for n in held) if size > 1 else f"r{held[0]}_x"
            single = {"recommendation": f"R{held[0]}"} if size == 1 else {}
            found.append({"name": name, "levers": {f"lever{n}": {"strength": 1.0} for n in held}, **single})
    return found


def test_members_are_found_by_their_levers_in_reading_order() -> None:
    packages = find_packages(notes())
    assert packages.members == MEMBERS
    assert packages.scenarios == (
        "baseline", "r2_showcase", "r4_seed", "r2_r4", "r10_easier", "r2_r10", "r4_r10", "r2_r4_r10",
    )  # fmt: skip
    assert [packages.label(mask) for mask in (0, 1, 7)] == ["", "r2", "r2+r4+r10"]


@pytest.mark.parametrize("members", [1, 2, 8, MOST_MEMBERS])
def test_any_number_of_members_is_told_apart(members: int) -> None:
    packages = find_packages(all_of(members)[::-1])
    assert packages.members == tuple(f"r{n}_x" for n in range(1, members + 1))
    for mask, name in enumerate(packages.scenarios):
        shorts = packages.label(mask).split("+")
        assert name == ("baseline" if not mask else f"{shorts[0]}_x" if len(shorts) == 1 else "_".join(shorts))


def test_what_is_beside_the_packages_is_left_out() -> None:
    beside = [
        {"name": "placebo", "levers": {"placebo": {}}, "world": {}},
        {"name": "elsewhere", "levers": {}, "world": {"talent.beta": 1.0}},
        {"name": "rivals", "levers": notes()[0]["levers"], "world": {}, "rivals_respond": True},
        {"name": "half", "levers": {"seed": {"strength": 0.5}}, "world": {}},
    ]
    assert find_packages([*beside, *notes()]) == find_packages(notes())


def test_empty_cells_of_a_frame_say_nothing() -> None:
    records = pd.DataFrame(notes()).to_dict("records")
    assert any(isinstance(record["rivals_respond"], float) for record in records)  # the baseline says nothing of it
    assert find_packages(records) == find_packages(notes())


def test_rivals_respond_to_every_package_of_a_member_they_respond_to() -> None:
    told = [{**note, "rivals_respond": "seed" in note["levers"]} for note in notes()]
    assert find_packages(told) == find_packages(notes())
    half = [{**note, "rivals_respond": note["name"] == "r4_seed"} for note in notes()]
    assert "3 of the 8 packages" in problems_of(half)[0]


def test_members_may_be_named() -> None:
    plain = [{**note, "recommendation": ""} for note in notes()]
    assert find_packages(plain, MEMBERS[::-1]) == find_packages(notes())
    assert find_packages(notes(), ["r4_seed"]).scenarios == ("baseline", "r4_seed")
    assert problems_of(notes(), ["r4_sed"]) == ["scenarios.json: no scenario 'r4_sed'; did you mean 'r4_seed'?"]


def test_missing_packages_are_counted_and_the_first_is_named() -> None:
    short = [note for note in notes() if note["name"] not in ("r2_r10", "r4_r10", "r2_r4_r10")]
    (problem,) = problems_of(short)
    assert problem.startswith(
        "scenarios.json: 3 of the 8 packages of r2, r4, r10 missing, the first is r2+r10; run_sim"
    )
    assert "run_sim.py sweep scenarios/sweeps/eight_packages.toml" in problem


def test_every_reason_is_one_sentence() -> None:
    twice = [*notes(), {"name": "again", "levers": notes()[0]["levers"]}]
    (problem,) = problems_of(twice)
    assert problem.startswith("scenarios.json: 'r2_r4_r10' and 'again' have the same levers")
    assert problems_of([note for note in notes() if note["levers"]])[0].startswith(
        "scenarios.json: no scenario 'baseline', the empty package"
    )
    armed = [{**note, "rivals_respond": True} if note["name"] == "baseline" else note for note in notes()]
    assert problems_of(armed)[0].startswith("scenarios.json: 'baseline' has levers, changes the world or lets rivals")
    (none,) = problems_of([{**note, "recommendation": ""} for note in notes()])
    assert "found 0 scenarios that carry a recommendation, allowed are 1 to 10" in none
    (many,) = problems_of([{"name": "baseline"}, *(n for n in all_of(11) if n.get("recommendation"))])
    assert "found 11 members" in many
    odd = [{**note, "world": {"x": 1.0}, "levers": {}} if note["name"] == "r4_seed" else note for note in notes()]
    assert [problem.split("'")[2][:9] for problem in problems_of(odd)] == [" has no l", " changes "]
    contained = [
        {"name": "baseline"},
        {"name": "r1_x", "levers": {"a": {}}, "recommendation": "R1"},
        {"name": "r2_x", "levers": {"a": {}, "b": {}}, "recommendation": "R2"},
    ]
    assert problems_of(contained) == [
        "scenarios.json: the levers of r1+r2 are those of r2; every member needs a lever of its own."
    ]


def test_a_member_named_twice_and_a_baseline_that_is_not_there_are_told_at_once() -> None:
    assert problems_of(notes(), ["r4_seed", "r4_seed"]) == ["members: 'r4_seed' is named 2 times, allowed is once."]
