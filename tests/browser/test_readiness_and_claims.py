"""What the readiness screen and the register do in a real browser: anchors, chips, drill, length on a phone."""

import pytest

from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser

PHONE_PX = 12_000
"""Longer than this, nobody reads a page on a phone to its end."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_to_a_figure_opens_its_fold_and_brings_it_into_view(visitor, language) -> None:
    page = visitor(language).open(f"claims?lang={language}#claim-O44")
    place = page.locator("#claim-O44")
    place.wait_for(state="visible")
    page.wait_for_function("document.querySelector('#claim-O44').classList.contains('kpi-arrived')")
    box = place.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


def test_a_chip_narrows_the_register_without_a_reload_and_back_widens_it(visitor) -> None:
    reader = visitor("ar")
    page = reader.open("claims?lang=ar")
    page.evaluate("window.neverReloaded = true")
    page.locator(".kpi-chip-agrees").click()
    page.wait_for_selector('.kpi-chip-agrees[aria-current="true"]')
    reader.settle()
    assert "verdict=agrees" in page.url
    assert page.locator("#claim-O44").count() == 0
    page.go_back()
    page.wait_for_selector('.kpi-chip-all[aria-current="true"]')
    assert page.evaluate("window.neverReloaded") is True


@pytest.mark.parametrize("name", ["readiness", "claims"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_the_screen_is_not_endless(visitor, name, language) -> None:
    page = visitor(language, width=390).open(f"{name}?lang={language}")
    height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
    assert height < PHONE_PX


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_later_assessment_is_one_click_away(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"readiness?lang={language}")
    page.get_by_role("link", name=text("readiness.later_link", language), exact=True).click()
    page.wait_for_url("**period=2025-01..2025-12**")
    reader.settle()
    assert "85.0%" in page.locator(".kpi-answer").inner_text()


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_register_is_saved_as_a_file(visitor, form) -> None:
    page = visitor("ar").open("claims?lang=ar")
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_claims_{form} button").first.click()
    assert waiting.value.suggested_filename.endswith(f".{form}")
    assert waiting.value.path().stat().st_size > 5_000


def test_a_screen_with_nothing_to_show_does_not_go_on_looking_unfinished(visitor) -> None:
    reader = visitor("ar")
    page = reader.page
    page.goto(f"{reader.address}/readiness?period=2021-01..2021-01")
    page.locator(".kpi-answer").wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    skeleton = "getComputedStyle(document.querySelector('[data-testid=stMainBlockContainer]'), '::after').content"
    page.wait_for_function(f"{skeleton} === 'none'", timeout=10_000)
    assert page.locator(".kpi-footer, .kpi-box").count() == 0
