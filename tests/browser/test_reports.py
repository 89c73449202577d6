"""The Reports page in a browser: the PDF and the archive arrive whole, the address holds the choice, a page opens."""

import io
import zipfile
from collections.abc import Generator
from datetime import date

import pytest

from kpi.messages import LANGUAGES, text
from kpi.report.issue import Order, write_reports
from kpi.warehouse.build import build
from tests.browser.conftest import Server
from tests.report.conftest import pdfium_text
from tests.warehouse.smalltown import make_smalltown

pytestmark = pytest.mark.browser

WAIT_MS = 90_000


@pytest.fixture(scope="module")
def town_server(tmp_path_factory) -> Generator[Server]:
    """Serve a workspace of two entities with the snapshots of a month issued."""
    settings = make_smalltown(tmp_path_factory.mktemp("town"))
    build(settings)
    write_reports(settings, Order(date(2024, 2, 1), ("all",), LANGUAGES), today=date(2024, 6, 1))
    running = Server(settings.workspace, tmp_path_factory.mktemp("server") / "log")
    yield running
    running.stop()


def fetched(page, key: str) -> tuple[str, bytes]:
    with page.expect_download(timeout=WAIT_MS) as waiting:
        page.locator(f".st-key-{key} button").click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_a_copy_of_the_document_and_the_issued_one_arrive_as_pdf_and_say_which_they_are(
    visitor, town_server, tmp_path
) -> None:
    page = visitor("ar", at=town_server).open("reports?lang=ar&month=2024-02&scope=entity:baths&document=en")
    page.locator(".kpi-leaves img").first.wait_for(timeout=WAIT_MS)
    said = {}
    for key in ("download_report", "fetch_entity-baths-en-pdf"):
        name, content = fetched(page, key)
        assert name == "2024-02-entity-baths-en.pdf"
        (tmp_path / name).write_bytes(content)
        said[key] = pdfium_text(tmp_path / name)
    assert "copy, not issued" in said["download_report"]
    assert "copy, not issued" not in said["fetch_entity-baths-en-pdf"]
    assert "2024-02/entity-baths/1" in said["fetch_entity-baths-en-pdf"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_documents_of_a_month_are_made_beside_the_page_and_arrive_as_one_archive(
    visitor, town_server, language
) -> None:
    month = {"ar": "2024-03", "en": "2024-01"}[language]
    page = visitor(language, at=town_server).open(f"reports?lang={language}&month={month}")
    page.get_by_role("button", name=text("reports.archive_make", language)).click()
    page.get_by_role("button", name=text("reports.download_all", language)).wait_for(timeout=WAIT_MS)
    name, content = fetched(page, "download_archive")
    assert name == f"{month}-reports.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert len(bundle.namelist()) == 8
        assert all(bundle.read(one).startswith(b"%PDF-") for one in bundle.namelist())


def test_what_is_chosen_stands_in_the_address_and_the_address_shows_it_again(visitor, town_server) -> None:
    reader = visitor("en", at=town_server)
    page = reader.open("reports?lang=en")
    page.get_by_role("combobox", name=text("reports.choose.scope", "en")).click()
    page.get_by_role("option", name="Parks").click()
    page.wait_for_function("location.search.includes('scope=entity')")
    reader.settle()
    again = visitor("en", at=town_server)
    again.page.goto(page.url)
    again.settle()
    assert again.page.get_by_role("combobox", name=text("reports.choose.scope", "en")).input_value() == "Parks"


def test_a_page_opens_to_the_full_width_by_keyboard(visitor, town_server) -> None:
    page = visitor("ar", at=town_server).open("reports?month=2024-02")
    picture = page.locator(".kpi-leaves img").first
    picture.wait_for(timeout=WAIT_MS)
    before = picture.bounding_box()["width"]
    page.locator(".kpi-leaves summary").first.press("Enter")
    assert picture.bounding_box()["width"] > 2 * before
