"""Runs with a lever, an outcome, a process and a place from outside: in digests, in workers, and told apart."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import sim
from sim.analysis.outcomes import OUTCOMES
from sim.cli import main
from sim.experiments.engine import ModelEngine
from sim.experiments.running.chunks import Context
from sim.extensions.active import activate, active, deactivate
from sim.extensions.engine import ExtendedEngine, current_engine
from sim.extensions.evidence import extended_evidence
from sim.model.levers import LEVERS
from sim.model.receiving import BITS
from tests.test_house import ROOT

EXAMPLES = ROOT / "docs" / "examples"
PARAMETER = """[lever.welcome_desk.eur_per_arrival]
label = "what a desk spends on an arrival"
value = 900.0
unit = "EUR"
low = 500.0
high = 2000.0
prior = "uniform"
status = "assumed"
source = "invented for a test"
checked = 2026-01-01
"""


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    deactivate()
    yield
    deactivate()


def copy(folder: Path, name: str = "paris_rent_gap", more: str = "") -> Path:
    """Return a copy of an example, with more at its end."""
    (file := folder / f"{name}.py").write_text((EXAMPLES / f"{name}.py").read_text("utf-8") + more, "utf-8")
    return file


def test_extensions_are_part_of_the_digest_of_the_code(tmp_path: Path) -> None:
    plain = current_engine()
    assert type(plain) is ModelEngine
    file, digests = copy(tmp_path), {plain.code_digest()}
    for more in ("", "\n# another comment\n"):
        copy(tmp_path, more=more)
        deactivate()
        activate(str(file))
        digests.add(current_engine().code_digest())
    activate(str(EXAMPLES / "raise_wages.py"))
    both = current_engine().code_digest()
    deactivate()
    activate(str(EXAMPLES / "raise_wages.py"))
    activate(str(file))
    assert len({*digests, both, current_engine().code_digest()}) == 5  # their order counts, too
    deactivate()
    assert current_engine().code_digest() in digests


def test_switching_off_leaves_no_trace() -> None:
    levers, outcomes, places = [*LEVERS], [*OUTCOMES], extended_evidence().place_ids
    for name in ("welcome_desk", "paris_rent_gap", "rouen"):
        activate(str(EXAMPLES / f"{name}.py"))
    assert "welcome_desk" in LEVERS
    assert "paris_rent_gap" in OUTCOMES
    assert extended_evidence().place_ids == (*places, "rouen")
    assert set(BITS) == set(LEVERS)
    deactivate()
    assert list(BITS) == list(LEVERS)
    assert ([*LEVERS], [*OUTCOMES], extended_evidence().place_ids) == (levers, outcomes, places)


def test_an_engine_is_whole_in_another_process_and_refuses_other_sources(tmp_path: Path) -> None:
    file = copy(tmp_path)
    activate(str(file))
    activate(str(EXAMPLES / "welcome_desk.py"))
    desk = sim.load_scenario(EXAMPLES / "welcome_desk.toml")
    engine = pickle.dumps(current_engine())
    context = Context(current_engine(), extended_evidence(), (desk,), sim.Settings(), 1, frozenset(), tmp_path, None)
    code = "import pickle, sys; c = pickle.load(sys.stdin.buffer); print(c.engine.code_digest(), c.scenarios[0].levers)"
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, input=pickle.dumps(context), capture_output=True, check=False
    )
    said = f"{current_engine().code_digest()} {desk.levers}"
    assert there.stdout.decode().strip() == said, there.stderr.decode()
    deactivate()
    copy(tmp_path, more="x = 1\n")
    with pytest.raises(sim.InputError, match=r"paris_rent_gap.py: its sources have changed since"):
        pickle.loads(engine)


def test_a_package_is_switched_on_by_the_name_of_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package := tmp_path / "gap_package").mkdir()
    (package / "__init__.py").write_text("from gap_package.paris_rent_gap import extension as extension\n", "utf-8")
    copy(package)
    (info := tmp_path / "gap_package-1.dist-info").mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gap-package\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text("[talent_flight]\ngap = gap_package:extension\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert "gap" in [point.name for point in metadata.entry_points(group="talent_flight")]
    assert "paris_rent_gap" not in OUTCOMES  # installed is not switched on
    activate("gap")
    assert "paris_rent_gap" in OUTCOMES
    engine = pickle.loads(pickle.dumps(current_engine()))
    assert isinstance(engine, ExtendedEngine)
    deactivate()
    (package / "figures.csv").write_text("1\n", "utf-8")  # every file of the package counts
    with pytest.raises(sim.InputError, match="extension 'gap': its sources have changed since"):
        activate("gap")


def test_parameters_join_the_evidence_and_move_no_other_draw(tmp_path: Path) -> None:
    from sim.world import draw_world

    before = draw_world(extended_evidence(), 2013, 3)
    (folder := tmp_path / "more").mkdir()
    (folder / "parameters.toml").write_text(PARAMETER, "utf-8")
    copy(tmp_path, more=f"extension.evidence({str(folder)!r})\n")
    activate(str(tmp_path / "paris_rent_gap.py"))
    after = draw_world(extended_evidence(), 2013, 3)
    assert 500.0 <= after["lever.welcome_desk.eur_per_arrival"] <= 2000.0
    assert {name: after[name] for name in before.values} == dict(before.values)


@pytest.mark.parametrize("scenarios", [("baseline", "r5_ultra_broadband"), ("baseline", "mine")])
def test_the_line_that_makes_results_again_names_the_extensions(scenarios: tuple[str, ...], tmp_path: Path) -> None:
    from sim.report.catalogue import Words
    from sim.report.reproduce import Reproduction

    settings = {"world_kind": "central"}
    notes = [{"name": "a", "from": "my own.py", "digest": "0"}, {"name": "b", "from": "b", "digest": "1"}]
    manifest = {"settings": settings, "reference": "baseline", "extensions": notes, "n_worlds": 1}
    results = SimpleNamespace(
        manifest=manifest, scenarios=[SimpleNamespace(name=name) for name in scenarios], folder=tmp_path / "out",
        recommendations_alone=[], file_digests={},
    )  # fmt: skip
    line = " ".join(Reproduction(results, Words()).own.study)
    if "mine" in scenarios:
        assert line == ""
        return
    asked = "scenarios/baseline.toml scenarios/r5_ultra_broadband.toml --out results/out"
    assert line == f"python run_sim.py --extension 'my own.py' --extension b run {asked}"
    del manifest["extensions"]
    assert " ".join(Reproduction(results, Words()).own.study) == f"python run_sim.py run {asked}"


def test_a_short_lever_is_short() -> None:
    assert len((EXAMPLES / "welcome_desk.py").read_text("utf-8").splitlines()) <= 65


@pytest.mark.parametrize(
    "workers", [pytest.param(0, marks=pytest.mark.long), pytest.param(2, marks=pytest.mark.torture)]
)
def test_a_study_with_all_four_kinds(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALENT_FLIGHT_STARTS", str(tmp_path / "starts"))
    monkeypatch.chdir(ROOT)
    for name in ("paris_rent_gap", "raise_wages", "rouen"):
        sim.extend(EXAMPLES / f"{name}.py")
    desk = sim.load_scenario(EXAMPLES / "welcome_desk.toml")
    absent = {**desk.content, "name": "absent", "extensions": ["welcome_desk.py"]}
    absent["levers"] = {"welcome_desk": {**absent["levers"]["welcome_desk"], "strength": 0.0}}
    size = {"world": "central", "worlds": 1, "years": 1, "talent_scale": 400, "startup_scale": 20, "workers": workers}
    table = sim.compare("baseline", desk, absent, out=tmp_path / "out", **size)

    frames = sim.read(tmp_path / "out")
    assert frames.runs["paris_rent_gap"].gt(1.0).all()
    assert frames.runs.attrs["units"]["paris_rent_gap"] == "ratio"
    assert "rouen" in list(frames.places["place"])
    assert frames.series.query("place == 'rouen'")["talents"].gt(0).all()
    assert frames.costs.query("lever == 'welcome_desk'")["meur"].sum() > 0.0
    received = frames.pairs[(frames.pairs["scenario"] == "welcome_desk") & (frames.pairs["kind"] == "talent")]
    assert received["received"].sum() > 0
    none = table[table["scenario"] == "absent"]
    assert (none["difference"] == 0.0).all()  # strength 0 is the baseline, bit for bit
    assert (table[table["scenario"] == "welcome_desk"]["difference"] != 0.0).any()
    assert "raise_wages" in frames.manifest["timings"]

    names = ["paris_rent_gap", "raise_wages", "rouen", "welcome_desk"]
    assert [source.name for source in active()] == names[:3]
    sim.extend(EXAMPLES / "welcome_desk.py")
    for file in ("study.json", "manifest.json"):
        kept = json.loads((tmp_path / "out" / file).read_text("utf-8"))["extensions"]
        assert [(note["name"], note["digest"]) for note in kept] == [(one.name, one.digest) for one in active()]
        assert [note["name"] for note in kept] == names
    code = current_engine().code_digest()
    assert frames.manifest["digests"]["code"] == code

    deactivate()  # what follows finds its extensions by itself
    assert main(["verify", str(tmp_path / "out"), "--runs", "1"]) == 0
    assert active() == ()
    reading = sim.read(tmp_path / "out")  # and reading needs none
    pd.testing.assert_series_equal(reading.runs["paris_rent_gap"], frames.runs["paris_rent_gap"])
    assert current_engine().code_digest() != code
    assert "paris_rent_gap" not in OUTCOMES  # nor is it measured from now on
    capsys.readouterr()
