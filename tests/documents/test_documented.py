"""Every command, option, lever and its fields, outcome, process and parameter stands where a reader looks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from sim.analysis import OUTCOMES
from sim.cli.reference_pages import levers_text, outcomes_text
from sim.evidence import Evidence
from sim.model.flight import PROCESSES
from sim.model.levers import LEVERS
from tests.documents.blocks import ROOT, pages, text_of
from tests.test_house import command_line, unnamed


def missing(kind: str, names: Iterable[str], page: str, text: str) -> list[str]:
    """Names that a page does not have in code type, as sentences."""
    return [f"{kind} '{name}' is not in {page}" for name in unnamed(names, text)]


def undocumented(texts: dict[str, str], evidence: Evidence) -> list[str]:
    """Everything that a reader cannot find in the page that is its home."""
    commands, options = command_line()
    fields = {field for lever in LEVERS.values() for field in lever.model_fields}
    homes = {
        "docs/commands.md": {"command": commands, "option": options},
        "docs/levers.md": {"lever": LEVERS, "field": fields},
        "docs/outcomes.md": {"outcome": OUTCOMES},
        "docs/evidence.md": {"parameter": evidence.parameters},
        "docs/ODD.md": {"process": [process.__name__ for process in PROCESSES], "outcome": OUTCOMES, "lever": LEVERS},
    }
    return [
        problem
        for page, kinds in homes.items()
        for kind, names in kinds.items()
        for problem in missing(kind, names, page, texts[page])
    ]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {page: text_of(page) for page in pages()}


def test_everything_is_documented(texts: dict[str, str], evidence: Evidence) -> None:
    assert undocumented(texts, evidence) == []


@pytest.mark.parametrize(
    ("page", "lost", "said"),
    [
        ("docs/commands.md", "counterfactual", "command 'counterfactual'"),
        ("docs/commands.md", "--startup-scale", "option '--startup-scale'"),
        ("docs/levers.md", "structures_per_place", "field 'structures_per_place'"),
        ("docs/levers.md", "open_innovation", "lever 'open_innovation'"),
        ("docs/outcomes.md", "founder_flight", "outcome 'founder_flight'"),
        ("docs/evidence.md", "talent.beta", "parameter 'talent.beta'"),
        ("docs/ODD.md", "close_startups", "process 'close_startups'"),
    ],
)
def test_twin_what_is_left_out_is_found(
    texts: dict[str, str], evidence: Evidence, page: str, lost: str, said: str
) -> None:
    assert lost in texts[page]
    assert f"{said} is not in {page}" in undocumented(texts | {page: texts[page].replace(lost, "gone")}, evidence)


def test_the_pages_of_levers_and_outcomes_are_what_their_commands_write() -> None:
    for page, text in {"docs/levers.md": levers_text(), "docs/outcomes.md": outcomes_text()}.items():
        subject = page.removeprefix("docs/").removesuffix(".md")
        command = f"run_sim.py describe {subject} --page {page}"
        assert command in text
        assert text_of(page) == text, f"{page} is old: {command}"


def test_a_new_reader_finds_a_path_in_the_readme() -> None:
    readme = text_of("README.md")
    assert len(readme.splitlines()) < 130
    for reader in ("I compare policies", "I run experiments", "I change the model"):
        assert f"**{reader}**" in readme
        assert f"## {reader}" in text_of("CONTRIBUTING.md")
    assert "## En bref" in readme
    tutorials = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "tutorials").iterdir()}
    assert [page for page in sorted(tutorials) if f"]({page})" not in readme] == []


def test_french_pages_have_french_signs() -> None:
    """One narrow no-break space before high signs and inside guillemets; none of it in code."""
    text = re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)", "", text_of("docs/guide_equipes.md"), flags=re.S)
    assert re.findall(r".{8}(?<!\u202f)[;?!»%].{4}", text) == []
    assert re.findall(r"(?<=\w):|[ \n]:", text) == []
    assert re.findall(r"«(?!\u202f).{4}", text) == []
    assert "\u202f" in text
