"""The dashboard shows the build the installation names, and says that newer numbers are published."""

import shutil
from contextlib import closing

import pytest

from kpi.errors import BuildUnavailable
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse, current_build_id


@pytest.fixture(scope="module")
def two_builds(demo_workspace, tmp_path_factory):
    workspace = shutil.copytree(demo_workspace, tmp_path_factory.mktemp("older") / "copy", symlinks=True)
    first = current_build_id(workspace)
    second = build(Settings(workspace=workspace), force=True).manifest.build_id
    return workspace, first, second


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_older_build_is_shown_as_such(screen, two_builds, monkeypatch, language) -> None:
    workspace, first, _ = two_builds
    monkeypatch.setenv("KPI_BUILD", first)
    assert text("web.frame.older_build", language, build=first) in strip_isolates(screen(workspace, lang=language).html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_setting_the_current_build_is_shown(screen, two_builds, language) -> None:
    workspace, _, second = two_builds
    html = strip_isolates(screen(workspace, lang=language).html)
    assert text("web.frame.build", language, build=second) in html
    assert text("web.frame.older_build", language, build=second) not in html


def test_a_build_that_is_not_there_is_a_calm_error(screen, two_builds, monkeypatch) -> None:
    workspace, _, _ = two_builds
    monkeypatch.setenv("KPI_BUILD", "19990101T000000")
    html = screen(workspace, lang="en").html
    assert "19990101T000000" in html
    assert "kpi-card" not in html


@pytest.mark.parametrize("sql", ["select * from serve_of_tomorrow()", "select of_tomorrow from serve_freshness"])
def test_a_build_that_does_not_have_what_a_page_asks_is_told_as_of_an_older_form(two_builds, sql) -> None:
    workspace, _, _ = two_builds
    with closing(Warehouse.open(workspace)) as warehouse, pytest.raises(BuildUnavailable) as told:
        warehouse.query(sql)
    assert told.value.key == "build_of_older_form"
    assert "of_tomorrow" in str(told.value)
