"""Find the programs that the tests drive beside Python (Chromium, poppler, qpdf); as root, install what is missing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from tests.browser.chromium import ADVICE, find_chromium

PROGRAMS: dict[str, Callable[[], str | None]] = {
    "chromium": find_chromium,
    "poppler-utils": lambda: shutil.which("pdftotext"),
    "qpdf": lambda: shutil.which("qpdf"),
}
"""How each program is found, by the name of the distribution's package."""


def install(packages: list[str]) -> None:
    """Install the distribution's packages where that is possible without asking: as root with apt-get."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Say what the tests will use and what they will skip; with --install make sure that all is there."""
    missing = [package for package, find in PROGRAMS.items() if find() is None]
    if missing and "--install" in sys.argv:
        install(missing)
    for package, find in PROGRAMS.items():
        advice = ADVICE if package == "chromium" else "not found: the tests of documents that need it will be skipped"
        sys.stdout.write(f"{package}: {find() or advice}\n")


if __name__ == "__main__":
    main()
