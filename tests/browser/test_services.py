"""What only a browser can tell about the services: typing, links, Back, pages, widths."""

import pytest

from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser

NAMES = ".st-key-panel_catalogue tbody th a"
FIELD = ".st-key-panel_catalogue input[type=text]"
SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth);
}"""


def search(page, reader, words: str) -> None:
    page.locator(FIELD).fill(words)
    page.locator(FIELD).press("Enter")
    page.wait_for_function("new URL(location).searchParams.get('q') === " + repr(words))
    page.wait_for_selector('.kpi-states a[href*="q="]')  # the page has been drawn for these words
    reader.settle()


def test_typing_without_hamza_and_dots_finds_the_service_and_the_address_repeats_it(visitor) -> None:
    reader = visitor("ar")
    page = reader.open("services?period=2025-01..2025-05")
    search(page, reader, "اصدار رخصه مركبه")
    names = page.locator(NAMES).all_inner_texts()
    assert "إصدار رخصة مركبة" in names
    again = visitor("ar")
    copy = again.open(page.url.removeprefix(f"{reader.address}/"))
    assert copy.locator(NAMES).all_inner_texts() == names
    assert copy.locator(FIELD).input_value() == "اصدار رخصه مركبه"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_and_a_service_are_one_click_away_and_back_returns(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"services?lang={language}&period=2025-01..2025-05")
    page.evaluate("window.neverReloaded = true")
    page.locator(".kpi-states a", has_text=text("services.state.not_digitised", language)).click()
    page.wait_for_selector(f".kpi-states a[aria-current]:has-text('{text('services.state.not_digitised', language)}')")
    assert "state=not_digitised" in page.url
    reader.settle()
    names = page.locator(NAMES).all_inner_texts()
    page.locator(NAMES).first.click()
    page.wait_for_selector(".kpi-facts")
    reader.settle()
    assert names[0] in page.inner_text(".kpi-answer h1")
    assert "period=2025-01..2025-05" in page.url
    page.go_back()
    page.wait_for_selector(".kpi-states a[aria-current]")
    reader.settle()
    assert page.locator(NAMES).all_inner_texts() == names
    assert page.evaluate("window.neverReloaded") is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_follow_each_other_and_stand_in_the_address(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"services?lang={language}")
    first = page.locator(NAMES).all_inner_texts()
    page.locator('.kpi-pages a[rel="next"]').click()
    page.wait_for_selector('.kpi-pages li:nth-child(3) a[aria-current="page"]')
    assert "page=2" in page.url
    reader.settle()
    second = page.locator(NAMES).all_inner_texts()
    assert len(first) == len(second) == 50
    assert page.locator('.kpi-pages a[aria-current="page"]').inner_text().strip("\u2066\u2069") == "2"
    search(page, reader, "licence")
    assert "page=" not in page.url


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["services?state=priority", "service?service=rop-002", "journeys?"])
def test_nothing_overflows_sideways_on_a_phone(visitor, language, address) -> None:
    page = visitor(language, width=390).open(f"{address}&lang={language}")
    assert page.evaluate(SIDEWAYS) <= 0


def test_a_stage_of_the_funnel_lists_what_it_counts(visitor) -> None:
    reader = visitor("en")
    page = reader.open("services?lang=en")
    stage = page.locator(".kpi-funnel li", has_text=text("services.funnel_drawing.scope", "en"))
    count = stage.locator("b").inner_text()
    stage.locator("a").click()
    page.wait_for_selector(f".kpi-states a[aria-current]:has-text('{text('services.state.scope', 'en')}')")
    reader.settle()
    assert page.locator(".kpi-found b").inner_text().startswith(count)


def test_every_service_found_can_be_downloaded(visitor) -> None:
    page = visitor("en").open("services?lang=en&state=retired")
    with page.expect_download() as waiting:
        page.locator(".st-key-download_services_csv button").first.click()
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    found = page.locator(".kpi-found b").inner_text()
    assert found.split()[0] == str(len(lines) - 1)
