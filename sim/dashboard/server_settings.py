"""What the command hands to the page: which results answer at once, where live runs are kept, how many processes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "TALENT_FLIGHT_DASHBOARD"
CACHE_MEGABYTES = 2000


@dataclass(frozen=True)
class ServerSettings:
    """What an operator chooses.

    ``results``: folder with packages in it or beside it; ``cache``: of live runs, which may take ``cache_megabytes``;
    ``workers``: of one run; ``auto``: run the model after changes; ``prepare``: run the baseline before anybody asks;
    ``spare``: keep a live run loaded that can begin at once.
    """

    results: str
    cache: str
    workers: int = 2
    auto: bool = True
    cache_megabytes: int = CACHE_MEGABYTES
    prepare: bool = True
    spare: bool = True

    def to_environment(self) -> dict[str, str]:
        """The variable that hands them over."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> ServerSettings:
        """What was handed over; the defaults of the command without it."""
        held = os.environ.get(VARIABLE)
        return cls(**json.loads(held)) if held else cls(str(default_results()), str(default_cache()))


def default_results() -> Path:
    """The committed example."""
    return Path(__file__).parents[2] / "results" / "reference"


def default_cache() -> Path:
    """Where live runs are kept unless another folder is named."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "talent-flight" / "dashboard"
