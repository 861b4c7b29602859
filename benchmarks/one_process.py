"""What a new Python process does to be measured whole: ``python -m benchmarks.one_process quarters scale scale``."""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path

KILOBYTE = 1024


def peak_bytes() -> int:
    """Return the most memory this process ever held, bytes.

    Linux hands the figure of ``getrusage`` on from the process that started this one, so it is read elsewhere there.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if found:
        return int(found[1]) * KILOBYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * KILOBYTE


def run(quarters: int, talent_scale: int, startup_scale: int) -> dict[str, int]:
    """Prepare the start of the central world, or load it as it was kept, and step; return the peaks of memory."""
    from sim.evidence import load_evidence
    from sim.experiments.engine import ModelEngine
    from sim.model.flight import FlightModel
    from sim.settings import Settings
    from sim.world import central_world

    evidence = load_evidence()
    world = central_world(evidence)
    settings = Settings(talent_scale=talent_scale, startup_scale=startup_scale, threads=1)
    start = ModelEngine().prepare(evidence, world, settings, 2013, 0)
    started = peak_bytes()
    model = FlightModel((), world, evidence, start, settings, 1)
    for _ in range(quarters):
        model.step()
    return {"start": started, "whole": peak_bytes(), "talents": model.talents.size, "startups": model.startups.size}


if __name__ == "__main__":
    print(json.dumps(run(*(int(argument) for argument in sys.argv[1:]))))
