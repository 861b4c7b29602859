"""Packages that only some commands need: asked for in one sentence, before anything is run."""

from __future__ import annotations

from sim.errors import InputError
from sim.typed import installing

LACKING = "{what} is not installed; this adds what is needed: {command}"


def needs_emulators() -> None:
    """Refuse to begin without what emulators are fitted by.

    Raises:
        InputError: if scikit-learn is not installed.
    """
    try:
        import sklearn  # noqa: F401  (only to see that it is there)
    except ModuleNotFoundError:
        raise InputError(LACKING.format(what="scikit-learn", command=installing("calibrate"))) from None


def needs_streamlit() -> None:
    """Refuse to begin without what serves the dashboard.

    Raises:
        InputError: if Streamlit is not installed.
    """
    from importlib.util import find_spec

    if find_spec("streamlit") is None:
        raise InputError(LACKING.format(what="streamlit", command=installing("dashboard")))
