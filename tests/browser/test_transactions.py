"""What only a browser can tell about the transactions page: the split, the drill, widths, direction, files."""

from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser

PERIOD = "period=2025-01..2025-05"
SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
}"""
BOXES = "list => list.map(one => { const box = one.getBoundingClientRect(); return [box.left, box.right]; })"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_changes_the_split_in_the_address_and_back_returns(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"transactions?lang={language}&{PERIOD}&entity=rop")
    assert page.locator('.kpi-key [data-part="app"]').count() == 1
    page.locator(".kpi-splits a").filter(has_text=text("transactions.by.outcome", language)).click()
    page.wait_for_selector('.kpi-key [data-part="completed"]')
    reader.settle()
    assert parse_qs(urlsplit(page.url).query)["by"] == ["outcome"]
    assert "entity=rop" in page.url
    page.go_back()
    page.wait_for_selector('.kpi-key [data-part="app"]')
    assert "by=" not in page.url
    assert reader.foreign == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channel_of_the_key_becomes_the_filter(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"transactions?lang={language}&{PERIOD}")
    page.locator('.kpi-key [data-part="web"] a').click()
    page.wait_for_function("document.querySelectorAll('.kpi-key li').length === 1")
    assert "channel=web" in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mover_leads_to_its_entity_with_the_filters_kept(visitor, language) -> None:
    page = visitor(language).open(f"transactions?lang={language}&{PERIOD}&channel=app")
    for kind, name in (("entities", "entity"), ("services", "service")):
        link = page.locator(f".st-key-panel_{kind} .kpi-mover a").first
        address = urlsplit(link.get_attribute("href"))
        asked = parse_qs(address.query)
        assert address.path == f"./{name}"
        assert asked.pop(name)
        assert asked == {"lang": [language], "period": ["2025-01..2025-05"], "channel": ["app"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_at_any_width_and_no_row_leaves_its_panel(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"transactions?lang={language}&{PERIOD}")
    for width in (360, 390, 768, 1440, 1920):
        reader.at(width)
        assert page.evaluate(SIDEWAYS) <= 0, width
        boxes = page.locator(".kpi-mover, .kpi-moved, .kpi-days i, .kpi-key li").evaluate_all(BOXES)
        assert all(0 <= left and right <= width for left, right in boxes), width


@pytest.mark.parametrize("language", LANGUAGES)
def test_weeks_begin_on_sunday_at_the_side_where_reading_begins(visitor, language) -> None:
    page = visitor(language).open(f"transactions?lang={language}&period=2025-03")
    days = page.locator(".kpi-days i").evaluate_all(BOXES)
    sunday, monday, next_sunday = days[1][0], days[2][0], days[8][0]
    assert sunday == next_sunday
    assert (monday < sunday) == (language == "ar")
    assert days[0][0] == (min if language == "ar" else max)(left for left, _ in days), "1 March 2025 was a Saturday"


@pytest.mark.parametrize("language", LANGUAGES)
def test_falls_and_rises_part_at_one_line_in_reading_direction(visitor, language) -> None:
    page = visitor(language).open(f"transactions?lang={language}&{PERIOD}")
    rise = page.locator(".st-key-panel_services .kpi-up .kpi-sway i").first.bounding_box()
    fall = page.locator(".st-key-panel_services .kpi-down .kpi-sway i").first.bounding_box()
    assert rise["width"] > 2
    assert fall["width"] > 2
    if language == "ar":
        assert rise["x"] + rise["width"] <= fall["x"] + 2
    else:
        assert fall["x"] + fall["width"] <= rise["x"] + 2


def test_the_movers_can_be_downloaded_with_typed_numbers(visitor, tmp_path) -> None:
    page = visitor("en").open(f"transactions?lang=en&{PERIOD}")
    with page.expect_download() as waiting:
        page.locator(".st-key-download_movers_parquet button").first.click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    rows = pl.read_parquet(path)
    assert rows.schema["Change"] == pl.Int64
    assert set(rows["Level"]) == {"entity", "service"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_small_drawings_are_pictures_that_load(visitor, scheme) -> None:
    page = visitor("ar", scheme=scheme).open(f"transactions?lang=ar&{PERIOD}")
    loaded = "list => list.every(one => one.complete && one.naturalWidth > 0)"
    assert page.locator(".kpi-small-plot img").count() == 4
    assert page.locator(".kpi-small-plot img").evaluate_all(loaded)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saved_picture_carries_the_key_of_its_colours(visitor, language, tmp_path) -> None:
    page = visitor(language).open(f"transactions?lang={language}&{PERIOD}")
    names = page.locator(".kpi-key li > :nth-child(2)").all_inner_texts()
    with page.expect_download() as waiting:
        page.locator('.st-key-panel_split button[data-picture="svg"]').click()
    drawn = waiting.value.path().read_text(encoding="utf-8")
    assert len(names) == 6
    assert all(f">{name}  " in drawn for name in names)
