"""Does the band of the dashboard's estimates hold what runs say? ``python -m benchmarks.estimates --folder FOLDER``.

Draws policies between the packages (levers and strengths at random, every lever at part strength), runs them with the
normal command in the worlds of the packages, and counts by outcome how often the band of the estimate holds the mean
that was run. With ``--most-levers`` the packages around each policy are run, too, in place of those of ``--results``,
so that packages and policies are of one model. Goes on where it was stopped. Prints the tables of docs/dashboard.md.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.figures import table
from sim.dashboard.board import Board, Choice, Policy
from sim.dashboard.estimate import ALONE, JOINT, Estimator
from sim.dashboard.instruments import instruments
from sim.dashboard.scenario_text import BASELINE, baseline_content, policy_content, policy_title, toml_text
from sim.dashboard.server_settings import default_results
from sim.dashboard.views.headlines import OUTCOMES
from sim.report.package_results import PackageResults, packages_of
from sim.report.results import Results

ROOT = Path(__file__).parents[1]
SHARE_ON = 0.4
"""Of the levers, in a policy drawn."""
STRENGTHS = np.arange(1, 20) / 20.0
"""5% to 95%, as the page offers them."""
COLUMNS = ("policy", "outcome", "estimate", "low", "high", "run", "run_low", "run_high")


def drawn_policies(number: int, seed: int) -> list[Policy]:
    """Policies between the packages, each lever at part strength; the first ones do not depend on the number."""
    draws = np.random.default_rng(seed)
    shorts = list(instruments())
    found: list[Policy] = []
    while len(found) < number:
        on = [short for short in shorts if draws.random() < SHARE_ON]
        strengths = draws.choice(STRENGTHS, len(shorts))
        if on:
            found.append(Policy(tuple(Choice(short, float(strengths[shorts.index(short)])) for short in on)))
    return found


def packages_around(policies: list[Policy]) -> list[Policy]:
    """Every package that the estimate of some policy is made from: its levers at full strength, on or off."""
    found: dict[tuple[str, ...], None] = {}
    for policy in policies:
        shorts = [choice.short for choice in policy.choices]
        for size in range(1, len(shorts) + 1):
            found |= dict.fromkeys(combinations(shorts, size))
    return [Policy(tuple(Choice(short) for short in package)) for package in found]


def as_packages(packages: list[Policy], board: Board, comparison: pd.DataFrame) -> PackageResults:
    """Packages that were run, as tables of a study of all of them; those that were not run are unknown."""
    shorts = list(instruments())
    members = tuple(own.scenario for own in instruments().values())
    parts = []
    for outcome, rows in comparison.groupby("outcome", sort=False):
        one = rows.iloc[0]
        table = pd.DataFrame({"mask": range(2 ** len(shorts)), "outcome": outcome, "n": one["n"], "reading": ""})
        for name in ("label", "unit", "better", "baseline_mean"):
            table[name] = one[name]
        for name in ("difference", *JOINT, *ALONE):
            values = rows.set_index("scenario")[name]
            table[name] = math.nan
            table.loc[0, name] = 0.0
            for package in packages:
                mask = sum(1 << shorts.index(choice.short) for choice in package.choices)
                table.loc[mask, name] = values[policy_content(package, board)["name"]]
        parts.append(table)
    manifest, none = {"settings": {"years": board.years}}, pd.DataFrame()
    return PackageResults(Path(), True, manifest, pd.concat(parts), none, none, none, none, None, members)


def run_all(policies: list[Policy], board: Board, folder: Path, workers: int) -> pd.DataFrame:
    """Run the policies and the baseline; return the comparison.

    Raises:
        subprocess.CalledProcessError: if the command fails.
    """
    contents = [baseline_content(board), *(policy_content(policy, board) for policy in policies)]
    files = []
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    for content in contents:
        name = BASELINE if not files else content["name"]
        files.append(folder / "scenarios" / f"{name}.toml")
        files[-1].write_text(toml_text(content, {}), encoding="utf-8")
    options = ["--worlds", board.worlds, "--years", board.years, "--talent-scale", board.scale, "--workers", workers]
    command = [sys.executable, ROOT / "run_sim.py", "compare", *files, *options, "--no-report"]
    subprocess.run([*map(str, command), "--out", str(folder / "results")], check=True, stdout=subprocess.DEVNULL)
    return pd.read_csv(folder / "results" / "comparison.csv")


def held_against(policies: list[Policy], board: Board, estimator: Estimator, comparison: pd.DataFrame) -> pd.DataFrame:
    """Estimate and run side by side: a row per policy and outcome with ``COLUMNS``."""
    runs = comparison.set_index(["scenario", "outcome"])
    rows = []
    for policy in policies:
        estimate = estimator.of(policy, board)
        assert estimate is not None, estimator.why_not(policy, board)
        name = policy_content(policy, board)["name"]
        for outcome in OUTCOMES:
            effect, run = estimate.effects[outcome], runs.loc[(name, outcome)]
            ends = (effect.difference, effect.low, effect.high)
            rows.append((policy_title(policy), outcome, *ends, *run[["difference", "joint_low", "joint_high"]]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def summary(held: pd.DataFrame) -> str:
    """By outcome: how many bands there are and hold the run, and how far the estimate is off in widths of its band."""
    rows = []
    for outcome, all_rows in held.groupby("outcome", sort=False):
        told = all_rows[np.isfinite(all_rows["low"])]
        inside = (told["low"] <= told["run"]) & (told["run"] <= told["high"])
        off = ((told["run"] - told["estimate"]).abs() / ((told["high"] - told["low"]) / 2.0)).to_numpy()
        worst = np.where(told["run"] > told["high"], told["run"] - told["high"], told["low"] - told["run"])
        by = max(float(worst.max()), 0.0) if len(told) else math.nan
        middle = f"{np.median(off):.2f}" if len(told) else "-"
        size, error = all_rows["run"].abs().mean(), (all_rows["run"] - all_rows["estimate"]).abs().mean()
        counts = [f"{int(inside.sum())} of {len(told)}", str(len(all_rows))]
        rows.append([str(outcome), *counts, middle, f"{by:.4g}", f"{size:.4g}", f"{error:.3g}"])
    heads = ["band holds the run", "estimates", "median error, half bands", "worst miss", "mean size", "mean error"]
    return table(["outcome", *heads], rows)


def main() -> int:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimates", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the runs go, and estimates.csv")
    parser.add_argument("--policies", type=int, default=20)
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--most-levers", type=int, help="leave out policies of more; run packages, too")
    parser.add_argument("--talent-scale", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2013)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=default_results())
    given = parser.parse_args()
    packages = packages_of(Results(given.results))
    if packages is None:
        parser.error(f"--results: {given.results} holds no packages.")
    estimator, policies = Estimator(packages), drawn_policies(given.policies, given.seed)
    board = Board(years=estimator.years, worlds=given.worlds, scale=given.talent_scale)
    if given.most_levers is None:
        comparison = run_all(policies, board, given.folder, given.workers)
    else:
        policies = [policy for policy in policies if len(policy.choices) <= given.most_levers]
        around = packages_around(policies)
        comparison = run_all([*policies, *around], board, given.folder, given.workers)
        estimator = Estimator(as_packages(around, board, comparison))
    held = held_against(policies, board, estimator, comparison)
    held.to_csv(given.folder / "estimates.csv", index=False, lineterminator="\n")
    print(summary(held))
    return 0


if __name__ == "__main__":
    sys.exit(main())
