"""What only a browser can tell about projects, platforms and change management: drill, Back, chips and widths."""

import pytest

from kpi.charts.long_list import ROWS_ON_PHONE
from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser

OVERFLOWS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const tables = [...document.querySelectorAll('.kpi-scroll')].filter(box => !box.closest('details'))
        .filter(box => getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 1);
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth)
        + tables.length;
}"""
CUT = """() => [...document.querySelectorAll('.kpi-span > a, .kpi-span > em, .kpi-chips a, .kpi-years b')]
    .filter(words => words.scrollWidth > words.clientWidth + 1
        || words.getBoundingClientRect().left < 0 || words.getBoundingClientRect().right > window.innerWidth)
    .map(words => words.textContent)"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_leads_to_the_project_with_the_filters_and_back_returns(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"projects?lang={language}&period=2025-01..2025-04&status=behind")
    page.evaluate("window.neverReloaded = true")
    page.locator(".kpi-timeline a").first.click()
    page.wait_for_selector(".kpi-project-facts")
    reader.settle()
    assert "/project?" in page.url
    assert "period=2025-01..2025-04" in page.url
    assert (
        page.locator(f'.kpi-nav a[aria-current="page"]:has-text("{text("web.page.projects", language)}")').count() == 1
    )
    page.go_back()
    page.wait_for_selector(".kpi-timeline")
    reader.settle()
    assert "status=behind" in page.url
    assert page.locator(".kpi-timeline .kpi-lane").count() == 25
    assert page.evaluate("window.neverReloaded") is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_chips_change_the_address_and_the_rows(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"projects?lang={language}")
    assert page.locator(".kpi-timeline .kpi-lane").count() == 36
    page.locator('.kpi-chips a[href*="status=completed"]').click()
    page.wait_for_selector('.kpi-chips a[aria-current][href*="status=completed"]')
    reader.settle()
    assert page.locator(".kpi-timeline .kpi-lane").count() == 2
    page.go_back()
    page.wait_for_selector('.kpi-chips a[aria-current]:not([href*="status="])')
    reader.settle()
    assert page.locator(".kpi-timeline .kpi-lane").count() == 36


@pytest.mark.parametrize("language", LANGUAGES)
def test_time_and_progress_run_in_reading_direction(visitor, language) -> None:
    reader = visitor(language, width=390)
    page = reader.open(f"projects?lang={language}")
    for width in (390, 1440):
        reader.at(width)
        years = [year.bounding_box()["x"] for year in page.locator(".kpi-years b").all()]
        assert years == sorted(years, reverse=language == "ar")
        life, done = (page.locator(part).first.bounding_box() for part in (".kpi-term", ".kpi-done"))
        gap_left, gap_right = done["x"] - life["x"], life["x"] + life["width"] - done["x"] - done["width"]
        assert (gap_left > gap_right) == (language == "ar")
        assert max(gap_left, gap_right) > 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["projects", "project?project=p24", "platforms", "change"])
def test_nothing_overflows_and_no_name_is_cut(visitor, language, address) -> None:
    mark = "&" if "?" in address else "?"
    reader = visitor(language, width=390)
    page = reader.open(f"{address}{mark}lang={language}")
    for width in (390, 768, 1440):
        reader.at(width)
        assert page.evaluate(OVERFLOWS) <= 0, width
        assert page.evaluate(CUT) == [], width


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("screen", "panel", "row", "count"),
    [
        ("projects", "programme", "tbody tr", 36),
        ("projects", "timeline", ".kpi-lane", 36),
        ("platforms", "register", "tbody tr", 34),
        ("entities", "league", "tbody tr", 48),
    ],
)
def test_a_phone_shows_the_first_rows_of_a_long_list_and_all_when_asked(
    visitor, language, screen, panel, row, count
) -> None:
    page = visitor(language, width=390).open(f"{screen}?lang={language}")
    long_list = page.locator(f".st-key-panel_{panel} .kpi-long-list")
    shown, more = long_list.locator(row).locator("visible=true"), long_list.locator(".kpi-rest summary")
    assert shown.count() == ROWS_ON_PHONE
    more.click()
    assert shown.count() == count
    more.click()
    assert shown.count() == ROWS_ON_PHONE
    page.set_viewport_size({"width": 1024, "height": 900})
    assert (shown.count(), more.is_visible()) == (count, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_platform_opens_to_the_entities_that_use_it(visitor, language) -> None:
    page = visitor(language).open(f"platforms?lang={language}")
    first = page.locator(".kpi-adoption details").first
    assert not first.locator("li").first.is_visible()
    first.locator("summary").click()
    assert first.locator("li").count() == 48
    link = first.locator("li a").first
    assert link.is_visible()
    assert "./entity?" in link.get_attribute("href")
    assert "entity=" in link.get_attribute("href")


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_projects_are_downloaded_with_period_and_mark_in_the_name(visitor, form) -> None:
    page = visitor("ar").open("projects?lang=ar")
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_projects_{form} button").first.click()
    assert waiting.value.suggested_filename == f"projects-2025-01_2025-05-synthetic.{form}"
