"""What must hold of a folder of results that was accepted, said again by other means than its readers'."""

from __future__ import annotations

import contextlib
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

from tests.fuzzing.stage import Stage


def of_page(folder: Path, stage: Stage | None = None) -> list[str]:
    """A page that was written: whole, with nothing of the input as code of the page."""
    page = folder / "report.html"
    if not page.is_file():
        return ["no page"]
    text = page.read_text(encoding="utf-8")
    wrong = [
        f"{piece!r} in the page" for piece in ("<script>alert(1)", "<b>x</b>", "\x1b[", "[object") if piece in text
    ]
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", text, flags=re.DOTALL)
    words = re.findall(r'class="num">(?:<b[^>]*>)?[^<]*\b(nan|inf|None|NaN)\b', body)
    return (
        wrong + [f"{word!r} in the page" for word in words[:1]] + ([] if text.rstrip().endswith("</html>") else ["cut"])
    )


def of_comparison(folder: Path, stage: Stage | None = None) -> list[str]:
    """A comparison that was written: differences between the ends of their intervals, none infinite."""
    import pandas as pd

    table = pd.read_csv(folder / "comparison.csv")
    known = table.dropna(subset=["difference", "low", "high"])
    slack = 1e-9 * known[["low", "high"]].abs().max(axis=1)
    wrong = _infinite(table.drop(columns="pairing_gain", errors="ignore"), "comparison")
    if ((known["low"] > known["difference"] + slack) | (known["difference"] > known["high"] + slack)).any():
        wrong.append("a difference outside its interval")
    return wrong


def of_frames(found: Any) -> list[str]:
    """Frames that were read: every run once, of a scenario that is described, in finite numbers, at a known place."""
    runs, wrong = found.runs, []
    if runs["run"].duplicated().any() or runs.duplicated(["scenario", "world", "replicate"]).any():
        wrong.append("a run twice")
    if (runs[["run", "world", "replicate"]] < 0).any(axis=None):
        wrong.append("a negative number of a run")
    places = set(map(str, found.places["place"]))
    for grain in ("runs", "series", "flows", "costs", "revenue"):
        frame = getattr(found, grain)
        wrong += _infinite(frame, grain)
        if not set(map(str, frame["scenario"].unique())) <= set(map(str, runs["scenario"].unique())):
            wrong.append(f"{grain}: a scenario without runs")
        for column in ("place", "origin", "destination"):
            if column in frame and not set(map(str, frame[column].dropna().unique())) <= places:
                wrong.append(f"{grain}: a place that is not in places.csv")
    return wrong


def of_counterfactual(folder: Path, stage: Stage | None = None) -> list[str]:
    """Counts that were written: finite, none below nothing but the net, which for France is gains less losses."""
    import pandas as pd

    table = pd.read_csv(folder / "counterfactual.csv")
    wrong = _infinite(table, "counterfactual")
    if (table.loc[table["measure"] != "net", "mean"] < 0).any():
        wrong.append("fewer than no persons")
    nation = table[table["by"] == "france"].pivot_table(index=["scenario", "kind"], columns="measure", values="mean")
    if len(nation) and ((nation["gained"] - nation["lost_in_all"] - nation["net"]).abs() > 1e-6).any():
        wrong.append("a net that is not gains less losses")
    return wrong


def of_packages(folder: Path, stage: Stage | None = None) -> list[str]:
    """Tables of packages that were written: none infinite."""
    import pandas as pd

    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("shapley", "interactions", "frontier", "budgets")}
    tables["packages"] = pd.read_parquet(folder / "packages.parquet")
    return [text for name, table in tables.items() for text in _infinite(table, name)]


def of_finished(folder: Path, stage: Stage) -> list[str]:
    """A folder of a study that a command took: a study of a size, its finished runs as they were made, to the bit."""
    from sim.experiments.running.runner import StudyFolder
    from sim.experiments.running.study_note import read_note
    from tests.fuzzing.oracles import of_one_study

    note = read_note(folder, stage.evidence)
    held, made = StudyFolder(folder, note.study, stage.evidence, note.code), made_runs(stage.study)
    wrong = of_one_study(note.study, least=0)  # a file may hold a study without worlds
    try:
        for run, tables in _tables(held).items():
            if run not in made:
                wrong.append("a finished run that nobody made")
            else:
                wrong += [
                    f"{grain} of a run are others" for grain, table in tables.items() if made[run].get(grain) != table
                ]
    finally:
        held.ledger.close()
    return wrong


@cache
def made_runs(study: Path) -> dict[bytes, dict[str, Any]]:
    """Return the rows of every run of the valid study, by grain."""
    import shutil
    import tempfile

    from sim.experiments.running.runner import StudyFolder
    from sim.experiments.running.study_note import read_note
    from tests.fuzzing.stage import own_evidence

    with tempfile.TemporaryDirectory(prefix="fuzz-") as copy:
        shutil.copytree(study, copy, dirs_exist_ok=True)
        note = read_note(Path(copy), own_evidence())
        held = StudyFolder(Path(copy), note.study, own_evidence(), note.code)
        try:
            return _tables(held)
        finally:
            held.ledger.close()


def _tables(held: Any) -> dict[bytes, dict[str, Any]]:
    from sim.experiments.running.worker import RECORDS
    from sim.experiments.storage.shard_reading import Shard
    from sim.experiments.storage.shards import Damaged

    grains = ["runs", *(grain for grain in (*RECORDS, "persons") if grain in held.study.keep)]
    found: dict[bytes, dict[str, Any]] = {}
    for name in held.ledger.shards():
        with contextlib.suppress(Damaged, OSError):  # nobody has read it yet, and whoever does is told
            shard = Shard(held.results, name)
            for grain in grains:
                for run in shard.runs_with(grain):
                    found.setdefault(run, {})[grain] = shard.rows(grain, run)
            shard.close()
    return found


def _infinite(table: Any, name: str) -> list[str]:
    import numpy as np

    numbers = table.select_dtypes("number").drop(columns="pairing_gain", errors="ignore")
    return [f"{name}: an infinite number"] if np.isinf(numbers.to_numpy(float, na_value=math.nan)).any() else []
