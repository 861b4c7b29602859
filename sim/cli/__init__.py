"""The command line: ``run_sim.py`` with ``run``, ``compare``, ``drivers``, ``check`` and ``describe``."""

from sim.cli.app import main

__all__ = ["main"]
