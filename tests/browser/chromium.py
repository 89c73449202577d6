"""Find a Chromium for the browser tests."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium was found: the browser tests will be skipped. Set KPI_CHROMIUM to one, install your system's chromium "
    "package, or run `.venv/bin/python -m playwright install chromium`."
)


def find_chromium() -> str | None:
    """Look for a Chromium: the setting KPI_CHROMIUM, the PATH, Playwright's own download."""
    candidates = [os.environ.get("KPI_CHROMIUM"), *(shutil.which(name) for name in NAMES)]
    with sync_playwright() as playwright:
        candidates.append(playwright.chromium.executable_path)
    return next((path for path in candidates if path and Path(path).is_file()), None)
