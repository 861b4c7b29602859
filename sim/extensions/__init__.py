"""Levers, outcomes, processes, places and parameters that stand in somebody else's file or package.

A file makes one :class:`Extension` and adds to it. ``--extension FILE.py``, ``extensions = [...]`` in a scenario or
``sim.extend`` switches it on; docs/extending.md shows one of each kind. The model's own sources stay as they are.
"""

from sim.extensions.declaring import Extension

__all__ = ["Extension"]
