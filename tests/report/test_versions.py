"""What determines the results: all of it printed, but the digests of hundreds of scenarios under one of them all."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from sim.report.catalogue import Words
from sim.report.page import _environment
from sim.report.results import Results
from sim.report.sections import versions

REFERENCE = Path(__file__).parents[2] / "results" / "reference"  # its places alone are read


def of(scenarios: int, language: str = "en") -> str:
    """The section as HTML, of results of so many scenarios."""
    digests = {f"s{n}": hashlib.sha256(str(n).encode()).hexdigest() for n in range(scenarios)}
    results, words = Results(REFERENCE), Words(language)
    results.manifest = {"version": "0.1.0", "digests": {"scenarios": digests, "code": "c" * 64}, "seed": 7}
    content = versions.build(results, words)
    assert content is not None
    return _environment(results, words, ()).get_template("sections/versions.html").render(content)


def keys(html: str) -> list[str]:
    return re.findall(r"<tr><td><code>([^<]*)</code>", html)


def test_a_comparison_lists_every_digest() -> None:
    html = of(versions.MOST_LISTED)
    assert "<details" not in html
    assert keys(html)[:2] == ["version", "digests.scenarios.s0"]
    assert len(keys(html)) == versions.MOST_LISTED + 3


@pytest.mark.parametrize("language", ["en", "fr"])
def test_many_scenarios_stand_folded_under_one_digest_of_all(language: str) -> None:
    html = of(256, language)
    shown, folded = html.split('<details class="long">')  # which is not printed
    assert keys(shown) == ["version", "digests.scenarios", "digests.code", "seed"]
    assert keys(folded) == [f"s{n}" for n in range(256)]
    lines = "".join(f"s{n} {hashlib.sha256(str(n).encode()).hexdigest()}\n" for n in range(256))
    assert hashlib.sha256(lines.encode()).hexdigest() in shown
    assert "256" in shown
    assert "manifest.json" in shown


def test_the_digest_of_all_changes_with_each() -> None:
    one = [("a", "1"), ("b", "2")]
    assert len({versions.combined(each) for each in (one, one[::-1], [("a", "1"), ("b", "3")], one[:1])}) == 4
