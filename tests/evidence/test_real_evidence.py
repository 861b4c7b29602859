"""The evidence the project ships: complete, consistent, frozen."""

from __future__ import annotations

import csv
import dataclasses
import pickle

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence import VARIABLES, Evidence, load_evidence
from sim.evidence.loader import FOLDER


def test_places_are_14_districts_10_hubs_and_2_rests_in_model_order(evidence: Evidence) -> None:
    kinds = [place.kind for place in evidence.places]
    assert kinds == ["district"] * 14 + ["rest"] + ["hub"] * 10 + ["rest"]
    assert [place.index for place in evidence.places] == list(range(26))
    assert evidence.place_ids[0] == "paris_sentier"
    assert evidence.place_ids[14] == "rest_of_france"
    assert evidence.place_ids[-1] == "rest_of_world"
    assert evidence.index("london") == 15


def test_cities_are_12_french_and_10_foreign(evidence: Evidence) -> None:
    french = {p.city for p in evidence.places if p.city and p.country == "FR"}
    foreign = {p.city for p in evidence.places if p.city and p.country != "FR"}
    assert (len(french), len(foreign)) == (12, 10)
    assert [p.place for p in evidence.places if p.city == "paris"] == [
        "paris_sentier",
        "paris_rive_gauche",
        "paris_saclay",
    ]


@pytest.mark.parametrize("name", VARIABLES)
def test_columns_hold_a_figure_for_every_place_within_the_declared_range(evidence: Evidence, name: str) -> None:
    column, variable = evidence.column(name), VARIABLES[name]
    assert column.shape == (26,)
    known = column[~np.isnan(column)]
    assert variable.optional or len(known) == 26
    assert len(known) > 0
    assert variable.low <= known.min() <= known.max() <= variable.high


def test_optional_gaps_are_those_of_the_dossier(evidence: Evidence) -> None:
    gaps = {name: int(np.isnan(evidence.column(name)).sum()) for name in VARIABLES}
    assert {name: n for name, n in gaps.items() if n} == {
        "cit_small_company_reduced_rate": 4,
        "employer_ssc_rate_at_60k_JEI": 11,
        "share_connections_above_10mbps": 6,
        "fastest_train_minutes_to_paris": 6,
    }


def test_french_capital_adds_up_to_the_national_total(evidence: Evidence) -> None:
    french = [p.index for p in evidence.places if p.country == "FR"]
    with (FOLDER / "national.csv").open(encoding="utf-8") as file:
        national = {row["variable"]: row["value"] for row in csv.DictReader(file)}
    assert evidence.column("vc_investment")[french].sum() == pytest.approx(float(national["vc_france_total"]), abs=1.0)


def test_paris_districts_share_one_labour_market_of_400000_jobs(evidence: Evidence) -> None:
    jobs = evidence.column("digital_jobs") * evidence.column("labour_market_share")
    paris = [p.index for p in evidence.places if p.labour_market == "paris"]
    assert len(paris) == 3
    assert jobs[paris].sum() == pytest.approx(400_000)


def test_talents_and_startups_are_as_many_as_the_design_says(evidence: Evidence) -> None:
    jobs = evidence.column("digital_jobs") * evidence.column("labour_market_share")
    assert jobs.sum() == pytest.approx(2.6e6, rel=0.1)
    assert evidence.column("digital_startups").sum() == pytest.approx(35_000, rel=0.1)


def test_figures_of_the_rests_never_claim_to_be_verified(evidence: Evidence) -> None:
    figures = evidence.figures
    rests = figures[figures["place"].isin(["rest_of_france", "rest_of_world"])]
    assert set(rests["status"]) <= {"RECALLED", "ESTIMATE"}
    assert (rests["source"].str.len() > 10).all()
    added = {"average_wage_2013", "labour_market_share", "births_perimeter_factor", "open_innovation_structures"}
    assert set(figures[figures["variable"].isin(added)]["status"]) <= {"RECALLED", "ESTIMATE"}


def test_targets_are_all_there(evidence: Evidence) -> None:
    targets = evidence.targets
    assert len(targets) == 112
    assert targets["id"].is_unique
    assert (targets["low"] <= targets["value"]).all()
    assert (targets["value"] <= targets["high"]).all()


def test_nothing_can_be_changed(evidence: Evidence) -> None:
    column = evidence.column("flat_rent")
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        column.flags.writeable = True
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence.digest = "other"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence.places[0].name = "other"  # type: ignore[misc]
    name = next(iter(evidence.parameters))
    with pytest.raises(TypeError):
        evidence.parameters[name] = evidence.parameters[name]  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence.parameters[name].value = 0.0  # type: ignore[misc]
    for frame in ("figures", "targets"):
        copy = getattr(evidence, frame)
        copy.loc[0, "value"] = -99.0
        assert (getattr(evidence, frame)["value"] != -99.0).all()


def test_a_pickled_copy_is_the_same_and_still_frozen(evidence: Evidence) -> None:
    copy = pickle.loads(pickle.dumps(evidence))
    assert copy.digest == evidence.digest
    assert copy.places == evidence.places
    assert dict(copy.parameters) == dict(evidence.parameters)
    for name in VARIABLES:
        np.testing.assert_array_equal(copy.column(name), evidence.column(name))
    assert not copy.column("flat_rent").flags.writeable


def test_unknown_names_are_answered_with_the_nearest(evidence: Evidence) -> None:
    with pytest.raises(InputError, match=r"'flat_rents'.*did you mean 'flat_rent'"):
        evidence.column("flat_rents")
    with pytest.raises(InputError, match=r"'paris_sentir'.*did you mean 'paris_sentier'"):
        evidence.index("paris_sentir")


def test_loading_twice_gives_the_same_digest(evidence: Evidence) -> None:
    assert load_evidence().digest == evidence.digest
