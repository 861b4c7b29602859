"""Pieces of JSON Schema (draft 7, which editors of TOML read): texts, numbers, tables, quarters, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim import names

if TYPE_CHECKING:
    from sim.evidence.parameters import Parameter

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
NAME = f"^{names.NAME.pattern}$"
QUARTER = "^(2013Q[34]|20(1[4-9]|[2-9][0-9])Q[1-4]|21(0[0-9]|1[0-2])Q[1-4]|2113Q[1-3])$"


def text(about: str, **more: Any) -> Schema:
    """A text that is not empty."""
    return {"type": "string", "minLength": 1, "description": about, **more}


def choice(about: str, options: Sequence[str], **more: Any) -> Schema:
    """One of some words."""
    return {"enum": list(options), "description": about, **more}


def flag(about: str, default: bool) -> Schema:
    """True or false."""
    return {"type": "boolean", "default": default, "description": about}


def whole(about: str, low: int, high: int, default: int | None = None) -> Schema:
    """A whole number from low to high; bounds beyond what JSON can hold exactly are left out."""
    schema: Schema = {"type": "integer", "minimum": low, "description": f"{about} ({low} to {high})"}
    if high < 2**53:
        schema["maximum"] = high
    return schema if default is None else {**schema, "default": default}


def table(about: str, properties: Mapping[str, Any], required: Sequence[str] = ()) -> Schema:
    """A table of these keys and no others."""
    schema: Schema = {"type": "object", "description": about, "properties": dict(properties)}
    if required:
        schema["required"] = list(required)
    return {**schema, "additionalProperties": False}


def texts(about: str, item: Schema | None = None) -> Schema:
    """A list of different texts."""
    return {"type": "array", "items": item or {"type": "string"}, "uniqueItems": True, "description": about}


def number_of(parameter: Parameter) -> Schema:
    """The values that a parameter may take, with its unit, status and source."""
    unit = "" if parameter.unit == "1" else f", {parameter.unit}"
    about = (
        f"{parameter.label}{unit}: central value {parameter.value:.6g}, {parameter.low:.6g} to {parameter.high:.6g}"
        f" ({parameter.prior}); {parameter.status}. {parameter.source}"
    )
    bounds = {"minimum": parameter.low, "maximum": parameter.high, "default": parameter.value}
    return {"type": "number", **bounds, "description": about}


def extensions() -> Schema:
    """The key ``extensions`` of both kinds of files."""
    return texts("Files (from this file's folder) and names of packages whose levers and outcomes are needed.")
