"""The data-quality page in both languages: the demo, a troubled workspace, nothing published, nothing loaded."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, catalogue, text
from kpi.queries.filters import Filters
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.web import cache
from kpi.web.screens.quality_files import coverage_rows, ledger_rows
from kpi.web.screens.rejections import rejected_rows
from tests.conftest import copy_demo_registries
from tests.pages.conftest import Screen
from tests.queries.quality_workspace import FORMULA, publish_troubled, restate

MAIN = REPOSITORY / "kpi" / "web" / "main.py"
ANSWER = re.compile(r'class="kpi-answer"><h1>(.*?)</h1><p>(.*?)</p>', re.DOTALL)


@pytest.fixture
def quality(monkeypatch):
    """Return a function that opens the data-quality page of a workspace."""

    def open_at(workspace, **parameters) -> Screen:
        monkeypatch.setenv("KPI_WORKSPACE", str(workspace))
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        app.switch_page(str(REPOSITORY / "pages" / "quality.py"))
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return Screen(app)

    return open_at


@pytest.fixture(scope="session")
def troubled(once):
    return once("troubled", publish_troubled)


def answer(shown: Screen) -> tuple[str, str]:
    match = ANSWER.search(strip_isolates(shown.html))
    assert match is not None
    return match[1], match[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_whether_the_numbers_can_be_trusted_and_answers(quality, demo_workspace, language) -> None:
    shown = quality(demo_workspace, lang=language)
    question, sentence = answer(shown)
    period = cache.cached_options(cache.current_build()).default_period
    assert question == strip_isolates(text("quality.title", language, period=period.label(language)))
    assert sentence.startswith(text("quality.verdict.largely", language))
    for section in ("senders", "coverage", "rejected", "files", "checks", "previous"):
        assert text(f"quality.{section}", language) in shown.html, section


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entity_has_its_row_of_months_and_its_words_in_the_table(quality, demo_workspace, language) -> None:
    html = quality(demo_workspace, lang=language).html
    assert html.count('class="kpi-row') == 1 + 48
    missing = text("quality.status.missing", language)
    assert html.count(f">{missing}</td>") == html.count('class="kpi-missing') - 1, "the legend has one more"
    assert 'role="img" aria-label="' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_troubled_workspace_says_who_has_to_act(quality, troubled, language) -> None:
    shown = quality(troubled, lang=language, period="2024-01..2024-03")
    html = strip_isolates(shown.html)
    _, sentence = answer(shown)
    assert sentence.startswith(text("quality.verdict.not_yet", language))
    assert "transactions/torn.parquet" in html
    assert text("quality.ledger.who_acts", language) in html
    parks, ports = ("الحدائق", "الموانئ") if language == "ar" else ("Parks", "Ports")
    senders = html[html.index("kpi-sheet") :]
    assert senders.index(parks) < senders.index(ports)
    assert text("quality.senders_table.never", language) in html
    assert text("reasons.unknown_service", language) in html
    assert text("quality.builds.first", language) in html


def test_arabic_counts_agree_with_their_nouns(quality, troubled) -> None:
    _, sentence = answer(quality(troubled, lang="ar", period="2024-01..2024-03"))
    assert "قدّمت جهة واحدة من أصل 3" in sentence
    assert "ينقص تقريران شهريان من جهتين" in sentence
    assert "وتعذّرت قراءة ملف واحد" in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entity_is_answered_for_alone(quality, troubled, language) -> None:
    _, sentence = answer(quality(troubled, lang=language, period="2024-01..2024-03", entity="parks"))
    assert ("فبراير 2024" if language == "ar" else "February 2024") in sentence
    assert ("3 أشهر" if language == "ar" else "2 of 3 months") in sentence
    _, sentence = answer(quality(troubled, lang=language, period="2024-01", entity="ports"))
    assert "2024" in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_of_a_rejected_row_is_taken_for_markup(quality, tmp_path, language) -> None:
    folder = restate(publish_troubled(tmp_path / "w"), lambda rows: rows.replace("steam", "<img src=x>"))
    shown = quality(folder, lang=language)
    bodies = [block.proto.body for block in shown.app.get("html")]
    assert any("&lt;img" in body for body in bodies)
    assert not any("<img src=x" in body for body in bodies)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changed_since_the_build_before_is_listed(quality, tmp_path, language) -> None:
    (tmp_path / "w").mkdir()
    html = quality(restate(publish_troubled(tmp_path / "w")), lang=language).html
    assert text("quality.builds.before", language) in html
    assert ("أبريل 2024" if language == "ar" else "April 2024") in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nothing_published_the_page_names_the_command(quality, tmp_path, language) -> None:
    shown = quality(tmp_path, lang=language)
    assert shown.html.count("<code>kpi load</code>") == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nothing_loaded_the_page_says_so_calmly(quality, tmp_path, language) -> None:
    copy_demo_registries(tmp_path)
    build(Settings(workspace=tmp_path))
    shown = quality(tmp_path, lang=language)
    assert text("web.state.nothing_received_what", language) in shown.html
    assert text("quality.rejected_rows.none", language) in shown.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_without_data_says_so_calmly(quality, demo_workspace, language) -> None:
    shown = quality(demo_workspace, lang=language, period="1999")
    assert text("web.state.empty_what", language) in shown.html
    assert "kpi-coverage" not in shown.html


def test_only_the_filters_that_apply_are_offered(quality, demo_workspace) -> None:
    shown = quality(demo_workspace, lang="en", channel="app")
    labels = {box.label for box in shown.app.selectbox}
    assert {"Period", "Entity"} <= labels
    assert not labels & {"Channel", "Governorate"}
    assert shown.app.query_params["channel"] == "app"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rejected_row_is_in_the_download_with_its_reason_in_words(troubled, monkeypatch, language) -> None:
    monkeypatch.setenv("KPI_WORKSPACE", str(troubled))
    current = cache.current_build()
    content = rejected_rows(current, cache.cached_rejections(current), language).decode("utf-8")
    lines = content.strip().splitlines()
    assert content.startswith("\ufeff")
    assert len(lines) == 1 + 3
    assert text("reasons.unknown_code", language) in content
    assert not any(field.startswith(("=", '"=')) for line in lines for field in line.split(","))
    assert FORMULA.replace('"', '\\""') in content
    assert "87654321" not in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_and_every_reason_has_its_words(language) -> None:
    names = {path.stem for path in (REPOSITORY / "sql" / "checks").glob("*.sql")}
    assert {f"checks.{name}" for name in names} <= catalogue(language).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_hold_every_month_of_every_entity_and_every_source_file(troubled, monkeypatch, language) -> None:
    monkeypatch.setenv("KPI_WORKSPACE", str(troubled))
    published = cache.current_build()
    months = cache.cached_coverage(published, Filters(cache.cached_options(published).default_period))
    assert months is not None
    sent = coverage_rows(months, language)
    assert sent.height == sum(len(entity.months) for entity in months.entities)
    state = text("quality.ledger.state", language)
    assert text("quality.status.missing", language) in set(sent[state])
    ledger = cache.cached_ledger(published)
    files = ledger_rows(ledger, language)
    assert files.height == len(ledger.files)
    assert files[text("quality.ledger.rejected", language)].sum() == sum(file.rows_rejected for file in ledger.files)
    assert files[text("quality.ledger.reason", language)].drop_nulls().len() == len(ledger.unreadable)
