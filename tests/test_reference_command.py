"""``run_sim.py reference``: its steps, that nothing is half-written whatever happens, and what it says moved."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.moved_effects import moved_effects
from sim.cli import main, reference
from sim.cli.moved import moved_text
from sim.cli.options import WorldChoice
from sim.cli.reference import PARTS, PartName, Step, carry_out, steps_of
from sim.cli.reference_files import MOST_BYTES, MOST_OF_PAGE, put_back
from sim.cli.reference_readme import readme_of
from sim.cli.stopping import Stop

FOLDER = Path(__file__).parents[1] / "results" / "reference"
COLUMNS = ["scenario", "outcome", "label", "unit", "difference", "joint_low", "joint_high", "family"]
ALL = list(PartName)


def comparison(*rows: tuple[str, float, float, float]) -> str:
    """Text of a comparison: scenario, mean, low, high of one headline outcome."""
    lines = [[name, "startup_jobs", "Startup jobs", "jobs", *numbers, "headlines"] for name, *numbers in rows]
    return pd.DataFrame(lines, columns=COLUMNS).to_csv(index=False)


def manifest(kind: str, runs: int = 6) -> str:
    worlds = [{"world": n, "draw": n} for n in range(2)]
    return json.dumps(
        {"settings": {"world_kind": kind}, "n_worlds": 2, "worlds": worlds, "runs_finished": runs,
         "commit": "0123456789abcdef", "uncommitted_changes": False}
    )  # fmt: skip


def make(work: Path, part: PartName, mark: str = "new") -> None:
    """Make all files of a part, small, as its steps would."""
    files = [*PARTS[part].files, *(old for old, _ in PARTS[part].moved)]
    for name in files:
        path = work / PARTS[part].made / name.replace("*", "ranks")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mark)
        if path.name == "manifest.json":
            path.write_text(manifest("prior"))
    if part is PartName.MAIN:
        (work / "main" / "comparison.csv").write_text(comparison(("r1", 5.0, 4.0, 6.0)))
    if part is PartName.STRUCTURES:
        note = {"world_kind": "prior", "replicates": 2, "structures": [{}] * 7}
        (work / "structures" / "structures.json").write_text(json.dumps(note))
    if part is PartName.GOLDEN:
        (work / "golden" / "golden.json").write_text(
            json.dumps({"worlds": "prior", "size": {"worlds": 3}, "runs": [1]})
        )


def steps(work: Path, made: list[str], **instead: Callable[[], int]) -> list[Step]:
    """A step a part; some do something else."""

    def act(part: PartName) -> int:
        made.append(part.value)
        make(work, part)
        return 0

    return [Step(part, part.value, instead.get(part.value, lambda part=part: act(part))) for part in ALL]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "reference_work"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An old reference with a file that no part makes any more."""
    folder = tmp_path / "reference"
    (folder / "packages").mkdir(parents=True)
    old = {"README.md": "# Reference results\n", "comparison.csv": comparison(("r1", -5.0, -6.0, -4.0)),
           "stale.csv": "old", "packages/stale.csv": "old", "manifest.json": manifest("prior")}  # fmt: skip
    for name, text in old.items():
        (folder / name).write_text(text)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_steps_are_commands_in_order_each_with_the_kind_of_worlds(work: Path) -> None:
    sizes = {PartName.MAIN: 24, PartName.PACKAGES: 16, PartName.STRUCTURES: 6}
    made = steps_of(work, WorldChoice.POSTERIOR, sizes, 2)
    parts = ["main", "main", "packages", "packages", "structures", "main", "golden"]
    assert [step.part.value for step in made] == parts
    titles = [step.title.replace(str(work), "W") for step in made]
    assert titles[0] == "run_sim.py --world posterior --worlds 24 --workers 2 --out W/main"
    assert titles[1] == "run_sim.py counterfactual W/main"
    assert titles[2].endswith("eight_packages.toml --world posterior --worlds 16 --workers 2 --retry --out W/packages")
    assert titles[3] == "run_sim.py packages W/packages"
    assert "--world posterior --worlds 6 --workers 2 --replicates 2" in titles[4]
    assert titles[5] == "run_sim.py report W/main"


