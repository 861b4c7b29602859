"""The command of the kill trials: a study of the stand-in model into a folder, again and again the same.

``python -m tests.experiments.faults.job OUT LOG [scenarios worlds replicates workers [fault]]``; exit codes and
messages are those of ``sim.cli``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

SCENARIOS, WORLDS, REPLICATES, WORKERS = 4, 4, 3, 2
CHUNK_SECONDS = 0.05
LISTENING = "listening-"  # in the log, from when on a signal is heard
AT = "eased1 1 0"  # where the fault is, if there is one


def work(out: Path, log: Path, scenarios: int, worlds: int, replicates: int, workers: int, fault: str = "") -> int:
    """Make the study, perhaps with a fault in one run; return the exit code."""
    from tests.experiments.faults import kill_steps

    kill_steps.install()
    from sim.cli.options import common
    from sim.cli.study import carry_out
    from sim.evidence import load_evidence
    from sim.experiments.designs.study import design
    from sim.experiments.running.runner import Manner
    from sim.model.levers import LEVERS
    from sim.settings import Settings
    from tests.experiments.fake_model import scenario
    from tests.experiments.faults.faulty_engine import FaultyEngine

    levers = [LEVERS["simplification"]()]
    compared = [scenario("plain"), *(scenario(f"eased{n}", levers) for n in range(1, scenarios))]
    study = design(compared, Settings(years=1), seed=7, worlds=worlds, replicates=replicates, world_kind="prior",
                   reference="plain")  # fmt: skip
    manner = Manner(workers, retry=True, chunk_seconds=CHUNK_SECONDS)
    given = common(10, 1, 1, worlds, replicates, 7, workers, 1, out)
    return carry_out(study, load_evidence(), given, engine=FaultyEngine(log, fault=fault, at=AT), manner=manner)


def main(arguments: Sequence[str]) -> int:
    """Run the command as ``sim.cli`` runs its own."""
    from sim.cli.stopping import NOTHING_BEGUN, Stop, listen
    from sim.errors import InputError

    out, log = Path(arguments[0]), Path(arguments[1])
    size = map(int, arguments[2:6] or (SCENARIOS, WORLDS, REPLICATES, WORKERS))
    try:
        listen()
        (log / f"{LISTENING}{os.getpid()}").touch()
        return work(out, log, *size, *arguments[6:7])
    except InputError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Stop) as stop:
        print(f"Stopped. {stop if isinstance(stop, Stop) else NOTHING_BEGUN}", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
