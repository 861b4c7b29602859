"""How results are made again: the exact commands, and the digests of what they were made from and of the files."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from functools import cached_property

from sim.report.catalogue import Words
from sim.report.origins import (
    WORLD,
    WORLDS,
    Origin,
    command,
    made_with,
    options_of,
    origin_beside,
    sweep_of_packages,
    with_extensions,
)
from sim.report.results import Results
from sim.shipped import SCENARIOS


@dataclass(frozen=True)
class Reproduction:
    """What stands under every result of a page."""

    results: Results
    words: Words
    _beside: dict[str, Origin] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder as a user names it; never a path of this machine."""
        return shlex.quote(f"results/{self.results.folder.absolute().name}")

    @property
    def report(self) -> str:
        """The command that writes this page."""
        return f"python run_sim.py report {self.folder} --lang {self.words.language}"

    @cached_property
    def own(self) -> Origin:
        """The results themselves."""
        verify = f"python run_sim.py verify {self.folder}"
        study = (with_extensions(self._study, self.results.manifest),) if self._study else ()
        return Origin(
            self.results.folder, study, verify, made_with(self.results.manifest, self.words), self.results.file_digests
        )

    def origin(self, name: str = "") -> Origin:
        """Return where a table comes from: the results themselves, or a folder beside them.

        Raises:
            ValueError: if a table names a folder that it cannot have been read from.
        """
        if not name:
            return self.own
        if name not in self._beside:
            found = origin_beside(self.results, name, self.words)
            if found is None:
                raise ValueError(f"no folder '{name}' beside these results")
            self._beside[name] = found
        return self._beside[name]

    @cached_property
    def _study(self) -> str:
        """The command that makes the results; empty where the manifest does not tell."""
        manifest = self.results.manifest
        names = [note.name for note in self.results.scenarios]
        if not names or "settings" not in manifest:
            return ""
        main = {path.stem for path in SCENARIOS.glob("*.toml")}
        drivers = {path.stem for path in (SCENARIOS / "drivers").glob("*.toml")}
        asked, out = set(names), f"--out {self.folder}"
        if asked == main:
            return command("", options_of(manifest, WORLD, WORLDS), out if self.folder != "results/main" else "")
        if asked == drivers | {"baseline"}:
            return command("drivers", options_of(manifest, WORLD, WORLDS), out if "drivers" not in self.folder else "")
        if len(names) == 2 ** len(self.results.recommendations_alone) and len(names) > 2:
            return sweep_of_packages(manifest, self.folder)
        if not asked <= main | drivers:
            return ""
        first = str(manifest.get("reference") or names[0])
        ordered = [first, *(name for name in names if name != first)] if first in names else names
        files = [f"scenarios/{'drivers/' if name in drivers else ''}{name}.toml" for name in ordered]
        if first == "baseline":
            return command("run", [*files, *options_of(manifest, "central", 1)], out)
        return command("compare", [*files, *options_of(manifest, WORLD, WORLDS)], out)
