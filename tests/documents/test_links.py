"""Links between documents lead to files that there are, and to headings that they have."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.documents.blocks import NOTEBOOKS, ROOT, pages, text_of

LINK = re.compile(r"\]\(([^()\s]+(?:\([^()]*\))?)\)")


def anchors(text: str) -> set[str]:
    """Anchors of the headings of a text, as the hosts of repositories and the site make them."""
    bare = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", bare, flags=re.M):
        plain = re.sub(r"[`*]|\]\([^)]*\)|[\[\]]", "", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (name := slug + (f"-{number}" if number else "")) in found:
            number += 1
        found.add(name)
    return found


def broken(page: Path, text: str) -> list[str]:
    """Links of a page that lead nowhere; other sites are not asked."""
    problems = []
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            problems.append(f"{page.name}: {link}: no such file")
        elif anchor and target.suffix == ".md":
            held = text if target == page else target.read_text(encoding="utf-8")
            if anchor not in anchors(held):
                problems.append(f"{page.name}: {link}: no such heading")
    return problems


def test_links_lead_somewhere() -> None:
    problems = [problem for page in pages() for problem in broken(ROOT / page, text_of(page))]
    for path in NOTEBOOKS:
        held = json.loads(path.read_text("utf-8"))["cells"]
        told = ["".join(cell["source"]) for cell in held if cell["cell_type"] == "markdown"]
        problems += broken(path, "\n\n".join(told))
    assert problems == []


def test_twin_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# One `two`, three\n## One\n## One\n", encoding="utf-8")
    text = (
        "[a](other.md) [b](other.md#one-two-three) [c](other.md#one-1) [d](gone.md) [e](other.md#four) [f](#here)\n"
        "`[g](nowhere.md)` [h](https://example.org/x.md)\n"
    )
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert broken(tmp_path / "page.md", text) == [
        "page.md: gone.md: no such file",
        "page.md: other.md#four: no such heading",
        "page.md: #here: no such heading",
    ]


def test_every_page_is_in_the_table_of_contents() -> None:
    listed = set(re.findall(r"^(?:.* <)?((?:\.\./)?[\w/]+)>?$", text_of("docs/index.md"), flags=re.M))
    found = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in NOTEBOOKS}
    found |= {page.removeprefix("docs/").removesuffix(".md") for page in pages() if page.startswith("docs/")}
    assert found - listed == {"index"}
