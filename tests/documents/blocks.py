"""Blocks of code in the documents, and how each line of shell in them is tried."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs").rglob("*.ipynb"))
FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,}|:{3,})(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=ticks)[ ]*$", re.M | re.S
)
SAVED = re.compile(r"[Ss]ave this as\s+`([\w/]+\.(?:py|toml))`[^\n]*(?:\n[^\n]+)*\n\n\Z")
PROGRAM = re.compile(r"^(?:exec )?(?:(?:\.venv/bin/)?python run_sim\.py|talent-flight)\b ?")


@dataclass(frozen=True)
class Block:
    """A fenced block: page from the top of the project, line of its fence, language, text, the file it is saved as."""

    page: str
    line: int
    language: str
    text: str
    saved: str | None = None

    @property
    def where(self) -> str:
        """Page and line, as an editor understands them."""
        return f"{self.page}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """Lines of a block of shell, without comments; a line that ends in a backslash goes on."""
        lines = re.sub(r"\\\n\s*", " ", self.text).splitlines()
        bare = [re.sub(r"(^|\s)#.*$", "", line).strip() for line in lines]
        return [line for line in bare if line]


def pages() -> list[str]:
    """Names of all documents, those at the top first."""
    top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    return top + [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]


def text_of(page: str) -> str:
    """The text of a document."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks_in(page: str, text: str) -> list[Block]:
    """Blocks of code of a text, in order; directives of the site, such as ``{toctree}``, are none."""
    return [
        Block(
            page,
            text.count("\n", 0, found.start()) + 1,
            language,
            textwrap.dedent(found["text"]),
            saved[1] if (saved := SAVED.search(text, max(0, found.start() - 300), found.start())) else None,
        )
        for found in FENCE.finditer(text)
        if not (language := found["language"].strip()).startswith("{")
    ]


def program_arguments(line: str) -> list[str] | None:
    """Arguments of a line that starts ``run_sim.py``; None for any other line."""
    found = PROGRAM.match(line)
    return shlex.split(line[found.end() :]) if found else None


def cells(path: Path) -> list[str]:
    """Sources of the cells of code of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
