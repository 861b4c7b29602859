"""Load the evidence folder: check every cell, say all problems at once, then freeze.

The files are the one home of every number: ``geography.csv`` (places in model order), ``places.csv`` and
``capital.csv`` (figures by place), ``national.csv`` and ``notes.csv`` (facts the model does not read),
``targets.csv`` (calibration and validation rows) and ``parameters.toml``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError, nearest
from sim.evidence.facts import check_facts, read_targets
from sim.evidence.parameters import Parameter, read_parameters
from sim.evidence.tables import STATUSES, Row, check_choice, check_text, check_year, number, read_rows
from sim.evidence.variables import CAPITAL, VARIABLES

FOLDER = Path(__file__).parent
GEOGRAPHY = ("place", "name", "short_name", "city", "country", "kind", "region", "labour_market")
FIGURES = ("place", "variable", "value", "unit", "year", "status", "source")
CAPITALS = ("place", "value", "unit", "year", "status", "source")
KINDS = ("district", "hub", "rest")
RESTS = ("rest_of_france", "rest_of_world")
TABLES = ("capital.csv", "geography.csv", "national.csv", "notes.csv", "places.csv", "targets.csv")
DATA_FILES = tuple(sorted((*TABLES, "parameters.toml")))


@dataclass(frozen=True)
class PlaceRecord:
    """One place of the model. ``city`` is empty for the two rests; ``index`` is its row in every column."""

    index: int
    place: str
    name: str
    short_name: str
    city: str
    country: str
    kind: str
    region: str
    labour_market: str


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that is known before a run, frozen. Build it with :func:`load_evidence`.

    ``digest`` is the SHA-256 of the data files: same digest, same numbers.
    """

    places: tuple[PlaceRecord, ...]
    parameters: Mapping[str, Parameter]
    digest: str
    _columns: Mapping[str, NDArray[np.float64]] = field(repr=False)
    _figures: pd.DataFrame = field(repr=False)
    _targets: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        # A buffer of bytes can never be made writeable again, unlike an array with its flag lowered.
        frozen = {name: np.frombuffer(values.tobytes()) for name, values in self._columns.items()}
        object.__setattr__(self, "_columns", MappingProxyType(frozen))
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings cannot be pickled: send plain ones to worker processes and freeze again there.
        plain = (dict(self.parameters), self.digest, dict(self._columns), self._figures, self._targets)
        return Evidence, (self.places, *plain)

    @property
    def place_ids(self) -> tuple[str, ...]:
        """Ids of the places in model order."""
        return tuple(place.place for place in self.places)

    @property
    def figures(self) -> pd.DataFrame:
        """A copy of every figure: place, variable, value (float), unit, year (text), status, source."""
        return self._figures.copy()

    @property
    def targets(self) -> pd.DataFrame:
        """A copy of ``targets.csv``: value, low, high as floats, the rest as text."""
        return self._targets.copy()

    def index(self, place_id: str) -> int:
        """Return the row of a place in every column.

        Raises:
            InputError: if there is no such place (with the nearest id).
        """
        ids = self.place_ids
        if place_id not in ids:
            hint = nearest(place_id, ids) or "."
            raise InputError(f"place: found '{place_id}', allowed is one of {len(ids)} places{hint}")
        return ids.index(place_id)

    def column(self, variable: str) -> NDArray[np.float64]:
        """Return one variable for all places, shape (places,), in the unit of the registry; read-only.

        NaN only where the registry declares the variable optional.

        Raises:
            InputError: if there is no such variable (with the nearest name).
        """
        if variable not in self._columns:
            hint = nearest(variable, list(self._columns)) or "."
            count = len(self._columns)
            raise InputError(f"variable: found '{variable}', allowed is one of {count} variables{hint}")
        return self._columns[variable]


def load_evidence(folder: Path | None = None) -> Evidence:
    """Read, check and freeze the evidence in ``folder`` (default: the folder of this package).

    Raises:
        InputError: one sentence per problem of all files: file, line or key, found, allowed, nearest name.
    """
    folder = FOLDER if folder is None else folder
    problems: list[str] = []
    places = _read_geography(folder / "geography.csv", problems)
    ids = tuple(place.place for place in places)
    rows = read_rows(folder / "places.csv", FIGURES, problems)
    for row in read_rows(folder / "capital.csv", CAPITALS, problems):
        rows.append(Row(row.where, {**row.cells, "variable": CAPITAL}))
    columns = _read_figures(rows, ids, problems)
    _check_labour_markets(places, columns, problems)
    check_facts(folder, ids, {place.country for place in places}, problems)
    targets = read_targets(folder / "targets.csv", problems)
    parameters = read_parameters(folder / "parameters.toml", problems)
    if problems:
        raise InputError(problems)
    figures = pd.DataFrame([row.cells for row in rows], columns=list(FIGURES)).astype({"value": float})
    return Evidence(places, parameters, _digest(folder), columns, figures, targets)


