"""Rows of one study are in one group: what the sources of the rows say of each other."""

from __future__ import annotations

import re
from collections import defaultdict

from sim.analysis.targets import COUNTED
from sim.analysis.validation.rows import group_of
from sim.evidence import Evidence
from sim.experiments.targets.aims import described_rows

SAME = re.compile(r"\bsame (?:abstract )?as ([A-Z]\w+)")


def test_rows_whose_sources_are_the_same_are_in_one_group(evidence: Evidence) -> None:
    rows = described_rows(evidence)
    named = {row: SAME.search(source) for row, source in zip(rows["row"], rows["source"], strict=True)}
    study = {row: row if found is None else found[1] for row, found in named.items()}
    counted = rows[(rows["use"] == "validate") & rows["class"].isin(COUNTED) & (rows["low"] < rows["high"])]
    groups: dict[str, set[str]] = defaultdict(set)
    for row in counted["row"]:
        groups[study[row]].add(group_of(row))
    assert sum(len(found) for found in groups.values()) > 20
    assert {row: found for row, found in groups.items() if len(found) > 1} == {}
