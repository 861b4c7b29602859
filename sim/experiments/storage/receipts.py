"""The text of a shard's receipt, which carries a digest of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

FORMAT = 1
_HEAD = '{"digest":"'
_SIGNS = 32  # of a digest


def receipt_text(content: Mapping[str, Any]) -> str:
    """Return a receipt as JSON: the digest first, over all that follows it."""
    rest = json.dumps({"format": FORMAT, **content}, separators=(",", ":"))[1:]
    return f'{_HEAD}{_digest(rest)}",{rest}'


def receipt_in(text: str) -> dict[str, Any] | None:
    """Return a receipt; None if it is none or was altered. One of another format is taken as it is."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    start = len(_HEAD)
    digest, rest = text[start : start + _SIGNS], text[start + _SIGNS + 2 :]
    whole = text.startswith(_HEAD) and digest == _digest(rest)
    return content if whole or content.get("format", FORMAT) != FORMAT else None


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=_SIGNS // 2).hexdigest()
