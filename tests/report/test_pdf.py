"""The page as PDF: the same bytes twice, hostile text as text, nothing from outside, or one sentence."""

import builtins
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.report.pdf import needs_pdf, write_pdf

EVIL = '<script>alert("x")</script> \\input{x} =1+1 & % $ # _ {}'
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>t</title>
<style>@page { @bottom-center { content: counter(page) "/" counter(pages); } }</style></head>
<body><h1>Une page</h1><p>%s</p>%s</body></html>"""


def page(folder: Path, more: str = "") -> Path:
    escaped = EVIL.replace("&", "&amp;").replace("<", "&lt;")
    path = folder / "rapport.html"
    path.write_text(PAGE % (escaped, more), encoding="utf-8")
    return path


def test_pdf_twice_the_same_bytes_and_text_as_text(tmp_path: Path) -> None:
    from pypdf import PdfReader

    first = write_pdf(page(tmp_path))
    assert first == tmp_path / "rapport.pdf"
    data = first.read_bytes()
    assert write_pdf(page(tmp_path)).read_bytes() == data
    assert b"/CreationDate" not in data
    reader = PdfReader(first)
    text = reader.pages[0].extract_text()
    assert EVIL in text.replace("\n", " ")
    assert "1/1" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rapport.html", "rapport.pdf"]


@pytest.mark.parametrize("source", ["http://example.org/x.png", "file:///etc/passwd"])
def test_pdf_loads_nothing_from_outside(source: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="loads from outside"):
        write_pdf(page(tmp_path, f'<img src="{source}">'))


@pytest.mark.parametrize("error", [ModuleNotFoundError("No module 'weasyprint'"), OSError("no libpango-1.0.so.0")])
def test_what_is_missing_is_one_sentence(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: object, **more: object) -> object:
        if name == "weasyprint":
            raise error
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(InputError) as caught:
        needs_pdf()
    (sentence,) = caught.value.problems
    assert "pip install -e '.[pdf]'" in sentence
    assert "libpango" in sentence
