"""The dashboard in a real Chromium: the server is started as an operator starts it, on a free port."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.browser.chromium import ADVICE, find_chromium

REPOSITORY = Path(__file__).resolve().parents[2]
LOCALES = {"ar": "ar-OM", "en": "en-US"}
START_SECONDS = 60
# The screen has been drawn for the address that the browser shows, whatever the order of its parameters.
DRAWN_FOR_THE_ADDRESS = """() => {
    const shown = document.querySelector('.kpi-brand')?.dataset.address;
    if (shown === undefined) return false;
    const inOrder = address => {
        const parameters = new URLSearchParams(address.search);
        parameters.sort();
        return `${address.pathname}?${parameters}`;
    };
    return inOrder(new URL(shown, document.baseURI.split(/[?#]/)[0])) === inOrder(location);
}"""
# Nothing is still on its way, and two looks in a row see the same drawings, as many of them as there are charts.
STANDS_STILL = """() => {
    if (document.querySelector('[data-testid=stSkeleton], [data-stale=true]')) return false;
    const charts = document.querySelectorAll('[data-testid=stPlotlyChart]');
    const drawn = [...charts].filter(chart => chart.querySelector('.main-svg'));
    const sizes = drawn.map(chart => { const box = chart.getBoundingClientRect(); return [box.width, box.height]; });
    const seen = JSON.stringify([sizes, document.querySelectorAll('.js-plotly-plot text').length]);
    const before = document.body.dataset.seen;
    document.body.dataset.seen = seen;
    return drawn.length === charts.length && before === seen;
}"""
# Streamlit asks for its own paths below the screen's name first; the answer 404 makes it ask again at the root.
PROBE = "Failed to load resource: the server responded with a status of 404"
SETTLED = f"""() => ({DRAWN_FOR_THE_ADDRESS})()
    && document.querySelector('.kpi-footer, .kpi-box')
    && document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && document.fonts.status === 'loaded'
    && ({STANDS_STILL})()"""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Run the dashboard on one workspace until stopped."""

    def __init__(self, workspace: Path, log: Path) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
        environment = {"KPI_VISIT_AHEAD": "false"} | os.environ | {"KPI_WORKSPACE": str(workspace)}
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [*command, "--server.port", self.address.rpartition(":")[2]],
                cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            self._wait()
        except TimeoutError:
            self.stop()
            raise TimeoutError(log.read_text()) from None

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise TimeoutError

    def stop(self) -> None:
        """End the server process."""
        self.process.terminate()
        self.process.wait(timeout=20)


class Visitor:
    """Open the dashboard as one reader and note what the browser complains about and whom it calls."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._request(request.url))

    def open(self, query: str = "") -> Page:
        """Load an address and wait for the whole page and its drawings."""
        self.page.goto(f"{self.address}/{query}")
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has run to its end for the address shown, and every drawing stands still."""
        # Looked at now and then: to look at every frame has the browser draw every frame, a fifth of its work.
        self.page.wait_for_function(SETTLED, polling=200, timeout=60_000)
        return self.page

    def at(self, width: int) -> Page:
        """Make the window as wide as that, and wait for the page."""
        self.page.set_viewport_size({"width": width, "height": 900})
        return self.settle()

    @property
    def strays(self) -> list[str]:
        """Return whom the page calls elsewhere, and what the browser complains about."""
        is_below = urlsplit(self.page.url).path != "/"
        return [*self.foreign, *(words for words in self.complaints if not (is_below and words.startswith(PROBE)))]

    def _note(self, kind: str, words: str) -> None:
        if kind == "error":
            self.complaints.append(words)

    def _request(self, url: str) -> None:
        local = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:")
        if not url.startswith(local):
            self.foreign.append(url)


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Start a Chromium; skip, saying why, where there is none."""
    path = find_chromium()
    if path is None:
        pytest.skip(ADVICE)
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"{path} does not start: {error.message.splitlines()[0]}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """Serve the small demo workspace."""
    running = Server(demo_workspace, tmp_path_factory.mktemp("server") / "log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """Serve a workspace in which nothing is published."""
    running = Server(tmp_path_factory.mktemp("nothing"), tmp_path_factory.mktemp("server") / "log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Callable[[str, str], BrowserContext]:
    """Return a function that gives the context of a locale and a colour scheme; one each, so that its cache is warm."""

    @cache
    def context(language: str, scheme: str) -> BrowserContext:
        return browser.new_context(locale=LOCALES[language], color_scheme="dark" if scheme == "dark" else "light")

    return context


@pytest.fixture
def visitor(contexts: Callable[[str, str], BrowserContext], server: Server) -> Generator[Callable[..., Visitor]]:
    """Return a function that makes a reader with a locale, a width and a colour scheme."""
    readers: list[Visitor] = []

    def visit(language: str = "ar", width: int = 1440, scheme: str = "light", at: Server | None = None) -> Visitor:
        reader = Visitor(contexts(language, scheme), (at or server).address)
        reader.page.set_viewport_size({"width": width, "height": 900})
        readers.append(reader)
        return reader

    yield visit
    for reader in readers:
        reader.page.close()
