"""A command made ready before it is known: ``python -m sim.cli.ready WORKERS``.

It loads what a comparison needs, and the model into worker processes. Then one line on its standard input, a JSON
object with the file that takes what it says (``log``) and the words of a command (``words``), makes it that command,
with the same code and the same results: only the loading came first. Without a line, at the end of its input, it ends.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def load(workers: int) -> None:
    """Load all that a comparison needs before its scenarios are known."""
    from sim.experiments.running.runner import SECONDS_PER_RUN
    from sim.experiments.running.warm import keep_warm
    from sim.extensions.engine import current_engine

    keep_warm(current_engine(), workers, SECONDS_PER_RUN)  # in processes of their own, beside what follows
    import sim.analysis
    import sim.cli.app
    import sim.cli.drawing
    import sim.cli.study
    import sim.evidence
    import sim.experiments.designs.study
    import sim.scenario

    sim.evidence.load_evidence()


def main() -> int:
    """Load, wait for the line, do what it says; return the exit code."""
    code = _code()
    load(int(sys.argv[1]))
    line = sys.stdin.readline()
    if not line:
        return 0
    order = json.loads(line)
    words = [str(word) for word in order["words"]]
    with open(order["log"], "ab") as log:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(log.fileno(), stream.fileno())
    if _code() != code:  # what is loaded is not what the results would be said to be made with
        os.execv(sys.executable, [sys.executable, str(ROOT / "run_sim.py"), *words])
    from sim.cli import main as command

    return command(words)


def _code() -> str:
    from sim.experiments.engine import ModelEngine

    return ModelEngine().code_digest()


if __name__ == "__main__":
    sys.exit(main())
