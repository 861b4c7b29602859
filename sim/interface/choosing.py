"""Scenarios by name, file or content; tables of what there is; extensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.scenario import Scenario

ScenarioLike: TypeAlias = Union[str, Path, Mapping[str, Any], "Scenario"]


def load_scenario(source: ScenarioLike) -> Scenario:
    """Return a scenario: a shipped one by name, one of your own by file, or one written as a mapping.

    Args:
        source: ``"baseline"``, ``"drivers/equal_taxation"``, ``"mine.toml"``, or what such a file holds. Extensions
            that it names are on while it is loaded and in each run of it, and in no other.

    Raises:
        InputError: one sentence for every problem.

    >>> import sim
    >>> label = sim.load_scenario("r1_label_network")
    >>> label.recommendation, [lever.key for lever in label.levers]
    ('R1', ['label_network'])
    >>> half = dict(label.content) | {"name": "half", "levers": {"label_network": {"strength": 0.5}}}
    >>> sim.load_scenario(half).levers[0].strength
    0.5
    """
    with chosen([source]) as (_, scenarios):
        return scenarios[0]


def describe(subject: str, name: str | None = None) -> pd.DataFrame:
    """Return a table of what there is, with units, ranges, status and source.

    Args:
        subject: ``"scenarios"``, ``"levers"``, ``"outcomes"``, ``"parameters"`` or ``"places"``.
        name: one lever or place, or the start of names of outcomes or parameters.

    Raises:
        InputError: if there is no such subject or name.

    >>> import sim
    >>> sim.describe("parameters", "price.office_m2")[["parameter", "unit"]].to_dict("records")
    [{'parameter': 'price.office_m2_per_job', 'unit': 'm2'}]
    >>> sim.describe("outcomes", "public_cost")["unit"][0]
    'million euro of 2013'
    >>> "r4_seed_acceleration" in list(sim.describe("scenarios")["scenario"])
    True
    """
    for what, word in (("subject", subject), ("name", name)):
        if not isinstance(word, str) and (word is not None or what == "subject"):
            raise InputError(f"describe: {what}: found {word!r:.60}, allowed is a text.")
    if subject == "scenarios":
        return _scenario_table(name)
    from sim.cli.describe import subject_table

    return subject_table(subject, name)


def extend(source: str | Path) -> str:
    """Switch an extension on in this process, and in the workers of its runs; return its name.

    Args:
        source: a file ``.py`` with an :class:`sim.extensions.Extension`, or the name of an entry point of an installed
            package (group ``talent_flight``). docs/extending.md shows how to write one. A file that was edited since is
            loaded anew.

    Raises:
        InputError: one sentence if it cannot be loaded or its names clash.

    >>> import sim
    >>> sim.extend("nowhere.py")
    Traceback (most recent call last):
    sim.errors.InputError: extension nowhere.py: no such file, allowed is ...
    """
    from sim.extensions.active import activate

    if not isinstance(source, str | Path):
        raise InputError(f"extend: found {type(source).__name__} {source!r:.60}, allowed is a file or a name.")
    return activate(str(source)).name


@contextmanager
def chosen(sources: Sequence[ScenarioLike]) -> Iterator[tuple[Evidence, list[Scenario]]]:
    """Load scenarios, and in the block have the extensions on that they name, beside those of :func:`extend`.

    Afterwards what was on before is on: what one scenario needs changes no other run.

    Raises:
        InputError: one sentence for every problem.
    """
    from sim.analysis.foreign_outcomes import unlearnt
    from sim.extensions.active import lasting, using

    with using(lasting()), unlearnt():
        yield _loaded(sources)


def file_of(source: ScenarioLike) -> Path:
    """Return the file of a scenario, or that which would hold it.

    Raises:
        InputError: if it is no scenario and names none.
    """
    from sim.scenario import Scenario
    from sim.shipped import shipped_file

    if isinstance(source, Scenario):
        return source.path
    if isinstance(source, Mapping):
        return Path(f"{source.get('name', 'scenario')}.toml")
    if isinstance(source, str | Path):
        return shipped_file(Path(source))
    hint = "; give each scenario as an argument of its own" if isinstance(source, Sequence) else ""
    what = "allowed is a name, a file, a mapping with what a file holds, or a scenario"
    raise InputError(f"scenario: found {type(source).__name__} {source!r:.60}, {what}{hint}.")


def _loaded(sources: Sequence[ScenarioLike]) -> tuple[Evidence, list[Scenario]]:
    from sim.extensions.evidence import extended_evidence
    from sim.extensions.naming import activate_named_in, activate_of
    from sim.scenario import Scenario, load_scenario, scenario_of

    files = [file_of(one) for one in sources]
    for one, path in zip(sources, files, strict=True):
        if isinstance(one, Scenario):
            if problems := activate_of(one.content, path):
                raise InputError(problems)
        elif isinstance(one, Mapping):
            activate_of(one, path)  # what is wrong is said below, with all that is wrong
        else:
            activate_named_in([path])
    evidence, scenarios = extended_evidence(), []
    for one, path in zip(sources, files, strict=True):
        if isinstance(one, Scenario):
            scenarios.append(_current(one, evidence))
        elif isinstance(one, Mapping):
            scenarios.append(scenario_of(one, path, evidence))
        else:
            scenarios.append(load_scenario(path, evidence))
    return evidence, scenarios


def _current(scenario: Scenario, evidence: Evidence) -> Scenario:
    """Return a scenario as it is, or made anew if its levers come from sources that were edited since.

    Raises:
        InputError: if its content was changed after it was loaded.
    """
    from sim.model.levers import LEVERS
    from sim.scenario import content_digest, scenario_of

    if scenario.content and content_digest(scenario.content) != scenario.digest:
        told = "its content was changed after it was loaded; load the changed content instead."
        raise InputError(f"scenario '{scenario.name}': {told}")
    if scenario.content and any(LEVERS.get(lever.key) is not type(lever) for lever in scenario.levers):
        return scenario_of(scenario.content, scenario.path, evidence)
    return scenario


def _scenario_table(name: str | None) -> pd.DataFrame:
    import pandas as pd

    from sim.scenario import find_scenarios
    from sim.shipped import SCENARIOS
    from sim.toml_files import read_toml

    rows = []
    for path in [*find_scenarios(SCENARIOS), *find_scenarios(SCENARIOS / "drivers")]:
        content = read_toml(path, "scenario")
        words = {key: content.get(key, "") for key in ("title", "question", "expected", "recommendation")}
        known = path.relative_to(SCENARIOS).with_suffix("").as_posix()
        rows.append({"scenario": known, **words, "levers": ", ".join(content.get("levers", {}))})
    frame = pd.DataFrame(rows)
    return frame[frame["scenario"].str.startswith(name or "")].reset_index(drop=True)
