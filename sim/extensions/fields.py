"""The fields of a lever are what files, schemas and tables can write: each with a default, as TOML holds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic_core import PydanticSerializationError

if TYPE_CHECKING:
    from sim.model.levers import Lever

ALLOWED = (
    "allowed are numbers, true or false, texts, Literal[...] of texts, tables, and lists as"
    " Annotated[tuple[str, ...], Field(strict=False)]."
)


def field_problems(kind: type[Lever]) -> list[str]:
    """Return one sentence per field that has no default, or takes what no file can hold."""
    if missing := [name for name, field in kind.model_fields.items() if field.is_required()]:
        return [
            f"{name}: no default; with one for every field [levers.{kind.key}] alone is a policy." for name in missing
        ]
    try:
        lever = kind.model_validate({})
        plain = lever.model_dump(mode="json", warnings="error")  # a default is not checked against its type otherwise
    except (ValidationError, PydanticSerializationError) as error:
        if unfit := dict.fromkeys(re.findall(r"\[field_name='(\w+)'", str(error))):
            return [f"{name}: found the default {kind.model_fields[name].default!r}; {ALLOWED}" for name in unfit]
        return [f"its defaults are refused by its own checks: {str(error).splitlines()[-1].strip()}"]
    problems = []
    for name, value in plain.items():
        try:
            if value is not None:
                kind.model_validate({name: value})
        except ValidationError:
            problems.append(f"{name}: found the default {getattr(lever, name)!r}; {ALLOWED}")
    try:
        if not problems and (others := kind.model_json_schema().get("$defs")):
            problems.append(f"found fields of the kind {', '.join(others)}; {ALLOWED}")
    except PydanticInvalidForJsonSchema as error:
        problems.append(f"{error.message}; {ALLOWED}")
    return problems
