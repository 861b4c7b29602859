"""How fast the dashboard answers, in a real browser: ``python -m benchmarks.dashboard``.

Serves the page from a folder of its own and measures, in Chromium, seconds from a lever to the changed numbers (an
estimate) for some visitors at once, seconds from a lever to the first live result, memory of the server, and the
processor's seconds that each takes, which a busy machine disturbs less. Needs the extra ``test`` and a Chromium.
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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import table
from benchmarks.machine import machine_load, processor
from sim.report.catalogue import Words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120_000
"""Milliseconds that anything may take."""
TURNED = (("R3", "international_brand"), ("R7", "open_innovation"), ("R8", "simplification"))
"""Levers that the visitors switch on and off, one after the other."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """What some visitors met: seconds of each change, complaints of their browsers, most megabytes of the server."""

    waits: list[float]
    complaints: list[str]
    megabytes: float
    cpu_seconds: float

    def late(self, share: float) -> float:
        """The wait that a share of all changes stayed within, seconds."""
        return sorted(self.waits)[min(int(share * len(self.waits)), len(self.waits) - 1)]


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


def lever_label(short: str, key: str, words: Words) -> str:
    """The text beside the switch of a lever."""
    return words("dashboard.lever_on", short=short, label=words(f"lever.{key}.label"))


def switch(page: Page, label: str) -> None:
    """Turn a lever on or off."""
    page.get_by_test_id("stSidebar").get_by_text(label, exact=True).click()


def visit(browser: Browser, url: str, pid: int, visitors: int, seconds: float) -> Load:
    """Have visitors switch levers, all at once, again and again, each waiting for the numbers to change."""
    from playwright.sync_api import expect

    complaints: list[str] = []
    contexts = [browser.new_context(viewport={"width": 1024, "height": 768}) for _ in range(visitors)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}?a=r1")
    for page in pages:
        expect(page.locator(".tf .badge").first).to_be_visible(timeout=PATIENCE)
    words, waits, most, turn = Words("en"), [], 0.0, 0
    end, spent = time.monotonic() + seconds, cpu_seconds(pid)
    while time.monotonic() < end:
        label = lever_label(*TURNED[turn % len(TURNED)], words)
        heads = [page.locator(".tf thead small").first for page in pages]
        before = [head.inner_text() for head in heads]
        begun = []
        for page in pages:
            begun.append(time.monotonic())
            switch(page, label)
        for head, text, begin in zip(heads, before, begun, strict=True):
            expect(head).not_to_have_text(text, timeout=PATIENCE)
            waits.append(time.monotonic() - begin)
        most = max(most, megabytes(pid))
        turn += 1
    complaints += ["the page shows an exception" for page in pages if page.get_by_test_id("stException").count()]
    for context in contexts:
        context.close()
    return Load(waits, complaints, most, cpu_seconds(pid) - spent)


def first_live(browser: Browser, url: str) -> float:
    """Seconds from a lever to the first live result of a policy between the packages."""
    from playwright.sync_api import expect

    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}?a=r1,strength=0.35")
    badge = page.locator(".tf .badge").first
    expect(badge).to_be_visible(timeout=PATIENCE)
    begun = time.monotonic()
    switch(page, lever_label(*TURNED[1], Words("en")))
    expect(badge).to_contain_text(Words("en")("dashboard.live_whole", n=1).split(",")[0], timeout=PATIENCE)
    taken = time.monotonic() - begun
    page.close()
    return taken


def megabytes(pid: int) -> float:
    """Memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024.0


def cpu_seconds(pid: int) -> float:
    """Seconds of the processor that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


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
    parser.add_argument("--seconds", type=float, default=60.0, help="of switching levers, for each number of visitors")
    parser.add_argument("--prepare-seconds", type=float, default=900.0, help="to wait for the prepared baseline")
    parser.add_argument("--no-live", action="store_true", help="leave the live run out")
    given = parser.parse_args(arguments)
    chosen = [os.environ.get("CHROMIUM") or "", *BROWSERS]
    found = next(filter(None, (shutil.which(name) for name in chosen if name)), None)
    if found is None:
        parser.error("no Chromium found; CHROMIUM=/path names one.")
    before, rows = machine_load(), []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made, sync_playwright() as playwright:
        folder = Path(made)
        browser = playwright.chromium.launch(executable_path=found)
        with serving(folder, "--no-auto", "--no-prepare") as (url, pid):
            for visitors in given.visitors:
                load = visit(browser, url, pid, visitors, given.seconds)
                told = f"{load.late(0.5):.2f} s, {load.late(0.95):.2f} s"
                cpu = f"{1000 * load.cpu_seconds / len(load.waits):.0f} ms"
                complaints = str(len(load.complaints))
                rows.append(
                    [f"{visitors} at once", str(len(load.waits)), told, cpu, complaints, f"{load.megabytes:.0f}"]
                )
        print(table(["visitors", "changes", "half within, 95% within", "processor, each", "errors", "MB"], rows))
        if not given.no_live:
            with serving(folder) as (url, pid):
                ready = wait_for_baseline(folder / "cache", given.prepare_seconds)
                taken = first_live(browser, url)
            prepared = "prepared" if ready else "not prepared"
            print(f"\nFrom a lever to the first live result: {taken:.1f} s, baseline {prepared}.")
    print(f"\n{processor()}; load average {before} before, {machine_load()} after.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
