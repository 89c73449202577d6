"""What only a browser can tell about the data-quality page: widths, direction, navigation, downloads, requests."""

import csv

import pytest

from kpi.language import direction
from kpi.messages import LANGUAGES, text
from kpi.queries.rejections import rejections
from kpi.warehouse.connect import Warehouse

pytestmark = pytest.mark.browser

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return main.scrollWidth - main.clientWidth;
}"""
CELLS_IN_SIGHT = (
    "() => [...document.querySelectorAll('.kpi-row:nth-child(2) > i')].filter(c => c.offsetWidth > 0).length"
)
TOO_SMALL = (
    "() => [...document.querySelectorAll('.kpi-row > i')].filter(c => c.offsetWidth && c.offsetWidth < 10).length"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_sideways_at_any_width_and_a_phone_shows_twelve_months(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"quality?lang={language}")
    for width, months in ((390, 12), (768, 24), (1440, 24), (1920, 24)):
        reader.at(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SIDEWAYS) <= 0, width
        assert page.evaluate(CELLS_IN_SIGHT) == months, width
        assert page.evaluate(TOO_SMALL) == 0, width
    assert text("quality.verdict.largely", language) in page.inner_text(".kpi-answer p")


@pytest.mark.parametrize("language", LANGUAGES)
def test_time_runs_in_reading_direction(visitor, language) -> None:
    page = visitor(language).open(f"quality?lang={language}")
    cells = page.locator(".kpi-row").nth(1).locator("i")
    first, last = (cells.nth(index).bounding_box()["x"] for index in (0, 23))
    assert (first > last) == (language == "ar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_navigation_keeps_language_and_filters_there_and_back(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"?lang={language}&period=2025-02..2025-03&entity=moh&channel=app")
    page.get_by_role("link", name=text("web.page.quality", language), exact=True).click()
    page.wait_for_url("**/quality?**")
    page.wait_for_selector(".kpi-coverage")
    reader.settle()
    for part in (f"lang={language}", "period=2025-02..2025-03", "entity=moh", "channel=app"):
        assert part in page.url, part
    assert page.locator(".kpi-row").count() == 2
    page.get_by_role("link", name=text("web.page.overview", language), exact=True).click()
    page.wait_for_selector(".kpi-cards-large")
    assert "entity=moh" in page.url
    assert page.evaluate("document.documentElement.dir") == direction(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rejected_row_can_be_downloaded(visitor, demo_workspace, language) -> None:
    page = visitor(language).open(f"quality?lang={language}")
    with page.expect_download() as waiting:
        page.locator(".st-key-download_rejected button").click()
    assert waiting.value.suggested_filename.endswith(".csv")
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    warehouse = Warehouse.open(demo_workspace)
    assert len(rows) == 1 + rejections(warehouse).entries
    warehouse.close()


def test_the_table_of_the_coverage_opens_with_one_click(visitor) -> None:
    page = visitor("en").open("quality?lang=en")
    details = page.locator(".st-key-panel_coverage details")
    assert not details.locator("table").is_visible()
    details.locator("summary").click()
    assert details.locator("table").is_visible()
