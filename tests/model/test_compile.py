"""A changed rule is compiled anew: the cache folder is named by the digest of all sources of the model."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

SOURCES = Path(sim.__file__).parent
# ``survival`` is compiled in one file and inlines a rule of another: Numba's own cache would not see the change.
PROGRAM = """
import numpy as np
from sim.evidence import load_evidence
from sim.model import compile, past, startup_tables
from sim.model.startup_rules import StartupRates
rates = StartupRates(*([1] * len(StartupRates._fields)))._replace(death_base=0.02, death_mature=0.6, young_quarters=32)
alive = np.empty(5)
past.survival(rates, 4, alive)
print(compile.os.environ["NUMBA_CACHE_DIR"])
print(alive[1].item().hex())
print(sum(past.survival.stats.cache_hits.values()))
"""
# Three of these go on together, once each has loaded what takes long.
WAIT = """
import os, time, numpy, numba
from pathlib import Path
Path(f"ready-{os.getpid()}").touch()
begun = time.monotonic()
while len(list(Path().glob("ready-*"))) < 3 and time.monotonic() < begun + 60:
    time.sleep(0.001)
"""


def run_copy(folder: Path) -> tuple[Path, float, int]:
    """Run a copy of the package; return its cache folder, a result, and how many kernels came from the cache."""
    own = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env=own | {"PYTHONPATH": str(folder)}, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    cache, value, hits = done.stdout.split()
    return Path(cache), float.fromhex(value), int(hits)


def at_once(commands: list[list[str]], folder: Path, **more: str) -> list[str]:
    """Run commands side by side in a copy of the package; return what they print, in order."""
    own = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
    running = [
        subprocess.Popen(
            command, cwd=folder, env=own | {"PYTHONPATH": str(folder)} | more,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for command in commands
    ]  # fmt: skip
    told = [process.communicate(timeout=1200) for process in running]
    assert [process.returncode for process in running] == [0] * len(running), [error for _, error in told]
    return [output for output, _ in told]


@pytest.mark.torture
def test_workers_that_start_at_once_on_an_empty_cache_agree(tmp_path: Path) -> None:
    """All look for the folder, find nothing, compile, and write the same files over one another."""
    shutil.copytree(SOURCES, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    told = [output.split() for output in at_once([[sys.executable, "-c", WAIT + PROGRAM]] * 3, tmp_path)]
    assert len({(cache, value) for cache, value, _ in told}) == 1
    assert sum(int(hits) == 0 for _, _, hits in told) > 1, "they did not start at once"
    cache, value, hits = run_copy(tmp_path)
    assert (str(cache), value.hex(), hits) == (*told[0][:2], 1), "what they left is whole"
    assert [path.name for path in cache.rglob("*") if ".tmp" in path.name] == []


@pytest.mark.torture
def test_two_commands_at_once_on_an_empty_cache_write_the_same_tables(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("run_sim.py", "scenarios"):
        given = SOURCES.parent / name
        (shutil.copytree if given.is_dir() else shutil.copy)(given, tmp_path / name)
    options = ["--talent-scale", "200", "--startup-scale", "10", "--years", "1"]
    start = [sys.executable, "run_sim.py", "run", "scenarios/baseline.toml", *options, "--out"]
    at_once([[*start, "one"], [*start, "two"]], tmp_path, TALENT_FLIGHT_STARTS="off")
    tables = sorted(path.name for path in (tmp_path / "one").glob("*.parquet"))
    assert "series.parquet" in tables
    for name in tables:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_changed_rule_is_seen_in_the_next_run(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    cache, before, hits = run_copy(tmp_path)
    assert cache.parent == tmp_path / ".cache"
    assert hits == 0
    assert run_copy(tmp_path) == (cache, before, 1), "the second run loads what the first compiled"

    rules = tmp_path / "sim" / "model" / "startup_rules.py"
    text = rules.read_text(encoding="utf-8")
    assert text.count("return rates.death_base * ") == 1
    doubled = text.replace("return rates.death_base * ", "return 2.0 * rates.death_base * ")
    rules.write_text(doubled, encoding="utf-8")
    changed_cache, after, hits = run_copy(tmp_path)
    assert changed_cache != cache
    assert hits == 0
    assert abs((1.0 - after) - 2.0 * (1.0 - before)) < 1e-12

    # The twin: with one folder for all versions, the old rule would still answer.
    stale = changed_cache.rename(tmp_path / "changed")
    shutil.copytree(cache, changed_cache)
    assert run_copy(tmp_path)[1:] == (before, 1)
    shutil.rmtree(changed_cache)
    stale.rename(changed_cache)
    assert run_copy(tmp_path)[1:] == (after, 1)


def test_any_source_of_the_model_names_the_folder(tmp_path: Path) -> None:
    copy = tmp_path / "sim"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "import importlib.util as u; spec = u.spec_from_file_location('c', 'sim/model/compile.py'); "
        "module = u.module_from_spec(spec); spec.loader.exec_module(module); print(module.sources_digest())"
    )

    def folder_name() -> str:
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    seen = {folder_name()}
    for path in (copy / "model" / "choice.py", copy / "model" / "levers" / "lever.py"):
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        seen.add(folder_name())
    (copy / "model" / "extra.py").write_text("", encoding="utf-8")
    seen.add(folder_name())
    assert len(seen) == 4
