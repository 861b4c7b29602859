"""``describe``: places, levers, outcomes, parameters and evidence as tables, with unit, range, status and source."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from sim.cli.drawing import adopted
from sim.cli.options import page_problems
from sim.cli.saying import say
from sim.errors import InputError, nearest
from sim.evidence import VARIABLES, load_evidence
from sim.extensions.evidence import extended_evidence

if TYPE_CHECKING:
    from sim.evidence.posterior import Posterior

SUBJECTS = {
    "places": "the places; with the name of a place, all its figures",
    "levers": "the instruments a scenario can use; with the name of a lever, its fields and parameters",
    "outcomes": "what is measured in every run",
    "parameters": "what the worlds draw; with the start of a name, those parameters",
    "evidence": "how many parameters are assumed, measured, law or calibrated; --page writes all that is known",
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
    tables = {"places": _places, "levers": _levers, "outcomes": _outcomes, "parameters": _parameters,
              "evidence": _evidence}  # fmt: skip
    frame, title = tables[subject](name, csv)
    _print(frame, title, csv)
    if subject in ("parameters", "evidence") and not csv:
        from sim.analysis.parameter_status import summary

        table, posterior = _standing()
        for sentence in summary(table, posterior):
            say(Console(), sentence)


def subject_table(subject: str, name: str | None = None) -> pd.DataFrame:
    """Return the table of places, levers, outcomes or parameters, every column of it.

    Raises:
        InputError: if there is nothing of that name.
    """
    tables = {"places": _places, "levers": _levers, "outcomes": _outcomes, "parameters": _parameters}
    _known(subject, list(tables), "subject")
    return tables[subject](name, True)[0].reset_index(drop=True)


def evidence_text() -> str:
    """Return the page of the evidence, with the adopted posterior if there is one.

    Raises:
        InputError: for a damaged posterior, or target rows that the register does not know.
    """
    from sim.experiments.targets.aims import described_rows
    from sim.report.evidence_page import evidence_page

    evidence = load_evidence()
    return evidence_page(evidence, adopted(evidence), described_rows(evidence))


def write_page(subject: str, page: Path) -> None:
    """Write the page of the documents on a subject: evidence, levers or outcomes.

    Raises:
        InputError: if there is no such folder, or as :func:`evidence_text`.
    """
    from sim.cli.reference_pages import levers_text, outcomes_text
    from sim.experiments.storage.atomic import write_text

    if problems := page_problems(page):
        raise InputError(problems)
    texts = {"evidence": evidence_text, "levers": levers_text, "outcomes": outcomes_text}
    write_text(page, texts[subject]())
    say(Console(), f"  {page}")


def _standing() -> tuple[pd.DataFrame, Posterior | None]:
    """Return the table of parameters and the adopted posterior."""
    from sim.analysis.parameter_status import parameter_table

    evidence = extended_evidence()
    posterior = adopted(evidence)
    return parameter_table(evidence, posterior), posterior


def _places(name: str | None, csv: bool) -> tuple[pd.DataFrame, str]:
    evidence = extended_evidence()
    figures = evidence.figures
    for column in ("low", "high", "description"):
        figures[column] = [getattr(VARIABLES[name], column) for name in figures["variable"]]
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
    from sim.lever_tables import allowed, defaults_of
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
    parameters, table = extended_evidence().parameters, _standing()[0]
    statuses = dict(zip(table["parameter"], table["status"], strict=True))
    for key, lever in LEVERS.items():
        if name not in (None, key):
            continue
        defaults = defaults_of(lever)
        for field, info in lever.model_fields.items():
            rows.append(
                {"lever": key, "name": field, "default": defaults[field], "allowed": allowed(info, field),
                 "unit": "", "status": "scenario field", "what": info.description or "", "source": ""}
            )  # fmt: skip
        for full, parameter in parameters.items():
            if full.startswith(f"lever.{key}."):
                rows.append(
                    {"lever": key, "name": full, "default": f"{parameter.value:g}",
                     "allowed": f"{parameter.low:g} to {parameter.high:g} ({parameter.prior})",
                     "unit": parameter.unit, "status": statuses[full], "what": parameter.label,
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
    from sim.analysis.parameter_status import POSTERIOR

    table, posterior = _standing()
    chosen = table[table["parameter"].str.startswith(name or "")]
    if chosen.empty:
        _known(name or "", list(table["parameter"]), "parameter")
    if posterior is None and not csv:
        chosen = chosen.drop(columns=list(POSTERIOR))
    fitted = "" if posterior is None else ", posterior (median and 90%)"
    return chosen, f"Parameters: central value, range of the prior, status{fitted}, source"


def _evidence(name: str | None, csv: bool) -> tuple[pd.DataFrame, str]:
    from sim.analysis.parameter_status import status_counts

    if name is not None:
        raise InputError(
            f"describe evidence: found '{name}', it takes no name; describe parameters {name} may be meant."
        )
    table, _ = _standing()
    return status_counts(table).reset_index(), "Parameters by group and status"


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
        table.add_row(*map(_text, row))
    console.print(table, markup=False)


def _text(cell: object) -> str:
    if cell is None:
        return "none"
    if isinstance(cell, float):
        return "–" if math.isnan(cell) else f"{cell:.6g}"
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell)
