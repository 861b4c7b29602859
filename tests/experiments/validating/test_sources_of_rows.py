"""What sources say of rows kept for checking: of which study they are, and which priors name them."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict

from sim.analysis.rows_in_priors import rows_in_priors
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


def test_rows_that_a_prior_names_are_found(evidence: Evidence) -> None:
    found = rows_in_priors(evidence)
    assert found == {"A07": ("startup.travel",), "M21": ("talent.diaspora_pull",)}  # of which the sign alone was taken
    assert "B17" not in found  # which may be fitted
    assert "M02" not in found  # seen, and named by a fixed number
    beta = dataclasses.replace(evidence.parameters["talent.beta"], source="rows M04, B18 and M041")
    other = dataclasses.replace(evidence, parameters={**evidence.parameters, "talent.beta": beta})
    assert {row: who for row, who in rows_in_priors(other).items() if row not in found} == {
        "B18": ("talent.beta",), "M04": ("talent.beta",)
    }  # fmt: skip
