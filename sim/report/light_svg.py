"""A drawing made lighter for the page: same picture to a tenth of a point, a fraction of the bytes.

The files beside the page keep every digit. What goes: comments, white space, digits below a tenth of a point, long
names of glyphs, and dots of hatchings drawn as eight curves each.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_NUMBER = r"-?\d+(?:\.\d+)?"
_CURVE = rf"C(?: {_NUMBER}){{6}}"
# A full circle as matplotlib writes it: up from its lowest point, eight curves, closed.
_CIRCLE = re.compile(
    rf"M ({_NUMBER}) ({_NUMBER}) {_CURVE} C(?: {_NUMBER}){{4}} ({_NUMBER}) ({_NUMBER})(?: {_CURVE}){{6}} z"
)
_SIDE = 1.77  # of the square with the area of a circle of radius 1
# Signs that need no escape in a data URL inside double quotes; letters and digits never do.
_SAFE = " =:/'(),;!*+@$?~"


def lighter(svg: str) -> str:
    """Return the drawing without what a page does not show."""
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<!DOCTYPE.*?>|<\?xml.*?\?>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s+", " ", svg)
    svg = re.sub(r"<pattern .*?</pattern>", lambda found: _CIRCLE.sub(_square, found[0]), svg)
    svg = re.sub(r' d="([^"]*)"', lambda found: f' d="{_outline(found[1])}"', svg)
    svg = re.sub(r'translate\([^)]*\)|(?<= )[xy]="[^"]*"', lambda found: _rounded(found[0], 2), svg)
    svg = svg.replace("DejaVuSans-Bold-", "b").replace("DejaVuSans-Oblique-", "i").replace("DejaVuSans-", "d")
    return svg.replace("> <", "><").replace(' "', '"').strip()


def data_url(svg: str) -> str:
    """Return a drawing as the text of an attribute in double quotes: a data URL with only the needed escapes."""
    if "'" not in svg:
        svg = svg.replace('"', "'")
    # Parts of a drawing name each other by url(#…); in the page's own text the word would look like a file to load.
    return "data:image/svg+xml," + quote(svg, safe=_SAFE).replace("url(", "url%28")


def _outline(path: str) -> str:
    """Return an outline with a digit after the point and no space before a letter or after it."""
    return re.sub(r" ?([A-Za-z]) ?", r"\1", _rounded(path, 1))


def _rounded(text: str, digits: int) -> str:
    def short(number: re.Match[str]) -> str:
        rounded = f"{float(number[0]):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if rounded in ("-0", "") else rounded

    return re.sub(rf"{_NUMBER}(?![\w%])", short, text)


def _square(circle: re.Match[str]) -> str:
    """Return a dot of a hatching, a fraction of a point wide, as a square of the same area."""
    x, y, right, _ = (float(number) for number in circle.groups())
    side = abs(right - x) * _SIDE
    return f"M {x - side / 2:.2f} {y - abs(right - x) - side / 2:.2f} h {side:.2f} v {side:.2f} h {-side:.2f} z"
