"""``describe levers --page`` and ``describe outcomes --page``: what a scenario may write, and what is measured."""

from __future__ import annotations

from sim.evidence import load_evidence

LEVERS_HEAD = """\
# Levers: what a scenario file may write

Written by `python run_sim.py describe levers --page docs/levers.md`; a test compares the two. A lever is a dated
instrument, a table `[levers.NAME]` of a [scenario file](tutorials/own_scenario.md). It moves named quantities of
places, firms or rules ([ODD, 2.7](ODD.md#27-conditions-the-named-quantities)), never an outcome; at strength 0 a run
equals the baseline bit for bit. How strong one is comes from the parameters of the world, named below: value, range and
source of each are in [evidence.md](evidence.md#lever). In brackets stand number and provenance of a recommendation:
`A8` named in a press article of July 2013 as one of the eight, `A` budget, criterion or instrument named in that
article, `R` read in the report's table of contents or in the press of the time, `I` this project's reading of the
report's aims.

Fields that every lever has:

| field | default | allowed | what |
|---|---|---|---|
"""

OUTCOMES_HEAD = """\
# Outcomes: what is measured in every run

Written by `python run_sim.py describe outcomes --page docs/outcomes.md`; a test compares the two. An outcome is one
number a run, a column of `runs.parquet`. *Better* says which way is the better one, if any. How each is computed:
[ODD, 8.1](ODD.md#81-outcomes-simanalysisoutcomes).

| outcome | what | unit | better |
|---|---|---|---|
"""


def levers_text() -> str:
    """Return the page of all levers with their fields, defaults, allowed values and parameters."""
    from sim.lever_tables import allowed
    from sim.model.levers import LEVERS, Lever

    shared = set(Lever.model_fields)
    page = LEVERS_HEAD
    for field, info in Lever.model_fields.items():
        page += _row(f"`{field}`", _default(info.default), allowed(info, field), info.description)
    parameters = load_evidence().parameters
    for key, lever in LEVERS.items():
        number = f"{lever.number}, " if lever.number else ""
        page += f"\n## `{key}`\n\n**{lever.title}** ({number}{lever.provenance}).\n"
        page += f"Moves {_names(lever.moves)}. Paid by: {lever.payer}.\n"
        own = {
            field: info
            for field, info in lever.model_fields.items()
            if field not in shared or info.default != Lever.model_fields[field].default
        }
        if own:
            page += "\n| field | default | allowed | what |\n|---|---|---|---|\n"
        for field, info in own.items():
            page += _row(f"`{field}`", _default(info.default), allowed(info, field), info.description)
        if held := [name for name in parameters if name.startswith(f"lever.{key}.")]:
            page += f"\nParameters: {_names(held)}.\n"
    return page


def outcomes_text() -> str:
    """Return the page of all outcomes with unit, direction and description."""
    from sim.analysis import OUTCOMES

    page = OUTCOMES_HEAD
    for outcome in OUTCOMES.values():
        page += _row(f"`{outcome.name}`", f"**{outcome.label}.** {outcome.description}", outcome.unit, outcome.better)
    return page


def _row(*cells: str | None) -> str:
    return "| " + " | ".join((cell or "").replace("|", "\\|") for cell in cells) + " |\n"


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _default(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
