from pathlib import Path

import pytest

from kpi.demo import DemoSummary, generate
from tests.demo.demo_workspace import SCALE, empty_workspace


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoSummary]:
    workspace = empty_workspace(tmp_path_factory.mktemp("demo") / "one")
    return workspace, generate(workspace, scale=SCALE, workers=1)


@pytest.fixture(scope="session")
def workspace(demo: tuple[Path, DemoSummary]) -> Path:
    return demo[0]
