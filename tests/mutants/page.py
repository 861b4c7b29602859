"""What came of a sample, as a page: how many were noticed and how, by file, and every survivor with its reason."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.mutants.memory import Verdict
from tests.mutants.operators import Mutant
from tests.mutants.universe import LEFT_OUT, ROOT, all_mutants

PAGE = ROOT / "docs" / "mutation_sample.md"
REASONS = ROOT / "tests" / "mutants" / "survivors.toml"
KINDS = {
    "equivalent": "gives the same numbers for every input that can occur",
    "unreachable": "lies where no input that is allowed can lead",
    "performance": "changes only how long something takes",
    "message": "changes only what is said or shown, or whether bad input is refused with a sentence",
    "rounding": "a tolerance, a seed, or the tuning of a solver or sampler: the answer is the same within its error",
    "uncaught": "a test is missing",
}
CAUGHT = ("failure", "late", "golden")


@dataclass(frozen=True)
class Reason:
    """Why a change survives: its kind, and a sentence."""

    key: str
    kind: str
    why: str


def reasons() -> dict[str, Reason]:
    """Return the reasons on file by the key of their change."""
    if not REASONS.exists():
        return {}
    rows = tomllib.loads(REASONS.read_text(encoding="utf-8")).get("survivor", [])
    return {row["key"]: Reason(row["key"], row["kind"], row["why"]) for row in rows}


def caught_share(found: Sequence[tuple[Mutant, Verdict]]) -> float:
    """Return the share of all changes, equivalent ones among them, that a test notices."""
    return sum(verdict.how in CAUGHT for _, verdict in found) / len(found)


def unexplained(found: Sequence[tuple[Mutant, Verdict]], given: dict[str, Reason]) -> list[Mutant]:
    """Return the survivors without a reason on file."""
    return [mutant for mutant, verdict in found if verdict.how not in CAUGHT and mutant.key not in given]


def page(found: Sequence[tuple[Mutant, Verdict]], seed: int, given: dict[str, Reason], asked: int = 0) -> str:
    """Return the text of the page; ``asked``: how many were drawn, if not all were tried yet."""
    how = Counter(verdict.how for _, verdict in found)
    caught = sum(how[name] for name in CAUGHT)
    survivors = [mutant for mutant, verdict in found if verdict.how not in CAUGHT]
    kinds = Counter(given[m.key].kind if m.key in given else "no reason given" for m in survivors)
    harmless = sum(kinds[name] for name in ("equivalent", "unreachable", "performance", "message"))
    plain = sum(verdict.slow > 0 for _, verdict in found)
    twin = sum("tests/twin/" in verdict.by for _, verdict in found)
    lines = [
        "# Small changes at random, and whether a test notices",
        "",
        "Beside the [changes written by hand](mutations.md), each with its test: changes that nobody chose. Every",
        "operator, number, comparison, condition, bound, argument and statement of the rules, draws and accounts of",
        "the model, of the statistics of the analysis and of the designs may be changed (how:",
        f"`tests/mutants/operators.py`). Of all {len(all_mutants()):,} such changes {len(found)} were drawn at random,",
        f"each as likely as any other (seed {seed}; by the digest of its name: what no edit changes stays drawn).",
        "Written by `python -m tests.mutants`; it goes on where it was stopped.",
        *(
            [f"**Unfinished: {asked - len(found)} of {asked} that were drawn have not been tried yet.**"]
            if asked > len(found)
            else []
        ),
        "",
        f"**{caught} of {len(found)} were noticed: {100 * caught / len(found):.1f}%**; of those that change anything,"
        f" {100 * caught / max(len(found) - harmless, 1):.1f}%.",
        "",
        "| what came of it | changes |",
        "|---|---|",
        f"| a law or known answer fails | {how['failure']} |",
        f"| of these, in the comparison with the twin, written from [ODD](ODD.md) alone | {twin} |",
        f"| a test takes more than five times its time | {how['late']} |",
        f"| only kept values (golden) differ | {how['golden']} |",
        f"| not noticed | {how['survived']} |",
    ]
    if how["not planted"]:
        lines.append(f"| could not be put in place | {how['not planted']} |")
    lines += [
        "",
        f"{plain} changes lie in compiled rules: these, and the rules that call them, went on as plain Python, in",
        "worlds of some 270 talents and 80 firms; what a change cannot reach stayed compiled. Each change met the",
        "tests that come near it, quick ones first, kept values last, in a process of its own, until one failed.",
        "What survived got a test, or its reason below: of changes drawn anew (`--seed`) fewer are noticed at first.",
        "",
        "Left out: texts, type hints, docstrings, fields of classes, what only makes a message, and these files: "
        + "; ".join(f"{why} ({', '.join(f'`{n}`' for n in names)})" for why, names in _left_out()) + ".",
        "",
        "## Survivors",
        "",
        *[f"- {kind}: {meaning} ({kinds[kind]})." for kind, meaning in KINDS.items() if kinds[kind]],
        "",
        "| file and function | from | to | reason |",
        "|---|---|---|---|",
    ]  # fmt: skip
    for mutant in sorted(survivors, key=lambda m: (m.file, m.line, m.key)):
        reason = given.get(mutant.key)
        said = f"{reason.kind}: {reason.why}" if reason else "no reason given"
        lines.append(
            _row(f"{mutant.file.removeprefix('sim/')} `{mutant.owner}`", _code(mutant.old), _code(mutant.new), said)
        )
    lines += [
        "",
        "## By file",
        "",
        "| file | possible | drawn | law or known answer | too late | golden only | not noticed |",
        "|---|---|---|---|---|---|---|",
    ]
    possible = Counter(mutant.file for mutant in all_mutants())
    drawn: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, verdict in found:
        drawn[mutant.file][verdict.how] += 1
    for file, number in sorted(possible.items()):
        mine = drawn[file]
        rest = mine["survived"] + mine["not planted"]
        lines.append(_row(file, number, sum(mine.values()), mine["failure"], mine["late"], mine["golden"], rest))
    return "\n".join(lines) + "\n"


def _left_out() -> list[tuple[str, list[str]]]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for file, why in LEFT_OUT.items():
        by_reason[why].append(file.removeprefix("sim/"))
    return list(by_reason.items())


def _code(text: str) -> str:
    return "`" + (text if len(text) <= 90 else text[:87] + "...").replace("`", "'") + "`"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
