"""On a phone the filters wait behind one line that says what is chosen."""

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period

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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("against", ["year", "previous", "target", "2024-01..2024-03"])
def test_the_line_names_what_is_compared_with_unless_it_is_last_year(visitor, language, against) -> None:
    page = visitor(language, width=390).open(f"?lang={language}&compare={against}")
    known = {name: text(f"compare.choice.{name}", language) for name in ("previous", "target")}
    base = known.get(against) or Period.parse("2024-01..2024-03").label(language)
    words = strip_isolates(text("compare.chosen", language, base=base))
    shown = strip_isolates(page.locator(".kpi-chosen-filters").inner_text())
    assert (words in shown) == (against != "year")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_laptop_shows_the_filters_themselves(visitor) -> None:
    page = visitor("ar").open()
    assert page.locator(".st-key-filters").is_visible()
    assert not page.locator(".kpi-chosen-filters").is_visible()
