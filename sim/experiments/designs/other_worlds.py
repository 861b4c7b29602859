"""The policies of a sweep in other worlds than its file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.experiments.designs.points import WorldKind, central_point, posterior_points, prior_points
from sim.experiments.designs.study import Study

if TYPE_CHECKING:
    from sim.evidence.posterior import Posterior
    from sim.experiments.designs.sweep_file import Sweep

PLAIN = ("central", "prior", "posterior")


def in_other_worlds(sweep: Sweep, kind: WorldKind | None, number: int | None, posterior: Posterior | None) -> Study:
    """Return the study of a sweep in worlds of another kind, or in more or fewer of them.

    Worlds of prior and posterior depend on the seed and their number alone, so those of a smaller study come first.

    Args:
        sweep: as its file says.
        kind: of the worlds; None: as in the file.
        number: of worlds; None: as many as in the file, of the central world one.
        posterior: what worlds of the posterior are drawn from.

    Raises:
        InputError: if the sweep's worlds are a design of their own, or for a number out of range.
    """
    option = "--world" if kind is not None else "--worlds"
    told = sweep.content.get("worlds", {})
    if sweep.rule is not None:
        raise InputError(f"{option}: {sweep.name} has a table [until], which says how many worlds; leave {option} out.")
    if told.get("design") not in PLAIN or "parameters" in told:
        raise InputError(
            f"{option}: {sweep.name} lays out worlds of its own (design '{told.get('design')}'); allowed beside the "
            f"designs {', '.join(PLAIN)} without parameters."
        )
    study = sweep.study
    kind = kind or study.world_kind
    if kind == "central":
        if number not in (None, 1):
            raise InputError(f"--worlds: found {number}, but the central world is one.")
        return study.with_points(central_point())
    number = len(study.points) if number is None else number
    if kind == "posterior":
        assert posterior is not None, "worlds of the posterior need it"
        return study.with_points(posterior_points(posterior, number, study.seed))
    return study.with_points(prior_points(number))
