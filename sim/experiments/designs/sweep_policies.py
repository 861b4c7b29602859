"""Which policies a sweep compares: its table ``[policies]`` as scenarios."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import MOST_PROBLEMS, InputError, nearest, shortened
from sim.experiments.designs.packages import MOST_SCENARIOS, packages
from sim.experiments.designs.sweep_tables import Table
from sim.experiments.designs.variants import variants
from sim.lever_tables import found
from sim.scenario import BASELINE, Scenario, find_scenarios, load_scenario, reading_order
from sim.toml_files import flat

if TYPE_CHECKING:
    from sim.evidence import Evidence

KEYS = ("scenarios", "packages", "package_sizes", "variants", "reference")
VARIANT_KEYS = ("scenario", "set")
MOST_VARIANTS = 200
SWEEPS = "sweeps"  # the subfolder of scenarios/ that holds sweep files


class Policies:
    """The scenarios of a sweep by name, gathered one source after the other; the same one twice counts once."""

    def __init__(self, table: Table, file: Path, folder: Path, evidence: Evidence) -> None:
        self.table, self.file, self.folder, self.evidence = table, file, folder, evidence
        self.found: dict[str, Scenario] = {}

    def read(self) -> tuple[tuple[Scenario, ...], str | None]:
        """Return the scenarios and the name of the reference; problems are added to the table's."""
        before = len(self.table.problems)
        self._add("scenarios", self._named("scenarios", find_scenarios))
        if "packages" in self.table:
            self._packages()
        elif "package_sizes" in self.table:
            self.table.wrong("package_sizes", "found without packages; name their members.")
        listed = self.table.content.get("variants", [])
        if not isinstance(listed, list):
            self.table.wrong("variants", f"found {found(listed)}, allowed are tables, [[policies.variants]].")
            listed = []
        if len(listed) > MOST_VARIANTS:
            self.table.wrong("variants", f"found {len(listed)} tables, allowed are {MOST_VARIANTS}.")
            listed = []
        for number, one in enumerate(listed, 1):
            if len(self.table.problems) <= MOST_PROBLEMS:
                self._variants(number, one)
        if not self.found and len(self.table.problems) == before:
            self.table.wrong("scenarios", "found no policy; name scenarios, packages or variants.")
        if len(self.found) > MOST_SCENARIOS:
            self.table.wrong("scenarios", f"found {len(self.found)} policies, allowed are {MOST_SCENARIOS}.")
        return tuple(self.found.values()), self._reference(len(self.table.problems) > before)

    def _reference(self, doubtful: bool) -> str | None:
        name = self.table.text("reference", BASELINE if BASELINE in self.found else "")
        if name and name not in self.found and not doubtful:
            hint = nearest(name, list(self.found)) or ", allowed is the name of a policy of this sweep."
            self.table.wrong("reference", f"found '{shortened(name)}'{hint}")
        return name or None

    def _add(self, key: str, scenarios: list[Scenario]) -> None:
        for scenario in scenarios:
            twin = self.found.setdefault(scenario.name, scenario)
            if twin.digest != scenario.digest:
                self.table.wrong(key, f"two different policies are called '{scenario.name}'; rename one of them.")

    def _named(self, key: str, every: Any) -> list[Scenario]:
        """Return the scenarios that a list names, or "all" of a kind."""
        if isinstance(word := self.table.content.get(key), str):
            if word != "all":
                self.table.wrong(key, f"found '{shortened(word)}', allowed is \"all\" or a list of names.")
                return []
            try:
                return self._loaded(key, every(self.folder))
            except InputError as error:
                self.table.problems += error.problems
                return []
        paths: dict[Path, None] = {}
        for name in self.table.texts(key):
            if len(self.table.problems) > MOST_PROBLEMS:
                break
            paths |= dict.fromkeys(self._paths(key, name))
        return self._loaded(key, [*paths])

    def _loaded(self, key: str, paths: list[Path]) -> list[Scenario]:
        scenarios = []
        for path in paths:
            try:
                scenarios.append(load_scenario(path, self.evidence))
            except InputError as error:
                # One file may be named by several keys.
                self.table.problems += [problem for problem in error.problems if problem not in self.table.problems]
        return scenarios

    def _paths(self, key: str, name: str) -> list[Path]:
        """Return the files that a name stands for: a path from the sweep file, a name in scenarios/, or a pattern."""
        if name.endswith(".toml"):
            path = self.file.parent / name
            if path.is_file():
                return [path]
            self.table.wrong(key, f"'{shortened(name)}': no such file beside the sweep file.")
            return []
        known = self._known
        if "*" in name:
            # An asterisk stands for letters of one name, not for folders.
            alike = [one for one in known if one.count("/") == name.count("/") and fnmatchcase(one, name)]
            matching = [known[one] for one in alike]
            if not matching:
                self.table.wrong(key, f"'{shortened(name)}' matches no file in {self.folder}.")
            return sorted(matching, key=reading_order)
        if name not in known:
            hint = nearest(name, list(known)) or f"; allowed are {', '.join(known)}."
            self.table.wrong(key, f"'{shortened(name)}': no such scenario{hint}")
            return []
        return [known[name]]

    @cached_property
    def _known(self) -> dict[str, Path]:
        """Name -> scenario file, in subfolders too, but no sweep files."""
        files = [path for path in self.folder.rglob("*.toml") if SWEEPS not in path.relative_to(self.folder).parts]
        files.sort(key=lambda path: (len(path.parts), *reading_order(path)))
        return {path.relative_to(self.folder).with_suffix("").as_posix(): path for path in files}

    def _packages(self) -> None:
        def eight(folder: Path) -> list[Path]:
            return [path for path in find_scenarios(folder) if reading_order(path)[0] == 1]

        before = len(self.table.problems)
        members = self._named("packages", eight)
        baseline = self._loaded("packages", [self.folder / f"{BASELINE}.toml"])
        sizes = self.table.content.get("package_sizes")
        if sizes is not None and not (isinstance(sizes, list) and sizes and all(type(size) is int for size in sizes)):
            self.table.wrong("package_sizes", f"found {found(sizes)}, allowed is a list of whole numbers.")
        if not members and len(self.table.problems) == before:
            self.table.wrong("packages", 'found nothing in it, allowed is "all" or a list of scenarios.')
        if len(self.table.problems) > before:
            return
        try:
            self._add("packages", packages(members, baseline[0], self.evidence, sizes))
        except InputError as error:
            self.table.problems += [f"{self.file}: policies.{problem}" for problem in error.problems]

    def _variants(self, number: int, content: object) -> None:
        where = f"{self.table.where}.variants[{number}]"
        table = Table(str(self.file), where, content, VARIANT_KEYS, self.table.problems)
        before = len(table.problems)
        name = table.text("scenario")
        given = table.content.get("set")
        if not isinstance(given, dict) or not given:
            table.wrong(
                "set", 'missing or empty, allowed is a table such as { "zone_exemption.strength" = [0.5, 1.0] }.'
            )
            return
        values = {key: value if isinstance(value, list) else [value] for key, value in flat(given)}
        for key, choices in values.items():
            if not choices:
                table.wrong("set", f"'{key}': found an empty list, allowed is a list of values.")
            elif len({repr(choice) for choice in choices}) < len(choices):
                table.wrong("set", f"'{key}': a value stands there twice.")
        scenarios = self._loaded("variants", self._paths("variants", name)) if name else []
        if len(scenarios) > 1:
            table.wrong("scenario", f"'{name}' matches {len(scenarios)} files, allowed is one.")
        if len(table.problems) > before:
            return
        try:
            self._add("variants", variants(scenarios[0], values, self.evidence))
        except InputError as error:
            for problem in error.problems:
                table.wrong("set", problem)
