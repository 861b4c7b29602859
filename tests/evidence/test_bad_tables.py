"""A spoilt table is answered with the file, the line, what was found, what is allowed, and the nearest name."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.evidence import VARIABLES, load_evidence
from tests.evidence.conftest import Scratch

LILLE = "lille,flat_rent,14.3,EUR/m2/month,2013,VERIFIED"
SHARE = "paris_saclay,labour_market_share,0.3,share"


def problems(scratch: Scratch) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_evidence(scratch.folder)
    return caught.value.problems


def test_the_scratch_copy_itself_is_good(scratch: Scratch) -> None:
    assert len(load_evidence(scratch.folder).parameters) == 3


def test_the_digest_moves_with_any_byte(scratch: Scratch) -> None:
    before = load_evidence(scratch.folder).digest
    assert load_evidence(scratch.folder).digest == before
    scratch.replace("notes.csv", "CDG", "ORY")
    assert load_evidence(scratch.folder).digest != before


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        pytest.param(
            "places.csv", LILLE, LILLE.replace("flat_rent", "flat_rnt"),
            ["places.csv line", "'flat_rnt'", "did you mean 'flat_rent'?"], id="unknown variable",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("lille", "lile"),
            ["places.csv line", "'lile'", "one of 26 names", "did you mean 'lille'?"], id="unknown place",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("VERIFIED", "VERIFED"),
            ["status: found 'VERIFED'", "VERIFIED, RECALLED, ESTIMATE; did you mean 'VERIFIED'?"], id="unknown status",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("EUR/m2/month", "EUR/m2/yr"),
            ["(lille, flat_rent) unit: found 'EUR/m2/yr', allowed is 'EUR/m2/month'."], id="wrong unit",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("14.3", "143"),
            ["(lille, flat_rent) value: found '143', allowed is a number from 2 to 80 EUR/m2/month."],
            id="out of range",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("14.3", "dear"),
            ["(lille, flat_rent) value: found 'dear', allowed is a number from 2 to 80"], id="not a number",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("14.3", "nan"), ["value: found 'nan', allowed is a number"], id="nan",
        ),
        pytest.param(
            "places.csv", LILLE, LILLE.replace("2013", "213"),
            ["year: found '213', allowed is a year from 1990 to 2030."], id="wrong year",
        ),
        pytest.param(
            "places.csv", LILLE, "lille,flat_rent", ["found 3 cells, allowed are 7."], id="a line cut short",
        ),
        pytest.param(
            "places.csv", "place,variable,value", "place,variable,number",
            ["places.csv line 1: found columns place,variable,number", "allowed are place,variable,value"], id="header",
        ),
        pytest.param(
            "places.csv", SHARE, SHARE.replace("0.3", "0.4"),
            ["labour_market_share: 'paris' adds up to 1.1, allowed is 1."], id="shares of a labour market",
        ),
        pytest.param(
            "places.csv", "paris_saclay,digital_jobs,400000", "paris_saclay,digital_jobs,40000",
            ["digital_jobs: places of 'paris' differ, allowed is one figure for all."], id="jobs of a labour market",
        ),
        pytest.param(
            "capital.csv", "london,541", "london,-541",
            ["capital.csv line", "(london, vc_investment) value: found '-541'", "from 0 to 50000 EUR M/yr"],
            id="negative capital",
        ),
        pytest.param(
            "geography.csv", ",hub,", ",hubb,", ["kind: found 'hubb'", "did you mean 'hub'?"], id="unknown kind",
        ),
        pytest.param(
            "geography.csv", ",london,GB", ",london,Gb", ["country: found 'Gb', allowed are two capital letters."],
            id="country code",
        ),
        pytest.param(
            "geography.csv", ",london,GB", ",,GB", ["city: found '', allowed is a city"], id="a hub without a city",
        ),
        pytest.param(
            "targets.csv", ",calibrate,", ",calibrated,",
            ["use: found 'calibrated'", "did you mean 'calibrate'?"], id="unknown use",
        ),
        pytest.param(
            "targets.csv", ",1.0,0.6,1.4,", ",1.0,1.6,1.4,",
            ["targets.csv line 2 (M01): found low 1.6, value 1, high 1.4"], id="value outside its interval",
        ),
        pytest.param(
            "national.csv", ",FR,", ",FX,", ["national.csv line 2 country: found 'FX'"], id="unknown country",
        ),
        pytest.param(
            "notes.csv", ",RECALLED,", ",REMEMBERED,", ["notes.csv line", "found 'REMEMBERED'"], id="status of a note",
        ),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(scratch: Scratch, file: str, old: str, new: str, said: list[str]) -> None:
    scratch.replace(file, old, new)
    found = problems(scratch)
    assert any(all(part in sentence for part in said) for sentence in found), found
    assert all(str(scratch.folder) not in sentence for sentence in found)


def test_a_missing_figure_is_named(scratch: Scratch) -> None:
    text = (scratch.folder / "places.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in text if not line.startswith("lille,flat_rent,")]
    (scratch.folder / "places.csv").write_text("".join(kept), encoding="utf-8")
    assert problems(scratch) == ["places.csv: the figure (lille, flat_rent) is missing."]


def test_a_missing_optional_figure_is_no_problem(scratch: Scratch) -> None:
    text = (scratch.folder / "places.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in text if not line.startswith("lille,fastest_train_minutes_to_paris,")]
    assert len(kept) == len(text) - 1
    (scratch.folder / "places.csv").write_text("".join(kept), encoding="utf-8")
    evidence = load_evidence(scratch.folder)
    assert str(evidence.column("fastest_train_minutes_to_paris")[evidence.index("lille")]) == "nan"


def test_a_figure_given_twice_names_both_lines(scratch: Scratch) -> None:
    scratch.replace("places.csv", LILLE, f"{LILLE},again\n{LILLE}")
    (found,) = problems(scratch)
    assert "(lille, flat_rent): this figure is already on places.csv line" in found


def test_capital_has_one_home(scratch: Scratch) -> None:
    scratch.replace("places.csv", LILLE, f"lille,vc_investment,20,EUR M/yr,2013,ESTIMATE,x\n{LILLE}")
    (found,) = problems(scratch)
    assert "found 'vc_investment' here, its one home is capital.csv." in found


def test_a_place_given_twice_is_named(scratch: Scratch) -> None:
    text = (scratch.folder / "geography.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (scratch.folder / "geography.csv").write_text("".join([*text, text[1]]), encoding="utf-8")
    (found,) = problems(scratch)
    assert found == "geography.csv line 28: place 'paris_sentier' is already on geography.csv line 2."


def test_a_rest_that_is_missing_is_named(scratch: Scratch) -> None:
    text = (scratch.folder / "geography.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (scratch.folder / "geography.csv").write_text("".join(text[:-1]), encoding="utf-8")
    found = problems(scratch)
    assert found[0] == "geography.csv: the place 'rest_of_world' is missing."
    # Its figures are then figures of an unknown place, each named with its line.
    rows = sum(1 for variable in VARIABLES.values() if not variable.optional)
    assert sum("found 'rest_of_world'" in sentence for sentence in found) >= rows


@pytest.mark.parametrize(
    "file",
    ["geography.csv", "places.csv", "capital.csv", "national.csv", "notes.csv", "targets.csv", "parameters.toml"],
)
def test_a_missing_file_is_named(scratch: Scratch, file: str) -> None:
    (scratch.folder / file).unlink()
    assert f"{file}: the file is missing from the evidence folder." in problems(scratch)


def test_a_file_that_is_not_text_is_named(scratch: Scratch) -> None:
    (scratch.folder / "notes.csv").write_bytes(b"place,\xff\n")
    assert any(s.startswith("notes.csv: not a text in UTF-8") for s in problems(scratch))


def test_problems_of_all_files_are_said_at_once(scratch: Scratch) -> None:
    scratch.replace("places.csv", LILLE, LILLE.replace("14.3", "143"))
    scratch.replace("capital.csv", "london,541", "london,-541")
    scratch.replace("targets.csv", ",calibrate,", ",calibrated,")
    scratch.replace("parameters.toml", "high = 3.0", "high = 1.0")
    found = problems(scratch)
    assert [sentence.split()[0].rstrip(":") for sentence in found] == [
        "places.csv", "capital.csv", "targets.csv", "parameters.toml",
    ]  # fmt: skip
