"""The tables that a validation leaves, and what its page says of how they were made."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import __version__
from sim.analysis.rows_in_priors import rows_in_priors
from sim.analysis.validation.emergence import emergence
from sim.analysis.validation.relocation import relocation_table
from sim.analysis.validation.rows import validation_table
from sim.analysis.validation.tallies import tally_table
from sim.evidence.posterior import model_digest
from sim.experiments.engine import ModelEngine
from sim.experiments.targets.aims import described_rows
from sim.experiments.targets.register import ROWS
from sim.experiments.validating.no_skill import no_skill_forecasts

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior


def validation_tables(
    evidence: Evidence, posterior: pd.DataFrame, prior: pd.DataFrame, relocation: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the tables by name.

    Args:
        evidence: targets, and the figures of 2013 behind the forecasts without skill.
        posterior: runs of worlds, one each, a column a row.
        prior: the same of the prior.
        relocation: runs of the experiments on what moves headquarters.
    """
    rows = described_rows(evidence)
    rows["reason"] = rows["row"].map(lambda row: ROWS[row].cause)
    named = rows_in_priors(evidence)
    rows["named"] = rows["row"].map(lambda row: ", ".join(named.get(row, ())))
    forecasts = no_skill_forecasts(evidence)
    table = validation_table(rows, forecasts, posterior, prior)
    return {
        "validation": table, "tally": tally_table(table), "no_skill": forecasts,
        "emergence": emergence(rows, posterior, prior), "relocation": relocation_table(relocation),
    }  # fmt: skip


def note_of(seed: int, worlds: dict[str, int], evidence: Evidence, posterior: Posterior) -> dict[str, Any]:
    """Return version, seed, worlds and digests: of the sources, the model, the evidence and the posterior's draws."""
    draws = hashlib.sha256(",".join(posterior.names).encode() + posterior.values.tobytes()).hexdigest()
    return {
        "version": __version__, "seed": seed, "worlds": worlds, "draws": len(posterior),
        "digests": {"sources": ModelEngine().code_digest(), "model": model_digest(), "evidence": evidence.digest,
                    "posterior": draws},
    }  # fmt: skip
