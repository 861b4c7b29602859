"""Where the worlds of a command come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli.options import WorldChoice
from sim.cli.saying import say

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior


def posterior_of(world: WorldChoice, evidence: Evidence) -> Posterior | None:
    """Return the posterior if worlds are drawn from it, after saying why it may not be trusted; else None.

    Raises:
        InputError: if it is missing or cannot be read.
    """
    from sim.evidence.posterior import load_posterior

    if world is not WorldChoice.POSTERIOR:
        return None
    posterior = load_posterior(evidence)
    for doubt in posterior.doubts(evidence):
        say(Console(stderr=True), doubt)
    return posterior
