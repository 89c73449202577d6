"""Measure every screen: server time cold and warm, and a real browser from the click to the content.

Cold is the first run of a screen in a process that has imported everything and has no answers cached; warm is the
second. The browser clicks through the navigation of a warm server. Each figure is the median of the runs.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from kpi.settings import REPOSITORY, settings_in_force
from kpi.web.navigation import SCREENS
from tests.addresses import NAMES, SUBJECTS, address
from tests.browser.chromium import ADVICE, find_chromium
from tests.browser.conftest import Server, Visitor

COLD_MARK_SECONDS, WARM_MARK_SECONDS, BROWSER_MARK_SECONDS = 0.5, 0.15, 1.5
SECONDS = re.compile(r"\d+\.\d{4}")
LISTED = [screen.name for screen in SCREENS if screen.parent is None]
SHOWN = "[data-testid=stApp][data-test-script-state=notRunning] .kpi-footer"


def main() -> None:
    """Print the table; exit 1 where a mark is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each measure")
    parser.add_argument("--screen", help="run this screen alone (used by the bench itself)")
    options = parser.parse_args()
    if options.screen:
        run_twice(options.screen)
        return
    workspace = settings_in_force().workspace
    clicks = browser_seconds(workspace, options.runs)
    table = Table("screen", "server cold s", "server warm s", "browser s")
    missed = False
    for name in NAMES:
        measured = [_in_fresh_process(name) for _ in range(options.runs)]
        cold, warm = (statistics.median(values) for values in zip(*measured, strict=True))
        click = clicks.get(name)
        missed |= cold > COLD_MARK_SECONDS or warm > WARM_MARK_SECONDS or (click or 0) > BROWSER_MARK_SECONDS
        table.add_row(name, f"{cold:.2f}", f"{warm:.3f}", "" if click is None else f"{click:.2f}")
    Console().print(table)
    sys.exit(missed)


def run_twice(name: str) -> None:
    """Run a screen as a first and as a later visitor; the script itself writes its seconds to standard error."""
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415  the measuring process alone needs it

    for page in ("method" if name != "method" else "quality", name, name):  # the first: imports and the connection
        app = AppTest.from_file(str(REPOSITORY / "bench" / "timed_screen.py"), default_timeout=60)
        app.switch_page(str(REPOSITORY / "pages" / f"{page}.py"))
        for parameter, value in SUBJECTS.get(page, {}).items():
            app.query_params[parameter] = value
        app.run()


def browser_seconds(workspace: Path, runs: int) -> dict[str, float]:
    """Click through the navigation of a warm server; return the median seconds until a screen's content is shown."""
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write(f"{ADVICE}\n")
        return {}
    clicks: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        server = Server(workspace, Path(scratch) / "log")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            visitor = Visitor(browser.new_context(locale="ar-OM"), server.address)
            for name in NAMES:
                visitor.open(address(name))
            page = visitor.open()
            for _ in range(runs):
                for name in NAMES:
                    if name in LISTED:
                        clicks.setdefault(name, []).append(_click(page, name))
        finally:
            browser.close()
            server.stop()
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


def _in_fresh_process(name: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.pages", "--screen", name]
    done = subprocess.run(command, cwd=REPOSITORY, env=os.environ, capture_output=True, text=True, check=True)  # noqa: S603
    seconds = [float(line) for line in done.stderr.splitlines() if SECONDS.fullmatch(line)]
    return seconds[-2], seconds[-1]


if __name__ == "__main__":
    main()
