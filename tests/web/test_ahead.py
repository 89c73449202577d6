"""The server visits every screen of a build before readers do."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from kpi.messages import LANGUAGES
from kpi.settings import REPOSITORY
from kpi.warehouse.connect import current_build_id
from kpi.web.navigation import SCREENS
from tests.browser.conftest import free_port

SERVE = """
import logging, sys
logging.basicConfig(level=logging.INFO)
from streamlit.web.cli import main
main()
"""
PATIENCE_SECONDS = 240


def test_a_server_visits_every_screen_in_every_language_without_a_failure(demo_workspace: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE, "run", "app.py", "--server.address", "127.0.0.1",
             "--server.port", str(free_port())],
            cwd=REPOSITORY, env=os.environ | {"KPI_WORKSPACE": str(demo_workspace), "KPI_VISIT_AHEAD": "true"},
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and "Visited" not in log.read_text() and server.poll() is None:
            time.sleep(0.2)
    finally:
        server.terminate()
        server.wait(timeout=20)
    said = log.read_text()
    visited = re.search(r"Visited (\d+) screens of build (\S+) in (\d+) languages", said)
    assert visited is not None, said
    assert visited.groups() == (str(len(SCREENS)), current_build_id(demo_workspace), str(len(LANGUAGES)))
    assert "failed" not in said, said
