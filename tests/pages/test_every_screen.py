"""What holds for every screen, in both languages: a question, an answer, and calm words when something is missing."""

import re
from pathlib import Path

import pytest

from kpi.ingest.load import load
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.settings import Settings
from kpi.warehouse.build import build
from tests.addresses import NAMES, SUBJECTS
from tests.conftest import copy_demo_registries

ANSWER = re.compile(r'class="kpi-answer"><h1>(.+?)</h1><p>(.+?)</p>', re.DOTALL)
PLACEHOLDER = re.compile(r"\{\w+\}|>\s*None\s*<|\bnan\b")
STYLE_AND_CODE = re.compile(r"<(script|pre|code)\b.*?</\1>", re.DOTALL)


@pytest.fixture(scope="session")
def registries_only(once) -> Path:
    """Return a workspace with registries and not a single log."""

    def fill(folder: Path) -> None:
        copy_demo_registries(folder)
        (folder / "inbox").mkdir()
        settings = Settings(workspace=folder)
        load(settings)
        build(settings)

    return once("registries_only", fill)


def words(html: str) -> str:
    return strip_isolates(STYLE_AND_CODE.sub("", html))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_asks_a_question_and_answers_it(screen, demo_workspace, name, language) -> None:
    html = words(screen(demo_workspace, name, lang=language, **SUBJECTS.get(name, {})).html)
    found = ANSWER.search(html)
    assert found is not None
    assert len(found[2]) > 20
    assert not PLACEHOLDER.search(html), PLACEHOLDER.search(html)
    assert "kpi-alarm" not in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_without_any_log_is_calm(screen, registries_only, name, language) -> None:
    html = words(screen(registries_only, name, lang=language, **SUBJECTS.get(name, {})).html)
    assert "kpi-alarm" not in html
    assert "kpi-answer" in html or "kpi-box" in html
    assert text("web.state.empty_next", language) not in html, "no filter hides anything"
    assert not PLACEHOLDER.search(html), PLACEHOLDER.search(html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_of_a_period_without_data_says_so(screen, demo_workspace, name, language) -> None:
    slice_ = SUBJECTS.get(name, {}) | {"period": "2015-01..2015-03"}
    html = words(screen(demo_workspace, name, lang=language, **slice_).html)
    assert "kpi-alarm" not in html
    assert "kpi-answer" in html or "kpi-box" in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_of_another_government_with_fewer_registries_is_calm(screen, uk_workspace, name, language) -> None:
    html = words(screen(uk_workspace, name, lang=language).html)
    assert "kpi-alarm" not in html
    assert "kpi-answer" in html or "kpi-box" in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_says_what_to_do_when_nothing_is_published(screen, tmp_path, name, language) -> None:
    html = words(screen(tmp_path, name, lang=language).html)
    assert text("errors.nothing_published.what", language, workspace=tmp_path) in html
