"""The Reports page: the pages of a snapshot, what was issued, what was restated and why, and calm words otherwise."""

import re
from datetime import date

import pytest

from kpi.ingest.load import load
from kpi.language import plural, strip_isolates, t
from kpi.messages import LANGUAGES, text
from kpi.periods import point_label
from kpi.report.desk import issued_documents
from kpi.report.issue import Order, write_reports
from kpi.report.record import Store
from kpi.warehouse.build import build
from tests.warehouse.smalltown import write_log

FEBRUARY = date(2024, 2, 1)
TODAY = date(2024, 6, 1)
PICTURE = re.compile(r'<img src="data:image/png;base64,iVBOR[^"]+" alt="([^"]+)">')
LATIN = re.compile(r"[A-Za-z]{2,}")
BUILD = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
TAG = re.compile(r"<code>.*?</code>|<[^>]+>", re.DOTALL)


@pytest.fixture
def town(published_town):
    return published_town


def issue(settings, *scopes: str, reissue: bool = False) -> None:
    results = write_reports(settings, Order(FEBRUARY, scopes, LANGUAGES, reissue=reissue), today=TODAY)
    assert {result.status for result in results} == {"issued"}


def restate(settings) -> None:
    write_log(settings.workspace, "parks", "picnic", [3, 10, 3])
    load(settings)
    build(settings)


def words(shown) -> str:
    return strip_isolates(shown.html)


def with_pages(screen, *address, **parameters) -> str:
    """Open the page until its pictures are there: they are made beside it."""
    for _ in range(60):
        html = words(screen(*address, **parameters))
        if PICTURE.search(html):
            return html
    raise TimeoutError


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_document_is_shown_and_named_and_nothing_is_issued_by_looking(screen, town, language) -> None:
    html = with_pages(screen, town.workspace, "reports", lang=language)
    alternatives = PICTURE.findall(html)
    count = len(alternatives)
    assert count >= 2
    assert alternatives == [text("reports.page_of", language, page=page, pages=count) for page in range(1, count + 1)]
    assert text("reports.none_issued", language) in html
    assert "kpi report --month 2024-03" in html
    assert not Store(town.workspace).months()


def test_the_arabic_page_has_no_latin_words(screen, town) -> None:
    issue(town, "all")
    restate(town)
    html = re.sub(r'src="[^"]+"', "", words(screen(town.workspace, "reports", lang="ar", month="2024-02")))
    panel = BUILD.sub("", html[html.index('<div class="kpi-answer"') :])
    left = {word for word in LATIN.findall(TAG.sub(" ", panel)) if word not in ("PDF", "ZIP")}
    assert {word for word in left if word not in ("kpi", "transactions", "parks", "csv")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_issued_and_is_still_so_is_said(screen, town, language) -> None:
    issue(town, "programme")
    html = words(screen(town.workspace, "reports", lang=language, month="2024-02"))
    facts = {"month": point_label(FEBRUARY, 1, language), "documents": plural("reports.documents", 2, language)}
    assert strip_isolates(t("reports.issued_same", language, **facts)) in html
    assert html.count(text("reports.status.same", language)) >= 2
    assert text("reports.status.restated", language) not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_restated_snapshot_is_shown_with_how_much_and_because_of_which_file(screen, town, language) -> None:
    issue(town, "all")
    restate(town)
    html = words(screen(town.workspace, "reports", lang=language, month="2024-02"))
    assert f'kpi-mark-near">{text("reports.status.restated", language)}' in html
    transactions = "All transactions" if language == "en" else "جميع المعاملات"
    row = next(row for row in html.split("<tr>") if transactions in row)
    assert re.findall(r"<td[^>]*>(.*?)</td>", row)[1:] == ["20", "27", "+7", "transactions/parks.csv"]
    baths = next(row for row in html.split("<tr>") if "entity%3Abaths" in row)
    assert text("reports.status.same", language) in baths


def test_a_revision_takes_the_place_of_the_first_and_an_altered_file_is_told(screen, town) -> None:
    issue(town, "programme")
    restate(town)
    issue(town, "programme", reissue=True)
    first, second = (one for one in issued_documents(town.workspace, FEBRUARY) if one.language == "en")
    assert (first.revision, first.is_last, first.build_id) == (1, False, None)
    assert (second.revision, second.is_last) == (2, True)
    with second.path.open("ab") as file:
        file.write(b" ")
    html = words(screen(town.workspace, "reports", lang="en", month="2024-02"))
    assert text("reports.status.replaced", "en") in html
    assert text("reports.status.altered", "en") in html
    assert text("reports.spoilt.one", "en") in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_damaged_record_is_told_and_the_pages_are_shown_all_the_same(screen, town, language) -> None:
    issue(town, "programme")
    record = Store(town.workspace).folder(FEBRUARY) / "programme.json"
    record.write_text("{", encoding="utf-8")
    html = with_pages(screen, town.workspace, "reports", lang=language, month="2024-02")
    assert strip_isolates(text("errors.report_record_damaged.what", language, file=record)) in html
    assert PICTURE.search(html)


def test_what_the_address_asks_for_wrongly_is_left_out(screen, town) -> None:
    shown = screen(town.workspace, "reports", lang="en", month="2031-13", scope="entity:nobody", document="fr")
    assert [box.value for box in shown.app.selectbox] == ["2024-03", "programme", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_published_is_said_calmly(screen, tmp_path, language) -> None:
    html = words(screen(tmp_path, "reports", lang=language))
    assert text("errors.nothing_published.what", language, workspace=tmp_path) in html
