"""Measure everything and write the table: ``python -m benchmarks`` (``make bench``), under ten minutes on two cores."""

from __future__ import annotations

import os

# Before NumPy is imported: one thread of linear algebra, as in the runs of a study.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse  # noqa: E402  (the environment comes first)
import sys  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks.figures import Section, table  # noqa: E402
from benchmarks.machine import commit, machine_load, processor, versions  # noqa: E402
from benchmarks.sizes import FULL, TOY, Sizes  # noqa: E402
from benchmarks.suite import BENCHMARKS, MAIN_JOB, measure  # noqa: E402

RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: list[str] | None = None) -> int:
    """Read the options, measure, write; return the exit code."""
    options = _parser().parse_args(arguments)
    names = options.only or [name for name in BENCHMARKS if name != MAIN_JOB or options.main_job]
    sizes: Sizes = TOY if options.toy else FULL
    load = machine_load()
    begun, failed, sections = time.perf_counter(), [], []
    for name in names:
        began = time.perf_counter()
        try:
            sections += measure(name, sizes)
        except Exception:  # the others are worth having
            traceback.print_exc()
            sections.append(Section(name, ["**Failed.**"]))
            failed.append(name)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    found, dated = commit()
    head = {
        "commit": options.commit or found,
        "date": options.date or dated,
        "processor": processor(),
        "versions": versions(),
        "other work": f"load average {load} before, {machine_load()} after, of which this takes 1 to 2",
        "taken": f"{time.perf_counter() - begun:.0f} s in all",
    }
    text = document(sections, head)
    out = options.out or (None if options.toy or options.only else RESULTS)
    if out is None:
        print(text)
    else:
        out.write_text(text, encoding="utf-8")
        print(f"written: {out}", file=sys.stderr)
    return 1 if failed else 0


def document(sections: list[Section], head: dict[str, str]) -> str:
    """Return the whole text: what was measured on what, all figures with a reach at once, then theme by theme."""
    bounded = [figure for section in sections for figure in section.figures if figure.reach is not None]
    rows = [
        [f"{section.title}: {figure.name}", *figure.cells()[1:5]]
        for section in sections
        for figure in section.figures
        if figure in bounded
    ]
    parts = [
        "# Measured speed and size",
        "Written by `make bench`; not edited by hand. How to read it: [docs/performance.md](../docs/performance.md).",
        table(["measured", ""], [[name, text] for name, text in head.items()]),
        table(["figure", "median", "min – max (pairs)", "reach", ""], rows),
        *(section.render() for section in sections),
    ]
    return "\n\n".join(parts) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), help="these benchmarks; prints, writes nothing")
    parser.add_argument("--toy", action="store_true", help="toy sizes, to see that it runs; prints, writes nothing")
    parser.add_argument("--main-job", action="store_true", help="the main job too: some minutes more")
    parser.add_argument("--commit", help="what to name as the commit measured (default: ask git)")
    parser.add_argument("--date", help="what to name as the date (default: that of the commit)")
    parser.add_argument("--out", type=Path, help="write the table to this file")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
