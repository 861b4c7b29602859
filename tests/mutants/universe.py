"""What may be changed: the sources in scope, all changes of each, and a random sample of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from tests.mutants.operators import Mutant, Required, mutants_of, required

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = ("sim/model", "sim/analysis")
DESIGNS = (
    "sim/experiments/designs/stopping_rule.py", "sim/experiments/designs/samplers.py",
    "sim/experiments/designs/space_filling.py", "sim/experiments/designs/points.py",
    "sim/experiments/designs/structures.py", "sim/experiments/validating/no_skill.py",
)  # fmt: skip
"""Of the experiments, those files that are statistics."""
LEFT_OUT = {
    "sim/model/compile.py": "how rules are compiled",
    "sim/model/blocks.py": "threads",
    "sim/model/desk.py": "scratch",
    "sim/model/adapter.py": "Mesa's face",
    "sim/model/agent_sets.py": "Mesa's face",
    "sim/model/columns.py": "Mesa's face",
    "sim/model/row_agents.py": "Mesa's face",
    "sim/model/watching.py": "Mesa's face",
    "sim/model/one_agent.py": "Mesa's face",
    "sim/model/persons.py": "Mesa's face",
    "sim/model/processes.py": "Mesa's face",
    "sim/model/central.py": "Mesa's face",
    "sim/analysis/frames.py": "reading results",
    "sim/analysis/reading.py": "reading results",
    "sim/analysis/run_record.py": "reading results",
    "sim/analysis/unfinished.py": "reading results",
    "sim/analysis/parameter_status.py": "reading the evidence",
    "sim/analysis/rows_in_priors.py": "reading the evidence",
    "sim/analysis/packages/tables.py": "layout of tables",
    "sim/analysis/sensitivity/tables.py": "layout of tables",
}


@cache
def files() -> tuple[str, ...]:
    """Return the sources in scope, by name."""
    found = [path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return tuple(sorted(name for name in [*found, *DESIGNS] if name not in LEFT_OUT and not name.endswith("__.py")))


def source(file: str) -> str:
    """Return the text of a source."""
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def needed() -> Required:
    """Return what no call of the project's own functions can leave out."""
    return required(path.read_text(encoding="utf-8") for path in sorted((ROOT / "sim").rglob("*.py")))


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Return every change of every source in scope."""
    return tuple(mutant for file in files() for mutant in mutants_of(file, source(file), needed()))


def drawn_from(pool: Iterable[Mutant], number: int, seed: int) -> Sequence[Mutant]:
    """Return so many changes of a pool, each as likely as any other: those whose digest with the seed is the lowest.

    By their own name, and not by their place in a list: where sources change, what did not change stays drawn.
    """
    digest = lambda mutant: hashlib.sha256(f"{seed} {mutant.key}".encode()).hexdigest()  # noqa: E731
    return sorted(pool, key=digest)[:number]


def sample(number: int, seed: int) -> Sequence[Mutant]:
    """Return so many changes of all; a larger number goes on where a smaller one ended."""
    return drawn_from(all_mutants(), number, seed)
