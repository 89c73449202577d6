"""Click through the navigation of a served dashboard in a real browser, and time each click."""

import statistics
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from kpi.web.navigation import SCREENS
from tests.addresses import NAMES, address
from tests.browser.chromium import ADVICE, find_chromium
from tests.browser.conftest import Server

LISTED = [screen.name for screen in SCREENS if screen.parent is None]
SHOWN = "[data-testid=stApp][data-test-script-state=notRunning] .kpi-footer"

WAIT_MS = 120_000


@contextmanager
def served(workspace: Path) -> Generator[Server]:
    """Serve a workspace as an operator does, on a free port of loopback, and end the process."""
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as scratch:
        server = Server(workspace, Path(scratch) / "log")
        try:
            yield server
        finally:
            server.stop()


def browser_seconds(workspace: Path, runs: int) -> dict[str, float]:
    """Visit every screen once, then click through them; return the median seconds until a screen's content is shown.

    Empty, with a word on standard error, where there is no Chromium.
    """
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write(f"{ADVICE}\n")
        return {}
    clicks: dict[str, list[float]] = {name: [] for name in LISTED}
    with served(workspace) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            page = browser.new_context(locale="ar-OM").new_page()
            page.set_default_timeout(WAIT_MS)
            for name in (*NAMES, NAMES[0]):
                page.goto(f"{server.address}/{address(name)}")
                page.wait_for_selector(SHOWN)
            for _ in range(runs):
                for name in LISTED:
                    clicks[name].append(_click(page, name))
        finally:
            browser.close()
    return {name: statistics.median(seconds) for name, seconds in clicks.items()}


def _click(page: Page, name: str) -> float:
    _follow(page, "method" if name != "method" else NAMES[0])
    started = time.perf_counter()
    _follow(page, name)
    return time.perf_counter() - started


def _follow(page: Page, name: str) -> None:
    link = f".kpi-nav li:nth-child({LISTED.index(name) + 1}) a"
    page.locator(link).click()
    page.wait_for_selector(f"{link}[aria-current=page]")
    page.wait_for_selector(SHOWN)
