"""The answer says no more than its intervals allow, in both languages."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.outcomes import OUTCOMES
from sim.report.answer import answer, listed
from sim.report.catalogue import Words
from sim.report.policies import main_policy
from sim.report.results import Results

EN, FR = Words("en"), Words("fr")
Limits = tuple[float, float, float]


def folder(
    target: Path, effects: dict[str, dict[str, Limits]], beats: list[tuple[str, str, float]] | None = None
) -> Results:
    """A folder of results with these effects alone: scenario -> outcome -> difference, low, high."""
    (target / "worth").mkdir(parents=True)
    (target / "places.csv").write_text(
        "place,name,short_name,city,country,kind,region,latitude,longitude\nlyon,Lyon,Lyon,lyon,FR,district,r,45,4\n"
    )
    rows = [
        {"scenario": s, "outcome": o, "label": OUTCOMES[o].label, "unit": OUTCOMES[o].unit,
         "better": OUTCOMES[o].better, "baseline_mean": 1.0, "scenario_mean": 1.0 + d, "difference": d, "low": low,
         "high": high, "joint_low": low, "joint_high": high, "q05": low, "q95": high, "mc_error": 0.1, "n": 24,
         "family": "headlines", "pairing_gain": 1.0, "reading": "" if low == low else "5 worlds only: no interval"}
        for s, held in effects.items() for o, (d, low, high) in held.items()
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(target / "comparison.csv", index=False)
    notes = [
        {"name": s, "title": f"The {s}", "question": "", "expected": "", "provenance": "",
         "recommendation": s.upper() if s.startswith("r") else "", "levers": {f"lever_{s}": {}}}
        for s in effects
    ]  # fmt: skip
    (target / "scenarios.json").write_text(json.dumps(notes))
    (target / "manifest.json").write_text(json.dumps({"settings": {"world_kind": "prior", "years": 10}}))
    if beats is not None:
        table = pd.DataFrame(beats, columns=["scenario", "other", "low"]).assign(
            outcome="startups_in_france", beats=0.9, n=24
        )
        table.to_csv(target / "worth" / "beats.csv", index=False)
    return Results(target)


def test_clear_effects_have_a_direction_and_the_others_none(tmp_path: Path) -> None:
    effects = {
        "all_eight": {
            "startup_departures": (-40.0, -60.0, -20.0), "talents_french_in_france": (100.0, -50.0, 250.0),
            "startup_jobs": (-900.0, -1500.0, -300.0), "public_cost": (500.0, 400.0, 600.0),
        }
    }  # fmt: skip
    results = folder(tmp_path, effects)
    first, cost, rests = answer(results, EN)
    assert "40 fewer startups leave France (20 to 60)" in first
    assert "900 fewer startup jobs (300 to 1,500)" in first
    assert "Not distinguishable from no effect: talents of French origin in France." in first
    assert "more talents" not in first
    assert cost == "The cost to public budgets is 500 million euro gross (400 to 600)."
    assert "fitted to nothing" in rests
    french = answer(results, FR)[0]
    assert "40 jeunes pousses de moins quittent la France (20 à 60)" in french
    assert "900 emplois de jeunes pousses de moins (300 à 1\u202f500)" in french
    assert "Non distinguables d’un effet nul\u202f: les talents d’origine française en France." in french


def test_without_intervals_no_direction_is_stated(tmp_path: Path) -> None:
    nan = float("nan")
    untold = {"startup_departures": (-40.0, nan, nan), "startup_jobs": (5.0, nan, nan)}
    results = folder(tmp_path, {"all_eight": untold})
    first = answer(results, EN)[0]
    assert "too few worlds for intervals" in first
    assert not any(word in first for word in ("fewer", "more ", "less"))
    assert "aucun sens n’est donc affirmé" in answer(results, FR)[0]


def test_nothing_clear_is_said_as_such(tmp_path: Path) -> None:
    results = folder(tmp_path, {"only": {"startup_departures": (-40.0, -90.0, 1.0)}})
    assert "no effect can be told apart from none on startups that leave France" in answer(results, EN)[0]


@pytest.mark.parametrize(
    ("low", "said", "not_said"),
    [(0.7, "ahead of each", "not told apart"), (0.4, "not told apart from ‘The r2’", "ahead")],
)
def test_the_first_is_told_apart_only_if_it_is(low: float, said: str, not_said: str, tmp_path: Path) -> None:
    effects = {"r1": {"startups_in_france": (50.0, 30.0, 70.0)}, "r2": {"startups_in_france": (40.0, 20.0, 60.0)}}
    results = folder(tmp_path, effects, [("r1", "r2", low), ("r2", "r1", 0.0)])
    (most, _) = answer(results, EN)
    assert "‘The r1’ adds the most startups in France: 50 more (30 to 70)." in most
    assert said in most
    assert not_said not in most


def test_an_unclear_first_is_not_named(tmp_path: Path) -> None:
    effects = {"r1": {"startups_in_france": (50.0, -1.0, 70.0)}, "r2": {"startups_in_france": (40.0, 20.0, 60.0)}}
    (most, _) = answer(folder(tmp_path, effects), EN)
    assert "The r1" not in most
    assert "adds the most" not in most


def test_which_policy_a_page_is_about(tmp_path: Path) -> None:
    one: dict[str, Limits] = {"startup_jobs": (1.0, 0.5, 2.0)}
    assert main_policy(folder(tmp_path / "a", {"x": one})).name == "x"  # type: ignore[union-attr]
    assert main_policy(folder(tmp_path / "b", {"x": one, "y": one})) is None
    assert main_policy(folder(tmp_path / "c", {"x": one, "all_eight": one})).name == "all_eight"  # type: ignore[union-attr]


def test_lists_in_sentences() -> None:
    assert listed(["a"], EN) == "a"
    assert listed(["a", "b", "c"], EN) == "a, b and c"
    assert listed(["a", "b", "c"], FR) == "a, b et c"
