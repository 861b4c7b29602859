"""How fast the dashboard answers, in a real browser: ``python -m benchmarks.dashboard``.

Serves the page from a folder of its own and measures, in Chromium, seconds from a lever to the changed numbers (an
estimate) for some visitors, each with pauses as people make them and all at once; the same while runs of
the model are made beside them; seconds from a lever to the first live result; memory of the server with all its
processes; and the processor's seconds of the server for each change, which a busy machine disturbs less. The visitors'
browsers are on this machine, too. Needs the extra ``test`` and a Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import table
from benchmarks.machine import machine_load, processor
from benchmarks.visitors import PATIENCE, TURNED, Load, left_behind, lever_label, switch, visit
from sim.report.catalogue import Words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIRST_LIVE = (0.35, 0.45, 0.55)
"""Strengths of the policies whose first live result is waited for: three, none of which was run before."""
COLUMNS = ["visitors", "changes", "half within, 95% within, longest", "server, each", "errors, outside", "MB"]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Serve the page from a folder of its own; yield its address and the number of the server's process.

    Raises:
        RuntimeError: if it does not start.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    command = [sys.executable, str(ROOT / "run_sim.py"), "dashboard", "--port", str(port), *options]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen([*command, "--cache", str(folder / "cache")], stdout=log, stderr=log, cwd=ROOT)
    try:
        end = time.monotonic() + PATIENCE / 1000
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((folder / "log.txt").read_text(encoding="utf-8")) from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def first_live(browser: Browser, url: str, strength: float) -> list[tuple[float, float]]:
    """Seconds from a lever to the first live number, and to live numbers in the place of the estimate: eight worlds.

    Twice: of R1 at some strength with R7, switched on as soon as the page is there; and then of R3 with them, switched
    on when those have come, while their run goes on.
    """
    from playwright.sync_api import expect

    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}?a=r1,strength={strength:g}")
    badge, some = page.locator(".tf .badge").first, page.locator(".tf .badge.partial, .tf .badge.whole").first
    expect(badge).to_be_visible(timeout=PATIENCE)
    taken, live = [], Words("en")("dashboard.live_whole", n=1).split(",")[0]
    for short, key in (TURNED[1], TURNED[0]):
        begun = time.monotonic()
        switch(page, lever_label(short, key, Words("en")))
        expect(page.locator(".tf thead small").first).to_contain_text(short, timeout=PATIENCE)
        expect(some).to_be_visible(timeout=PATIENCE)
        first = time.monotonic() - begun
        expect(badge).to_contain_text(live, timeout=PATIENCE)
        taken.append((first, time.monotonic() - begun))
    page.close()
    return taken


def wait_for_baseline(cache: Path, seconds: float) -> bool:
    """Wait until the server has prepared the baseline; whether it has."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any(cache.glob("*/done")):
            return True
        time.sleep(0.5)
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, measure, print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--seconds", type=float, default=60.0, help="of switching levers, for each row")
    parser.add_argument("--prepare-seconds", type=float, default=900.0, help="to wait for the prepared baseline")
    parser.add_argument("--no-live", action="store_true", help="leave live runs out")
    given = parser.parse_args(arguments)
    chosen = [os.environ.get("CHROMIUM") or "", *BROWSERS]
    found = next(filter(None, (shutil.which(name) for name in chosen if name)), None)
    if found is None:
        parser.error("no Chromium found; CHROMIUM=/path names one.")
    before, rows, live, processes = machine_load(), [], [], set[int]()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made, sync_playwright() as playwright:
        folder = Path(made)
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=found, args=sandbox)
        with serving(folder, "--no-auto", "--no-prepare") as (url, pid):
            for visitors in given.visitors:
                load = visit(browser, url, pid, visitors, given.seconds)
                rows.append(_row(f"{visitors}, each with pauses of 2 to 5 s", load))
                processes |= load.processes
            for visitors in given.visitors:
                load = visit(browser, url, pid, visitors, given.seconds, pauses=None)
                rows.append(_row(f"{visitors}, all at once, without a pause", load))
        if not given.no_live:
            with serving(folder) as (url, pid):
                ready = wait_for_baseline(folder / "cache", given.prepare_seconds)
                live = [first_live(browser, url, strength) for strength in FIRST_LIVE]
                load = visit(browser, url, pid, max(given.visitors), given.seconds)
                rows.append(_row(f"{max(given.visitors)}, each with pauses, runs of the model beside them", load))
                processes |= load.processes
        print(table(COLUMNS, rows))
        if live:
            prepared = "prepared" if ready else "not prepared"
            print(f"\nFrom a lever to the first live number, and to eight worlds; baseline {prepared}:")
            for nth, what in enumerate(("first lever", "another lever while that run goes on")):
                told = ", ".join("{:.1f} s and {:.1f} s".format(*one[nth]) for one in live)
                print(f"  {what}: {told}.")
    print(f"Processes that outlived their server: {len(left_behind(processes))}.")
    print(f"\n{processor()}; load average {before} before, {machine_load()} after.")
    return 0


def _row(who: str, load: Load) -> list[str]:
    waits = f"{load.late(0.5):.2f} s, {load.late(0.95):.2f} s, {max(load.waits):.2f} s"
    cpu = f"{1000 * load.cpu_seconds / len(load.waits):.0f} ms"
    errors = f"{len(load.complaints)}, {len(load.outside)}"
    row = [who, str(len(load.waits)), waits, cpu, errors, f"{load.megabytes:.0f}"]
    print(*row, *load.complaints, sep="; ", file=sys.stderr, flush=True)  # all of it takes a quarter of an hour
    return row


if __name__ == "__main__":
    sys.exit(main())
