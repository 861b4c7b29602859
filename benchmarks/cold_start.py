"""From the command to the first step: with nothing compiled, with all compiled; and to the help text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, Section
from benchmarks.new_process import wait_for
from benchmarks.sizes import Sizes

TITLE = "From nothing to the first step"


def measure(sizes: Sizes) -> list[Section]:
    """Return wall seconds of whole processes."""
    step = ["-m", "benchmarks.one_process", "1", str(sizes.start_scale), str(sizes.large_startups)]
    cold, warm, prepared = [], [], []
    for _ in range(sizes.cold_repeats):
        with tempfile.TemporaryDirectory() as folder:
            caches = {
                "NUMBA_CACHE_DIR": str(Path(folder) / "compiled"),
                "TALENT_FLIGHT_STARTS": str(Path(folder) / "starts"),
            }
            cold.append(wait_for(step, **caches)[0])
            for _ in range(sizes.warm_repeats):
                warm.append(wait_for(step, **caches)[0])
                prepared.append(wait_for(step, **{**caches, "TALENT_FLIGHT_STARTS": "off"})[0])
    said = [wait_for(["run_sim.py", "--help"])[0] for _ in range(sizes.help_repeats)]
    return [
        Section(
            TITLE,
            [
                "Wall time of a new Python process that loads the evidence, gets the start of the central world "
                f"(talent scale {sizes.start_scale}, startup scale {sizes.large_startups}), builds the model and "
                "makes one step. *Cold*: no compiled rules and no start on disk. *Warm*: both are there."
            ],
            [
                Figure("cold", tuple(cold), "s", reach=25.0),
                Figure("warm", tuple(warm), "s", reach=2.5),
                Figure("compiled, but the start prepared anew", tuple(prepared), "s"),
                Figure("`run_sim.py --help`", tuple(said), "s", reach=0.5),
            ],
        )
    ]
