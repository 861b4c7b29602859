"""Talent and startup flight from French digital districts: an agent-based policy comparison.

What another program or a notebook needs, loaded when it is first asked for; docs/python.md shows each at work.

* read results: :func:`read`
* choose policies: :func:`load_scenario`, :func:`describe`
* run them in paired worlds, as the command line does: :func:`run`, :func:`compare`
* run one model: :func:`start_model`, :func:`measure`, :class:`FlightModel`, :class:`Settings`
* add to the model: :func:`extend`
* what all of them raise for bad input: :class:`InputError`
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "FlightModel",
    "InputError",
    "Settings",
    "__version__",
    "compare",
    "describe",
    "extend",
    "load_scenario",
    "measure",
    "read",
    "run",
    "start_model",
]

if TYPE_CHECKING:
    from sim.analysis.frames import read
    from sim.errors import InputError
    from sim.interface import compare, describe, extend, load_scenario, measure, run, start_model
    from sim.model.flight import FlightModel
    from sim.settings import Settings
else:
    _HOMES = {
        "FlightModel": "sim.model.flight",
        "InputError": "sim.errors",
        "Settings": "sim.settings",
        "read": "sim.analysis.frames",
    }

    def __getattr__(name: str) -> object:
        """Load what is asked for: the package is imported by every command, and readers need no model."""
        if name.startswith("_") or name not in __all__:
            raise AttributeError(f"module 'sim' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(_HOMES.get(name, "sim.interface")), name)

    def __dir__() -> list[str]:
        """Return the public names, for completion."""
        return sorted(__all__)
