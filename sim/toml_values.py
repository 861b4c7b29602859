"""Keys and values as TOML writes them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping

SIGNS = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def toml_key(key: str) -> str:
    """Return a key, in quotes where it needs them."""
    plain = key and all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in key)
    return key if plain else _text(key)


def toml_value(value: object) -> str:
    """Return a text, number, boolean, date, list or (in one line) table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{toml_key(str(key))} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return _text(str(value))


def _text(text: str) -> str:
    return f'"{"".join(_sign(sign) for sign in text)}"'


def _sign(sign: str) -> str:
    control = ord(sign) < 32 or ord(sign) == 127
    return SIGNS.get(sign) or (f"\\u{ord(sign):04X}" if control else sign)
