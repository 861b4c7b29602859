"""A world: one value for every parameter, drawn from the priors. It is what nobody in the model controls."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sim.errors import InputError, nearest
from sim.evidence import Evidence


@dataclass(frozen=True)
class World:
    """One value per parameter. ``overrides`` are those a scenario fixed; they are part of ``values`` too."""

    index: int
    values: Mapping[str, float]
    overrides: Mapping[str, float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings cannot be pickled: send plain ones to worker processes and freeze again there.
        return World, (self.index, dict(self.values), dict(self.overrides))

    def __getitem__(self, name: str) -> float:
        """Return the value of a parameter.

        Raises:
            KeyError: if there is no such parameter (with the nearest name).
        """
        if name not in self.values:
            raise KeyError(f"no parameter '{name}' in this world{nearest(name, list(self.values))}")
        return self.values[name]

    def changed(self, values: Mapping[str, float]) -> World:
        """Return the same draw with some values replaced, also by what no prior allows: another structure.

        Raises:
            KeyError: if there is no such parameter (with the nearest name).
        """
        for name in values:
            self[name]
        return World(self.index, {**self.values, **values}, self.overrides)

    @property
    def digest(self) -> str:
        """SHA-256 of the exact values by name: two worlds with the same values have the same digest."""
        text = "\n".join(f"{name}={self.values[name].hex()}" for name in sorted(self.values))
        return hashlib.sha256(text.encode()).hexdigest()


def uniform(study_seed: int, name: str, index: int) -> float:
    """Return a uniform number in the open interval (0, 1), a pure function of its three arguments.

    52 bits of a BLAKE2b hash pick the middle of one of 2**52 equal cells, so 0 and 1 cannot occur.
    Source: RFC 7693 (BLAKE2).
    """
    key = hashlib.blake2b(f"{study_seed}|{name}|{index}".encode(), digest_size=8).digest()
    return ((int.from_bytes(key, "little") >> 12) + 0.5) / 2.0**52


def override_problems(evidence: Evidence, overrides: Mapping[str, object], where: str = "[world]") -> list[str]:
    """Return one sentence per override that names no parameter or lies outside its range."""
    problems = []
    for name, found in overrides.items():
        parameter = evidence.parameters.get(name)
        if parameter is None:
            hint = nearest(name, list(evidence.parameters)) or "."
            problems.append(f"{where} '{name}': no such parameter{hint}")
            continue
        unit = "" if parameter.unit == "1" else f" {parameter.unit}"
        allowed = f"a number from {parameter.low:.12g} to {parameter.high:.12g}{unit}"
        if parameter.prior == "fixed":
            allowed = f"only {parameter.value:.12g}{unit}, its fixed value"
        if isinstance(found, bool) or not isinstance(found, int | float):
            kind = "a table" if isinstance(found, dict) else "a list" if isinstance(found, list) else repr(found)
            problems.append(f"{where} '{name}': found {kind}, allowed is {allowed}.")
        elif not parameter.low <= found <= parameter.high:
            problems.append(f"{where} '{name}': found {_shown(found)}, allowed is {allowed}.")
    return problems


def _shown(number: float) -> str:
    try:
        return f"{number:.12g}"
    except OverflowError:
        return "a whole number of more than 308 digits"


def central_world(evidence: Evidence, overrides: Mapping[str, float] | None = None) -> World:
    """Return the world of central values (index 0), with the overrides of a scenario.

    Raises:
        InputError: one sentence per bad override.
    """
    values = {name: parameter.value for name, parameter in evidence.parameters.items()}
    return _world(evidence, 0, values, overrides)


def draw_world(evidence: Evidence, study_seed: int, index: int, overrides: Mapping[str, float] | None = None) -> World:
    """Draw world ``index`` of a study from the priors, with the overrides of a scenario.

    Each value depends on (study_seed, parameter name, index) alone: another parameter, world or override
    moves no other value.

    Raises:
        InputError: one sentence per bad override.
    """
    values = {
        name: parameter.quantile(uniform(study_seed, name, index)) for name, parameter in evidence.parameters.items()
    }
    return _world(evidence, index, values, overrides)


def _world(evidence: Evidence, index: int, values: dict[str, float], overrides: Mapping[str, float] | None) -> World:
    fixed = dict(overrides or {})
    problems = override_problems(evidence, fixed)
    if problems:
        raise InputError(problems)
    fixed = {name: float(value) for name, value in fixed.items()}
    return World(index, values | fixed, fixed)
