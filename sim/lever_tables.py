"""Read one ``[levers.<key>]`` table of a scenario file and say in plain words what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sim.errors import MOST_PROBLEMS, nearest, shortened
from sim.quarters import parse_quarter

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.model.levers import Lever

PLAIN_QUARTER = re.compile(r"[0-9]{4}Q[1-4]")
# Fields that name places: a list of them, or a table with one entry per place.
PLACE_FIELDS = ("places", "label_dates")


def read_lever(
    key: str, table: object, levers: Mapping[str, type[Lever]], evidence: Evidence
) -> tuple[Lever | None, list[str]]:
    """Build one lever from its table.

    Returns the lever (None if anything is wrong) and one sentence per problem, starting ``levers.<key>``. The
    table of a misspelt lever is checked as the nearest lever's, so that its other problems show at once.
    """
    problems: list[str] = []
    kind = levers.get(key)
    if kind is None:
        hint = nearest(key, list(levers))
        problems.append(f"levers.{shortened(key)}: unknown lever{hint or all_of(levers)}")
        kind = levers.get(hint.split("'")[1]) if hint else None
    if not isinstance(table, dict):
        name = shortened(key)
        problems.append(f"levers.{name}: found {found(table)}, allowed is a table, [levers.{name}].")
    if kind is None or not isinstance(table, dict):
        return None, problems
    lever: Lever | None = None
    try:
        lever = kind(**table)
    except ValidationError as error:
        problems += [_sentence(key, kind, detail) for detail in error.errors(include_url=False)[:MOST_PROBLEMS]]
    problems += _unknown_places(key, table, evidence)
    problems += _other_digits(key, table)
    problems += _dates_reversed(key, lever)
    return (None if problems else lever), problems


def found(value: object) -> str:
    """Say what was found: ``-5``, ``the text 'yes'``, ``true``, ``a list``, ``a table``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a whole number of more than 30 digits"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        return f"the text '{shortened(value)}'"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return f"'{value}' (a date or time)"


def allowed(field: FieldInfo, name: str) -> str:
    """Say in words what a lever's field takes, bounds included: ``a number from 0 to 2000``."""
    if name == "label_dates":
        return 'a table of place = quarter, such as lyon = "2014Q4"'
    if name == "places":
        return "a list of place names in quotes"
    kinds = kinds_of(field.annotation)
    if words := [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]:
        return "one of " + ", ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in words)
    if bool in kinds:
        return "true or false"
    if int in kinds or float in kinds:
        noun = "a number" if float in kinds else "a whole number"
        low = [str(m.ge) if isinstance(m, Ge) else f"above {m.gt}" for m in field.metadata if isinstance(m, Ge | Gt)]
        high = [str(m.le) if isinstance(m, Le) else f"below {m.lt}" for m in field.metadata if isinstance(m, Le | Lt)]
        if low and high:
            return f"{noun} from {_plain(low[0])} to {_plain(high[0])}"
        return f"{noun} from {_plain(low[0])}" if low else f"{noun} up to {_plain(high[0])}" if high else noun
    if str in kinds:
        return 'a quarter in quotes, such as "2014Q1"' if is_quarter(name) else "a text in quotes"
    return "a table" if any(get_origin(kind) is dict for kind in kinds) else "a list"


def defaults_of(kind: type[Lever], plain: bool = False) -> dict[str, Any]:
    """Return field -> default of a lever; ``plain``: as JSON holds them, lists for tuples."""
    return kind.model_validate({}).model_dump(mode="json" if plain else "python")


def kinds_of(annotation: object) -> list[object]:
    """Return the types among which a field's value may be, without None: ``float | None`` is ``[float]``."""
    if get_origin(annotation) is Annotated:
        return kinds_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in kinds_of(part)]
    return [] if annotation is type(None) else [annotation]


def is_quarter(name: str) -> bool:
    """Whether a lever's field is a date: ``start``, ``end`` or ``<switch>_start``."""
    return name in ("start", "end") or name.endswith("_start")


def all_of(names: Iterable[str]) -> str:
    """Return ``"; allowed are a, b."``."""
    return f"; allowed are {', '.join(names)}."


