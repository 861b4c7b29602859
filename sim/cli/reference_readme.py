"""The README of the reference results, written from what lies in their folder, so that it is true of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.cli.reference_files import TITLE

MAIN, PACKAGES, STRUCTURES, GOLDEN = (
    "manifest.json",
    "packages/manifest.json",
    "structures/structures.json",
    "golden.json",
)
STRUCTURES_MANIFEST = "structures/manifest.json"
SWEEP = "scenarios/sweeps/eight_packages.toml"
INTRODUCTION = """\
A small part of what the commands below leave, kept so that its form can be looked at without running anything, and so
that a change of results is seen in review. Every file is below 2 MB; left out are the largest tables (series, flows,
costs, reasons, revenue) and most figure files, which are inside `report.html` too. All other folders of `results/` are
ignored by git.

`make reference` makes all of it anew, this page included, and is the only way to renew it. It is renewed only together
with a *Results change:* line in `CHANGELOG.md`. Version, commit, seeds, digests of evidence, scenarios and code, and
package versions are in the `manifest.json` of each part.
"""
GOLDEN_WORDS = """\
`golden.json` holds every outcome of a few small runs to the last bit and a digest of each of their tables, with digests
of model, evidence and posterior. A test makes the runs again and compares: exactly where arithmetic is the same,
else outcomes to one part in 10^9. Another test makes `comparison.csv` again from `runs.parquet`.
"""
KINDS = {
    "prior": "They show what follows from the priors of the uncertain parameters, before any fit to the evidence.",
    "posterior": "Worlds are draws of the posterior, the fit to the published rows (`docs/calibrating.md`); parameters "
    "of which the\nrows say nothing follow their priors.",
    "central": "They are of the one central world and show no uncertainty.",
}


def readme_of(folder: Path) -> str:
    """Return the text of README.md for a folder of reference results."""
    rows, kinds = [], []
    main = _read(folder / MAIN)
    if main:
        kinds.append(main["settings"]["world_kind"])
        command = f"`run_sim.py {_words(main)}`, `run_sim.py counterfactual`"
        rows.append(_row("this folder, `worth/`, `figures/`", main, command))
    packages = _read(folder / PACKAGES)
    if packages:
        kinds.append(packages["settings"]["world_kind"])
        command = f"`run_sim.py sweep {SWEEP} {_words(packages)}`, `run_sim.py packages`"
        rows.append(_row("`packages/`", packages, command))
    note, structures = _read(folder / STRUCTURES), _read(folder / STRUCTURES_MANIFEST)
    if note and structures:
        kinds.append(note["world_kind"])
        command = f"`run_sim.py structures {_words(structures)} --replicates {note['replicates']}`"
        runs = structures["runs_finished"] * len(note["structures"])
        rows.append(_row("`structures/`", structures, command, runs))
    golden = _read(folder / GOLDEN)
    if golden:
        kinds.append(golden["worlds"])
        worlds = f"{golden['size']['worlds']}, {golden['worlds']}"
        command = f"`run_sim.py reference --only golden --world {golden['worlds']}`"
        rows.append(f"| `golden.json` | {worlds} | {len(golden['runs'])} | | {command} |")
    table = ["| part | worlds | runs | commit | made by |", "|---|---|---|---|---|", *rows]
    text = [TITLE, "", INTRODUCTION, *table, ""]
    text += [KINDS[kind] for kind in list(dict.fromkeys(kinds))[:1]]
    if len(set(kinds)) > 1:
        text += ["The kinds of worlds differ from part to part, as the table says: `make reference` makes them one."]
    if golden:
        text += ["", GOLDEN_WORDS.rstrip()]
    return "\n".join(text) + "\n"


def _row(name: str, manifest: dict[str, Any], command: str, runs: int | None = None) -> str:
    """Return a row of the table; the commit is followed by a star if sources were changed since."""
    commit = str(manifest["commit"] or "unknown")[:12] + ("*" if manifest["uncommitted_changes"] else "")
    worlds = f"{_number(manifest)}, {manifest['settings']['world_kind']}"
    finished = manifest["runs_finished"] if runs is None else runs
    return f"| {name} | {worlds} | {finished} | {commit} | {command} |"


def _words(manifest: dict[str, Any]) -> str:
    return f"--world {manifest['settings']['world_kind']} --worlds {_number(manifest)}"


def _number(manifest: dict[str, Any]) -> int:
    """Return the number of draws: --worlds. Scenarios with a world of their own add worlds to the same draws."""
    listed = manifest["worlds"]
    whole = len(listed) == manifest["n_worlds"]
    return len({world["draw"] for world in listed}) if whole else int(manifest["n_worlds"])


def _read(path: Path) -> dict[str, Any]:
    """Return a JSON file of the folder; empty if it is not there."""
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if isinstance(found, dict) else {}
