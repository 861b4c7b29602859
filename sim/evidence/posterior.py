"""The posterior: joint draws of the parameters that the target rows say something about, as ``calibrate`` left them.

``posterior.csv`` holds a column a parameter and a row a draw, ``posterior.json`` how it was made: digests of model,
evidence and target rows, rows met, waves, seed. Parameters without a column follow their priors.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.evidence.loader import FOLDER, Evidence
from sim.evidence.parameters import column_problems

TABLE, NOTE = "posterior.csv", "posterior.json"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, eq=False)
class Posterior:
    """``values`` (n, k): draws of the k parameters ``names``. ``note``: how they were made."""

    names: tuple[str, ...]
    values: np.ndarray
    note: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, seed: int, number: int) -> np.ndarray:
        """Return which draw each of ``number`` worlds takes, (number,): all of them once before one comes again.

        The order depends on the study seed alone, so that more worlds leave the first ones as they are.
        """
        order = np.random.default_rng([seed, len(self)]).permutation(len(self))
        return np.asarray(order[np.arange(number) % len(self)])

    def doubts(self, evidence: Evidence) -> list[str]:
        """Return one sentence for each thing that was another one when the posterior was made."""
        now = {"model": model_digest(), "evidence": evidence.digest, "targets": targets_digest(evidence)}
        words = {"model": "sources of the model", "evidence": "evidence", "targets": "target rows"}
        changed = [words[name] for name, digest in now.items() if self.note.get("digests", {}).get(name) != digest]
        if not changed:
            return []
        return [f"The posterior is stale: it was fitted with other {' and '.join(changed)}; 'calibrate' renews it."]


def model_digest() -> str:
    """Return the sha256 of the model's sources, in name order."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "model").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def targets_digest(evidence: Evidence) -> str:
    """Return the sha256 of the rows that the model may be fitted to."""
    targets = evidence.targets
    rows = targets.loc[targets["use"] == "calibrate", ["id", "value", "low", "high", "use"]]
    return hashlib.sha256(rows.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def load_posterior(evidence: Evidence, folder: Path | None = None) -> Posterior:
    """Read and check the posterior.

    Raises:
        InputError: one sentence per problem: a file is missing or damaged, a parameter is unknown, a value is outside
            its prior.
    """
    folder = FOLDER if folder is None else folder
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        with (folder / TABLE).open(encoding="utf-8", newline="") as file:
            names, *cells = list(csv.reader(file))
        values = np.array(cells, np.float64)
        if not isinstance(note, dict) or not isinstance(note.get("digests", {}), dict):
            raise InputError(f"{NOTE} 'digests': must be a table of names and digests; 'calibrate' makes it anew.")
        if values.shape != (len(cells), len(names)) or not len(cells):
            raise ValueError("not a table")
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        raise InputError(
            f"{name}: the posterior is missing; 'calibrate' makes it, '--world prior' does without."
        ) from None
    except (ValueError, UnicodeDecodeError, OSError):
        raise InputError(f"{TABLE}: not a table of numbers that 'calibrate' wrote; it makes it anew.") from None
    problems = column_problems(evidence.parameters, names, values, TABLE)
    if problems:
        raise InputError(problems)
    values.setflags(write=False)
    return Posterior(tuple(names), values, note)
