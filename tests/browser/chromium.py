"""Find a Chromium for the browser tests; as root, install the system's package when there is none."""

import os
import shutil
import subprocess
import sys
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


def install_system_package() -> None:
    """Install the distribution's Chromium where that is possible without asking: as root with apt-get."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Say which Chromium the tests will use; with --install make sure that there is one."""
    found = find_chromium()
    if found is None and "--install" in sys.argv:
        install_system_package()
        found = find_chromium()
    sys.stdout.write(f"Chromium: {found}\n" if found else f"{ADVICE}\n")


if __name__ == "__main__":
    main()
