"""What a visitor leaves with: scenario files, tables, figures, report."""

from __future__ import annotations

import io
import shlex
import zipfile
from pathlib import Path

from sim.dashboard.answers import Answer
from sim.dashboard.ask import FILES, Ask
from sim.dashboard.instruments import instruments
from sim.dashboard.scenario_text import BASELINE, policy_content, policy_title, toml_text
from sim.report.catalogue import Words
from sim.report.names import lever_field, lever_name

TABLES = ("comparison.csv", "accounts.csv", "territory.csv", "at_whose_expense.csv", "manifest.json")
FOLDERS = ("figures", "tables", "worth")
PAGES = {"en": "report.html", "fr": "rapport.html"}
FIRST = (1980, 1, 1, 0, 0, 0)
"""Date of every entry of an archive: the same files, the same bytes."""


def scenario_file(answer: Answer, ask: Ask, words: Words) -> tuple[str, str]:
    """Name and text of the scenario file of a policy, with comments in the language of the page."""
    content = policy_content(answer.policy, ask.board)
    name = str(content["name"])
    comments = {}
    for choice in answer.policy.choices:
        own = instruments()[choice.short]
        label = lever_name(own.key, own.title, words)
        comments[f"levers.{own.key}"] = words("dashboard.file_lever", short=choice.short.upper(), label=label)
        for field in content["levers"][own.key]:
            comments[f"levers.{own.key}.{field}"] = lever_field(own.key, field, "", words)
    command = repeat_command(ask, [f"{name}.toml"])
    title = policy_title(answer.policy)
    return f"{name}.toml", toml_text(content, comments, words("dashboard.file_heading", title=title, command=command))


def repeat_command(ask: Ask, files: list[str]) -> str:
    """The command that makes the same numbers; a world with fixed assumptions has its own baseline beside the file."""
    first = f"{BASELINE}.toml" if ask.board.world else f"scenarios/{BASELINE}.toml"
    options = [word for pair in ask.options.items() for word in pair]
    return shlex.join(["python", "run_sim.py", "compare", first, *files, *options])


def archive(folder: Path, results: Path, ask: Ask, texts: dict[str, str], language: str) -> bytes:
    """Everything in one archive.

    Args:
        folder: of the ask.
        results: its results.
        ask: what was asked.
        texts: scenario files by name.
        language: of the report, figures and tables in it, as far as they are drawn.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in texts.items():
            _put(made, f"scenarios/{name}", text.encode())
        _put(made, f"scenarios/{BASELINE}.toml", (folder / FILES / f"{BASELINE}.toml").read_bytes())
        for path in (*(results / name for name in TABLES), results / PAGES[language]):
            if path.is_file():
                _put(made, path.name, path.read_bytes())
        for name in FOLDERS:
            own = results / name if language == "en" or name == "worth" else results / name / language
            for path in sorted(own.glob("*.*")):
                _put(made, f"{name}/{path.name}", path.read_bytes())
    return held.getvalue()


def _put(made: zipfile.ZipFile, name: str, content: bytes) -> None:
    made.writestr(zipfile.ZipInfo(name, FIRST), content, zipfile.ZIP_DEFLATED)
