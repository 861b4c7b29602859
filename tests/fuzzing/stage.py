"""Valid inputs of every kind, made once, and the program with its long work left out."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.fuzzing import oracles
from tests.fuzzing.model_runs import SMALL, once

if TYPE_CHECKING:
    from sim.evidence import Evidence

ROOT = Path(__file__).parents[2]
REPEATING = "sim.experiments.running.repeating"
LOADED = (
    "sim.cli.app", "sim.cli.describe", "sim.model.levers", "sim.report.page", "sim.report.folder_figures",
    "sim.report.figures", "sim.experiments.golden", "sim.experiments.targets.aims", "sim.experiments.running.runner",
    "sim.experiments.running.repeating", "sim.experiments.storage.compacting", "sim.analysis.packages.tables",
    "sim.analysis.counterfactual", "sim.analysis.parameter_status", "sim.dashboard.estimate", "sim.dashboard.state",
    "sim.extensions.engine", "sim.interface", "jsonschema",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """Valid inputs. ``study``: results of a real small study with its shards, or those made up where there is none."""

    scenarios: tuple[Path, ...]
    sweeps: tuple[Path, ...]
    evidence: Evidence
    evidence_folder: Path
    posterior: Path
    extension_folder: Path
    extensions: tuple[Path, ...]
    with_tables: str
    results: Path
    packages: Path
    study: Path


def make_stage(folder: Path, real: bool) -> Stage:
    """Make the valid inputs below a folder; what is there already stays.

    Args:
        folder: for them.
        real: also make packages and run a small study of the real model, some 15 seconds of a core.
    """
    from sim.evidence.loader import DATA_FILES, FOLDER
    from tests.made_posterior import write_posterior_files

    load_modules()
    evidence = own_evidence()
    folder.mkdir(parents=True, exist_ok=True)
    if not (held := folder / "evidence").is_dir():
        held.mkdir()
        for name in DATA_FILES:
            shutil.copy(FOLDER / name, held / name)
    if not (posterior := folder / "posterior").is_dir():
        posterior.mkdir()
        write_posterior_files(evidence, posterior)
    if not (own := folder / "extensions").is_dir():
        shutil.copytree(ROOT / "docs" / "examples", own, ignore=shutil.ignore_patterns("__pycache__"))
    extensions = [path for path in sorted(own.glob("*.py")) if "\nextension = " in path.read_text(encoding="utf-8")]
    with_tables = next((path.name for path in extensions if ".evidence(" in path.read_text(encoding="utf-8")), "")
    scenarios = ROOT / "scenarios"
    shipped = [scenarios / "baseline.toml", *sorted(scenarios.glob("*.toml"))]
    shipped += sorted((scenarios / "drivers").glob("*.toml"))
    sweeps = sorted((scenarios / "sweeps").glob("*.toml"))
    return Stage(
        tuple(shipped), tuple(sweeps), evidence, held, posterior, own, tuple(extensions), with_tables,
        _results(folder / "results"), _packages(folder / "packages") if real else folder / "results",
        _study(folder / "study") if real else folder / "results",
    )  # fmt: skip


def _results(folder: Path) -> Path:
    from tests.report import synthetic

    if not (folder / "manifest.json").is_file():
        few = (synthetic.SCENARIOS[0], synthetic.SCENARIOS[1], synthetic.SCENARIOS[6])
        with mock.patch.object(synthetic, "SCENARIOS", few):
            synthetic.write_results(folder, worlds=3, quarters=8)
        _complete(folder)
    return folder


def _complete(folder: Path) -> None:
    """Give made-up results the keys of a manifest, and counts of persons."""
    import json

    import pandas as pd

    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"runs_planned": 9, "reference": "baseline", "kept": []}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    runs = pd.read_parquet(folder / "runs.parquet").set_index(["scenario", "world", "replicate"])
    rows = []
    for name, world, replicate in runs.index:
        for kind, total in (("talent", "talents_in_france"), ("startup", "startups_in_france")):
            held = runs[total] if total in runs else 0.0 * runs["run"]
            more = round(held[name, world, replicate] - held["baseline", world, replicate])
            counts = {"kept": 3 + max(more, 0), "lost": 3 + max(-more, 0), "same": 40 + world}
            rows += [(world, replicate, name, kind, state, "lyon", "", count, 5) for state, count in counts.items()]
    columns = ["world", "replicate", "scenario", "kind", "class", "place", "group", "count", "received"]
    pairs = pd.DataFrame([row for row in rows if row[2] != "baseline"], columns=columns)
    pairs.to_parquet(folder / "pairs.parquet", index=False)


def _packages(folder: Path) -> Path:
    if not (folder / "manifest.json").is_file():
        from tests.report.synthetic_packages import write_packages

        write_packages(folder)
    return folder


def _study(folder: Path) -> Path:
    if not (folder / "manifest.json").is_file():
        from sim.cli import main

        files = [str(ROOT / "scenarios" / f"{name}.toml") for name in ("baseline", "r1_label_network")]
        sizes = [word for name, size in SMALL.items() for word in (f"--{name.replace('_', '-')}", str(size))]
        small = ["--worlds", "2", *sizes, "--workers", "1"]
        with contextlib.redirect_stdout(None):
            code = main(["compare", *files, *small, "--world", "prior", "--no-report", "--out", str(folder)])
        if code:
            raise RuntimeError(f"the small study ended with {code}")
        (folder / "quarantine").mkdir()
        (folder / "quarantine" / f"{'0' * 32}.txt").write_text("of a run of another model\n", encoding="utf-8")
    return folder


@cache
def version() -> str:
    """Return a digest of the sources of the program and of its judges."""
    digest = hashlib.sha256()
    for path in sorted([*(ROOT / "sim").rglob("*.py"), *(ROOT / "tests" / "fuzzing").glob("*.py")]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:8]


@cache
def own_evidence() -> Evidence:
    """Return the project's evidence, loaded once."""
    from sim.evidence import load_evidence

    return load_evidence()


