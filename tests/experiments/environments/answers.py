"""What one environment answers: ``python -m tests.experiments.environments.answers`` prints it as JSON.

Golden runs (``results/reference/golden.json``) and small runs at edges of the model, each with every outcome and a
digest of each table; and which arithmetic there is.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.evidence import Evidence, load_evidence
from sim.evidence.posterior import load_posterior
from sim.experiments.arithmetic import arithmetic
from sim.experiments.engine import NUMERIC, ModelEngine, package_versions, place_table
from sim.experiments.golden import golden_study, golden_values
from sim.model.levers import LEVERS
from sim.settings import Settings
from sim.world import World
from tests.model.extremes.cases import Extreme
from tests.model.extremes.starts import Starts
from tests.model.extremes.trying import try_case

ROOT, HERE = Path(__file__).parents[3], Path(__file__).parent
GOLDEN = ROOT / "results" / "reference" / "golden.json"
SMALL = 6  # small runs


def small_cases(evidence: Evidence) -> list[Extreme]:
    """Return the small runs of ``small_cases.json``: parameters that are not central, fields of levers, sizes.

    One end of a parameter with all levers, every parameter at an end, a draw of the priors, another structure, a lever
    at strength 0, two blocks of talents.
    """
    central = {name: parameter.value for name, parameter in evidence.parameters.items()}
    kept = json.loads((HERE / "small_cases.json").read_text(encoding="utf-8"))
    return [
        Extreme(
            number, case["stratum"], case["what"], World(0, central | case["world"], {}),
            Settings(case["talent_scale"], case["startup_scale"], case["years"]),
            tuple(LEVERS[key](**fields) for key, fields in case["levers"].items()), case["rivals"], seed=case["seed"],
        )
        for number, case in enumerate(kept)
    ]  # fmt: skip


def small_runs(evidence: Evidence, threads: int, first: int, fits: Path | None) -> list[dict[str, Any]]:
    """Make the first of the small runs, each with its name, outcomes and digests of its tables."""
    starts, measure = Starts(evidence, fits), partial(ModelEngine().outcomes, places=place_table(evidence))
    runs = []
    for case in small_cases(evidence)[:first]:
        case = replace(case, settings=replace(case.settings, threads=threads))
        tried = try_case(case, evidence, starts, outcomes=measure)
        assert not tried.problems, tried.problems
        runs.append({"name": f"{case.stratum}: {case.what}", "outcomes": tried.outcomes, "tables": tried.tables})
    return runs


def golden_runs(evidence: Evidence, threads: int, worlds: int) -> list[dict[str, Any]]:
    """Make the golden runs of the first worlds, named by scenario and world."""
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))
    posterior = load_posterior(evidence) if kept["worlds"] == "posterior" else None
    study = golden_study(evidence, kept["worlds"], posterior)
    study = replace(study.with_points(study.points.first(worlds)), settings=replace(study.settings, threads=threads))
    made = golden_values(study, evidence, ModelEngine())["runs"]
    return [{"name": f"golden {run['scenario']} {run['world']}", **run} for run in made]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what this environment answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--golden", type=int, default=3, help="worlds of the golden runs")
    parser.add_argument("--small", type=int, default=SMALL, help="how many of the small runs")
    parser.add_argument("--fits", type=Path, help="folder of fitted constants, for what is slow")
    given = parser.parse_args(arguments)
    evidence = load_evidence()
    answer = {
        "machine": platform.machine(),
        "versions": package_versions(NUMERIC),
        "arithmetic": arithmetic(),
        "runs": small_runs(evidence, given.threads, given.small, given.fits),
    }
    if given.golden:
        answer["runs"] += golden_runs(evidence, given.threads, given.golden)
    json.dump(answer, sys.stdout, allow_nan=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
