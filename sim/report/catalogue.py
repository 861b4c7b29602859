"""Every visible string of figures and report, from one catalogue: a folder of TOML files per language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sim.report.numbers import Numbers

CATALOGUE = Path(__file__).parent / "words"
LANGUAGES = ("en", "fr")


@cache
def _read(language: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for path in sorted((CATALOGUE / language).glob("*.toml")):
        _join(table, tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    return table


def _join(table: dict[str, Any], entries: dict[str, Any], name: str, above: str = "") -> None:
    """Put the entries of one file into the table of a language, in place; a key that is there already is an error."""
    for key, entry in entries.items():
        held = table.setdefault(key, entry)
        if held is entry:
            continue
        if not (isinstance(held, dict) and isinstance(entry, dict)):
            raise KeyError(f"words: {name} repeats '{above}{key}' of another file")
        _join(held, entry, name, f"{above}{key}.")


class Words:
    """Look up strings by dotted key: ``words("figure.effects.title", n=24)``; write numbers: ``words.numbers``.

    Args:
        language: ``en`` or ``fr``.

    Raises:
        KeyError: if the key, or a field of its text, is missing: a report must not show a half-made sentence.
    """

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise KeyError(f"words: no language '{language}'; there are {', '.join(LANGUAGES)}")
        self.language = language
        self.numbers = Numbers(language)
        self._table = _read(language)

    def _find(self, key: str) -> Any:
        node: Any = self._table
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                raise KeyError(f"words: no text for '{key}' in '{self.language}'")
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
