"""How large and how long a run is: scales, horizon, threads. Threads never change a result."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Scales (one agent stands for this many real ones), horizon in years, threads per run."""

    talent_scale: int = 20
    startup_scale: int = 1
    years: int = 10
    threads: int = 1

    def __post_init__(self) -> None:
        bounds = {"talent_scale": 1000, "startup_scale": 100, "years": 100, "threads": 64}
        problems = [
            f"--{key.replace('_', '-')}: found {getattr(self, key)}, allowed are whole numbers from 1 to {most}."
            for key, most in bounds.items()
            if not (isinstance(getattr(self, key), int) and 1 <= getattr(self, key) <= most)
        ]
        if problems:
            raise InputError(problems)

    @property
    def quarters(self) -> int:
        """Number of quarterly steps."""
        return 4 * self.years
