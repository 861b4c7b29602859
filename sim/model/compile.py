"""How rules are compiled: Numba, cached on disk in a folder named by the digest of all model sources.

Numba's own cache does not notice a change in another file, so the folder's name has to.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def sources_digest() -> str:
    """Return the SHA-256 of all Python sources of the model, in name order."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> Path:
    """Return the first writable cache folder: the project's own .cache, else the user's, else a temporary one."""
    name = f"kernels-{sources_digest()[:16]}"
    given = os.environ.get("NUMBA_CACHE_DIR", "")
    if Path(given).name == name:
        return Path(given)  # set by the process that started this one
    candidates = [
        *([Path(given)] if given else []),
        Path(__file__).parents[2] / ".cache",
        Path.home() / ".cache" / "talent-flight",
        Path(tempfile.gettempdir()) / "talent-flight",
    ]
    for parent in candidates:
        try:
            (parent / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(parent / name, os.W_OK):
            return parent / name
    return candidates[-1] / name


os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())

import numba  # noqa: E402  (the cache folder must be set before Numba reads its configuration)

numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]  # set at run time by Numba


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": False, "error_model": "numpy"}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a loop or a function: no Python objects, the GIL released, IEEE arithmetic in the order written.

    It must not make arrays (``_nrt=False``: the compiler refuses), so none needs counting who still holds it: that
    counting took most of the time of a choice. Scratch comes from the caller (:mod:`sim.model.desk`).
    """
    return numba.njit(**_OPTIONS | {"_nrt": False})(function)


def solver(function: Callable[..., Any]) -> Any:
    """Compile as :func:`kernel` does, but let it make arrays: for fits of the start, never in a step."""
    return numba.njit(**_OPTIONS)(function)


def rule(function: Callable[..., Any]) -> Any:
    """Compile a scalar rule into its callers: inlined, so that tables of arrays are not copied at each call."""
    return numba.njit(**_OPTIONS, inline="always")(function)


def warm_up() -> None:
    """Compile every rule, or load it from the cache, by one tiny run; call before worker processes start."""
    from types import SimpleNamespace

    from sim.evidence import load_evidence
    from sim.model.flight import simulate
    from sim.model.start import prepare_start
    from sim.settings import Settings
    from sim.world import central_world

    evidence = load_evidence()
    world = central_world(evidence)
    settings = Settings(talent_scale=1000, startup_scale=50, years=1, threads=1)
    start = prepare_start(evidence, world, settings, 1)
    simulate(SimpleNamespace(levers=()), world, evidence, start, settings, 1)
