"""The same runs in every environment: ``python -m tests.experiments.environments.table`` prints which answer alike.

Each environment is a process of its own. Its answer is kept in ``--folder`` under the model's digest, so the same
command goes on where it stopped. ``--renew`` writes the digests of the small runs anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.evidence.posterior import model_digest
from sim.experiments.golden import TOLERANCE
from tests.experiments.environments.comparing import Difference, compare
from tests.experiments.environments.environments import AS_IT_IS, ENVIRONMENTS, Environment, answer

KEPT = Path(__file__).parent / "small_runs.json"


def kept_runs() -> dict[str, Any]:
    """Return the committed answers of the small runs."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8")))


def small_text(made: dict[str, Any]) -> str:
    """Return the file of the small runs: those of an answer, without the golden ones."""
    runs = [run for run in made["runs"] if not run["name"].startswith("golden")]
    return json.dumps({**made, "runs": runs}, indent=1, allow_nan=False) + "\n"


def row(environment: Environment, found: Difference | str) -> tuple[str, ...]:
    """Return a row of the table: environment, runs, tables that differ, largest difference, what rounds otherwise."""
    if isinstance(found, str):
        return (environment.name, "", found, "", "")
    if found.same:
        return (environment.name, str(found.runs), "the same to the last bit", "", ", ".join(found.rounds))
    worst = max(found.outcomes, key=lambda name: found.outcomes[name], default="")
    outcomes = f"{len(found.outcomes)}, at most {found.largest:.1e} ({worst})" if worst else "none"
    return (environment.name, str(found.runs), f"{found.tables} tables differ", outcomes, ", ".join(found.rounds))


def broken(environment: Environment, found: Difference) -> bool:
    """Whether an environment breaks its promise: the same bits, or outcomes within the tolerance of golden values."""
    return not found.runs or (not found.same if environment.same else found.largest > TOLERANCE)


def answers_of(environments: Sequence[Environment], folder: Path, fits: Path) -> dict[str, dict[str, Any] | str]:
    """Return the answer of each environment by name, or why there is none; those in the folder are not made again."""
    found: dict[str, dict[str, Any] | str] = {}
    for environment in environments:
        path = folder / f"{model_digest()[:12]}-{environment.name.replace(' ', '_').replace('/', '_')}.json"
        if not environment.python.exists():
            found[environment.name] = "not run: no such Python"
            continue
        if not path.exists():
            # Constants fitted in plain Python take minutes: it gets those of the environment as it is.
            shared = environment is AS_IT_IS or environment.name == "plain Python"
            made = answer(environment, *(("--fits", str(fits)) if shared else ()))
            path.write_text(json.dumps(made), encoding="utf-8")
            print(environment.name, file=sys.stderr, flush=True)
        found[environment.name] = json.loads(path.read_text(encoding="utf-8"))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table as Markdown; the exit code is 1 if an environment breaks its promise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "environments")
    parser.add_argument("--only", nargs="*", help="names of environments")
    parser.add_argument("--renew", action="store_true", help="write small_runs.json")
    given = parser.parse_args(arguments)
    (fits := given.folder / "fits").mkdir(parents=True, exist_ok=True)
    chosen = [one for one in ENVIRONMENTS if given.only is None or one is AS_IT_IS or one.name in given.only]
    answers = answers_of(chosen, given.folder, fits)
    reference = answers[AS_IT_IS.name]
    assert not isinstance(reference, str)
    if given.renew:
        KEPT.write_text(small_text(reference), encoding="utf-8")
    heads = ("environment", "runs", "tables", "outcomes that differ, relatively", "functions that round otherwise")
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    failed, most = [], dict[str, float]()
    for environment in chosen:
        made = answers[environment.name]
        found = made if isinstance(made, str) else compare(reference, made)
        print("| " + " | ".join(row(environment, found)) + " |")
        if isinstance(found, Difference):
            most |= {name: max(most.get(name, 0.0), value) for name, value in found.outcomes.items()}
            if broken(environment, found):
                failed.append(environment.name)
    print("\nLargest relative difference of an outcome: " + (
        ", ".join(f"{name} {value:.1e}" for name, value in sorted(most.items(), key=lambda pair: -pair[1])) or "none"
    ))  # fmt: skip
    print(f"Against what is promised: {', '.join(failed) or 'nothing'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
