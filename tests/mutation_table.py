"""The mutation table: one-line changes of rules, each of which a named test must catch.

``python -m tests.mutation_table`` runs the changes of ``mutations.toml`` in copies of the project and writes
docs/mutations.md. A finished change is kept in ``.cache/mutations`` under the digest of the sources and its own text,
so an interrupted table goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "mutations.toml"
PAGE = ROOT / "docs" / "mutations.md"
COPIED = ("sim", "tests", "scenarios", "docs", "pyproject.toml", "run_sim.py")
SECONDS = 900


@dataclass(frozen=True)
class Mutation:
    """One line changed: ``old`` occurs exactly once in ``file``; ``tests`` are node ids, one of which must fail."""

    name: str
    kind: str  # sign | left out | wrong place | stale state | bound | draw
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def load() -> list[Mutation]:
    """Return the mutations of the table, in order."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutation"]
    return [Mutation(**(row | {"tests": tuple(row["tests"])})) for row in rows]


def problems(mutation: Mutation) -> list[str]:
    """What is wrong with an entry: text not found once, nothing changed, a test file that does not exist."""
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    found = []
    if text.count(mutation.old) != 1:
        found.append(f"{mutation.name}: 'old' occurs {text.count(mutation.old)} times in {mutation.file}")
    if mutation.old == mutation.new or "\n" in mutation.old:
        found.append(f"{mutation.name}: not a change of one line")
    for test in mutation.tests:
        path, _, name = test.partition("::")
        file = ROOT / path
        name = name.split("[")[0]
        if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
            found.append(f"{mutation.name}: no test {test}")
    return found


def digest() -> str:
    """Return the digest of the sources and tests a result depends on."""
    summed = hashlib.sha256()
    for path in sorted([*(ROOT / "sim").rglob("*"), *(ROOT / "tests").rglob("*.py")]):
        if path.suffix in (".py", ".toml", ".csv"):
            summed.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return summed.hexdigest()


def run(mutation: Mutation) -> tuple[bool, str]:
    """Apply one change to a copy of the project and run its tests; return (caught, first failing test or reason)."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        target = copy / mutation.file
        text = target.read_text(encoding="utf-8")
        target.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
        environment["PYTHONPATH"] = str(copy)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            *mutation.tests,
        ]
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return False, f"no answer within {SECONDS} s"
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    # 1 = tests ran and some failed; anything else says that the change was never tried.
    return done.returncode == 1, failed[1] if failed else done.stdout.strip().splitlines()[-1][:150]


def remembered(mutation: Mutation, sources: str) -> Path:
    """Return where the result of a change is kept."""
    key = hashlib.sha256(f"{sources}|{mutation}".encode()).hexdigest()[:24]
    return ROOT / ".cache" / "mutations" / f"{key}.json"


def result(mutation: Mutation, sources: str) -> tuple[bool, str]:
    """Return the kept result of a change, or make it."""
    kept = remembered(mutation, sources)
    if kept.exists():
        caught, by = json.loads(kept.read_text(encoding="utf-8"))
        return bool(caught), str(by)
    caught, by = run(mutation)
    kept.parent.mkdir(parents=True, exist_ok=True)
    temporary = kept.with_suffix(".part")
    temporary.write_text(json.dumps([caught, by]), encoding="utf-8")
    temporary.replace(kept)
    print(f"{'caught' if caught else 'SURVIVED'}  {mutation.name}  ({by})", flush=True)
    return caught, by


def page(rows: list[tuple[Mutation, bool, str]]) -> str:
    """Return docs/mutations.md."""
    caught = sum(1 for _, ok, _ in rows if ok)
    lines = [
        "# One-line changes of rules, and the test that catches each",
        "",
        "Each row changes one line of the model in a copy of the project and runs the tests named in",
        "`tests/mutations.toml`. Written by `python -m tests.mutation_table`.",
        "",
        f"{len(rows)} changes, {caught} caught.",
        "",
        "| change | kind | file | from | to | caught by |",
        "|---|---|---|---|---|---|",
    ]
    for mutation, ok, by in rows:
        cells = [mutation.name, mutation.kind, mutation.file, f"`{mutation.old.strip()}`", f"`{mutation.new.strip()}`",
                 f"`{by}`" if ok else f"NOT CAUGHT: {by}"]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main(workers: int = 2) -> int:
    """Run the whole table and write its page; return 1 if a change was not caught."""
    mutations = load()
    wrong = [sentence for mutation in mutations for sentence in problems(mutation)]
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 2
    sources = digest()
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(lambda mutation: result(mutation, sources), mutations))
    rows = [(mutation, *found) for mutation, found in zip(mutations, results, strict=True)]
    PAGE.write_text(page(rows), encoding="utf-8")
    return int(any(not ok for _, ok, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