def test_all_parts_take_the_place_of_the_old_folder(
    work: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[str] = []
    assert carry_out(steps(work, made), ALL, work, target) == 0
    assert made == [part.value for part in ALL]
    found = content(target)
    named = {name.replace("*", "ranks") for name in PARTS[PartName.MAIN].files}
    named |= {f"packages/{name}" for name in PARTS[PartName.PACKAGES].files}
    named |= {f"structures/{name}" for name in (*PARTS[PartName.STRUCTURES].files, "manifest.json")}
    assert set(found) == named | {"golden.json", "README.md"}
    said = capsys.readouterr().out
    assert "1 of 1 headline effect moved (2 worlds, prior). sign: 1." in said
    assert "| r1 | Startup jobs | −5.00 [−6.00, −4.00] jobs | +5.00 [+4.00, +6.00] jobs | sign |" in said
    assert (work / "moved.md").read_text().count("r1") == 1
    assert carry_out(steps(work, made), ALL, work, target) == 0
    assert content(target) == found
    assert "None of 1 headline effect moved" in capsys.readouterr().out
    assert {path.name for path in target.parent.iterdir()} == {"reference", "reference_work"}


def test_a_part_alone_leaves_the_others(work: Path, target: Path) -> None:
    before = content(target)
    golden = [step for step in steps(work, []) if step.part is PartName.GOLDEN]
    assert carry_out(golden, [PartName.GOLDEN], work, target) == 0
    after = content(target)
    assert set(after) == set(before) | {"golden.json"}
    assert all(after[name] == before[name] for name in before if name != "README.md")
    packages = [step for step in steps(work, []) if step.part is PartName.PACKAGES]
    assert carry_out(packages, [PartName.PACKAGES], work, target) == 0
    assert "packages/stale.csv" not in content(target)
    assert {"stale.csv", "golden.json"} < set(content(target))


def _raise(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize("how", ["fails", "stopped", "killed"])
def test_a_step_that_does_not_end_well_leaves_the_reference_and_the_next_time_goes_on(
    work: Path, target: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    before, made = content(target), list[str]()
    act = {"fails": lambda: 2, "stopped": lambda: 130, "killed": lambda: _raise(Stop("enough"))}[how]
    if how == "killed":
        with pytest.raises(Stop):
            carry_out(steps(work, made, packages=act), ALL, work, target)
    else:
        assert carry_out(steps(work, made, packages=act), ALL, work, target) == act()
    assert "was not touched; the same command goes on." in capsys.readouterr().err
    assert made == ["main"]
    assert content(target) == before
    assert carry_out(steps(work, made), ALL, work, target) == 0
    assert "stale.csv" not in content(target)


def test_a_copy_that_breaks_off_leaves_the_reference(work: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(target)
    copied = shutil.copyfile

    def full(source: Path, to: Path) -> None:
        if to.name == "shapley.csv":
            raise OSError(28, "No space left on device", str(to))
        copied(source, to)

    monkeypatch.setattr("sim.cli.reference_files.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space"):
        carry_out(steps(work, []), ALL, work, target)
    assert content(target) == before
    assert {path.name for path in target.parent.iterdir()} == {"reference", "reference_work"}


def test_a_power_cut_between_two_names_is_mended(target: Path) -> None:
    before = content(target)
    target.rename(target.with_name(".reference.old"))
    target.with_name(".reference.new").mkdir()
    put_back(target)
    assert content(target) == before
    assert {path.name for path in target.parent.iterdir()} == {"reference"}


def test_what_is_too_large_is_left_out_and_what_is_needed_is_not(
    work: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def large(name: str) -> Callable[[], int]:
        def act() -> int:
            make(work, PartName.MAIN)
            (work / "main" / name).write_bytes(bytes(MOST_OF_PAGE if name.endswith(".html") else MOST_BYTES))
            return 0

        return act

    before = content(target)
    assert (
        main_of(work, target, large("runs.parquet")) == "runs.parquet: 2.00 MB, allowed are less than 2 MB; left out."
    )
    assert content(target) == before
    assert main_of(work, target, large("report.html")) == ""
    assert "report.html: 5.00 MB, allowed are less than 5 MB; left out." in capsys.readouterr().err
    assert "report.html" not in content(target)


def main_of(work: Path, target: Path, act: Callable[[], int]) -> str:
    """The sentence that refuses, or none."""
    from sim.errors import InputError

    shutil.rmtree(work / "main", ignore_errors=True)
    try:
        assert carry_out(steps(work, [], main=act), ALL, work, target) == 0
    except InputError as error:
        return error.problems[0]
    return ""


def test_a_folder_of_other_files_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    assert main(["reference", "--only", "golden", "--world", "prior", "--out", str(tmp_path)]) == 2
    assert "holds other files than reference results; name a new folder." in capsys.readouterr().err
    assert (tmp_path / "letters.txt").read_text() == "mine"


def test_the_folder_where_one_stands_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("sim.cli.reference.carry_out", lambda steps, parts, *folders: asked.extend(folders) or 0)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["reference", "--out", ".", "--only", "golden"]) == 0
    assert asked == [tmp_path / "here_work", tmp_path / "here"]


def test_the_worlds_are_of_the_posterior_and_a_missing_one_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reference.DRAWN is WorldChoice.POSTERIOR
    (tmp_path / "none").mkdir()
    monkeypatch.setattr("sim.evidence.posterior.FOLDER", tmp_path / "none")
    assert main(["reference", "--only", "golden", "--out", str(tmp_path / "reference")]) == 2
    assert "posterior.json: the posterior is missing" in capsys.readouterr().err
    assert not (tmp_path / "reference").exists()


def test_what_moved_is_told_by_sign_and_interval() -> None:
    old = comparison(
        ("same", 1.0, 0.5, 2.0), ("sign", -1.0, -2.0, -0.5), ("unsure", -1.0, -3.0, 0.5), ("apart", 1.0, 0.5, 1.5),
        ("near", 1.0, 0.5, 1.5), ("gone", 1.0, 0.5, 1.5), ("zero", 0.0, 0.0, 0.0),
    )  # fmt: skip
    new = comparison(
        ("same", 1.0, 0.5, 2.0), ("sign", 1.0, 0.5, 2.0), ("unsure", 1.0, 0.5, 3.0), ("apart", 3.0, 2.0, 4.0),
        ("near", 1.2, 0.6, 1.8), ("zero", 0.1, -0.1, 0.3), ("fresh", 1.0, 0.5, 1.5),
    )  # fmt: skip
    frames = [pd.read_csv(io.StringIO(text)) for text in (old, new)]
    table = moved_effects(*frames).set_index("scenario")
    assert table["remark"].to_dict() == {
        "same": "", "sign": "sign", "unsure": "sign, not told apart from 0", "apart": "intervals apart", "near": "",
        "zero": "", "fresh": "new", "gone": "gone",
    }  # fmt: skip
    assert table.index[table["same"]].tolist() == ["same"]
    short, whole = moved_text(
        {"comparison.csv": old, "manifest.json": manifest("prior")},
        {"comparison.csv": new, "manifest.json": manifest("posterior")},
    )
    assert short.startswith("7 of 8 headline effects moved (2 worlds, prior -> 2 worlds, posterior). ")
    assert "| near |" in whole
    assert "| near |" not in short
    assert "| gone | Startup jobs | +1.00 [+0.50, +1.50] jobs | – | gone |" in short


def test_every_committed_file_belongs_to_a_part_and_the_page_is_true_of_them() -> None:
    strangers = [name for name in content(FOLDER) if not any(part.owns(name) for part in PARTS.values())]
    assert strangers == ["README.md"]
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == readme_of(FOLDER)
