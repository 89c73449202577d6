"""On a phone the filters wait behind one line that says what is chosen."""

import pytest

from kpi.messages import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_comes_first_and_the_filters_open_with_one_press(visitor, language) -> None:
    page = visitor(language, width=390).open(f"?lang={language}&channel=app")
    filters = page.locator(".st-key-filters")
    line = page.locator(".kpi-chosen-filters")
    assert not filters.is_visible()
    assert line.is_visible()
    assert page.locator(".kpi-answer").bounding_box()["y"] < 700
    line.click()
    assert filters.is_visible()
    assert line.get_attribute("aria-expanded") == "true"


def test_a_laptop_shows_the_filters_themselves(visitor) -> None:
    page = visitor("ar").open()
    assert page.locator(".st-key-filters").is_visible()
    assert not page.locator(".kpi-chosen-filters").is_visible()
