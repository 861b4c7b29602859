"""Every parameter: value, unit, range, status and source; and whether the worlds of these results drew it."""

from __future__ import annotations

from typing import Any

from sim.analysis.reading import read_parquet
from sim.errors import InputError
from sim.report.catalogue import Words
from sim.report.names import parameter_text, status_text, unit_text
from sim.report.results import Results
from sim.report.tables.table import Column, Entry, Table, text


def drawn(results: Results) -> set[str]:
    """Names of the parameters that differ between the worlds of some results."""
    path = results.folder / "worlds.parquet"
    if not path.is_file():
        return set()
    frame = read_parquet(path, ("parameter",), ("world", "value"))
    spread = frame.groupby("parameter", observed=True)["value"].nunique()
    return {str(name) for name in spread.index[spread > 1]}


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The table; none if these results were made from other evidence than is installed."""
    from sim.evidence import load_evidence

    digests = results.manifest.get("digests")
    try:
        evidence = load_evidence()
    except InputError:
        return None
    if not isinstance(digests, dict) or digests.get("evidence") != evidence.digest:
        return None
    varied, plain = drawn(results), words.numbers.plain
    rows = []
    for name, p in evidence.parameters.items():
        span = words("page.range", low=plain(p.low), high=plain(p.high)) if p.prior != "fixed" else ""
        rows.append(
            (
                text(name), text(parameter_text(name, p.label, words)), Entry(plain(p.value), (p.value,), 3),
                text(unit_text(p.unit, words)), text(span), text(words.get(f"prior.{p.prior}", p.prior)),
                text(words("parameters.drawn" if name in varied else "parameters.fixed")),
                text(status_text(p.status, words)), text(p.source),
            )
        )  # fmt: skip
    names = ("name", "what", "value", "unit", "range", "prior", "worlds", "status", "source")
    columns = tuple(
        Column(
            words(f"parameters.{n}"), kind="number" if n == "value" else "text", language="en" if n == "source" else ""
        )
        for n in names
    )
    notes = (words("parameters.note", n=len(rows), drawn=len(varied)),)
    return {"table": Table("parameters", words("parameters.title"), columns, tuple(rows), notes), "summary": notes[0]}