def _plain(number: str) -> str:
    try:
        return f"{float(number):.10g}"
    except ValueError:
        return number


def _sentence(key: str, kind: type[Lever], detail: ErrorDetails) -> str:
    """Turn one pydantic error into a sentence with key, what was found and what is allowed."""
    loc = [str(part) for part in detail["loc"]]
    name = loc[0] if loc else ""
    path = ".".join([f"levers.{key}", *loc])
    fields = kind.model_fields
    if detail["type"] == "missing" and name in fields:
        return f"{path}: missing, allowed is {allowed(fields[name], name)}."
    if detail["type"] == "extra_forbidden":
        return f"levers.{key}.{shortened(name)}: unknown field{nearest(name, list(fields)) or all_of(fields)}"
    if name not in fields:
        return f"{path}: {_message(detail)}."
    if len(loc) > 1 and name == "label_dates":
        return f'{path}: found {found(detail["input"])}, allowed is a quarter in quotes, such as "2014Q1".'
    if len(loc) > 1 and name == "places":
        number = int(loc[1]) + 1 if loc[1].isdigit() else 1
        what = found(detail["input"])
        return f"levers.{key}.places: entry {number}: found {what}, allowed is a place name in quotes."
    if detail["type"] == "value_error":
        if is_quarter(name):
            what = found(detail["input"])
            return f"{path}: found {what}, allowed is {allowed(fields[name], name)}, from 2013Q3 on."
        return f"{path}: {_message(detail)}."
    return f"{path}: found {found(detail['input'])}, allowed is {allowed(fields[name], name)}."


def _message(detail: ErrorDetails) -> str:
    return detail["msg"].removeprefix("Value error, ").rstrip(".")


def _unknown_places(key: str, table: Mapping[str, Any], evidence: Evidence) -> list[str]:
    """Levers act on French places only: say which names are unknown or abroad."""
    french = [place.place for place in evidence.places if place.country == "FR"]
    problems = []
    for field in PLACE_FIELDS:
        value = table.get(field)
        if not isinstance(value, list | dict):
            continue
        if not value:
            problems.append(
                f"levers.{key}.{field}: found nothing in it; name at least one place, or leave the field out."
            )
        for name in value:
            if isinstance(name, str) and name not in french and len(problems) <= MOST_PROBLEMS:
                problems.append(f"levers.{key}.{field}: {_strange_place(name, french, evidence.place_ids)}")
        texts = Counter(name for name in value if isinstance(value, list) and isinstance(name, str))
        repeated = sorted(name for name, count in texts.items() if count > 1)
        problems += [f"levers.{key}.{field}: '{name}' is named twice." for name in repeated]
    return problems


def _strange_place(name: str, french: Sequence[str], everywhere: Sequence[str]) -> str:
    if name in everywhere:
        return f"'{name}' is not in France{all_of(french)}"
    city = [place for place in french if place.startswith(f"{name}_")]
    if city:
        return f"unknown place '{name}'; its districts are {', '.join(city)}."
    return f"unknown place '{shortened(name)}'{nearest(name, french) or all_of(french)}"


def _other_digits(key: str, table: Mapping[str, Any]) -> list[str]:
    """Quarters are written with the digits 0 to 9 and nothing behind them: other signs look the same."""
    dates = {f"levers.{key}.{name}": value for name, value in table.items() if is_quarter(name)}
    by_place = table.get("label_dates")
    if isinstance(by_place, dict):
        dates |= {f"levers.{key}.label_dates.{place}": value for place, value in by_place.items()}
    return [
        f'{where}: found {found(value)}, allowed is a quarter in quotes, such as "2014Q1".'
        for where, value in dates.items()
        if isinstance(value, str) and re.fullmatch(r"\d{4}Q[1-4]\n?", value) and not PLAIN_QUARTER.fullmatch(value)
    ]


def _dates_reversed(key: str, lever: Lever | None) -> list[str]:
    if lever is None or lever.end is None or parse_quarter(lever.end) > parse_quarter(lever.start):
        return []
    return [f"levers.{key}.end: found '{lever.end}', allowed is a quarter after the start, {lever.start}."]
