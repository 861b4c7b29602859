"""Notebooks as pages of the site, and their cells run one after another in this process, without a kernel."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from myst_parser.parsers.sphinx_ import MystParser

if TYPE_CHECKING:
    from docutils import nodes

Cell = tuple[str, str]


def cells_of(text: str) -> list[Cell]:
    """Return the kind (``markdown`` or ``code``) and the source of each cell of a notebook, in order."""
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]


def run_cells(cells: list[Cell], label: str) -> list[str]:
    """Run the cells of code in order, in one space of names; return what each shows, as Markdown."""
    import matplotlib.pyplot as plt

    names: dict[str, Any] = {"__name__": "__main__"}
    code = [source for kind, source in cells if kind == "code"]
    shown = [_run(source, names, f"{label}, cell {number} of code") for number, source in enumerate(code, 1)]
    plt.close("all")
    return shown


def as_markdown(cells: list[Cell], shown: list[str]) -> str:
    """Return the cells as one text, each cell of code followed by what it shows."""
    left = iter(shown)
    parts = [
        source if kind == "markdown" else f"```python\n{source}\n```\n\n{next(left, '')}" for kind, source in cells
    ]
    return "\n\n".join(parts) + "\n"


def _run(source: str, names: dict[str, Any], label: str) -> str:
    """Run a cell as a notebook does: what it prints counts, and the value of a last line that is an expression."""
    tree = ast.parse(source, label)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, label, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), label, "eval"), names)
    text = printed.getvalue()
    if hasattr(value, "savefig"):
        picture = io.BytesIO()
        value.savefig(picture, dpi=110, metadata={"Software": None})
        encoded = base64.b64encode(picture.getvalue()).decode()
        return _block(text) + f'\n<img alt="the figure that this cell draws" src="data:image/png;base64,{encoded}">\n'
    if hasattr(value, "to_html"):
        return _block(text) + "\n```{raw} html\n" + value.to_html(border=0) + "\n```\n"
    return _block(text + ("" if value is None else str(value)))


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n" if text.strip() else ""


class NotebookParser(MystParser):  # type: ignore[misc]
    """Reads a notebook as the text of its cells; with ``run_notebooks`` runs it, and shows what comes out."""

    supported: ClassVar[tuple[str, ...]] = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Turn the notebook into Markdown and parse that."""
        cells = cells_of(inputstring)
        shown = run_cells(cells, Path(document["source"]).name) if document.settings.env.config.run_notebooks else []
        super().parse(as_markdown(cells, shown), document)
