"""Results of other commands in a folder beside: used only if made by the same model from the same evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.reading import read_csv, read_manifest
from sim.errors import InputError
from sim.report.results import Results

FIRST_DIGITS = 12
DIGEST = r"([0-9a-f]{12})"


def folder_beside(results: Results, name: str, manifest: str = "manifest.json") -> Path | None:
    """The folder beside the results, or in them, whose manifest agrees in code and evidence; else None.

    Args:
        results: the results of the page.
        name: of the folder.
        manifest: path of its manifest, as seen from it.
    """
    ours = _digests(results.manifest)
    for folder in _candidates(results, name):
        path = folder / manifest
        if path.is_file():
            try:
                theirs = _digests(read_manifest(path))
            except InputError:
                return None
            return folder if ours is not None and theirs == ours else None
    return None


def validation_beside(results: Results) -> Path | None:
    """The folder of a validation whose page names the same sources and evidence; else None."""
    ours = _digests(results.manifest)
    for folder in _candidates(results, "validation"):
        page = folder / "validation.md"
        if not page.is_file():
            continue
        try:
            head = page.read_text(encoding="utf-8")[:2000]
        except (OSError, UnicodeDecodeError):
            return None
        found = [re.search(rf"{word}\s+{DIGEST}", head) for word in ("sources", "evidence")]
        same = ours is not None and all(
            one is not None and one[1] == digest[:FIRST_DIGITS] for one, digest in zip(found, ours, strict=True)
        )
        return folder if same else None
    return None


def table_of(folder: Path | None, name: str, texts: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame | None:
    """A table of such a folder; None if it is not there, is empty or cannot be read."""
    if folder is None or not (folder / name).is_file():
        return None
    try:
        frame = read_csv(folder / name, texts, numbers)
    except InputError:
        return None
    return frame if len(frame) else None


def _candidates(results: Results, name: str) -> list[Path]:
    here = results.folder.absolute()
    found = [here / name, here.parent / name]
    return [folder for folder in found if folder != here and folder.is_dir()]


def _digests(manifest: dict[str, Any]) -> tuple[str, str] | None:
    held = manifest.get("digests")
    if not isinstance(held, dict):
        return None
    code, evidence = held.get("code"), held.get("evidence")
    return (code, evidence) if isinstance(code, str) and isinstance(evidence, str) else None
