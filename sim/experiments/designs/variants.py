"""Variants: one scenario with fields of its levers at several values, each combination a scenario of its own."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import MOST_PROBLEMS, InputError, nearest
from sim.experiments.designs.packages import MOST_SCENARIOS
from sim.scenario import Scenario, scenario_of

if TYPE_CHECKING:
    from sim.evidence import Evidence

RIVALS = "rivals_respond"


def variants(scenario: Scenario, values: Mapping[str, Sequence[Any]], evidence: Evidence) -> list[Scenario]:
    """Return the scenario at every combination of values, the last field changing fastest.

    Args:
        scenario: what is varied; its file's content is kept but for the fields named.
        values: ``"<lever>.<field>"`` or ``"rivals_respond"`` -> its values. A lever that the scenario does not use
            joins it.
        evidence: what scenarios are checked against.

    Raises:
        InputError: one sentence for every field or value that is not allowed.
    """
    number = prod(len(choices) for choices in values.values())
    if number > MOST_SCENARIOS:
        raise InputError(f"found {number} variants, allowed are {MOST_SCENARIOS}.")
    problems = _unknown(values)
    if problems:
        raise InputError(problems)
    made, fields = [], [*values]
    for choice in itertools.product(*values.values()):
        if len(problems) > MOST_PROBLEMS:
            break
        settings = dict(zip(fields, choice, strict=True))
        name = variant_name(scenario.name, settings)
        path = Path(f"{name}.toml")
        try:
            made.append(scenario_of(_changed(scenario, name, settings), path, evidence))
        except InputError as error:
            problems += [problem.removeprefix(f"{path}: ") for problem in error.problems]
    if problems:
        # A wrong value comes up once for every value of the other fields.
        raise InputError(dict.fromkeys(problems))
    return made


def variant_name(name: str, settings: Mapping[str, Any]) -> str:
    """Return ``zone_exemption__strength_0_5`` for a strength of 0.5; the lever is named where fields share a name."""
    fields = [key.rpartition(".")[2] for key in settings]
    parts = [
        f"{field if fields.count(field) == 1 else key.replace('.', '_')}_{_word(value)}"
        for (key, value), field in zip(settings.items(), fields, strict=True)
    ]
    return "__".join([name, *parts])


def _word(value: object) -> str:
    """Write a value with small letters, digits and _ only: 0.5 as 0_5, -1 as minus_1, 2.0 as 2, true as on."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return "_".join(_word(item) for item in value)
    text = repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
    text = text.replace("e-", "_e_minus_")
    if isinstance(value, int | float) and text.startswith("-"):
        text = f"minus_{text[1:]}"
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _unknown(values: Mapping[str, Sequence[Any]]) -> list[str]:
    """Say which names are no ``<lever>.<field>``; the scenario's own check finds a wrong value."""
    from sim.model.levers import LEVERS

    fields = {f"{key}.{field}" for key, lever in LEVERS.items() for field in lever.model_fields} | {RIVALS}
    example = "; allowed are rivals_respond and names such as 'zone_exemption.strength'."
    return [
        f"'{name}': no such field of a lever{nearest(name, sorted(fields)) or example}"
        for name in values
        if name not in fields
    ]


def _changed(scenario: Scenario, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scenario's content with another name and some fields at other values."""
    content = copy.deepcopy(dict(scenario.content))
    content["name"] = name
    content["title"] = f"{scenario.title} ({', '.join(f'{key} = {_shown(value)}' for key, value in settings.items())})"
    # A variant is no recommendation of the report any more.
    content.pop("recommendation", None)
    content.pop("provenance", None)
    for key, value in settings.items():
        lever, _, field = key.rpartition(".")
        if lever:
            content.setdefault("levers", {}).setdefault(lever, {})[field] = value
        else:
            content[field] = value
    return content


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
