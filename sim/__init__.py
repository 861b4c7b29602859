"""Talent and startup flight from French digital districts: an agent-based policy comparison.

``sim.read("results/main")`` reads a folder of results; see :mod:`sim.analysis.frames`.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "read"]

if TYPE_CHECKING:
    from sim.analysis.frames import read
else:

    def __getattr__(name: str) -> object:
        """Load what reads results when it is first asked for: the package itself is imported by every command."""
        if name != "read":
            raise AttributeError(f"module 'sim' has no attribute '{name}'")
        from sim.analysis.frames import read

        return read
