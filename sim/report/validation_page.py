"""The page of a validation, in Markdown: tallies in sentences, every row, patterns, what moves headquarters, misses."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.analysis.validation.relocation import verdict
from sim.analysis.validation.rows import hindcast
from sim.analysis.validation.tallies import sentences
from sim.report.markdown_pages import markdown_template

LINE = 118


def validation_page(
    tables: Mapping[str, pd.DataFrame], note: Mapping[str, Any], doubts: list[str], command: str, figures: str
) -> str:
    """Return the page.

    Args:
        tables: ``validation``, ``tally``, ``emergence``, ``relocation`` and ``no_skill``, as the analysis returns them.
        note: version, seed, worlds by folder of runs, digests, and of the posterior what ``posterior.json`` says.
        doubts: why the posterior may not be trusted, a sentence each.
        command: that repeats it.
        figures: folder of the figures, as seen from the page.
    """
    template = markdown_template("validation.md", fill=lambda text: textwrap.fill(text, LINE))
    rows = tables["validation"]
    checked, past = rows[rows["use"] == "validate"], hindcast(rows)
    kept = past[past["counted"]]
    held = {
        name: int(kept[f"{name}_inside"].astype(bool).sum()) for name in ("posterior", "prior", "constant", "trend")
    }
    listed = {name: tables[name].to_dict("records") for name in ("tally", "emergence", "relocation")}
    return template.render(
        listed | {
            "note": note, "doubts": doubts, "command": command, "figures": figures, "sentences": sentences(rows),
            "no_skill": alike(tables["no_skill"]),
            "counted": checked[checked["counted"]].to_dict("records"), "past": past.to_dict("records"),
            "signs": checked[checked["asks_for_sign"]].to_dict("records"),
            "seen": rows[(rows["use"] == "seen") & ~rows["asks_for_sign"]].to_dict("records"), "held": held,
            "past_counted": len(kept), "silent": int(kept["constant_value"].isna().sum()),
            "verdict": verdict(tables["relocation"]),
            "missed": checked[checked["counted"] & ~checked["posterior_inside"].astype(bool)].to_dict("records"),
        }
    )  # fmt: skip


def alike(forecasts: pd.DataFrame) -> list[dict[str, Any]]:
    """Return forecasts without skill, one item for all rows of the same numbers and words: ``rows`` names them."""
    told = [name for name in forecasts.columns if name not in ("row", "year")]
    groups = forecasts.groupby(told, sort=False, dropna=False)["row"].agg(", ".join).rename("rows").reset_index()
    return [{str(key): value for key, value in line.items()} for line in groups.to_dict("records")]
