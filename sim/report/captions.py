"""Captions made from facts: what is shown, in which unit, over how many worlds, which interval, made with what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit

SHORT = 8
"""Signs of a digest that are printed."""
DIGESTS = (("model", ("digests", "code")), ("evidence", ("digests", "evidence")),
           ("posterior", ("posterior", "digests", "model")),
           ("targets", ("posterior", "digests", "targets")))  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Caption:
    """Title, note and provenance of a figure; plain text."""

    title: str
    note: str
    measures: str
    made: str
    language: str = "en"

    @property
    def body(self) -> str:
        """The caption without its title, one paragraph."""
        return " ".join(part for part in (self.note, self.measures, self.made) if part)

    @property
    def text(self) -> str:
        """Title, and the body on the next line: what stands beside the drawing in a text file."""
        return f"{self.title}\n{self.body}\n"


class Drawing(NamedTuple):
    """A figure, the numbers that it shows, and its caption."""

    figure: Figure
    data: pd.DataFrame
    caption: Caption


def caption_of(
    name: str, words: Words, manifest: Mapping[str, Any], note: str, *, title: str = "",
    measures: Iterable[tuple[str, str]] = (),
) -> Caption:  # fmt: skip
    """Make a caption.

    Args:
        name: of the figure.
        words: the catalogue.
        manifest: of the results; an empty one says nothing of version and digests.
        note: what is shown, over how many worlds, with which interval, from which file.
        title: by default the figure's in the catalogue.
        measures: label and unit of each outcome; by default the catalogue says what is counted.
    """
    pairs = [f"{label} ({unit})" if unit else label for label, unit in dict.fromkeys(measures)]
    shown = words("reading_apart").join(pairs)
    said = words("caption.outcomes", shown=shown) if pairs else words.get(f"caption.shown.{family_of(name)}", "")
    heading = title or words.get(f"figure.{name}.title", "") or words(f"figure.{family_of(name)}.title")
    return Caption(_plain(heading), _plain(note), _plain(said), _plain(made_with(manifest, words)), words.language)


def outcome_measures(table: pd.DataFrame, words: Words) -> list[tuple[str, str]]:
    """Label and unit of the outcomes of a table with columns ``outcome, label, unit``, in its order."""
    rows = table.drop_duplicates("outcome").to_dict("records")
    return [
        (outcome_label(str(row["outcome"]), str(row["label"]), words),
         outcome_unit(str(row["outcome"]), str(row["unit"]), words))
        for row in rows
    ]  # fmt: skip


def made_with(manifest: Mapping[str, Any], words: Words) -> str:
    """Version and short digests of model, evidence and posterior, as the manifest has them; else nothing."""
    version = manifest.get("version")
    if not isinstance(version, str):
        return ""
    found = [(name, _entry(manifest, path)) for name, path in DIGESTS]
    told = ", ".join(words(f"caption.digest.{name}", digest=digest[:SHORT]) for name, digest in found if digest)
    return words("caption.made", version=version, digests=told) if told else words("caption.version", version=version)


def beside(drawing: Path) -> tuple[str, str]:
    """Title and body of the caption that stands beside a drawing; empty where there is none."""
    path = drawing.with_suffix(".txt")
    if not path.is_file():
        return "", ""
    title, _, body = path.read_text(encoding="utf-8").partition("\n")
    return title, body.strip()


def joined(before: str, after: str, words: Words, gap: str = " ") -> str:
    """Two parts with a colon between them, as the language sets it."""
    return f"{before}{words('page.colon')}{gap}{after}"


def family_of(name: str) -> str:
    """The name under which figures of a kind share their words."""
    families = ("map", "gains", "before_after")
    return next((family for family in families if name.startswith(f"{family}_")), name)


def _entry(manifest: Mapping[str, Any], path: tuple[str, ...]) -> str:
    node: Any = manifest
    for part in path:
        node = node.get(part) if isinstance(node, Mapping) else None
    return node if isinstance(node, str) else ""


def _plain(text: str) -> str:
    """Text on one line, without signs that a drawing's metadata cannot hold."""
    return re.sub(r"[ \t\n]+", " ", _CONTROL.sub("", text)).strip()
