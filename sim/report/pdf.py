"""The page as PDF, without a browser and without a network; the same page is the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError
from sim.typed import installing

EPOCH = "1372636800"
"""1 July 2013, the law of the baseline: a file must not know when it was written."""
_DATE = "SOURCE_DATE_EPOCH"
MISSING = "{what} for the PDF is missing ({why}): {command}, and the system library Pango {where}."
WHERE = "(Debian: apt install libpango-1.0-0 libpangoft2-1.0-0)"


def needs_pdf() -> None:
    """Refuse to begin without what the PDF is made with.

    Raises:
        InputError: if WeasyPrint or one of its system libraries is missing: what to install.
    """
    try:
        import weasyprint  # noqa: F401  (only to see that it is there)
    except ModuleNotFoundError as error:
        raise InputError(_missing("The package WeasyPrint", error)) from None
    except OSError as error:  # a library that it loads
        why = str(error).splitlines()[0]
        raise InputError(_missing("A system library", why)) from None


def _missing(what: str, why: object) -> str:
    return MISSING.format(what=what, why=why, command=installing("pdf"), where=WHERE)


def write_pdf(page: Path) -> Path:
    """Write a report as PDF beside it.

    Args:
        page: the HTML file of a report; nothing but it is read.

    Returns:
        the path, ``report.pdf`` or ``rapport.pdf``.

    Raises:
        InputError: as :func:`needs_pdf`, or if the file cannot be written.
    """
    needs_pdf()
    from weasyprint import HTML, URLFetcher
    from weasyprint.urls import FatalURLFetchingError

    target = page.with_suffix(".pdf")
    if target.is_dir():
        raise InputError(f"{target}: a folder where the report belongs; move it away.")
    inside = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)  # nothing outside the page is loaded
    try:
        with _fixed_date():
            made = HTML(string=page.read_text(encoding="utf-8"), url_fetcher=inside)
            data = made.write_pdf(pdf_identifier=b"talent-flight", pdf_tags=True)
    except FatalURLFetchingError as error:
        raise InputError(f"{page}: loads from outside, which a report does not ({error}).") from None
    unfinished = target.with_suffix(".pdf.part")
    try:
        unfinished.write_bytes(data or b"")
        unfinished.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error}).") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return target


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Let every date in the file be one and the same, unless the user has fixed another."""
    before = os.environ.get(_DATE)
    os.environ.setdefault(_DATE, EPOCH)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_DATE]
