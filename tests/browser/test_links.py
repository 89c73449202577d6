"""What the page's own script adds: links without a reload, Back, and drawings saved as pictures."""

import pytest

from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser


def test_a_link_of_the_page_changes_the_screen_without_a_reload_and_back_returns(visitor) -> None:
    reader = visitor("ar")
    page = reader.open("?period=2025-02..2025-03")
    page.evaluate("window.neverReloaded = true")
    page.get_by_role("link", name=text("web.page.method", "ar"), exact=True).click()
    page.wait_for_selector(".kpi-method")
    assert "period=2025-02..2025-03" in page.url
    page.go_back()
    page.wait_for_selector(".kpi-cards-large")
    reader.settle()
    assert page.evaluate("window.neverReloaded") is True
    assert page.locator('.kpi-nav a[aria-current="page"]').inner_text() == text("web.page.overview", "ar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drawing_is_saved_as_svg_and_png_with_its_title_and_font(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"?lang={language}")
    saved = {}
    for form in ("svg", "png"):
        with page.expect_download() as waiting:
            page.locator(f'.st-key-panel_trend button[data-picture="{form}"]').click()
        saved[form] = waiting.value.path().read_bytes()
    svg = saved["svg"].decode()
    assert text("web.overview.trend", language) in svg
    assert "font/woff2;base64" in svg or "octet-stream;base64" in svg
    assert saved["png"].startswith(b"\x89PNG")
    assert len(saved["png"]) > 20_000
    assert reader.foreign == []
    assert reader.complaints == []
