"""The split of a zone's gain into created and moved firms, by hand."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.experiments import zone_split
from sim.experiments.zone_split import ZONE, Split, split
from sim.scenario import Scenario
from sim.settings import Settings
from sim.world import World

FRANCE, CITY = [ZONE, "paris_sentier", "lyon"], [ZONE, "paris_sentier"]


def stocks(zone: int, sentier: int, lyon: int) -> pd.Series:
    return pd.Series({ZONE: zone, "paris_sentier": sentier, "lyon": lyon, "london": 900})


def test_moved_created_and_kept_by_the_city() -> None:
    found = split(stocks(100, 200, 50), stocks(200, 140, 30), FRANCE, CITY)
    assert found.ratio == 2.0
    assert math.isclose(found.transfer, 0.8)  # 20 of 100 are gained by France
    assert math.isclose(found.city, 0.4)


def test_no_gain_has_no_split() -> None:
    found = split(stocks(100, 200, 50), stocks(100, 200, 50), FRANCE, CITY)
    assert found.ratio == 1.0
    assert math.isnan(found.transfer)
    assert math.isnan(found.city)


def test_the_split_is_the_mean_of_replicates_of_the_exemption_against_the_baseline(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every place has 100 firms; the zone gains 50 in the first replicate and 100 in the second, all of them new."""
    places = [record.place for record in evidence.places]
    made = []

    def simulated(scenario: Scenario, world: World, *_: object) -> SimpleNamespace:
        made.append((scenario.name, world["startup.nest"]))
        gained = {"baseline": 0, "zone_exemption": 50 * (len(made) // 2)}[scenario.name]
        firms = [100 + gained * (place == ZONE) for place in places]
        now = pd.DataFrame({"quarter": zone_split.QUARTER, "place": places, "startups": firms})
        return SimpleNamespace(series=pd.concat([now, now.assign(quarter=0, startups=1)]))

    monkeypatch.setattr(zone_split, "prepare_start", lambda *_: None)
    monkeypatch.setattr(zone_split, "simulate", simulated)
    found = zone_split.measure(evidence, {"startup.nest": 0.5}, Settings(years=6))
    assert made == [("baseline", 0.5), ("zone_exemption", 0.5)] * 2
    assert found == Split(1.75, 0.0, 1.0)


def test_the_page_names_what_the_split_answers_to_most(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = {"startup.beta_found": (0.9, 0.1, 0.0), "startup.nest": (0.4, 0.2, 0.5), "startup.cost_paris": (0, 0, 0.7)}

    def measured(_: Evidence, overrides: dict[str, float], settings: Settings) -> Split:
        assert settings.startup_scale == 1  # every firm
        ((name, value),) = overrides.items() or [("", 0.0)]
        high = bool(name) and value == evidence.parameters[name].high
        return Split(*(one + high * more for one, more in zip((2.0, 0.6, 0.1), wide.get(name, (0, 0, 0)), strict=True)))

    monkeypatch.setattr(zone_split, "measure", measured)
    monkeypatch.setattr(zone_split, "PAGE", tmp_path / "page.md")
    zone_split.main()
    text = (tmp_path / "page.md").read_text()
    assert "| central world |  | 2.00 | 0.60 | 0.10 |" in text
    high = evidence.parameters["startup.nest"].high
    assert f"| `startup.nest` | {high:g} | 2.40 | 0.80 | 0.60 |" in text
    assert text.count("\n| `startup.") == 2 * len(zone_split.PARAMETERS)
    assert "answers most to `startup.beta_found` (by 0.90) and `startup.nest` (by 0.40)" in text
    assert "`startup.nest` (by 0.20) and `startup.beta_found` (by 0.10); what the city" in text
    assert "keeps of it, to `startup.cost_paris` (by 0.70) and `startup.nest` (by 0.50)" in text
