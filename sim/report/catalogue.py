"""Every visible string of figures and report, from one catalogue file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parent / "words.toml"


class Words:
    """Look up strings by dotted key: ``words("figure.effects.title", n=24)``.

    Raises:
        KeyError: if the key, or a field of its text, is missing: a report must not show a half-made sentence.
    """

    def __init__(self, path: Path = CATALOGUE) -> None:
        self._table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))

    def _find(self, key: str) -> Any:
        node: Any = self._table
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                raise KeyError(f"words: no text for '{key}'")
            node = node[part]
        return node

    def __call__(self, key: str, **fields: object) -> str:
        """The text of ``key`` with its fields filled in."""
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(f"words: '{key}' is not a text")
        return found.format(**fields)

    def get(self, key: str, default: str) -> str:
        """The text of ``key``, or ``default`` where the catalogue has none (names that come from the results)."""
        try:
            return self(key)
        except KeyError:
            return default

    def listed(self, key: str) -> list[str]:
        """The texts of a list."""
        return [str(item) for item in self._find(key)]

    def table(self, key: str) -> dict[str, str]:
        """The texts of a table, in file order."""
        return {str(k): str(v) for k, v in self._find(key).items()}
