"""How results are made again: the exact commands, and the digests of what they were made from and of the files."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.shipped import SCENARIOS

SHOWN = 12
"""First digits of a digest that are printed; the section of versions has all of them."""
DEFAULTS = {"talent_scale": 20, "startup_scale": 1, "years": 10, "replicates": 1}
SEED, WORLDS, WORLD = 2013, 24, "posterior"
PACKAGES = "eight_packages"
START = "python run_sim.py"


@dataclass(frozen=True)
class Reproduction:
    """What stands under every result of a page."""

    results: Results
    words: Words

    @property
    def folder(self) -> str:
        """The folder as a user names it; never a path of this machine."""
        return shlex.quote(f"results/{self.results.folder.absolute().name}")

    @property
    def report(self) -> str:
        """The command that writes this page."""
        return f"python run_sim.py report {self.folder} --lang {self.words.language}"

    @property
    def verify(self) -> str:
        """The command that makes finished runs again and compares every byte."""
        return f"python run_sim.py verify {self.folder}"

    @cached_property
    def study(self) -> str:
        """The command that makes the results, with the extensions that they need; empty if the manifest is silent."""
        notes = self.results.manifest.get("extensions")
        known = [note for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
        options = "".join(f" --extension {shlex.quote(str(note.get('from')))}" for note in known)
        return self._plain.replace(START, f"{START}{options}", 1)

    @cached_property
    def _plain(self) -> str:
        """The command without extensions."""
        manifest = self.results.manifest
        names = [note.name for note in self.results.scenarios]
        if not names or "settings" not in manifest:
            return ""
        main = {path.stem for path in SCENARIOS.glob("*.toml")}
        drivers = {path.stem for path in (SCENARIOS / "drivers").glob("*.toml")}
        asked, out = set(names), f"--out {self.folder}"
        if asked == main:
            return _command("", _options(manifest, WORLD, WORLDS), out if self.folder != "results/main" else "")
        if asked == drivers | {"baseline"}:
            return _command("drivers", _options(manifest, WORLD, WORLDS), out if "drivers" not in self.folder else "")
        if len(names) == 2 ** len(self.results.recommendations_alone) and len(names) > 2:
            world = [f"--world {manifest['settings'].get('world_kind')}", f"--worlds {manifest.get('n_worlds')}"]
            return _command("sweep", [f"scenarios/sweeps/{PACKAGES}.toml", *world], out)
        if not asked <= main | drivers:
            return ""
        first = str(manifest.get("reference") or names[0])
        ordered = [first, *(name for name in names if name != first)] if first in names else names
        files = [f"scenarios/{'drivers/' if name in drivers else ''}{name}.toml" for name in ordered]
        if first == "baseline":
            return _command("run", [*files, *_options(manifest, "central", 1)], out)
        return _command("compare", [*files, *_options(manifest, WORLD, WORLDS)], out)

    @cached_property
    def made_with(self) -> str:
        """Version and digests of model, evidence and posterior."""
        manifest, digests = self.results.manifest, self.results.manifest.get("digests")
        known = digests if isinstance(digests, dict) else {}
        parts = [self.words("reproduce.version", version=manifest.get("version", "?"))]
        for name, key in (("model", "code"), ("evidence", "evidence")):
            if isinstance(known.get(key), str):
                parts.append(self.words(f"reproduce.{name}", digest=known[key][:SHOWN]))
        fit = manifest.get("posterior")
        if isinstance(fit, dict) and isinstance(fit.get("digests"), dict):
            whole = hashlib.sha256(repr(sorted(fit["digests"].items())).encode()).hexdigest()
            parts.append(self.words("reproduce.posterior", digest=whole[:SHOWN]))
        return ", ".join(parts)

    def files(self, names: Sequence[str]) -> str:
        """Files of the folder with the first digits of their SHA-256."""
        found = [(name, self.digest(name)) for name in names]
        return ", ".join(f"{name} ({digest[:SHOWN]})" for name, digest in found if digest)

    def digest(self, name: str) -> str:
        """SHA-256 of a file of the folder; empty if it is not there."""
        path = self.results.folder / name
        if name not in self.results.file_digests:
            held = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            self.results.file_digests[name] = held
        return self.results.file_digests[name]


def _options(manifest: dict[str, Any], world: str, worlds: int) -> list[str]:
    """Options that differ from what a command takes by default."""
    settings = manifest["settings"]
    found = []
    kind, number, seed = settings.get("world_kind", world), manifest.get("n_worlds", worlds), manifest.get("seed", SEED)
    if kind != world:
        found.append(f"--world {kind}")
    if number != worlds and kind != "central":
        found.append(f"--worlds {number}")
    for name, default in DEFAULTS.items():
        if settings.get(name, default) != default:
            found.append(f"--{name.replace('_', '-')} {settings[name]}")
    return [*found, f"--seed {seed}"] if seed != SEED else found


def _command(name: str, options: Sequence[str], out: str) -> str:
    return " ".join(word for word in (START, name, *options, out) if word)
