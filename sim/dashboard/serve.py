"""Serves the page: Streamlit, and beside it what all visitors share is made ready before the first one comes."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("page.py")


def get_ready() -> None:
    """Load packages, evidence and places, make room, and have the baseline run while nobody waits for anything."""
    from sim.dashboard import service

    for load in (service.waiting_line, service.evidence, service.places, service.estimator, service.made_with):
        load()
    gc.collect()
    gc.freeze()  # what is there by now stays: collecting garbage need never look through it again
    service.keep_within_limit()
    if service.server_settings().prepare:
        service.prepare_baseline()


def main(options: Sequence[str]) -> None:
    """Serve until stopped; ``options``: of Streamlit."""
    from streamlit.web import cli

    threading.Thread(target=get_ready, name="getting ready", daemon=True).start()
    cli.main(["run", str(PAGE), *options], prog_name="streamlit")


if __name__ == "__main__":
    main(sys.argv[1:])
