"""Where a table comes from, if not from the results themselves: files of a folder beside, and the commands for them."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.analysis.reading import read_manifest
from sim.report.beside import folder_beside, validation_beside
from sim.report.catalogue import Words
from sim.report.package_results import FOLDER, packages_of
from sim.report.results import Results

SHOWN = 12
"""First digits of a digest that are printed; the section of versions has all of them."""
DEFAULTS = {"talent_scale": 20, "startup_scale": 1, "years": 10, "replicates": 1}
SEED, WORLDS, WORLD = 2013, 24, "posterior"
START = "python run_sim.py"
SWEEP = "scenarios/sweeps/eight_packages.toml"
SENSITIVITY = {**DEFAULTS, "talent_scale": 100}
STRUCTURES = {**DEFAULTS, "replicates": 2}


@dataclass(frozen=True)
class Origin:
    """A folder of files and the commands that make them again.

    ``study``: the commands, in their order; none where the manifest does not tell. ``verify``: the command that makes
    finished runs again; empty where no runs are kept. ``made_with``: version and digests.
    """

    folder: Path
    study: tuple[str, ...]
    verify: str
    made_with: str
    known: dict[str, str] = field(default_factory=dict)

    def files(self, names: Sequence[str]) -> str:
        """Files of the folder with the first digits of their SHA-256."""
        return ", ".join(f"{name} ({found[:SHOWN]})" for name in names if (found := self.digest(name)))

    def digest(self, name: str) -> str:
        """SHA-256 of a file of the folder; empty if it is not there."""
        if name not in self.known:
            path = self.folder / name
            self.known[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        return self.known[name]


def origin_beside(results: Results, name: str, words: Words) -> Origin | None:
    """Return the origin of tables from the folder ``name`` in the results or beside them.

    Args:
        results: the results of the page.
        name: ``packages``, ``structures``, ``sensitivity`` or ``validation``.
        words: the catalogue.

    Returns:
        None for a folder that is not there, or was made by another model.
    """
    finders: dict[str, Callable[[], Path | None]] = {
        FOLDER: lambda: found.folder if (found := packages_of(results)) is not None else None,
        "structures": lambda: folder_beside(results, "structures", "reference/manifest.json"),
        "sensitivity": lambda: folder_beside(results, "sensitivity"),
        "validation": lambda: validation_beside(results),
    }
    folder = finders[name]()
    if folder is None:
        return None
    ours = results.folder.absolute()
    parts = (ours.name,) if folder == ours else (ours.name, folder.name) if folder.parent == ours else (folder.name,)
    shown = shlex.quote("/".join(("results", *parts)))
    out = f"--out {shown}" if shown != f"results/{name}" else ""
    runs = folder / "reference" if name == "structures" else folder
    path = runs / "manifest.json"
    manifest = read_manifest(path) if path.is_file() else results.manifest
    kept = shown + ("/reference" if name == "structures" else "")
    verify = f"python run_sim.py verify {kept}" if path.is_file() else ""
    study = tuple(with_extensions(line, manifest) for line in _study(name, manifest, out, shown))
    return Origin(folder, study, verify, made_with(manifest, words))


def _study(name: str, manifest: Mapping[str, Any], out: str, shown: str) -> tuple[str, ...]:
    if name == "validation":
        return (command("validate", [], out),)
    if "settings" not in manifest:
        return ()
    if name == FOLDER:
        return sweep_of_packages(manifest, shown), f"python run_sim.py packages {shown}"
    if name == "sensitivity":
        there = {**manifest, "settings": {**manifest["settings"], "world_kind": WORLD}}
        return (command("sensitivity", options_of(there, WORLD, 300, SENSITIVITY), out),)
    return (command("structures", options_of(manifest, WORLD, 12, STRUCTURES), out),)


def sweep_of_packages(manifest: Mapping[str, Any], shown: str) -> str:
    """Return the command that runs every package into the folder ``shown``."""
    world = [f"--world {manifest['settings'].get('world_kind')}", f"--worlds {manifest.get('n_worlds')}"]
    return command("sweep", [SWEEP, *world], f"--out {shown}")


def options_of(
    manifest: Mapping[str, Any], world: str, worlds: int, defaults: Mapping[str, int] = DEFAULTS
) -> list[str]:
    """Return the options that differ from what a command takes by default."""
    settings = manifest["settings"]
    found = []
    kind, number, seed = settings.get("world_kind", world), manifest.get("n_worlds", worlds), manifest.get("seed", SEED)
    if kind != world:
        found.append(f"--world {kind}")
    if number != worlds and kind != "central":
        found.append(f"--worlds {number}")
    for name, default in defaults.items():
        if settings.get(name, default) != default:
            found.append(f"--{name.replace('_', '-')} {settings[name]}")
    return [*found, f"--seed {seed}"] if seed != SEED else found


def command(name: str, options: Sequence[str], out: str) -> str:
    """Return a command as one types it."""
    return " ".join(word for word in (START, name, *options, out) if word)


def with_extensions(line: str, manifest: Mapping[str, Any]) -> str:
    """Return a command with the extensions that its results needed."""
    notes = manifest.get("extensions")
    known = [note for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
    options = "".join(f" --extension {shlex.quote(str(note.get('from')))}" for note in known)
    return line.replace(START, f"{START}{options}", 1)


def made_with(manifest: Mapping[str, Any], words: Words) -> str:
    """Return version and digests of model, evidence and posterior."""
    digests = manifest.get("digests")
    known = digests if isinstance(digests, dict) else {}
    parts = [words("reproduce.version", version=manifest.get("version", "?"))]
    for name, key in (("model", "code"), ("evidence", "evidence")):
        if isinstance(known.get(key), str):
            parts.append(words(f"reproduce.{name}", digest=known[key][:SHOWN]))
    fit = manifest.get("posterior")
    if isinstance(fit, dict) and isinstance(fit.get("digests"), dict):
        whole = hashlib.sha256(repr(sorted(fit["digests"].items())).encode()).hexdigest()
        parts.append(words("reproduce.posterior", digest=whole[:SHOWN]))
    return ", ".join(parts)
