"""Run the dashboard's main script without a browser."""

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

REPOSITORY = Path(__file__).resolve().parents[2]


class Screen:
    """Read what a run of the dashboard shows."""

    def __init__(self, app: AppTest) -> None:
        self.app = app

    @property
    def html(self) -> str:
        """Return every HTML block but the style sheets, entities decoded."""
        blocks = (block.proto.body for block in self.app.get("html"))
        return "\n".join(unescape(block) for block in blocks if not block.startswith("<style"))

    @property
    def charts(self) -> int:
        """Count the drawings."""
        return len(self.app.get("plotly_chart"))


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Screen]:
    """Return a function that opens a page of the dashboard of a workspace, the overview unless another is named."""

    def open_at(workspace: Path, page: str | None = None, /, **parameters: str) -> Screen:
        monkeypatch.setenv("KPI_WORKSPACE", str(workspace))
        app = AppTest.from_file(str(REPOSITORY / "kpi" / "web" / "main.py"), default_timeout=60)
        if page is not None:
            app.switch_page(str(REPOSITORY / "pages" / f"{page}.py"))
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return Screen(app)

    return open_at
