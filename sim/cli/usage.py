"""What is said of a command line that cannot be understood: option, what was found, what is allowed, one line."""

from __future__ import annotations

import re
import sys
from typing import Any

from pydantic import ValidationError
from typer.exceptions import TyperException

from sim.errors import InputError, nearest, shortened
from sim.typed import program

# Kinds of the library that checks types, in words.
_KINDS = {
    "int": "a whole number", "float": "a number", "bool": "true or false", "finite": "a finite number",
    "path": "a file name", "string": "a text",
}  # fmt: skip
_BOUNDS = {
    "greater_than_equal": ("ge", "a number from {} on"), "less_than_equal": ("le", "a number up to {}"),
    "greater_than": ("gt", "a number above {}"), "less_than": ("lt", "a number below {}"),
}  # fmt: skip


def say_problems(error: InputError) -> int:
    """Print the sentences of an error, a line each, and return the exit code."""
    for problem in error.problems:
        print(problem, file=sys.stderr)
    return 2


def usage_error(error: TyperException) -> InputError:
    """Return what an error of the command-line library says, as one sentence of the kind that all others are."""
    # The library gives its errors no public classes: what they carry tells them apart.
    context: Any = getattr(error, "ctx", None)
    parameter, cause = getattr(error, "param", None), error.__cause__
    option, said = str(getattr(error, "option_name", "") or ""), _message(error)
    name = "" if getattr(context, "parent", None) is None else str(context.info_name)
    of, shows = f" of '{name}'" if name else "", f"'{' '.join(filter(None, (program(), name)))} -h' shows"
    if parameter is not None and isinstance(cause, ValidationError):
        detail = dict(cause.errors(include_url=False)[0])
        sentence = f"{_named(parameter)}: found '{shortened(str(detail['input']))}', allowed is {_allowed(detail)}."
    elif parameter is not None:
        sentence = f"{_named(parameter)}: missing{of and f' in a call{of}'}; {shows} how."
    elif hasattr(error, "possibilities"):
        sentence = f"{shortened(option)}: no such option{of}{nearest(option, _options(context)) or f'; {shows} all.'}"
    elif option:
        wanted = re.search(r"requires (\d+) arguments", said)
        takes = f"takes {wanted[1]} values" if wanted else "takes no value" if "not take" in said else "needs a value"
        sentence = f"{shortened(option)}: it {takes}; {shows} how."
    elif unknown := re.fullmatch(r"No such command '(.*?)'\..*", said, re.DOTALL):
        names = sorted(getattr(getattr(context, "command", None), "commands", {}))
        sentence = f"'{shortened(unknown[1])}': no such command{nearest(unknown[1], names) or f'; {shows} all.'}"
    elif extra := re.fullmatch(r"Got unexpected extra argument.*?\((?!s\))(.*)\)", said, re.DOTALL):
        sentence = f"'{shortened(extra[1])}': found too many arguments{of}; {shows} how."
    else:
        sentence = f"{said.rstrip('.')}; {shows} how."
    return InputError(sentence)


def _message(error: TyperException) -> str:
    say = getattr(error, "format_message", None)
    return str(say() if say is not None else error)


def _named(parameter: Any) -> str:
    names = list(getattr(parameter, "opts", ()))
    if getattr(parameter, "param_type_name", "") == "option" and names:
        return str(max(names, key=len))
    return str(getattr(parameter, "metavar", None) or parameter.name)


def _options(context: Any) -> list[str]:
    command = getattr(context, "command", None)
    return [name for one in getattr(command, "params", ()) for name in one.opts if name.startswith("--")]


def _allowed(detail: dict[str, Any]) -> str:
    """Say what an option takes, from what the library that checks types says of a value that it does not take."""
    kind, values = str(detail["type"]), detail.get("ctx") or {}
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return words.format(f"{values[key]:g}")
    said = str(detail["msg"]).removeprefix("Value error, ")
    if listed := re.search(r"is not one of (.*?)\.?$", said, re.DOTALL):
        return "one of " + listed[1].replace("'", "")
    if "null byte" in said:
        return "a file name without NUL"
    other = said[:1].lower() + said[1:].rstrip(".")
    return next((words for start, words in _KINDS.items() if kind.startswith(start)), other)
