"""The page of the evidence, in Markdown: every parameter, what is known of the places, the target rows."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd

from sim.analysis.parameter_status import group_of, parameter_table, status_counts, summary
from sim.analysis.rows_in_priors import rows_in_priors
from sim.analysis.targets import EMERGENT, FITTED, INPUT, NOT_COMPUTABLE
from sim.evidence import VARIABLES, Evidence
from sim.evidence.posterior import Posterior
from sim.report.markdown_pages import markdown_template

GROUPS = {
    "talent": "Talents: where they live, work, stay and go",
    "startup": "Startups: founding, growth, moving, closing",
    "population": "Who lives where at the start",
    "capital": "Venture capital",
    "price": "Prices, offices, dwellings",
    "city": "Cities and what they build",
    "connectivity": "Fibre and 4G without a lever",
    "law": "Rules of law",
    "label": "The rule of the label",
    "lever": "What instruments reach and cost",
}
STATUSES = ("VERIFIED", "RECALLED", "ESTIMATE")
CLASSES = (INPUT, FITTED, EMERGENT, NOT_COMPUTABLE)
USES = ("calibrate", "validate", "seen", "context", "input")


def evidence_page(evidence: Evidence, posterior: Posterior | None, targets: pd.DataFrame) -> str:
    """Return the page.

    Args:
        evidence: parameters and figures.
        posterior: the adopted one, if there is one.
        targets: the target rows with ``use`` and ``class``.
    """
    template = markdown_template(
        "evidence.md", trim=True, cell=lambda text: str(text).replace("|", "\\|"), exact=lambda x: f"{x:.6g}"
    )
    table = parameter_table(evidence, posterior)
    counts = status_counts(table)
    groups = {name: table[table["parameter"].map(group_of) == name].to_dict("records") for name in counts.index[:-1]}
    text = template.render(
        summary=_filled(summary(table, posterior)), counts=_rows(counts), statuses=list(counts.columns),
        groups=groups, titles=GROUPS, posterior=None if posterior is None else _facts(posterior),
        variables=_variables(evidence.figures), figures=len(evidence.figures),
        uses=USES, targets=_targets(targets), rows=len(targets), checked=_checked(evidence),
    )  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _filled(sentences: list[str]) -> str:
    return textwrap.fill(" ".join(sentences), 118)


def _rows(counts: pd.DataFrame) -> list[tuple[str, list[int]]]:
    return [(str(name), [int(n) for n in row]) for name, row in zip(counts.index, counts.to_numpy(), strict=True)]


def _facts(posterior: Posterior) -> dict[str, Any]:
    """What is told of the posterior: its size, the rows it was fitted to, first digits of the digests."""
    digests = posterior.note.get("digests", {})
    rows = [str(row) for row in posterior.note.get("rows", ())]
    told = ", ".join(f"{name} {str(digest)[:12]}" for name, digest in digests.items())
    text = f"The posterior holds {len(posterior)} joint draws of {len(posterior.names)} parameters, fitted to"
    return {"text": _filled([f"{text} {len(rows)} target rows: {', '.join(rows)}.",
                             f"It was made with {told} (first digits of SHA-256)."])}  # fmt: skip


def _variables(figures: pd.DataFrame) -> list[dict[str, Any]]:
    """How many figures of each variable have each status, in the order of the registry."""
    found = []
    for name, variable in VARIABLES.items():
        mine = figures[figures["variable"] == name]
        counts = [int((mine["status"] == status).sum()) for status in STATUSES]
        found.append({"name": name, "what": variable.description, "unit": variable.unit, "counts": counts})
    totals = [int((figures["status"] == status).sum()) for status in STATUSES]
    return [*found, {"name": "", "what": "all", "unit": "", "counts": totals}]


def _checked(evidence: Evidence) -> str:
    """Say what rows kept for checking have to do with priors."""
    named = "; ".join(f"{row} by `{'`, `'.join(who)}`" for row, who in rows_in_priors(evidence).items())
    known = f" Sources of priors name some, for their sign or order: {named}." if named else ""
    return _filled([f"No row kept for checking is fitted.{known}"])


def _targets(targets: pd.DataFrame) -> list[tuple[str, list[int]]]:
    """How many rows of each class have each use, then all."""
    rows = [(kind, targets[targets["class"] == kind]) for kind in CLASSES]
    return [(kind, [*(int((mine["use"] == use).sum()) for use in USES), len(mine)])
            for kind, mine in [*rows, ("all", targets)]]  # fmt: skip