def _digest(folder: Path) -> str:
    """SHA-256 over names and bytes of the data files, in name order."""
    digest = hashlib.sha256()
    for name in DATA_FILES:
        content = (folder / name).read_bytes()
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _read_geography(path: Path, problems: list[str]) -> tuple[PlaceRecord, ...]:
    """Read the places in model order and check that each is complete and named once."""
    rows = read_rows(path, GEOGRAPHY, problems)
    places: list[PlaceRecord] = []
    first: dict[str, str] = {}
    for row in rows:
        place = row.cells["place"]
        if place in first:
            problems.append(f"{row.where}: place '{place}' is already on {first[place]}.")
            continue
        first[place] = row.where
        check_text(row, [c for c in GEOGRAPHY if c != "city"], problems)
        check_choice(row, "kind", KINDS, problems)
        country = row.cells["country"]
        if not (len(country) == 2 and country.isascii() and country.isupper()):
            problems.append(f"{row.where} country: found '{country}', allowed are two capital letters.")
        if (row.cells["kind"] == "rest") == bool(row.cells["city"]):
            found = row.cells["city"]
            problems.append(f"{row.where} city: found '{found}', allowed is a city, and none for kind 'rest'.")
        places.append(PlaceRecord(len(places), **row.cells))
    if rows:
        problems.extend(f"{path.name}: the place '{rest}' is missing." for rest in RESTS if rest not in first)
    return tuple(places)


def _read_figures(rows: list[Row], ids: tuple[str, ...], problems: list[str]) -> dict[str, NDArray[np.float64]]:
    """Check every figure and return one array of shape (places,) per variable."""
    columns = {name: np.full(len(ids), np.nan) for name in VARIABLES}
    index = {place: i for i, place in enumerate(ids)}
    names = tuple(VARIABLES)
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        cells = row.cells
        check_choice(row, "status", STATUSES, problems)
        check_text(row, ["source"], problems)
        known = [check_choice(row, "place", ids, problems), check_choice(row, "variable", names, problems)]
        if not all(known):
            continue
        variable = VARIABLES[cells["variable"]]
        check_year(row, problems, blank=not variable.dated)
        key = (cells["place"], variable.name)
        where = f"{row.where} ({key[0]}, {key[1]})"
        if variable.name == CAPITAL and row.where.startswith("places.csv"):
            problems.append(f"{where}: found '{CAPITAL}' here, its one home is capital.csv.")
            continue
        if key in first:
            problems.append(f"{where}: this figure is already on {first[key]}.")
            continue
        first[key] = row.where
        if cells["unit"] != variable.unit:
            problems.append(f"{where} unit: found '{cells['unit']}', allowed is '{variable.unit}'.")
        value = number(cells["value"])
        if value is None or not variable.low <= value <= variable.high:
            problems.append(
                f"{where} value: found '{cells['value']}', allowed is a number from "
                f"{variable.low:.12g} to {variable.high:.12g} {variable.unit}."
            )
            continue
        columns[variable.name][index[key[0]]] = value
    if rows:
        problems.extend(
            f"{'capital.csv' if variable.name == CAPITAL else 'places.csv'}: "
            f"the figure ({place}, {variable.name}) is missing."
            for variable in VARIABLES.values()
            for place in ids
            if not variable.optional and (place, variable.name) not in first
        )
    return columns


def _check_labour_markets(
    places: tuple[PlaceRecord, ...], columns: Mapping[str, NDArray[np.float64]], problems: list[str]
) -> None:
    """Places of one labour market share its jobs: shares add up to 1 and the jobs figure is the same."""
    share, jobs = columns["labour_market_share"], columns["digital_jobs"]
    for market in dict.fromkeys(place.labour_market for place in places):
        members = [place.index for place in places if place.labour_market == market]
        total = share[members].sum()
        if not np.isnan(total) and abs(total - 1.0) > 1e-9:
            problems.append(f"places.csv labour_market_share: '{market}' adds up to {total:.6g}, allowed is 1.")
        found = jobs[members]
        if not np.isnan(found).any() and np.ptp(found) > 0:
            problems.append(f"places.csv digital_jobs: places of '{market}' differ, allowed is one figure for all.")
