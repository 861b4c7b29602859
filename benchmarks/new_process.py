"""Start new Python processes of the project and wait for them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def wait_for(arguments: list[str], **environment: str) -> tuple[float, str]:
    """Return the seconds from start to end of ``python arguments`` in the project's folder, and what it printed.

    Raises:
        subprocess.CalledProcessError: if it failed.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    return time.perf_counter() - begun, done.stdout
