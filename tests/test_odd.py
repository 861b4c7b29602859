"""docs/ODD.md names what the code has, and nothing else: processes, columns, draws, quantities, levers, outcomes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from sim.analysis.outcomes import OUTCOMES
from sim.evidence import Evidence
from sim.model.accounts import FIRMS, PEOPLE, TALENT_ITEMS, WAGES
from sim.model.city_menu import ITEMS
from sim.model.conditions import Conditions
from sim.model.events import FIRM_COUNTS, STARTUP_TERMS, STARTUP_TRIGGERS, TALENT_COUNTS, TALENT_TERMS, TALENT_TRIGGERS
from sim.model.flight import PROCESSES
from sim.model.levers import LEVERS
from sim.model.randomness import Purpose
from sim.model.startups import STARTUP_TYPES
from sim.model.talents import TALENT_TYPES

ODD = Path(__file__).parents[1] / "docs" / "ODD.md"
LISTED = ODD.parent / "evidence.md"  # status and source of every parameter
# Patterns that stand for several parameters, as ODD explains where it uses them.
FAMILIES = {
    r"talent\.(cost|pay|share)_(technician|star|top)": ("talent.cost_<skill>", "talent.pay_*", "talent.share_*"),
    r"startup\.founding_(technician|star|top)": ("startup.founding_<skill>",),
    r"capital\.growth\..*": ("capital.growth.<country>",),
    r"law\.impatriate_marginal\..*": ("law.impatriate_marginal.<skill>",),
    r"law\.jei_schedule\..*": ("law.jei_schedule.1",),
    r"capital\.(ask|foreign_lead)\..*": ("capital.ask.x", "capital.foreign_lead.x"),
    r"(talent|startup)\.cost_paris": ("<kind>.cost_paris",),
    r"(talent|startup)\.cost_district": ("<kind>.cost_district",),
    r"(talent|startup)\.cost_border": ("<kind>.cost_border",),
    r"(talent|startup)\.cost_distance": ("<kind>.cost_distance",),
}
REVENUE = "7.22 Public revenue"


def section(text: str, title: str) -> str:
    """Return the part of the text under a heading, up to the next heading of the same or a higher level."""
    match = re.search(rf"^(#+) {re.escape(title)}.*?$", text, re.M)
    assert match is not None, f"ODD has no section '{title}'"
    level = len(match[1])
    rest = text[match.end() :]
    end = re.search(rf"^#{{1,{level}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def first_cells(text: str) -> list[str]:
    """Return the names in backticks in the first cell of each row of the section's tables, in order."""
    names: list[str] = []
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            names += re.findall(r"`([A-Za-z_0-9]+)`", line.split("|")[1])
    return names


def differences(kind: str, written: Iterable[str], coded: Iterable[str], ordered: bool = False) -> list[str]:
    written, coded = list(written), list(coded)
    found = [f"{kind} '{name}' is in ODD and not in the code" for name in written if name not in coded]
    found += [f"{kind} '{name}' is in the code and not in ODD" for name in coded if name not in written]
    if ordered and not found and written != coded:
        found.append(f"{kind}: ODD has another order")
    return found


def parameter_problems(text: str, names: Iterable[str]) -> list[str]:
    """Parameters that ODD does not name (whole, by last part in the section of their group, or by family)."""
    problems = []
    known = set(names)
    for name in known:
        family = next((said for pattern, said in FAMILIES.items() if re.fullmatch(pattern, name)), ())
        last = name.rsplit(".", 1)[-1]
        said = f"`{last}`" in text or f"p.{last}" in text or re.search(rf"(?<![\w.]){last}\b", text) is not None
        if not (name in text or any(item in text for item in family) or said):
            problems.append(f"parameter '{name}' is not in ODD")
    groups = "talent|startup|population|capital|price|connectivity|law|label|city|lever"
    for name in set(re.findall(rf"`((?:{groups})\.[a-z_0-9.]*[a-z_0-9])`", text)):
        if name not in known and name != "capital.csv" and not any(other.startswith(name + ".") for other in known):
            problems.append(f"ODD names parameter '{name}', which does not exist")
    return sorted(problems)


