"""Where the worlds of a command come from, and why they may not be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli.options import WorldChoice
from sim.cli.saying import say

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior
    from sim.experiments.designs.study import Study


def posterior_of(world: WorldChoice, evidence: Evidence) -> Posterior | None:
    """Return the posterior if worlds are drawn from it, after saying why it may not be trusted; else None.

    Raises:
        InputError: if it is missing or cannot be read.
    """
    from sim.experiments.posterior_files import open_posterior

    if world is not WorldChoice.POSTERIOR:
        return None
    posterior = open_posterior(evidence)
    caution(posterior.doubts(evidence))
    return posterior


def adopted(evidence: Evidence) -> Posterior | None:
    """Return the posterior that `calibrate --adopt` left in the evidence folder; None if there is none.

    Raises:
        InputError: if it cannot be read.
    """
    from sim.evidence import posterior
    from sim.experiments.posterior_files import open_posterior

    folder = posterior.FOLDER  # type: ignore[attr-defined]  # where it reads from, also when a test says where
    if not any((folder / name).exists() for name in (posterior.TABLE, posterior.NOTE)):
        return None
    return open_posterior(evidence)


def warn_of(study: Study, evidence: Evidence) -> None:
    """Say why the posterior that a study was laid out with may not be trusted, if there is something to say."""
    from sim.experiments.manifest import posterior_entry

    caution((posterior_entry(study, evidence) or {}).get("stale", []))


def caution(doubts: list[str]) -> None:
    """Say why a posterior may not be trusted, a line each."""
    for doubt in doubts:
        say(Console(stderr=True), f"Caution: {doubt}")
