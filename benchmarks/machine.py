"""On what it was measured: processor, versions, commit."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks.new_process import ROOT

PACKAGES = ("mesa", "numpy", "numba")


def processor() -> str:
    """Return the processor's name, with its family and model where the name does not tell, and the number of cores."""
    cores = f"{os.cpu_count()} cores"
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return f"{platform.processor() or platform.machine()}, {cores}"
    found = dict(re.findall(r"^([\w ]+?)\s*:\s*(.*)$", information.read_text(), flags=re.MULTILINE))
    name = found.get("model name", platform.machine())
    return f"{name} (family {found.get('cpu family', '?')}, model {found.get('model', '?')}), {cores}"


def machine_load() -> str:
    """Return the number of processes that ran or waited in the last minute."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def versions() -> str:
    """Return the versions of Python and of the packages that do the work."""
    return ", ".join(
        [f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in PACKAGES)]
    )


def commit() -> tuple[str, str]:
    """Return the short hash of the commit that is checked out, marked if sources differ from it, and its date."""
    try:
        known = _git("log", "-1", "--format=%h %cs").split()
        changed = _git("status", "--porcelain", "--untracked-files=no", "sim", "benchmarks/*.py", "benchmarks/*.c")
    except (OSError, subprocess.CalledProcessError):
        return "unknown", "unknown"
    return known[0] + (" with changes" if changed else ""), known[1]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