def group_problems(text: str, page: str, names: Iterable[str]) -> list[str]:
    """Groups of parameters that ODD counts otherwise than the code, or whose list is not where ODD says it is."""
    names = list(names)
    listed = section(text, "6.1 Parameter groups")
    rows = re.findall(r"^\| \[`([a-z]+)\.[^`]*`\]\(evidence\.md#([a-z]+)\) \| (\d+) \|", listed, re.M)
    found = differences("group", [group for group, _, _ in rows], {name.partition(".")[0] for name in names})
    for group, anchor, number in rows:
        held = sum(name.partition(".")[0] == group for name in names)
        if int(number) != held:
            found.append(f"group '{group}': ODD says {number} parameters, there are {held}")
        if f"\n### {anchor}\n" not in page:
            found.append(f"group '{group}': docs/evidence.md has no section '{anchor}'")
    return found + [f"parameter '{name}' is not in docs/evidence.md" for name in names if f"\n| `{name}` |" not in page]


def odd_problems(text: str, evidence: Evidence) -> list[str]:
    """Everything in which ODD and the code disagree."""
    found = differences(
        "process",
        first_cells_of_second(section(text, "3.1 The step")),
        [process.__name__ for process in PROCESSES],
        ordered=True,
    )
    found += differences("talent column", first_cells(section(text, "2.5 Talents")), TALENT_TYPES)
    found += differences("startup column", first_cells(section(text, "2.6 Startups")), STARTUP_TYPES)
    fields = [field.name for field in dataclasses.fields(Conditions)]
    found += differences("condition", first_cells(section(text, "2.7 Conditions")), fields)
    found += differences("purpose", set(first_cells(section(text, "4. Design concepts"))), Purpose.__members__)
    found += differences("outcome", first_cells(section(text, "8.1 Outcomes")), OUTCOMES)
    found += differences("menu item", first_cells(section(text, "7.2 `act_cities`")), ITEMS, ordered=True)
    revenue = section(text, REVENUE)
    found += differences("cause of revenue", dict.fromkeys(first_cells(revenue)), (PEOPLE, WAGES, FIRMS), ordered=True)
    found += [f"item of revenue '{item}' is not in ODD" for item in TALENT_ITEMS if f"`{item}`" not in revenue]
    for key, lever in LEVERS.items():
        if f"`{key}`" not in text:
            found.append(f"lever '{key}' is not in ODD")
        found += [f"lever '{key}' moves '{name}', no condition" for name in lever.moves if name not in fields]
    records = " ".join(section(text, "8.2 Records of a run").split())
    events = FIRM_COUNTS + TALENT_COUNTS + STARTUP_TERMS + STARTUP_TRIGGERS + TALENT_TERMS + TALENT_TRIGGERS
    found += [f"record or reason '{name}' is not in ODD" for name in events if name not in records]
    return found + parameter_problems(text, evidence.parameters)


def first_cells_of_second(text: str) -> list[str]:
    """Return the names in backticks in the second cell of each numbered row."""
    return re.findall(r"^\| \d+ \| `([a-z_]+)`", text, re.M)


def test_odd_and_the_code_agree(evidence: Evidence) -> None:
    assert odd_problems(ODD.read_text(encoding="utf-8"), evidence) == []


def test_every_parameter_is_counted_here_and_listed_with_status_and_source(evidence: Evidence) -> None:
    text, page = ODD.read_text(encoding="utf-8"), LISTED.read_text(encoding="utf-8")
    assert group_problems(text, page, evidence.parameters) == []
    lost = "talent.beta"
    assert group_problems(text, page.replace(f"| `{lost}` |", ""), evidence.parameters) == [
        f"parameter '{lost}' is not in docs/evidence.md"
    ]
    fewer = [name for name in evidence.parameters if name != lost]
    assert group_problems(text, page, fewer) == ["group 'talent': ODD says 36 parameters, there are 35"]


@pytest.mark.parametrize(
    "lost",
    ["| 9 | `close_startups`", "| `MOVE_PLACE`", "| `visa_cost`", "| `talent_flight_rate`", "| `headcount`",
     "| `startup_rank`", "`zone_exemption`", "| `shuttle`", "| `wages`", "`refused_dwellings`,",
     "price.office_supply", "broadband,"],
)  # fmt: skip
def test_a_forgotten_name_is_found(evidence: Evidence, lost: str) -> None:
    """The broken twin: an ODD without one of its names."""
    text = ODD.read_text(encoding="utf-8")
    assert lost in text
    assert odd_problems(text.replace(lost, ""), evidence) != []


def test_an_invented_name_is_found(evidence: Evidence) -> None:
    text = ODD.read_text(encoding="utf-8") + "\nGrowth also reads `startup.luck_of_the_draw`.\n"
    assert odd_problems(text, evidence) == ["ODD names parameter 'startup.luck_of_the_draw', which does not exist"]
