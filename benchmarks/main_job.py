"""The main job, whole: minutes, so only on request."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, Section
from benchmarks.new_process import wait_for
from benchmarks.sizes import FULL, Sizes

TITLE = "The main job"
SHORT = ("--worlds", "1", "--years", "1", "--talent-scale", "1000", "--startup-scale", "50")


def measure(sizes: Sizes) -> list[Section]:
    """Return the minutes of the main job, with compiled rules, starts prepared anew."""
    with tempfile.TemporaryDirectory() as folder:
        options = [] if sizes == FULL else SHORT
        wait_for(["-c", "from sim.model.compile import warm_up; warm_up()"])
        taken, _ = wait_for(["run_sim.py", *options, "--out", str(Path(folder) / "main")], TALENT_FLIGHT_STARTS="off")
    return [
        Section(
            TITLE,
            ["`python run_sim.py`, two workers; rules compiled before, starts prepared anew; report included."],
            [Figure("main job", (taken / 60.0,), "minutes", reach=2.5)],
        )
    ]
