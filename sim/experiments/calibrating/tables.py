"""The tables that a calibration leaves, and the posterior: rows, emulators, waves, identification, ranks."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import __version__
from sim.analysis.calibration.identification import correlations, identification, profiles
from sim.analysis.calibration.likelihood import log_likelihood
from sim.analysis.targets import SHARE_OF_INTERVAL, distance, numbers, standard_error, verdict
from sim.evidence.posterior import NOTE, TABLE, model_digest, targets_digest
from sim.experiments.calibrating.campaign import Fit, Plan
from sim.experiments.storage.atomic import write_text
from sim.experiments.targets.register import ROWS

if TYPE_CHECKING:
    from sim.evidence import Evidence


def row_table(fit: Fit) -> pd.DataFrame:
    """Return one row per target row that was met: target, prior and posterior worlds, z and verdict.

    z = (mean over posterior worlds - value) / sqrt(tolerance^2 + luck^2 + discrepancy^2), on the row's own scale; luck:
    standard error of that mean.
    """
    rows = []
    for target in fit.targets.to_dict("records"):
        row: dict[str, object] = {
            name: target[name] for name in ("row", "pattern", "class", "unit", "target", "low", "high")
        }
        row["spread"] = math.hypot(target["tolerance"], target["discrepancy"])
        for name, wave in (("prior", fit.waves[0]), ("posterior", fit.check)):
            found = numbers(wave.rows, target["row"])
            mean, luck = float(found.mean()), standard_error(found)
            low, high = np.quantile(found, SHARE_OF_INTERVAL).tolist()
            z = distance(mean, target["target"], target["tolerance"], luck, target["discrepancy"])
            row |= {f"{name}_mean": mean, f"{name}_q05": low, f"{name}_q95": high, f"{name}_z": z}
        row["verdict"] = verdict(target["class"], mean, target["target"], False, z)  # of the posterior
        row["reason"] = "" if row["verdict"] == "met" else ROWS[target["row"]].cause
        rows.append(row)
    return pd.DataFrame(rows)


def emulator_table(fit: Fit) -> pd.DataFrame:
    """Return one row per emulator: how it was checked, what it reads, and how it did on posterior worlds."""
    columns = [[p.name for p in fit.parameters].index(name) for name in fit.emulators.names]
    mean, variance = fit.emulators.predict(fit.check.cube[:, columns])
    seen = fit.goal.read(fit.check.rows)
    rows = []
    for number, (name, emulator) in enumerate(zip(fit.goal.rows, fit.emulators.emulators, strict=True)):
        error = (seen[:, number] - mean[:, number]) / np.sqrt(variance[:, number] + emulator.noise)
        error = error[np.isfinite(error)]
        order = np.argsort(emulator.lengths, kind="stable")
        rows.append(
            {
                "row": name, "scale": "logarithm" if fit.goal.logged[number] else "plain", "n": emulator.check.n,
                "q2": emulator.check.q2, "coverage": emulator.check.coverage, "inflation": emulator.check.inflation,
                "noise": float(np.sqrt(emulator.noise)), "posterior_error": float(np.sqrt(np.mean(error**2))),
                "posterior_bias": float(np.mean(error)),
                "inputs": " ".join(fit.parameters[int(emulator.active[at])].name for at in order),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def wave_table(fit: Fit) -> pd.DataFrame:
    """Return one row per wave: worlds, and what was not ruled out after it."""
    rows = [
        {"wave": number, "worlds": len(wave.rows), "share_left": left.share[0], "share_error": left.share[1],
         "cut": left.cut}
        for number, (wave, left) in enumerate(zip(fit.waves, fit.left, strict=True), 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def identification_tables(fit: Fit) -> dict[str, pd.DataFrame]:
    """Return the tables identification, correlations and profiles; parameters that no row reads are in the first."""
    names, draws = fit.draws.names, fit.draws.points
    table = identification(names, draws)
    silent = [p.name for p in fit.parameters if p.name not in names]
    prior = {"left": 1.0, "median": 0.5, "q05": 0.05, "q95": 0.95, "shift": 0.0, "distance": 0.0}
    silent_rows = pd.DataFrame([{"parameter": name, **prior, "verdict": "no row reads it"} for name in silent])
    by_name = {p.name: p for p in fit.parameters}
    table = pd.concat([table, silent_rows], ignore_index=True)
    for column in ("median", "q05", "q95"):
        table[f"{column}_value"] = [
            by_name[name].quantile(share) for name, share in zip(table["parameter"], table[column], strict=True)
        ]
    looked_at = np.concatenate([draws, np.random.default_rng(0).random((4000, len(names)))])
    level = np.concatenate(
        [log_likelihood(fit.goal, *fit.emulators.predict(some)) for some in np.array_split(looked_at, 10)]
    )
    return {
        "identification": table, "correlations": correlations(names, draws),
        "profiles": profiles(names, looked_at, level),
    }  # fmt: skip


def rank_table(fit: Fit) -> pd.DataFrame:
    """Return coverage and uniformity of ranks by parameter, for truths of the emulator and of the model."""
    table = fit.ranks.table()
    table["model_coverage"] = fit.model_ranks.covered.mean(axis=0)
    return table


def write_tables(fit: Fit, out: Path) -> dict[str, pd.DataFrame]:
    """Write every table as CSV into the folder and return them by name."""
    ranks = pd.DataFrame(fit.ranks.ranks, columns=list(fit.ranks.names))
    tables = {
        "rows": row_table(fit), "emulators": emulator_table(fit), "waves": wave_table(fit),
        **identification_tables(fit), "coverage": rank_table(fit), "ranks": ranks,
    }  # fmt: skip
    for name, table in tables.items():
        write_text(out / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return tables


def write_posterior(fit: Fit, plan: Plan, evidence: Evidence, folder: Path) -> None:
    """Write posterior.csv and posterior.json into a folder: six digits of each value, inside its prior."""
    by_name = {p.name: p for p in fit.parameters}
    columns = {}
    for name, shares in zip(fit.draws.names, fit.draws.points.T, strict=True):
        parameter = by_name[name]
        rounded = [float(f"{parameter.quantile(float(share)):.6g}") for share in shares]
        columns[name] = np.clip(rounded, parameter.low, parameter.high)
    text = io.StringIO()
    pd.DataFrame(columns).to_csv(text, index=False, lineterminator="\n")
    note = {
        "version": __version__,
        "digests": {"model": model_digest(), "evidence": evidence.digest, "targets": targets_digest(evidence)},
        "rows": list(fit.goal.rows),
        "waves": [len(wave.rows) for wave in fit.waves],
        "draws": len(fit.draws.points),
        "seed": plan.seed,
        "probes": plan.probes,
        "talent_scale": plan.settings.talent_scale,
        "startup_scale": plan.settings.startup_scale,
        "years": plan.settings.years,
        "largest_r_hat": round(float(fit.draws.r_hat.max()), 4),
    }
    write_text(folder / TABLE, text.getvalue())
    write_text(folder / NOTE, json.dumps(note, indent=1) + "\n")
