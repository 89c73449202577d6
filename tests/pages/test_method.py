"""The method page in both languages, on the demo workspace."""

from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kpi.catalogue import load_catalogue
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.settings import REPOSITORY
from kpi.web import cache
from kpi.web.screens.method import rows


def page_html(workspace: Path, monkeypatch: pytest.MonkeyPatch, name: str, language: str) -> str:
    """Return the HTML of a page other than the first one."""
    monkeypatch.setenv("KPI_WORKSPACE", str(workspace))
    app = AppTest.from_file(str(REPOSITORY / "kpi" / "web" / "main.py"), default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    app.switch_page(str(REPOSITORY / "pages" / f"{name}.py"))
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    blocks = (block.proto.body for block in app.get("html"))
    return strip_isolates("\n".join(unescape(block) for block in blocks if not block.startswith("<style")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_has_its_definition_and_its_sql_on_the_method_page(
    demo_workspace, monkeypatch, language
) -> None:
    html = page_html(demo_workspace, monkeypatch, "method", language)
    for kpi in load_catalogue().values():
        assert kpi.name(language) in html
        assert f"create view {kpi.view}" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kinds_of_nothing_are_told_apart(demo_workspace, monkeypatch, language) -> None:
    html = page_html(demo_workspace, monkeypatch, "method", language)
    for kind in ("not_provided", "not_applicable", "not_allocated"):
        assert text(f"method.means.{kind}", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_definitions_has_every_indicator_whole(demo_workspace, monkeypatch, language) -> None:
    monkeypatch.setenv("KPI_WORKSPACE", str(demo_workspace))
    found = rows(cache.cached_methods(cache.current_build()), language)
    assert found["kpi_id"].to_list() == list(load_catalogue())
    assert found.null_count().sum_horizontal().item() == 0
    assert found[text("method.fact.sql", language)].str.starts_with("-- ").all()