def kept_evidence(folder: Path | None = None) -> Evidence:
    """Load evidence; the project's own once."""
    from sim.evidence_files import open_evidence

    return own_evidence() if folder is None else open_evidence(folder)


def load_modules() -> None:
    """Import what commands import when they are called, before processes are forked from this one."""
    from importlib import import_module

    for name in LOADED:
        import_module(name)


@contextlib.contextmanager
def without_long_work() -> Iterator[None]:
    """Leave out what follows once an input has been taken: runs, pilots, drawing, serving."""
    from importlib import import_module

    import typer

    def taken(study: Any = None, *_: Any, **__: Any) -> int:
        oracles.STUDIES[:] = [study] if hasattr(study, "n_runs") else []
        return 0

    def stop(*_: Any, **__: Any) -> None:
        raise typer.Exit(0)

    with contextlib.ExitStack() as stack:

        def patch(name: str, value: Any) -> None:
            module, _, attribute = name.rpartition(".")
            stack.enter_context(mock.patch.object(import_module(module), attribute, value))

        # The words of all commands, read once: they are four fifths of the time of a case.
        patch("typer.main.get_command", cache(import_module("typer.main").get_command))
        import_module("typer.main").get_command(import_module("sim.cli.app").app)
        for name in ("sim.cli.study.carry_out", "sim.cli.sweeping.show_plan"):
            patch(name, taken)
        for command in ("calibrate", "targets", "validate", "structures", "reference"):
            patch(f"sim.cli.{command}.make_folder", stop)
        patch("os.execve", stop)
        patch("sim.extensions.evidence.open_evidence", kept_evidence)
        patch(f"{REPEATING}._made_again", once(import_module(REPEATING)._made_again))
        patch("sim.cli.study._report", lambda *_: None)
        patch("sim.cli.comparing._draw", lambda *_: [])
        patch("sim.report.page.draw_all", lambda *_, **__: {})
        patch("sim.report.folder_figures.save_figure", lambda *_: None)
        patch("sim.cli.app.listen", lambda: None)  # the case's own alarm stays; signals are tested elsewhere
        yield
