"""A choice of comparison in a real browser: in the address, on every screen, and undone by Back."""

import pytest

from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser


def choose(page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def chosen(page, label: str) -> str:
    return page.get_by_role("combobox", name=label).input_value()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_comparison_survives_navigation_and_back_undoes_it(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"?lang={language}")
    label, previous, year = (
        text(key, language) for key in ("web.filter.compare", "compare.choice.previous", "compare.choice.year")
    )
    before = page.inner_text(".kpi-answer p")
    choose(page, label, previous)
    page.wait_for_url("**compare=previous**")
    page.wait_for_function("words => document.querySelector('.kpi-answer p')?.innerText !== words", arg=before)
    reader.settle()
    answer = page.inner_text(".kpi-answer p")

    page.get_by_role("link", name=text("web.page.quality", language), exact=True).click()
    page.wait_for_url("**/quality?**")
    reader.settle()
    assert "compare=previous" in page.url
    page.get_by_role("link", name=text("web.page.overview", language), exact=True).click()
    page.wait_for_function("words => document.querySelector('.kpi-answer p')?.innerText === words", arg=answer)
    reader.settle()
    assert chosen(page, label) == previous

    for address in ("**/quality?**", "**compare=previous"):
        page.go_back()
        page.wait_for_url(address)
        reader.settle()
    page.go_back()
    page.wait_for_function("words => document.querySelector('.kpi-answer p')?.innerText === words", arg=before)
    reader.settle()
    assert "compare" not in page.url
    assert chosen(page, label) == year
    assert reader.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filter_bar_with_everything_chosen_fits_a_phone(visitor, language) -> None:
    page = visitor(language, width=390).open(f"?lang={language}&entity=rop&compare=2024-01..2024-05&channel=app")
    page.locator(".kpi-chosen-filters").click()
    page.locator(".st-key-filters [role=combobox]").first.wait_for(state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".st-key-filters [role=combobox]").count() >= 6
    for box in page.locator(".st-key-filters [role=combobox]").all():
        place = box.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 390
