"""The wall display: no controls, larger type, and screens that take turns until somebody touches them."""

import pytest

from kpi.messages import text

pytestmark = pytest.mark.browser


def test_the_wall_display_has_no_controls_and_offers_the_way_out(visitor) -> None:
    reader = visitor("ar", width=1920)
    page = reader.open("?wall=1")
    assert page.locator(".kpi-wall").count() == 1
    assert page.locator(".kpi-nav, .st-key-filters").count() == 0
    page.get_by_role("link", name=text("web.wall.leave", "ar")).click()
    page.wait_for_selector(".kpi-nav")
    assert "wall" not in page.url
    assert reader.complaints == []


def test_screens_take_turns_after_their_last_view_and_rest_when_touched(visitor) -> None:
    reader = visitor("en", width=1920)
    page = reader.open("?lang=en&wall=1")
    following = page.locator(".kpi-wall").get_attribute("data-next").split("?")[0].removeprefix("./")
    hurry = "() => { const wall = document.querySelector('.kpi-wall'); wall.dataset.seconds = '0.1'; }"
    page.evaluate(hurry)
    page.wait_for_url(f"**/{following}?**", timeout=30_000)
    assert "wall=1" in page.url
    reader.settle()
    page.keyboard.press("a")
    here = page.url
    page.evaluate(hurry)
    page.wait_for_timeout(2_000)
    assert page.url == here
