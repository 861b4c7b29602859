"""Which parameters a sweep varies, and over what: the key ``parameters`` of ``[worlds]``.

It is ``"all"`` (every parameter that is not fixed), a status (``"assumed"``, ``"measured"``, ``"calibrated"``), a list
of names and patterns (``["talent.*", "startup.cost_border"]``), or a table of name or pattern = what it takes. In a
pattern ``*`` stands for any letters, dots included; it leaves fixed parameters out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from sim.errors import nearest
from sim.experiments.designs.sweep_tables import Table, is_number
from sim.lever_tables import found
from sim.world import override_problems

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.parameters import Parameter

SPREADS = ("uniform", "loguniform")
RANGE, STEPS, VALUES = ("low", "high", "prior"), ("steps",), ("values",)
FIELDS = (*RANGE, *STEPS, *VALUES)
STATUSES = ("assumed", "measured", "calibrated")
MOST_STEPS = 1000


@dataclass(frozen=True)
class Varied:
    """One parameter of a design: with the range it is drawn from, and the values or steps stated for it, if any."""

    parameter: Parameter
    narrowed: bool
    values: tuple[float, ...] | None
    steps: int | None


def read_varied(worlds: Table, fields: tuple[str, ...], evidence: Evidence) -> list[Varied]:
    """Return the parameters that ``[worlds]`` names, in its order; problems are added to the table's.

    Args:
        worlds: the table.
        fields: what may be said of a parameter in this design; of :data:`FIELDS`.
        evidence: the parameters there are.
    """
    given = worlds.content.get("parameters", {})
    if isinstance(given, str):
        return [_plain(evidence.parameters[name]) for name in _of_status(worlds, given, evidence)]
    if isinstance(given, list):
        chosen: dict[str, Varied] = {}
        for pattern in worlds.texts("parameters"):
            for name in _matching(worlds, pattern, evidence):
                chosen.setdefault(name, _plain(evidence.parameters[name]))
        return [*chosen.values()]
    if not isinstance(given, dict):
        allowed = '"all", a status such as "assumed", a list of names, or a table'
        worlds.wrong("parameters", f"found {found(given)}, allowed is {allowed}.")
        return []
    said: dict[str, tuple[bool, str, dict[str, Any]]] = {}
    for pattern, spec in _entries(given, "", evidence):
        if not isinstance(spec, dict):
            allowed = "a table such as {} or { low = 1.0, high = 2.0 }"
            worlds.wrong(f"parameters '{pattern}'", f"found {found(spec)}, allowed is {allowed}.")
            continue
        exact = not _is_pattern(pattern)
        for name in _matching(worlds, pattern, evidence):
            # What is said of a name holds whatever a pattern says of it.
            if exact or name not in said or not said[name][0]:
                said[name] = exact, pattern, spec
    return [
        varied
        for name, (_, pattern, spec) in said.items()
        if (varied := _varied(worlds, pattern, spec, evidence.parameters[name], fields, evidence)) is not None
    ]


def _entries(tree: dict[str, Any], prefix: str, evidence: Evidence) -> Iterator[tuple[str, Any]]:
    """Yield (name or pattern, what it takes): ``"talent.beta" = {}`` and ``talent.beta = {}`` mean the same."""
    for key, node in tree.items():
        name = f"{prefix}{key}"
        if isinstance(node, dict) and any(known.startswith(f"{name}.") for known in evidence.parameters):
            yield from _entries(node, f"{name}.", evidence)
        else:
            yield name, node


def _plain(parameter: Parameter) -> Varied:
    return Varied(parameter, False, None, None)


def _is_pattern(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def _free(evidence: Evidence) -> list[str]:
    return [name for name, parameter in evidence.parameters.items() if parameter.prior != "fixed"]


def _of_status(worlds: Table, word: str, evidence: Evidence) -> list[str]:
    names = [name for name in _free(evidence) if word in ("all", evidence.parameters[name].status)]
    if word not in ("all", *STATUSES):
        hint = nearest(word, ("all", *STATUSES)) or f"; allowed are all, {', '.join(STATUSES)}."
        worlds.wrong("parameters", f"found '{word}'{hint}")
    elif not names:
        worlds.wrong("parameters", f"found '{word}', but no parameter of that status varies.")
    return names


def _matching(worlds: Table, pattern: str, evidence: Evidence) -> list[str]:
    """Return the names that a name or a pattern stands for; a problem if there is none that varies."""
    if _is_pattern(pattern):
        names = [name for name in _free(evidence) if fnmatchcase(name, pattern)]
        if not names:
            worlds.wrong("parameters", f"'{pattern}' matches no parameter that varies.")
        return names
    parameter = evidence.parameters.get(pattern)
    if parameter is None:
        hint = nearest(pattern, list(evidence.parameters)) or "; 'describe parameters' lists them."
        worlds.wrong("parameters", f"'{pattern}': no such parameter{hint}")
        return []
    if parameter.prior == "fixed":
        worlds.wrong("parameters", f"'{pattern}' is fixed at {parameter.value:.12g} and cannot vary.")
        return []
    return [pattern]


def _varied(
    worlds: Table, pattern: str, spec: dict[str, Any], parameter: Parameter, fields: tuple[str, ...], evidence: Evidence
) -> Varied | None:
    """Check what is said of one parameter; None if anything is wrong."""
    before = len(worlds.problems)
    of = parameter.name if parameter.name == pattern else f"{pattern}' for '{parameter.name}"
    where = f"parameters '{of}'"
    for field in spec:
        if field not in FIELDS:
            allowed = nearest(field, FIELDS) or f"; allowed are {', '.join(fields)}."
            worlds.wrong(where, f"unknown key '{field}'{allowed}")
        elif field not in fields:
            worlds.wrong(where, f"'{field}' means nothing in this design; allowed are {', '.join(fields)}.")
    if "values" in spec and len(spec) > 1:
        worlds.wrong(where, "found values beside other keys; the values say it all.")
    values = _values(worlds, where, spec, parameter, evidence)
    steps = spec.get("steps")
    if steps is not None and not (isinstance(steps, int) and not isinstance(steps, bool) and 2 <= steps <= MOST_STEPS):
        worlds.wrong(where, f"steps: found {found(steps)}, allowed is a whole number from 2 to {MOST_STEPS}.")
    ranged = _ranged(worlds, where, spec, parameter)
    if len(worlds.problems) > before:
        return None
    return Varied(ranged, ranged != parameter, values, steps)


def _values(
    worlds: Table, where: str, spec: dict[str, Any], parameter: Parameter, evidence: Evidence
) -> tuple[float, ...] | None:
    if "values" not in spec:
        return None
    values = spec["values"]
    if not isinstance(values, list) or not values:
        what = "an empty list" if values == [] else found(values)
        worlds.wrong(where, f"values: found {what}, allowed is a list of numbers.")
        return None
    wrong = [problem for value in values for problem in override_problems(evidence, {parameter.name: value}, "values")]
    for problem in dict.fromkeys(wrong):
        worlds.wrong(where, problem.replace(f"values '{parameter.name}': ", "values: "))
    return None if wrong else tuple(float(value) for value in values)


def _ranged(worlds: Table, where: str, spec: dict[str, Any], parameter: Parameter) -> Parameter:
    """Return the parameter with the range stated, which lies inside its own."""
    ends = {}
    for end in ("low", "high"):
        value = spec.get(end, getattr(parameter, end))
        if not is_number(value) or not parameter.low <= value <= parameter.high:
            allowed = f"a number from {parameter.low:.12g} to {parameter.high:.12g}"
            worlds.wrong(where, f"{end}: found {found(value)}, allowed is {allowed}.")
            return parameter
        ends[end] = float(value)
    if ends["low"] >= ends["high"]:
        worlds.wrong(where, f"found low {ends['low']:g} and high {ends['high']:g}, allowed is low < high.")
        return parameter
    spread = spec.get("prior", parameter.prior)
    if spread not in SPREADS:
        worlds.wrong(where, f"prior: found {found(spread)}, allowed are {', '.join(SPREADS)}.")
        return parameter
    if spread == "loguniform" and ends["low"] <= 0:
        worlds.wrong(where, "prior: found 'loguniform' from 0 on, allowed is a low above 0.")
        return parameter
    return replace(parameter, low=ends["low"], high=ends["high"], prior=spread)
