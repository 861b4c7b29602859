"""Each fault alone: a clear sentence, a valid store, and the study completes when the fault is gone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from sim.evidence import Evidence
from tests.experiments.faults import folder_checks as checks
from tests.experiments.faults.fault_table import CASES
from tests.experiments.faults.faults_of_files import cut, flip
from tests.experiments.faults.stage import Stage, undisturbed_tables

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and inspects processes as Linux has them")


@pytest.fixture(scope="module")
def expected(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return undisturbed_tables(tmp_path_factory.mktemp("undisturbed"), evidence)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if quick else pytest.mark.torture) for name, (_, quick) in CASES.items()]
)
def test_a_fault_is_survived(name: str, evidence: Evidence, expected: dict[str, str], tmp_path: Path) -> None:
    if "a real one" in name and shutil.which("unshare") is None:
        pytest.skip("no mount namespaces here")
    assert CASES[name][0](Stage(tmp_path / "stage", evidence, expected))


def test_the_checks_reject_what_is_not_sound(evidence: Evidence, expected: dict[str, str], tmp_path: Path) -> None:
    """The broken twin of every check: a run made again, a torn file, a file left behind, a table that differs."""
    stage = Stage(tmp_path, evidence, expected)
    assert stage.command().code == 0
    stage.sound()
    stage.engine._note("simulate eased 1 0")
    assert checks.made_again(stage.out, stage.engine.log) == ["eased 1 0"]
    flip(stage.out / "flows.parquet", 40, 1)
    assert checks.tables(stage.out) != expected
    (stage.out / "scenarios.json").write_text("{")
    cut("series.parquet")(stage.shard_of("eased 1 0"))
    torn = [Path(line.partition(":")[0]).name for line in checks.unreadable(stage.out)]
    assert torn == ["scenarios.json", "series.parquet"]
    (stage.out / "shards" / ".host.7.0123abcd.tmp").mkdir()
    assert checks.leftovers(stage.out) == ["shards/.host.7.0123abcd.tmp"]
