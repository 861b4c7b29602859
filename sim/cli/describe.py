"""``describe``: places, levers, outcomes and parameters as tables, with unit, range, status and source."""

from __future__ import annotations

import sys

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from sim.errors import InputError, nearest
from sim.evidence import VARIABLES, load_evidence

SUBJECTS = {
    "places": "the 26 places; with the name of a place, all its figures",
    "levers": "the instruments a scenario can use; with the name of a lever, its fields and parameters",
    "outcomes": "what is measured in every run",
    "parameters": "what the worlds draw; with the start of a name, those parameters",
}
# Wide enough for every column when the output goes into a file.
FILE_WIDTH = 200


def describe_all(csv: bool) -> None:
    """Say what there is to describe."""
    frame = pd.DataFrame({"subject": list(SUBJECTS), "what": list(SUBJECTS.values())})
    _print(frame, "run_sim.py describe SUBJECT", csv)


def describe_one(subject: str, name: str | None, csv: bool) -> None:
    """Print the table of a subject, or of one thing of it.

    Raises:
        InputError: if there is nothing of that name.
    """
    tables = {"places": _places, "levers": _levers, "outcomes": _outcomes, "parameters": _parameters}
    frame, title = tables[subject](name, csv)
    _print(frame, title, csv)


def _places(name: str | None, csv: bool) -> tuple[pd.DataFrame, str]:
    evidence = load_evidence()
    figures = evidence.figures
    for row, key in enumerate(figures["variable"]):
        variable = VARIABLES[key]
        figures.loc[row, ["low", "high", "description"]] = (variable.low, variable.high, variable.description)
    columns = ["place", "variable", "value", "unit", "low", "high", "year", "status", "source"]
    if name is not None:
        _known(name, list(evidence.place_ids), "place")
        chosen = figures[figures["place"] == name]
        return chosen[columns if csv else columns[1:]], f"{name}: figures, with the range the loader allows"
    if csv:
        return figures[[*columns, "description"]], ""
    keys = ["place", "name", "city", "country", "kind", "region", "labour_market"]
    frame = pd.DataFrame([{key: getattr(place, key) for key in keys} for place in evidence.places])
    counts = figures.groupby(["place", "status"]).size().unstack(fill_value=0)
    for status in counts.columns:
        frame[f"{status} figures"] = frame["place"].map(counts[status])
    return frame, "Places, and how many of their figures are verified, recalled or estimated"


def _levers(name: str | None, csv: bool) -> tuple[pd.DataFrame, str]:
    from sim.lever_tables import allowed
    from sim.model.levers import LEVERS

    if name is None and not csv:
        rows = [
            {
                "lever": key,
                "recommendation": lever.number or "–",
                "provenance": lever.provenance,
                "title": lever.title,
                "moves": ", ".join(lever.moves),
                "payer": lever.payer,
            }
            for key, lever in LEVERS.items()
        ]
        return pd.DataFrame(rows), "Levers: what each moves and who pays (describe levers NAME for its fields)"
    if name is not None:
        _known(name, list(LEVERS), "lever")
    rows = []
    parameters = load_evidence().parameters
    for key, lever in LEVERS.items():
        if name not in (None, key):
            continue
        for field, info in lever.model_fields.items():
            rows.append(
                {"lever": key, "name": field, "default": info.default, "allowed": allowed(info, field),
                 "unit": "", "status": "scenario field", "what": info.description or "", "source": ""}
            )  # fmt: skip
        for full, parameter in parameters.items():
            if full.startswith(f"lever.{key}."):
                rows.append(
                    {"lever": key, "name": full, "default": f"{parameter.value:g}",
                     "allowed": f"{parameter.low:g} to {parameter.high:g} ({parameter.prior})",
                     "unit": parameter.unit, "status": parameter.status, "what": parameter.label,
                     "source": parameter.source}
                )  # fmt: skip
    frame = pd.DataFrame(rows)
    title = "" if name is None else f"{name}: fields of a scenario file, then parameters of the world"
    return (frame if csv else frame.drop(columns="lever")), title


def _outcomes(name: str | None, csv: bool) -> tuple[pd.DataFrame, str]:
    from sim.analysis import OUTCOMES

    rows = [
        {
            "outcome": o.name,
            "label": o.label,
            "unit": o.unit,
            "better": o.better,
            "description": o.description,
        }
        for o in OUTCOMES.values()
        if name is None or o.name.startswith(name)
    ]
    if not rows:
        _known(name or "", list(OUTCOMES), "outcome")
    return pd.DataFrame(rows), "Outcomes"


def _parameters(name: str | None, csv: bool) -> tuple[pd.DataFrame, str]:
    parameters = load_evidence().parameters
    rows = [
        {"parameter": key, "label": p.label, "value": p.value, "unit": p.unit, "low": p.low, "high": p.high,
         "prior": p.prior, "status": p.status, "source": p.source, "checked": str(p.checked)}
        for key, p in parameters.items()
        if name is None or key.startswith(name)
    ]  # fmt: skip
    if not rows:
        _known(name or "", list(parameters), "parameter")
    return pd.DataFrame(rows), "Parameters: central value, range the worlds are drawn from, status, source"


def _known(name: str, names: list[str], what: str) -> None:
    if name not in names:
        raise InputError(f"describe {what}s: unknown {what} '{name}'{nearest(name, names) or '.'}")


def _print(frame: pd.DataFrame, title: str, csv: bool) -> None:
    if csv:
        sys.stdout.write(frame.to_csv(index=False, lineterminator="\n"))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=FILE_WIDTH)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    numeric = set(frame.select_dtypes("number").columns)
    for column in frame.columns:
        right = column in numeric
        table.add_column(str(column), justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(f"{cell:.6g}" if isinstance(cell, float) else _text(cell) for cell in row))
    console.print(table, markup=False)


def _text(cell: object) -> str:
    if cell is None:
        return "none"
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell)
