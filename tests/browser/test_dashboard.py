"""A visitor's whole journey in a real browser, in both languages, on a server of its own."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Download, Page, expect

from benchmarks.dashboard import serving
from benchmarks.visitors import left_behind, lever_label, switch, visit
from sim.dashboard.ask import is_done
from sim.dashboard.live import landed
from sim.dashboard.waiting_line import PATIENCE
from sim.report.catalogue import LANGUAGES, Words
from tests.dashboard.test_killed import at_work
from tests.dashboard.test_waiting_line import until

ROOT = Path(__file__).parents[2]
SECONDS = 120_000  # milliseconds that anything may take on a machine that is busy with other tests
RUN_SECONDS = 300_000  # the same of a live run
LIVE = {"years": "1", "worlds": "8", "scale": "200"}


@dataclass
class Server:
    """The dashboard as users start it, and where it keeps live runs."""

    url: str
    cache: Path


@pytest.fixture(scope="module")
def server(packages_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("dashboard")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALENT_FLIGHT_STARTS", str(folder / "starts"))
        with serving(folder, "--results", str(packages_folder), "--no-auto", "--no-prepare") as (url, _):
            yield Server(url, folder / "cache")


def view(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_text(name, exact=True).click()


def download(page: Page, label: str) -> Download:
    with page.expect_download(timeout=SECONDS) as found:
        page.get_by_role("button", name=label).click()
    return found.value


def run_again(file: Path, server: Server, out: Path) -> Path:
    """Run the command that stands in a scenario file, in the first world alone; return its results."""
    (said,) = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# python run_sim.py")]
    words = shlex.split(said.removeprefix("# python "))
    words[words.index("--worlds") + 1] = "1"
    words[words.index(file.name)] = str(file)
    subprocess.run(
        [sys.executable, *words, "--no-report", "--workers", "1", "--out", str(out)], check=True, capture_output=True,
        cwd=ROOT, env=os.environ | {"TALENT_FLIGHT_STARTS": str(server.cache.parent / "starts")},
    )  # fmt: skip
    return out


def assert_the_same_runs(again: Path, live: Path) -> None:
    """Every outcome of the first world, to the last bit."""
    one, other = (pd.read_parquet(folder / "runs.parquet").set_index(["scenario", "world"]) for folder in (again, live))
    assert len(one) == 2
    pd.testing.assert_frame_equal(one, other.loc[one.index, one.columns], check_exact=True, check_dtype=False)


def test_hostile_links_and_other_sites_get_nowhere(browser: Browser, server: Server) -> None:
    """Texts of a link are shown as texts; no other site opens the connection, and nobody sends a file."""
    evil = "<script>window.struck=1</script><img src=http://example.org/x onerror=window.struck=1>![b](http://example.org/b)"
    link = {"a": f"r1,places={evil}", "b": evil, "world": f"{evil}:1;x:{evil}", "years": evil, "lang": evil, evil: evil}
    requests: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{server.url}?{urllib.parse.urlencode(link)}")
        expect(page.get_by_test_id("stMain").get_by_text("window.struck").first).to_be_visible(timeout=SECONDS)
        assert page.evaluate("String(window.struck)") == "undefined"
        assert page.locator("[onerror], iframe, img[src^='http://e'], input[type=file]").count() == 0
        page.goto(f"{server.url}?a={'r1;' * 3000}")
        expect(page.get_by_test_id("stMain").get_by_text("9000 signs").first).to_be_visible(timeout=SECONDS)
    assert [
        url for url in requests if "127.0.0.1" not in url.split("?")[0] and not url.startswith(("data:", "blob:"))
    ] == []
    assert handshake(server, server.url.rstrip("/")) == 101
    assert handshake(server, "http://example.org") == 403
    sent = urllib.request.Request(f"{server.url}_stcore/upload_file/a/b", b"x", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(sent, timeout=30)
    with refused.value as answer:
        assert answer.code in (400, 403)


def handshake(server: Server, origin: str) -> int:
    """The answer to a page of ``origin`` that asks for the connection."""
    connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=30)
    words = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Origin": origin,
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    try:
        connection.request("GET", "/_stcore/stream", headers=words)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_journey(browser: Browser, server: Server, language: str, tmp_path: Path) -> None:
    words = Words(language)
    requests: list[str] = []
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(SECONDS)
    page = context.new_page()
    for kind in (page, context):
        kind.on("request", lambda request: requests.append(request.url))
    page.on("websocket", lambda socket: requests.append(socket.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # Open, move a lever: an estimate.
    page.goto(f"{server.url}?lang={language}")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("dashboard.title"), timeout=SECONDS)
    switch(page, lever_label("R4", "seed_acceleration", words))
    badge = page.locator(".tf .badge").first
    expect(badge).to_have_text(words("dashboard.estimate"), timeout=SECONDS)
    assert "a=r4" in page.url
    # The same policy over one year, beside another one: no package holds that, the live run tells.
    page.goto(f"{server.url}?lang={language}&a=r4&b=r6,strength=0.5&" + "&".join(f"{k}={v}" for k, v in LIVE.items()))
    if language == LANGUAGES[0]:  # the second visitor finds the results of the first
        why = words("dashboard.no_estimate.years", years=words("page.years_many", years=10))
        none = words("dashboard.estimate_none", letter="A", why=why)
        expect(page.get_by_test_id("stMain").get_by_text(none)).to_be_visible(timeout=SECONDS)
        page.get_by_role("button", name=words("dashboard.run")).click()
        page.get_by_role("button", name=words("dashboard.cancel")).click()
        expect(page.get_by_text(words("dashboard.cancelled"))).to_be_visible(timeout=SECONDS)
        page.get_by_role("button", name=words("dashboard.run")).click()
    expect(page.get_by_text(words("dashboard.finished"))).to_be_visible(timeout=RUN_SECONDS)
    expect(badge).to_have_text(words("dashboard.live_whole", n=8), timeout=SECONDS)
    expect(page.locator(".tf thead th")).to_have_count(4)
    # Every view.
    for name, sign in (("map", "img"), ("paths", "img"), ("persons", ".tf"), ("districts", ".tf"), ("accounts", ".tf")):
        view(page, words(f"dashboard.views.{name}"))
        shown = page.get_by_test_id("stImage").locator("img") if sign == "img" else page.locator(sign)
        expect(shown.first).to_be_visible(timeout=SECONDS)
    # Leave with a file that check accepts, and that is the one that was run.
    view(page, words("dashboard.views.leave"))
    taken = download(page, words("dashboard.scenario_file", letter="A"))
    file = tmp_path / taken.suggested_filename
    taken.save_as(file)
    checked = subprocess.run(
        [sys.executable, str(ROOT / "run_sim.py"), "check", str(file)], capture_output=True, text=True, cwd=ROOT
    )
    assert (checked.returncode, checked.stdout.strip()) == (0, f"{file}: ok"), checked.stderr
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    (run,) = {path.parent for path in server.cache.glob(f"*/scenarios/{file.name}")}
    assert tomllib.loads((run / file.name).read_text(encoding="utf-8")) == content
    numbers = pd.read_csv(run.parent / "results" / "comparison.csv")
    assert content["name"] in set(numbers["scenario"])
    if language == LANGUAGES[0]:
        assert_the_same_runs(run_again(file, server, tmp_path / "again"), run.parent / "results")
    outside = [url for url in requests if not re.match(r"(http|ws)://127\.0\.0\.1:\d+/|data:|blob:", url)]
    assert requests
    assert outside == []
    assert complaints == []
    context.close()


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_a_report_is_drawn_and_taken_along(browser: Browser, server: Server, tmp_path: Path) -> None:
    """Of a real run, which is made here if no journey has made it."""
    words = Words("fr")
    page = browser.new_page()
    page.set_default_timeout(SECONDS)
    page.goto(f"{server.url}?lang=fr&a=r4&b=r6,strength=0.5&" + "&".join(f"{k}={v}" for k, v in LIVE.items()))
    run, finished = (
        page.get_by_role("button", name=words("dashboard.run")),
        page.get_by_text(words("dashboard.finished")),
    )
    expect(run.or_(finished).first).to_be_visible()
    if run.is_visible():
        run.click()
    expect(finished).to_be_visible(timeout=RUN_SECONDS)
    view(page, words("dashboard.views.leave"))
    page.get_by_role("button", name=words("dashboard.make_report")).click()
    expect(page.get_by_role("button", name=words("dashboard.report_file"))).to_be_visible(timeout=RUN_SECONDS)
    taken = download(page, words("dashboard.report_file"))
    taken.save_as(tmp_path / taken.suggested_filename)
    assert 'lang="fr"' in (tmp_path / taken.suggested_filename).read_text(encoding="utf-8")[:200]
    assert zipfile.is_zipfile(download(page, words("dashboard.tables_file")).path())
    page.close()


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_a_run_stops_soon_after_its_page_is_closed(browser: Browser, server: Server) -> None:
    """And goes on where it stopped when somebody asks for it again."""
    words = Words("en")
    link = f"{server.url}?lang=en&a=r5&" + "&".join(f"{k}={v}" for k, v in (LIVE | {"worlds": "48"}).items())

    def begin(context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        page.goto(link)
        page.get_by_role("button", name=words("dashboard.run")).click()
        return page

    context, before = browser.new_context(), {*server.cache.glob("*")}
    page = begin(context)
    assert until(lambda: {*server.cache.glob("*")} - before)
    (folder,) = {*server.cache.glob("*")} - before
    assert until(lambda: landed(folder) >= 1, RUN_SECONDS / 1000)
    page.close()
    closed = time.monotonic()
    assert until(lambda: not at_work(folder))
    assert time.monotonic() - closed < PATIENCE / 2
    number = landed(folder)
    assert number < 48
    assert not is_done(folder)
    page = begin(context)
    assert until(lambda: landed(folder) > number, RUN_SECONDS / 1000)
    page.get_by_role("button", name=words("dashboard.cancel")).click()
    assert until(lambda: not at_work(folder))
    context.close()


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_ten_visitors_for_ten_minutes(browser: Browser, packages_folder: Path, tmp_path: Path) -> None:
    """Ten people move levers while the model runs for them: no error, nothing leaves, a gigabyte, nothing stays."""
    long = float(os.environ.get("DASHBOARD_LOAD_SECONDS", "600"))
    with serving(tmp_path, "--results", str(packages_folder)) as (url, pid):
        load = visit(browser, url, pid, 10, long)
    stayed = left_behind(load.processes)
    within = f"half within {load.late(0.5):.2f} s, 95% within {load.late(0.95):.2f} s"
    print(
        f"{len(load.waits)} changes in {long:.0f} s, {within}; {load.megabytes:.0f} MB at most;"
        f" {len(load.complaints)} errors, {len(load.outside)} requests outside, {len(stayed)} processes left"
    )
    assert load.complaints == []
    assert load.outside == []
    assert load.megabytes < 1000.0
    assert stayed == set()
