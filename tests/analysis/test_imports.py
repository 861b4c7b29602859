"""The right half reads results: it must run where neither Mesa nor Numba is installed."""

import subprocess
import sys

PROGRAM = """
import sys
for name in ("mesa", "numba", "sim.model"):
    sys.modules[name] = None  # any import of it now fails
import {module}
import sim.report.figures
left = [m for m in sys.modules if m.split(".")[0] in ("mesa", "numba") or m.startswith("sim.model")]
assert all(sys.modules[m] is None for m in left), left
"""


def run(module: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", PROGRAM.format(module=module)], capture_output=True, text=True)


def test_analysis_and_report_import_without_the_model() -> None:
    done = run("sim.analysis, sim.report, sim.report.reference_experiments")
    assert done.returncode == 0, done.stderr


def test_the_ban_can_fail() -> None:
    assert run("mesa").returncode != 0
