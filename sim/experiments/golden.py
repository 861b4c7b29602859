"""Golden values: a few small runs, kept to the last bit, so that a change of results is seen by a test within seconds.

The values decide, not the digests beside them: a change of sources that moves no number leaves the file as it is. The
digests say, when a number has moved, what is another one since.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.loader import FOLDER
from sim.evidence.posterior import TABLE, model_digest
from sim.experiments.arithmetic import arithmetic
from sim.experiments.designs.study import Study, design
from sim.experiments.engine import NUMERIC, Engine, draw, package_versions, place_table
from sim.scenario import BASELINE, load_scenarios
from sim.settings import Settings
from sim.shipped import SCENARIOS as FILES

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior
    from sim.experiments.designs.points import WorldKind

NAME = "golden.json"
SCENARIOS = (BASELINE, "r4_seed_acceleration", "r6_attractive_taxation", "all_eight", "french_tech_2014")
SETTINGS = Settings(talent_scale=200, startup_scale=4, years=2)
WORLDS, SEED = 3, 2013
TABLES = ("series", "flows", "costs", "reasons", "revenue")
# With other arithmetic, as on another processor, no digest of tables is compared, and outcomes agree to this: a euro
# rounded the other way in a sum of a billion. Measured on processors of one family: tests/experiments/environments.
TOLERANCE = 1e-9
WORDS = {
    "model": "the model", "code": "the sources of results", "evidence": "the evidence", "posterior": "the posterior",
    "scenarios": "scenario files", "machine": "the processor family", "versions": "package versions",
    "arithmetic": "how functions of NumPy and its libraries round on the processor",
}  # fmt: skip
MOST_SAID = 6


def golden_study(evidence: Evidence, kind: WorldKind, posterior: Posterior | None) -> Study:
    """Lay out the runs: the first worlds of the study seed, by the scenarios, coarse and short."""
    scenarios = load_scenarios([FILES / f"{name}.toml" for name in SCENARIOS], evidence)
    number = 1 if kind == "central" else WORLDS
    return design(
        scenarios, SETTINGS, seed=SEED, worlds=number, replicates=1, world_kind=kind, posterior=posterior,
    )  # fmt: skip


def golden_values(study: Study, evidence: Evidence, engine: Engine) -> dict[str, Any]:
    """Make the runs in this process; return what there is to keep of them, and what they were made of.

    Returns:
        ``worlds`` (which kind), ``size``, ``machine``, ``arithmetic``, ``versions``, ``digests``, and ``runs``:
        scenario, world, every outcome (floats, which JSON keeps to the last bit) and a digest of each table.
    """
    places = place_table(evidence)
    runs = []
    for plan in study.worlds:
        world = draw(plan, evidence, study.seed)
        start = engine.prepare(evidence, world, study.settings, study.seed, plan.draw)
        for run in study.experiments_of(plan.number):
            scenario = study.scenarios[run.scenario]
            records = engine.simulate(
                scenario, world, evidence, start, study.settings, study.seed, plan.draw, run.replicate
            )
            outcomes = engine.outcomes(records, places)
            tables = {name: table_digest(getattr(records, name)) for name in TABLES}
            runs.append({"scenario": scenario.name, "world": plan.number, "outcomes": outcomes, "tables": tables})
    settings = study.settings
    return {
        "worlds": study.world_kind,
        "seed": study.seed,
        "size": {
            "worlds": len(study.points), "talent_scale": settings.talent_scale,
            "startup_scale": settings.startup_scale, "years": settings.years,
        },
        "machine": platform.machine(),
        "arithmetic": arithmetic(),
        "versions": package_versions(NUMERIC),
        "digests": {
            "model": model_digest(),
            "code": engine.code_digest(),
            "evidence": evidence.digest,
            "posterior": posterior_digest(),
            "scenarios": {scenario.name: scenario.digest for scenario in study.scenarios},
        },
        "runs": runs,
    }  # fmt: skip


def golden_text(values: Mapping[str, Any]) -> str:
    """Return golden values as JSON.

    Raises:
        ValueError: if an outcome is no finite number.
    """
    return json.dumps(values, indent=1, allow_nan=False) + "\n"


def table_digest(table: pd.DataFrame) -> str:
    """Return the SHA-256 of names and values of a table, numbers to the last bit, rows in order."""
    digest = hashlib.sha256()
    for name in table.columns:
        digest.update(f"\x01{name}\x01".encode())
        values = table[name]
        if values.dtype.kind in "iub":
            digest.update(values.to_numpy().astype("<i8").tobytes())
        elif values.dtype.kind == "f":
            digest.update(values.to_numpy().astype("<f8").tobytes())
        else:
            digest.update("\x00".join(values.astype(str)).encode())
    return digest.hexdigest()


def posterior_digest(folder: Path | None = None) -> str | None:
    """Return the SHA-256 of the draws of the posterior; None if there is none."""
    path = (folder or FOLDER) / TABLE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def moved(kept: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    """Return one sentence per outcome or table that is another one: exact where arithmetic is the same.

    Args:
        kept: the golden values.
        made: the same runs, made again.
    """
    runs = [{(run["scenario"], run["world"]): run for run in values["runs"]} for values in (kept, made)]
    if runs[0].keys() != runs[1].keys():
        return ["the golden runs are others: other scenarios or worlds"]
    same = same_arithmetic(kept, made)
    found = []
    for key, before in runs[0].items():
        now, where = runs[1][key], f"{key[0]}, world {key[1]}"
        for name in dict.fromkeys([*before["outcomes"], *now["outcomes"]]):
            old, new = (run["outcomes"].get(name) for run in (before, now))
            if not _agree(old, new, 0.0 if same else TOLERANCE):
                found.append(f"{where}: {name} was {_shown(old)}, is {_shown(new)}")
        if same:
            found += [f"{where}: table {name}" for name in TABLES if before["tables"][name] != now["tables"][name]]
    return found


def same_arithmetic(kept: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether both were made where functions round alike; golden values that do not say stand for their family."""
    if kept["machine"] != made["machine"]:
        return False
    return "arithmetic" not in kept or bool(kept["arithmetic"] == made["arithmetic"])


def complaint(kept: Mapping[str, Any], made: Mapping[str, Any]) -> str:
    """Return what to tell who moved golden values: what moved, what has changed since, how to renew; "" if nothing."""
    found = moved(kept, made)
    if not found:
        return ""
    told = {**kept["digests"], **kept}
    since = [word for key, word in WORDS.items() if key in told and told[key] != _of(made, key)]
    why = (
        f"Changed since they were made: {', '.join(since)}." if since else "Nothing that they were made of has changed."
    )
    more = [f"and {len(found) - MOST_SAID} more"] if len(found) > MOST_SAID else []
    return "\n".join(
        [
            f"Golden values moved: {len(found)}. {why}",
            *(f"  {sentence}" for sentence in [*found[:MOST_SAID], *more]),
            f"If results are meant to change: make reference (quick: run_sim.py reference --only golden --world "
            f"{kept['worlds']}), with a line 'Results change:' in CHANGELOG.md.",
        ]
    )


def _agree(old: float | None, new: float | None, tolerance: float) -> bool:
    if old is None or new is None:
        return False
    return old == new if tolerance == 0.0 else math.isclose(old, new, rel_tol=tolerance, abs_tol=tolerance)


def _shown(value: float | None) -> str:
    return "not there" if value is None else repr(value)


def _of(values: Mapping[str, Any], key: str) -> Any:
    return values[key] if key in values else values["digests"].get(key)
