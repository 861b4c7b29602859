"""Runs of scenarios in paired worlds, by the code of the commands: the same bytes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiments.running.executors import in_this_process
from sim.interface.choosing import ScenarioLike, chosen, file_of
from sim.interface.whole_numbers import whole
from sim.interface.worlds import WorldKind, posterior_for

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.frames import Frames

IN_THIS_PROCESS = 0


def run(
    *scenarios: ScenarioLike,
    out: str | Path,
    worlds: int = 24,
    world: WorldKind = "posterior",
    replicates: int = 1,
    seed: int = 2013,
    talent_scale: int = 20,
    startup_scale: int = 1,
    years: int = 10,
    workers: int = 2,
    threads: int = 1,
) -> Frames:
    """Run scenarios into a results folder, as the command line does, and return its frames.

    The same call goes on where it stopped; finished runs are used again. With the baseline among the scenarios the
    frames hold ``comparison``, the paired differences to it with their intervals. No report is written
    (``run_sim.py compare FOLDER`` writes one).

    Args:
        *scenarios: as for :func:`load_scenario`.
        out: the results folder: new, empty, or one of results.
        worlds: how many; with ``world="central"`` one.
        world: where their parameters come from.
        replicates: runs of each scenario in each world, with other luck.
        seed: of the study; the same seed gives the same bytes.
        talent_scale: real talents that one simulated talent stands for.
        startup_scale: the same for startups.
        years: horizon from 2013 Q3.
        workers: processes, which never change a result; 0 makes the runs in this process. A script that uses
            processes calls this below ``if __name__ == "__main__":``.
        threads: of each process.

    Raises:
        InputError: one sentence per wrong argument, or for a folder that cannot be used.
        RuntimeError: if a run failed, or the work ended early; the text says where to read why.
        KeyboardInterrupt: if stopped; finished runs are kept.

    >>> import sim, tempfile
    >>> small = dict(world="central", worlds=1, years=1, talent_scale=400, startup_scale=20, workers=0)
    >>> frames = sim.run("baseline", out=tempfile.mkdtemp(), **small)
    >>> len(frames.runs), frames.runs.attrs["units"]["startup_flight_rate"]
    (1, '% per year')
    """
    size = {"talent_scale": talent_scale, "startup_scale": startup_scale, "years": years, "threads": threads}
    return _made(scenarios, "baseline", out, worlds, world, replicates, seed, workers, size)


def compare(
    *scenarios: ScenarioLike,
    out: str | Path,
    worlds: int = 24,
    world: WorldKind = "posterior",
    replicates: int = 1,
    seed: int = 2013,
    talent_scale: int = 20,
    startup_scale: int = 1,
    years: int = 10,
    workers: int = 2,
    threads: int = 1,
) -> pd.DataFrame:
    """Run scenarios in the same worlds with the same luck, and return their paired differences to the first one.

    Args:
        *scenarios: the reference first; as for :func:`load_scenario`.
        out: the results folder; ``sim.read(out)`` gives everything else.
        worlds: as in :func:`run`, like all that follow.
        world: see there.
        replicates: see there.
        seed: see there.
        talent_scale: see there.
        startup_scale: see there.
        years: see there.
        workers: see there.
        threads: see there.

    Returns:
        a row per scenario and outcome: ``difference``, its 95% interval ``low`` to ``high``, the interval of all
        headline effects at once ``joint_low`` to ``joint_high``, ``n`` worlds, all in the ``unit`` of the row. Where
        there is no interval (below eight worlds), ``reading`` says why.

    Raises:
        InputError: as :func:`run`, or for fewer than two scenarios.
        RuntimeError: as :func:`run`.
        KeyboardInterrupt: as :func:`run`.

    >>> import sim
    >>> sim.compare("baseline", out="results/alone")
    Traceback (most recent call last):
    sim.errors.InputError: compare: found 1 scenario, allowed are two or more, the reference first.
    """
    if len(scenarios) < 2:
        raise InputError(f"compare: found {len(scenarios)} scenario, allowed are two or more, the reference first.")
    size = {"talent_scale": talent_scale, "startup_scale": startup_scale, "years": years, "threads": threads}
    return _made(scenarios, None, out, worlds, world, replicates, seed, workers, size).comparison


def _made(
    sources: Sequence[ScenarioLike], reference: str | None, out: Any, worlds: int, world: WorldKind, replicates: int,
    seed: int, workers: int, size: Mapping[str, int],
) -> Frames:  # fmt: skip
    """Make the runs of a study by the code of the commands."""
    from sim.analysis.frames import read
    from sim.cli.options import MOST_WORKERS, common
    from sim.cli.stopping import Stop
    from sim.cli.study import STOPPED, carry_out
    from sim.experiments.designs.study import design
    from sim.experiments.running.quarantine import NAME as QUARANTINE
    from sim.experiments.running.runner import Manner
    from sim.experiments.running.study_note import refuse_other_extensions
    from sim.scenario import reading_order

    if multiprocessing.parent_process() is not None and workers != IN_THIS_PROCESS:
        told = "put the call below 'if __name__ == \"__main__\":', or pass workers=0"
        raise RuntimeError(f"a worker process has loaded this script and asks for workers of its own: {told}")
    if not sources:
        raise InputError("run: found no scenario, allowed are one or more.")
    folder = _folder(out)
    asked = {"worlds": worlds, "replicates": replicates, "seed": seed, "workers": workers, **size}
    numbers = {name: whole(name, value) for name, value in asked.items()}
    if not IN_THIS_PROCESS <= numbers["workers"] <= MOST_WORKERS:
        told = f"allowed are whole numbers from 1 to {MOST_WORKERS}, and 0 for this process"
        raise InputError(f"workers: found {workers}, {told}.")
    if reference is not None:  # as the command reads files
        sources = sorted(sources, key=lambda source: reading_order(file_of(source)))
    with chosen(sources) as (evidence, scenarios):
        names = [scenario.name for scenario in scenarios]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InputError(f"run: two scenarios are called '{twice[0]}'; give each its own name.")
        shared = common(
            numbers["talent_scale"], numbers["startup_scale"], numbers["years"], numbers["worlds"],
            numbers["replicates"], numbers["seed"], max(numbers["workers"], 1), numbers["threads"], folder,
        )  # fmt: skip
        study = design(
            scenarios, shared.settings, seed=shared.seed, worlds=shared.worlds, replicates=shared.replicates,
            world_kind=world, reference=reference or scenarios[0].name, posterior=posterior_for(world, evidence),
        )  # fmt: skip
        refuse_other_extensions(folder)
        here = in_this_process if numbers["workers"] == IN_THIS_PROCESS else None
        manner = Manner(shared.workers, retry=True, executor=here)
        try:
            code = carry_out(study, evidence, shared, show=lambda *_: None, manner=manner, is_sweep=True)
        except Stop as stop:
            raise KeyboardInterrupt(str(stop)) from None
        if code == STOPPED:
            raise KeyboardInterrupt
    if code:
        where = folder / QUARANTINE
        why = f"{where} says why" if where.exists() else "what was printed says why"
        raise RuntimeError(f"not every run was finished: {why}; the same call tries again")
    return read(folder)


def _folder(out: Any) -> Path:
    """Return the results folder that is asked for.

    Raises:
        InputError: if it is no path.
    """
    try:
        return Path(out)
    except TypeError:
        raise InputError(f"out: found {out!r}, allowed is a folder.") from None
