"""A policy as a scenario file: the content that is run, and its text with comments, which parses back to the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from sim.dashboard.board import Board, Choice, Policy
from sim.dashboard.instruments import BUDGET, SCENARIOS, instruments
from sim.report.catalogue import Words
from sim.toml_files import read_toml
from sim.toml_values import toml_key, toml_value

BASELINE = "baseline"


def choice_title(choice: Choice) -> str:
    """A lever in a few signs that need no translation: ``R4 50% 2014Q2 100 M€ (lyon)``; what is usual is left out."""
    own, parts = instruments()[choice.short], [choice.short.upper()]
    if choice.strength != 1.0:
        parts.append(f"{100 * choice.strength:.4g}%")
    if choice.start != own.start:
        parts.append(choice.start)
    if choice.budget != own.budget:
        parts.append(f"{choice.budget:.6g} M€")
    if choice.places:
        parts.append(f"({', '.join(choice.places)})")
    return " ".join(parts)


def policy_title(policy: Policy) -> str:
    """The levers of a policy in a few signs; a zero without any."""
    return " + ".join(choice_title(choice) for choice in policy.choices) or "0"


def policy_content(policy: Policy, board: Board) -> dict[str, Any]:
    """The content of a scenario file: the same policy in the same world has the same name and the same content."""
    levers = {}
    for choice in policy.choices:
        own = instruments()[choice.short]
        table = dict(own.table) | {"start": choice.start}
        if choice.strength != 1.0:
            table["strength"] = choice.strength
        if choice.budget is not None:
            table[BUDGET] = choice.budget
        if choice.places:
            table["places"] = list(choice.places)
        levers[own.key] = table
    # In English whatever the language of the page, so that it is one run; reports translate them.
    said = {name: Words("en")(f"generic.{name}") for name in ("question", "expected")}
    content: dict[str, Any] = {"title": policy_title(policy)} | said
    if len(policy.choices) == 1 and policy.choices[0] == Choice(policy.choices[0].short):
        content["recommendation"] = policy.choices[0].short.upper()
    if board.rivals:
        content["rivals_respond"] = True
    if board.world:
        content["world"] = dict(board.world)
    if levers:
        content["levers"] = levers
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {"name": f"policy_{hashlib.sha256(text.encode()).hexdigest()[:10]}"} | content


def baseline_content(board: Board) -> dict[str, Any]:
    """The baseline, in the world of the board."""
    return {**_baseline(), **({"world": dict(board.world)} if board.world else {})}


@cache
def _baseline() -> Mapping[str, Any]:
    return MappingProxyType(read_toml(SCENARIOS / f"{BASELINE}.toml", "scenario"))


def toml_text(content: Mapping[str, Any], comments: Mapping[str, str], heading: str = "") -> str:
    """Write the content of a scenario file as TOML.

    Args:
        content: texts, numbers, booleans, lists of texts, and one level of tables, two in ``levers``.
        comments: dotted key -> what stands behind it; the key of a table: what stands above it.
        heading: comment above everything.
    """
    lines = [*_comment(heading), *([""] if heading else [])]
    lines += _lines({key: value for key, value in content.items() if not isinstance(value, dict)}, comments)
    for name, table in content.items():
        if not isinstance(table, dict):
            continue
        inner = {key: value for key, value in table.items() if isinstance(value, dict)}
        if not inner:
            lines += ["", *_comment(comments.get(name, "")), f"[{toml_key(name)}]", *_lines(table, comments, name)]
        for key, fields in inner.items():
            path = f"{name}.{key}"
            lines += ["", *_comment(comments.get(path, "")), f"[{toml_key(name)}.{toml_key(key)}]"]
            lines += _lines(fields, comments, path)
    return "\n".join(lines) + "\n"


def _lines(table: Mapping[str, Any], comments: Mapping[str, str], above: str = "") -> list[str]:
    lines = []
    for key, value in table.items():
        said = _one_line(comments.get(f"{above}.{key}" if above else key, ""))
        lines.append(f"{toml_key(key)} = {toml_value(value)}" + (f"  # {said}" if said else ""))
    return lines


def _one_line(text: str) -> str:
    """A comment ends with its line, and holds no sign that TOML forbids in comments."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _comment(text: str) -> list[str]:
    return [f"# {_one_line(line)}".rstrip() for line in text.splitlines()]
