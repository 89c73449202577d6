"""Photograph every screen in both languages, wide and narrow, light and dark: `make screenshots`.

Takes the workspace of `KPI_WORKSPACE` (default `data/`) and writes to `screenshots/`, which git ignores.
"""

import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from kpi.settings import REPOSITORY, settings_in_force
from tests.addresses import NAMES, address
from tests.browser.chromium import ADVICE, find_chromium
from tests.browser.conftest import LOCALES, Server, Visitor

FOLDER = REPOSITORY / "screenshots"
WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")


def photograph(
    browser: Browser, origin: str, screen: str, language: str, width: int, scheme: str, folder: Path = FOLDER
) -> Path:
    """Save one screen of the server at `origin` at its full height and return the file."""
    context = browser.new_context(
        locale=LOCALES[language],
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if width < 600 else 1,
    )
    visitor = Visitor(context, origin)
    page = visitor.open(address(screen, lang=language))
    height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
    page.set_viewport_size({"width": width, "height": height + 20})
    visitor.settle()
    path = folder / f"{screen}-{language}-{width}-{scheme}.png"
    page.screenshot(path=path)
    context.close()
    return path


def main() -> int:
    """Photograph everything; exit 1 where there is no Chromium."""
    FOLDER.mkdir(exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write(f"{ADVICE}\n")
        return 1
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        server = Server(settings_in_force().workspace, Path(scratch) / "log")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            for screen, language, width, scheme in product(NAMES, LOCALES, WIDTHS, SCHEMES):
                path = photograph(browser, server.address, screen, language, width, scheme)
                sys.stdout.write(f"{path.relative_to(REPOSITORY)}\n")
        finally:
            browser.close()
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
