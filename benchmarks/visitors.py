"""Visitors of the dashboard in real browsers, and what they meet: waits, complaints, requests that leave, memory.

Each page keeps the time itself: a click on a lever begins a wait that ends when the numbers' heading names the changed
levers. So nothing that looks on takes part in what is measured.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.catalogue import Words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 120_000
"""Milliseconds that anything may take."""
TURNED = (("R3", "international_brand"), ("R7", "open_innovation"), ("R8", "simplification"))
"""Levers that the visitors switch on and off, one after the other."""
PAUSES = (2.0, 5.0)
"""Seconds between what somebody sees and their next lever: least and most."""
TICKS = os.sysconf("SC_CLK_TCK")
OURS = re.compile(r"(http|ws)://127\.0\.0\.1:\d+/|data:|blob:")
PLAIN = re.compile(r"[?&]a=r\d(%3Br\d)*(&|$)")
"""Address of a page on which levers were switched and nothing else was set."""
CLOCK = """() => {
  window.tf = {waits: [], pending: null};
  const head = () => { const found = document.querySelector('.tf thead small'); return found && found.textContent; };
  new MutationObserver(() => {
    const wait = window.tf.pending, now = head();
    if (wait && wait.text && now && now !== wait.text) {
      window.tf.waits.push((performance.now() - wait.begun) / 1000);
      window.tf.pending = null;
    }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
  document.addEventListener('pointerdown', () => {
    window.tf.pending = {text: head(), begun: performance.now()};
  }, true);
}"""


@dataclass
class Load:
    """What visitors met.

    ``waits``: seconds of each change; ``complaints``: of their browsers; ``outside``: requests that left the machine;
    ``megabytes``: most of the server and all its processes, shared memory counted once; ``cpu_seconds``: of the server.
    """

    waits: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    megabytes: float = 0.0
    cpu_seconds: float = 0.0
    processes: set[int] = field(default_factory=set)

    def late(self, share: float) -> float:
        """The wait that a share of all changes stayed within, seconds."""
        return sorted(self.waits)[min(int(share * len(self.waits)), len(self.waits) - 1)]


def lever_label(short: str, key: str, words: Words) -> str:
    """The text beside the switch of a lever."""
    return words("dashboard.lever_on", short=short, label=words(f"lever.{key}.label"))


def switch(page: Page, label: str) -> None:
    """Turn a lever on or off."""
    page.get_by_test_id("stSidebar").get_by_text(label, exact=True).click()


def visit(
    browser: Browser, url: str, pid: int, visitors: int, seconds: float,
    pauses: tuple[float, float] | None = PAUSES, seed: int = 2013,
) -> Load:  # fmt: skip
    """Have visitors switch levers, again and again, each waiting for the numbers to change.

    Args:
        browser: that all of them use.
        url: of the page.
        pid: of the server.
        visitors: how many.
        seconds: how long.
        pauses: each takes their own time, drawn between these, before the next lever; None: all click at once, one
            click following the other, and again as soon as all have seen their numbers.
        seed: of the pauses.
    """
    load, draw = Load(), random.Random(seed)
    contexts = [browser.new_context(viewport={"width": 1024, "height": 768}) for _ in range(visitors)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        _open(page, url, load)
    spent, end = cpu_seconds(pid), time.monotonic() + seconds
    (_at_once if pauses is None else _at_leisure)(pages, end, load, lambda: _look(pid, load), pauses, draw)
    for page in pages:
        load.waits += page.evaluate("window.tf.waits")
        if page.evaluate("window.tf.pending") is not None:
            load.complaints.append("numbers never changed")
        if page.get_by_test_id("stException").count():
            load.complaints.append("the page shows an exception")
        if not PLAIN.search(page.url):
            load.complaints.append(f"a lever was set by nobody: {page.url}")
    load.cpu_seconds = cpu_seconds(pid) - spent
    for context in contexts:
        context.close()
    return load


def _open(page: Page, url: str, load: Load) -> None:
    from playwright.sync_api import expect

    def requested(address: str) -> None:
        if not OURS.match(address):
            load.outside.append(address)

    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: load.complaints.append(str(error)))
    page.on("request", lambda request: requested(request.url))
    page.on("websocket", lambda socket: requested(socket.url))
    page.goto(f"{url}?a=r1")
    expect(page.locator(".tf .badge").first).to_be_visible(timeout=PATIENCE)
    for turned in TURNED:
        label = page.get_by_test_id("stSidebar").get_by_text(lever_label(*turned, Words("en")), exact=True)
        expect(label).to_be_visible(timeout=PATIENCE)
    page.evaluate(CLOCK)


def _turn(page: Page, turn: int, load: Load) -> None:
    """Click the next lever; a page on which that cannot be done is a complaint that says what stands there."""
    from playwright.sync_api import TimeoutError as TooLate

    page.evaluate("window.tf.pending = {text: null}")
    try:
        switch(page, lever_label(*TURNED[turn % len(TURNED)], Words("en")))
    except TooLate:
        page.evaluate("window.tf.pending = null")
        there = " | ".join(page.locator("body").inner_text().split("\n"))
        load.complaints.append(f"no lever {TURNED[turn % len(TURNED)][0]} to click on {page.url}: {there[:1500]}")


def _settle(pages: list[Page]) -> None:
    """Wait until all have seen their numbers, as long for all of them as for one."""
    from playwright.sync_api import TimeoutError as TooLate

    end = time.monotonic() + PATIENCE / 1000
    for page in pages:
        left = max(1000.0 * (end - time.monotonic()), 1.0)  # 0 would be without end
        with suppress(TooLate):  # told of as a complaint
            page.wait_for_function("window.tf.pending === null", timeout=left)


def _at_once(
    pages: list[Page], end: float, load: Load, look: Callable[[], None], pauses: tuple[float, float] | None,
    draw: random.Random,
) -> None:  # fmt: skip
    turn = 0
    while time.monotonic() < end:
        for page in pages:
            _turn(page, turn, load)
        _settle(pages)
        look()
        turn += 1


def _at_leisure(
    pages: list[Page], end: float, load: Load, look: Callable[[], None], pauses: tuple[float, float] | None,
    draw: random.Random,
) -> None:  # fmt: skip
    assert pauses is not None
    due, turns = [time.monotonic() + draw.uniform(0.0, pauses[1]) for _ in pages], [0] * len(pages)
    looked = 0.0
    while (now := time.monotonic()) < end:
        first = min(range(len(pages)), key=due.__getitem__)
        if now < due[first]:
            if now - looked > 1.0:
                look()
                looked = now
            pages[first].wait_for_timeout(1000 * min(due[first] - now, 0.2))
        elif pages[first].evaluate("window.tf.pending === null"):
            _turn(pages[first], turns[first], load)
            turns[first] += 1
            due[first] = now + draw.uniform(*pauses)
        else:  # still waiting: nobody moves the next lever before they have seen what the last one did
            due[first] = now + 0.2
    _settle(pages)


def _look(pid: int, load: Load) -> None:
    found = descendants(pid)
    load.processes.update(found)
    load.megabytes = max(load.megabytes, sum(megabytes(one) for one in found))


def descendants(pid: int) -> list[int]:
    """A process and all that it started, and they in turn."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def megabytes(pid: int) -> float:
    """Memory that a process holds, its share alone of what it holds with others; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024.0
    except (OSError, StopIteration):
        return 0.0


def alive(pids: set[int]) -> set[int]:
    """Those of some processes that are there and no zombies."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.add(pid)
    return found


def left_behind(pids: set[int], seconds: float = 60.0) -> set[int]:
    """Those of a server's processes that outlive it by so many seconds."""
    end = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < end:
        time.sleep(0.2)
    return alive(pids)


def cpu_seconds(pid: int) -> float:
    """Seconds of the processor that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
