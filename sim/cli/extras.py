"""Packages that only some commands need: asked for in one sentence, before anything is run."""

from __future__ import annotations

from sim.errors import InputError


def needs_emulators() -> None:
    """Refuse to begin without what emulators are fitted by.

    Raises:
        InputError: if scikit-learn is not installed.
    """
    try:
        import sklearn  # noqa: F401  (only to see that it is there)
    except ModuleNotFoundError:
        raise InputError("scikit-learn is not installed; pip install -e '.[calibrate]' adds what this needs.") from None


def needs_streamlit() -> None:
    """Refuse to begin without what serves the dashboard.

    Raises:
        InputError: if Streamlit is not installed.
    """
    from importlib.util import find_spec

    if find_spec("streamlit") is None:
        raise InputError("streamlit is not installed; pip install -e '.[dashboard]' adds what this needs.")
