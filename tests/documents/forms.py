"""How the tests try what documents show: in a smaller form, by its options alone, or not at all, with the reason."""

from __future__ import annotations

import re

# As written, as tried. The long form (``make torture``) tries the blocks as they are written.
SMALLER = {
    r"--worlds (8|12)\b": "--worlds 2",
    r"--talent-scale 200\b": "--talent-scale 500",
    r"--startup-scale 10\b": "--startup-scale 20",
    r"--years 5\b": "--years 1",
    r"--runs 3\b": "--runs 1",
    r"\btalent_scale = 200\b": "talent_scale = 500",
    r"\bstartup_scale = 10\b": "startup_scale = 20",
    r"\byears = [25]\b": "years = 1",
    r"\bsize = (3|8)\b": "size = 2",
    r"\bfirst = 16\b": "first = 2",
    r"\bmost = 24\b": "most = 2",
    r"talent_scale=200, startup_scale=10": "talent_scale=500, startup_scale=20",
    r"worlds=24\)": "worlds=2, years=1, talent_scale=500, startup_scale=20)",
    r"worlds=1, workers=0\)": "worlds=1, workers=0, years=1, talent_scale=500, startup_scale=20)",
}

# Start of a command of this project ($: the whole of it), and why only its options are looked at.
OPTIONS_ALONE = {
    "dashboard": "a server that runs until it is stopped; opened in tests/browser",
    "compare scenarios/baseline.toml scenarios/r6_attractive_taxation.toml scenarios/trois": "as in own_scenario",
    "compare scenarios/baseline.toml welcome.toml": "a model of the scenario is stepped in the block before it",
    "plot results/main$": "draws every figure; one is drawn in the line after it",
    "plot results/trois_villes": "of a comparison that is not run; drawn in docs/figures.md",
    "report results/trois_villes": "of a comparison that is not run; written in docs/report.md",
    "report results/reference": "a page with an explorer; written in tests/browser",
    "report results/main --lang fr --pdf": "the PDF is tried in tests/report",
    "sensitivity": "hundreds of worlds; tried small in tests/test_sensitivity_command.py",
    "sweep doses.toml --plan": "as in docs/sweeps.md",
    "sweep narrow_enough.toml": "as in docs/sweeps.md",
    "sweep first.toml --cluster": "starts a cluster; tried in tests/experiments/running",
    "sweep first.toml --shard 2/2": "the other part is tried in the line before it",
}

# Start of a line of shell, and why nobody runs it here.
NOT_RUN = {
    "talent-flight --install-completion": "would change the shell of who runs the tests",
    "talent-flight --show-completion": "asks which shell it was called from",
    "talent-flight --extension rent_gap": "needs the package of the example to be installed",
    "python -m build": "part of a release; the wheel is built in tests/test_wheel.py",
    "python -m venv": "part of a release; tried in tests/test_wheel.py",
    "pip install dist/": "part of a release; tried in tests/test_wheel.py",
    "cd /path/to/elsewhere": "part of a release; tried in tests/test_wheel.py",
    "ls results/first/quarantine": "no run fails here, so there is no such folder",
    "dask ": "starts services on other machines",
    "export TALENT_FLIGHT_STARTS": "of the SLURM script",
    "exec .venv/bin/python": "of the SLURM script",
    ".venv/bin/python -m pip install": "would change the environment of the tests",
}

# Blocks of Python that do not run: text in them, and why.
PYTHON_NOT_RUN = {"SLURMCluster": "no SLURM at hand; the page says so"}

# Pages whose blocks another test runs in order and as they stand.
TRIED_ELSEWHERE = {"docs/tutorials/mesa.md": "tests/documents/test_mesa_page.py, which also looks at what they leave"}

# Languages of blocks that hold nothing to run.
NOTHING_TO_RUN = {"text": "output, or a drawing in letters", "": "a drawing in letters"}

# How many lines of shell and blocks of Python are left out, all pages together: a new one is seen here.
LEFT_OUT = 14


def smaller(text: str) -> str:
    """The form in which a text is tried."""
    for written, tried in SMALLER.items():
        text = re.sub(written, tried, text)
    return text


def reason(line: str, table: dict[str, str]) -> str | None:
    """Why a line is not run, or None."""
    return next((why for start, why in table.items() if f"{line}$".startswith(start)), None)
