"""A place of one's own: Rouen as a 27th place. The folder beside this file holds its figures, all but law invented."""

from pathlib import Path

from sim.extensions import Extension

extension = Extension("rouen")
extension.evidence(Path(__file__).parent / "rouen")
