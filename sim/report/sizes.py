"""Size presets of figures: one column, two columns, a page, a slide."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import InputError, nearest

SLIDE_SCALE = 12.0 / 7.0


@dataclass(frozen=True)
class Size:
    """A preset.

    Drawings are laid out for text of 7 and 8 points; ``scale`` enlarges text, lines and marks alike.

    Args:
        name: as given on the command line.
        width: mm.
        most: height that a page or a slide has, mm.
        scale: 1 for text of 7 to 8 points.
        roomy: heights are multiplied by this where there is room.
        fixed: whether every figure has the height ``most``.
    """

    name: str
    width: float
    most: float
    scale: float = 1.0
    roomy: float = 1.0
    fixed: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether panels stand above one another."""
        return self.name == "single"

    @property
    def is_slide(self) -> bool:
        """Whether there is room for few panels only, side by side."""
        return self.fixed

    @property
    def across(self) -> float:
        """Width to lay out for, mm at text of 7 points."""
        return self.width / self.scale

    @property
    def down(self) -> float:
        """Greatest height to lay out for, mm at text of 7 points."""
        return self.most / self.scale

    def height(self, wanted: float) -> float:
        """Height of a figure that wants so many mm at text of 7 points: as long as that, or as a slide is."""
        return self.down if self.fixed else min(wanted * self.roomy, self.down)


SINGLE = Size("single", 89.0, 240.0)
DOUBLE = Size("double", 183.0, 240.0)
A4 = Size("a4", 190.0, 277.0, roomy=1.2)
SLIDE = Size("slide", 338.67, 190.5, scale=SLIDE_SCALE, fixed=True)
SIZES = {size.name: size for size in (SINGLE, DOUBLE, A4, SLIDE)}


def size_of(name: str) -> Size:
    """Return a preset by its name.

    Raises:
        InputError: if there is none.
    """
    if name not in SIZES:
        raise InputError(f"--size: no size '{name}'{nearest(name, list(SIZES)) or '.'} Allowed are {', '.join(SIZES)}.")
    return SIZES[name]
