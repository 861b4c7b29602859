"""Scenarios by name, file or content; tables of what there is; extensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.scenario import Scenario

ScenarioLike: TypeAlias = Union[str, Path, Mapping[str, Any], "Scenario"]


def load_scenario(source: ScenarioLike) -> Scenario:
    """Return a scenario: a shipped one by name, one of your own by file, or one written as a mapping.

    Args:
        source: ``"baseline"``, ``"drivers/equal_taxation"``, ``"mine.toml"``, or what such a file holds.

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
    return loaded([source])[1][0]


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
    if subject == "scenarios":
        return _scenario_table(name)
    from sim.cli.describe import subject_table

    return subject_table(subject, name)


def extend(source: str | Path) -> str:
    """Switch an extension on in this process, and in the workers of its runs; return its name.

    Args:
        source: a file ``.py`` with an :class:`sim.extensions.Extension`, or the name of an entry point of an installed
            package (group ``talent_flight``). docs/extending.md shows how to write one.

    Raises:
        InputError: one sentence if it cannot be loaded or its names clash.

    >>> import sim
    >>> sim.extend("nowhere.py")
    Traceback (most recent call last):
    sim.errors.InputError: extension nowhere.py: no such file, allowed is ...
    """
    from sim.extensions.active import activate

    return activate(str(source)).name


def loaded(sources: Sequence[ScenarioLike]) -> tuple[Evidence, list[Scenario]]:
    """Load scenarios and, with the extensions that they name, the evidence."""
    from sim.extensions.evidence import extended_evidence
    from sim.extensions.naming import activate_named_in
    from sim.scenario import Scenario, scenario_of
    from sim.scenario import load_scenario as of_file
    from sim.shipped import shipped_file

    paths = {at: shipped_file(Path(one)) for at, one in enumerate(sources) if isinstance(one, str | Path)}
    activate_named_in(paths.values())
    evidence, scenarios = extended_evidence(), []
    for at, one in enumerate(sources):
        if isinstance(one, Scenario):
            scenarios.append(one)
        elif isinstance(one, Mapping):
            scenarios.append(scenario_of(one, Path(f"{one.get('name', 'scenario')}.toml"), evidence))
        else:
            scenarios.append(of_file(paths[at], evidence))
    return evidence, scenarios


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
