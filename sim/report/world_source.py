"""Which worlds some results are over, in words: drawn from the posterior, from the priors, or the central one.

Everything is read from the results' own manifest, so that results of another day say what they were made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.report.catalogue import Words
from sim.report.readings import reading_text

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

UNKNOWN = "unknown"
KINDS = ("central", "prior", "posterior")


@dataclass(frozen=True)
class WorldSource:
    """Where worlds come from. ``fit``: of a posterior, how it was made and why it is stale; else empty."""

    kind: str
    fit: Mapping[str, Any]

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> WorldSource:
        """Read a manifest (or the note of a command that writes several folders); an older one says less."""
        settings = manifest.get("settings")
        kind = (settings if isinstance(settings, Mapping) else manifest).get("world_kind")
        fit = manifest.get("posterior")
        known = kind == "posterior" and isinstance(fit, Mapping)
        return cls(kind if kind in KINDS else UNKNOWN, fit if known and isinstance(fit, Mapping) else {})

    @property
    def stale(self) -> list[str]:
        """Why the posterior could not be trusted when the runs were made, one sentence each."""
        found = self.fit.get("stale")
        return [str(sentence) for sentence in found] if isinstance(found, list) else []

    def counted(self, number: int, words: Words) -> str:
        """Return "24 posterior worlds", and that they are stale."""
        few = "one" if number == 1 else "many"
        text = words(f"worlds.{few}.{self.kind}", n=number)
        return words("worlds.stale", worlds=text) if self.stale else text

    def drawn(self, number: int, words: Words) -> str:
        """Return the same at length, for the head of a page: what a posterior was fitted to."""
        text = words(f"worlds.at_length.{self.kind}", worlds=self.counted(number, words))
        return f"{text} ({self.fitted(words)})" if self.fit else text

    def fitted(self, words: Words) -> str:
        """Return how the posterior was made: draws, parameters, target rows."""
        rows = self.fit.get("rows")
        return words(
            "worlds.fit", draws=self.fit.get("draws", "?"), parameters=self.fit.get("parameters", "?"),
            rows=len(rows) if isinstance(rows, list) else "?",
        )  # fmt: skip

    def caveat(self, words: Words) -> str:
        """Return what these worlds leave unknown, for the first screen."""
        return words(f"worlds.caveat.{self.kind}")

    def limit(self, words: Words) -> str:
        """Return what an interval over such worlds says, and what it does not."""
        return words(f"worlds.limit.{self.kind}")

    def method(self, number: int, words: Words) -> str:
        """Return what a world is here."""
        return words(f"worlds.method.{self.kind}", worlds=self.counted(number, words))

    def alarms(self, words: Words) -> list[str]:
        """Return what must be said before anything else: the posterior was stale."""
        why = " ".join(reading_text(sentence, words) for sentence in self.stale)
        return [words("worlds.alarm", why=why)] if why else []


def source_of(frames: Frames) -> WorldSource:
    """Return where the worlds of a results folder come from; unknown while it has no manifest."""
    return WorldSource.of(manifest_of(frames))


def manifest_of(frames: Frames) -> Mapping[str, Any]:
    """Return the manifest of a results folder, an empty one while there is none."""
    return frames.manifest if (frames.folder / "manifest.json").is_file() else {}


def over(frames: Frames, number: int, words: Words) -> str:
    """Return what a mean over a number of a folder's worlds is over, such as "20 posterior worlds"."""
    return source_of(frames).counted(number, words)
