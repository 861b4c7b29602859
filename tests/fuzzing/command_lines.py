"""Command lines as somebody might type them: every command, its options with hostile values, several at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.fuzzing.hostile import NUMBERS, SPECIAL, hostile_text

if TYPE_CHECKING:
    from tests.fuzzing.stage import Stage


@cache
def commands() -> dict[str, list[tuple[list[str], bool]]]:
    """Return command -> options: their words, and whether they stand alone."""
    import typer.main

    from sim.cli.app import app

    group: Any = typer.main.get_command(app)
    found = {"": _options(group)}
    return found | {name: _options(command) for name, command in group.commands.items()}


def _options(command: Any) -> list[tuple[list[str], bool]]:
    return [
        ([*option.opts, *option.secondary_opts], bool(getattr(option, "is_flag", False)))
        for option in command.params
        if option.param_type_name == "option" and "--help" not in option.opts
    ]


def command_line(rng: Random, stage: Stage, folder: Path) -> list[str]:
    """Return the words of a command line; hostile files it may name lie in the folder."""
    name = rng.choice(list(commands()))
    words = [name] if name else []
    if rng.random() < 0.03:
        words = [hostile_text(rng)]
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        words.append(_argument(rng, stage, folder))
    options = commands()[name]
    for _ in range(rng.choice((0, 1, 1, 2, 3)) if options else 0):
        option, alone = rng.choice(options)
        word = rng.choice(option)
        if rng.random() < 0.04:
            word = word[:-1] + rng.choice("xyz")
        words.append(word)
        if not alone and rng.random() < 0.95:
            words.append(_value(rng, stage, folder))
    if rng.random() < 0.05:
        rng.shuffle(words)
    return [word.replace("\0", "") if rng.random() < 0.9 else word for word in words if "--help" not in word]


def _argument(rng: Random, stage: Stage, folder: Path) -> str:
    kind = rng.random()
    if kind < 0.3:
        return str(rng.choice([*stage.scenarios, *stage.sweeps]))
    if kind < 0.5:
        return str(rng.choice((stage.results, stage.packages, stage.evidence_folder)))
    if kind < 0.65:
        return rng.choice(("places", "levers", "outcomes", "parameters", "evidence", "scenario", "sweep", "my_policy"))
    return _value(rng, stage, folder)


def _value(rng: Random, stage: Stage, folder: Path) -> str:
    kind = rng.random()
    if kind < 0.4:
        return rng.choice((*NUMBERS, "1", "2", "0", "-1", "3"))
    if kind < 0.7:
        return hostile_text(rng)
    if kind < 0.8:
        how = rng.choice(list(SPECIAL))
        path = folder / f"special{rng.randrange(10**6)}{rng.choice(('', '.toml', '.py'))}"
        SPECIAL[how](path)
        return str(path)
    words = ("en", "fr", "single", "pdf", "svg,png", "central", "prior", "posterior", "1/2", "3/2", "0/0", "local", "/",
             "/proc/self", "127.0.0.1", "::1", "8501", "main", "golden")  # fmt: skip
    return rng.choice((*words, str(folder / "new"), str(folder)))
