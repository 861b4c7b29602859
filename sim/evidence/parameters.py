"""Parameters of the model: value, unit, range, prior, status and source, read from ``parameters.toml``."""

from __future__ import annotations

import datetime
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import nearest

PRIORS = ("uniform", "loguniform", "fixed")
STATUSES = ("law", "measured", "calibrated", "assumed")
FIELDS = ("label", "value", "unit", "low", "high", "prior", "status", "source", "checked")


@dataclass(frozen=True)
class Parameter:
    """One uncertain or fixed number. A ``fixed`` parameter has ``low == high == value``."""

    name: str
    label: str
    value: float
    unit: str
    low: float
    high: float
    prior: str
    status: str
    source: str
    checked: datetime.date

    def quantile(self, u: float) -> float:
        """Return the value below which a share ``u`` of the prior lies, always inside [low, high].

        Raises:
            ValueError: if ``u`` is outside [0, 1].
        """
        if not 0.0 <= u <= 1.0:
            raise ValueError(f"u: found {u}, allowed is a number from 0 to 1")
        if self.prior == "fixed":
            return self.value
        if self.prior == "loguniform":
            drawn = math.exp(math.log(self.low) + u * (math.log(self.high) - math.log(self.low)))
        else:
            drawn = self.low + u * (self.high - self.low)
        return min(max(drawn, self.low), self.high)

    def shares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of the prior below each value, inside [0, 1]: what :meth:`quantile` turns back."""
        low, high = self.low, self.high
        if self.prior == "loguniform":
            values, low, high = np.log(values), math.log(low), math.log(high)
        return np.clip((values - low) / (high - low), 0.0, 1.0)


def column_problems(
    parameters: Mapping[str, Parameter], names: Iterable[str], values: NDArray[np.float64], where: str
) -> list[str]:
    """Return one sentence per column of values, (n, k), that names no parameter or leaves its range.

    ``where``: what holds them, for the sentence.
    """
    problems = []
    for name, column in zip(names, values.T, strict=True):
        parameter = parameters.get(name)
        if parameter is None:
            hint = nearest(name, list(parameters)) or "."
            problems.append(f"{where} '{name}': no such parameter{hint}")
        elif len(column) and not (parameter.low <= column.min() and column.max() <= parameter.high):  # not: also NaN
            problems.append(
                f"{where} '{name}': found {column.min():g} to {column.max():g}, "
                f"allowed are {parameter.low:g} to {parameter.high:g}."
            )
    return problems


def read_parameters(path: Path, problems: list[str]) -> dict[str, Parameter]:
    """Return the parameters of a TOML file by dotted name; append one sentence per problem."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing from the evidence folder.")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: not a valid TOML file in UTF-8 ({error}).")
        return {}
    parameters = {}
    for name, table in _entries(tree, "", path.name, problems):
        before = len(problems)
        parameter = _parameter(name, table, f"{path.name} [{name}]", problems)
        if parameter is not None and len(problems) == before:
            parameters[name] = parameter
    return parameters


def _entries(
    tree: Mapping[str, object], prefix: str, file: str, problems: list[str]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield (dotted name, table) for each table that holds fields; a table of tables is a group."""
    for key, node in tree.items():
        name = f"{prefix}{key}"
        if not isinstance(node, dict):
            problems.append(f"{file} {name}: found a bare value, allowed are tables such as [talent.beta].")
        elif node and all(isinstance(child, dict) for child in node.values()):
            yield from _entries(node, f"{name}.", file, problems)
        else:
            yield name, node


def _parameter(name: str, table: Mapping[str, object], where: str, problems: list[str]) -> Parameter | None:
    """Check one table and build the parameter, or return None after saying why not."""
    for field in table:
        if field not in FIELDS:
            hint = nearest(field, FIELDS) or "."
            problems.append(f"{where}: unknown field '{field}', allowed are {', '.join(FIELDS)}{hint}")
    prior = table.get("prior")
    needed = [f for f in FIELDS if not (prior == "fixed" and f in ("low", "high"))]
    missing = [field for field in needed if field not in table]
    problems.extend(f"{where}: the field '{field}' is missing." for field in missing)
    if prior == "fixed":
        problems.extend(
            f"{where}: found '{field}' beside prior 'fixed', allowed is a value alone."
            for field in ("low", "high")
            if field in table
        )
    texts = {f: _text(table, f, where, problems) for f in ("label", "unit", "source")}
    for field, allowed in (("prior", PRIORS), ("status", STATUSES)):
        texts[field] = _choice(table, field, allowed, where, problems)
    numbers = {f: _number(table, f, where, problems) for f in ("value", "low", "high")}
    checked = table.get("checked")
    if "checked" in table and type(checked) is not datetime.date:
        problems.append(f"{where} checked: found {checked!r}, allowed is a bare date such as 2013-07-01.")
    value, low, high = numbers["value"], numbers["low"], numbers["high"]
    if prior == "fixed":
        low = high = value
    if value is None or low is None or high is None:
        return None
    if not low <= value <= high:
        found = f"low {low:g}, value {value:g}, high {high:g}"
        problems.append(f"{where}: found {found}, allowed is low <= value <= high.")
    elif prior in ("uniform", "loguniform") and low == high:
        problems.append(f"{where}: found low = high = {low:g}, allowed is low < high, or prior 'fixed'.")
    if prior == "loguniform" and low <= 0:
        problems.append(f"{where} low: found {low:g}, allowed is a number above 0 with prior 'loguniform'.")
    if not isinstance(checked, datetime.date):
        return None
    return Parameter(
        name=name, label=texts["label"], value=value, unit=texts["unit"], low=low, high=high,
        prior=texts["prior"], status=texts["status"], source=texts["source"], checked=checked,
    )  # fmt: skip


def _text(table: Mapping[str, object], field: str, where: str, problems: list[str]) -> str:
    found = table.get(field, "")
    if field in table and not (isinstance(found, str) and found.strip()):
        problems.append(f"{where} {field}: found {found!r}, allowed is a text that is not empty.")
    return found if isinstance(found, str) else ""


def _choice(table: Mapping[str, object], field: str, allowed: tuple[str, ...], where: str, problems: list[str]) -> str:
    found = table.get(field, "")
    if field in table and found not in allowed:
        hint = nearest(found, allowed) if isinstance(found, str) else ""
        problems.append(f"{where} {field}: found {found!r}, allowed are {', '.join(allowed)}{hint or '.'}")
    return found if isinstance(found, str) else ""


def _number(table: Mapping[str, object], field: str, where: str, problems: list[str]) -> float | None:
    if field not in table:
        return None
    found = table[field]
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        problems.append(f"{where} {field}: found {found!r}, allowed is a finite number.")
        return None
    return float(found)
