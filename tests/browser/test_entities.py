"""What only a browser can tell about the entities: sorting, drilling there and back, languages, widths, direction."""

import pytest

from kpi.language import direction
from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth);
}"""
CLIPPED = """() => [...document.querySelectorAll('.kpi-league :is(th, td), .kpi-attention li, .kpi-indicators span')]
    .filter(cell => cell.offsetWidth > 0 && cell.scrollWidth > cell.clientWidth + 1)
    .map(cell => cell.textContent).slice(0, 5)"""
FACTS = (
    "() => [...document.querySelectorAll('.kpi-league tbody tr:first-child td')].filter(c => c.offsetWidth > 0).length"
)
# In one breath: between two questions the drawing may have put another element into the place of this one.
MIDDLE = """([selector, number]) => {
    const element = document.querySelectorAll(selector)[number];
    element?.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = element?.getBoundingClientRect();
    return box && box.width > 0 && {x: box.x + box.width / 2, y: box.y + box.height / 2};
}"""


def click_middle(page, selector: str, number: int) -> None:
    """Click where a reader would: a name in a drawing is SVG text, whose place only the mouse can be asked about."""
    place = page.wait_for_function(MIDDLE, arg=[selector, number]).json_value()
    page.mouse.move(place["x"], place["y"])
    page.mouse.down()
    page.mouse.up()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_heading_sorts_the_list_without_a_reload_and_back_returns(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"entities?lang={language}")
    page.evaluate("window.neverReloaded = true")
    first = page.locator(".kpi-league tbody th a").first.inner_text()
    page.locator(".kpi-league thead a").nth(5).click()
    page.wait_for_url("**sort=readiness**")
    page.wait_for_function("first => document.querySelector('.kpi-league tbody th a').innerText !== first", arg=first)
    reader.settle()
    assert page.locator(".kpi-league thead th[aria-sort]").count() == 1
    assert page.locator(".kpi-league thead th[aria-sort=descending] a").inner_text() == text(
        "entities.table.readiness", language
    )
    page.go_back()
    page.wait_for_function("first => document.querySelector('.kpi-league tbody th a').innerText === first", arg=first)
    assert page.evaluate("window.neverReloaded") is True
    assert reader.strays == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_leads_to_the_scorecard_with_filters_kept_and_back_to_the_sorted_list(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"entities?lang={language}&period=2025-02..2025-03&sort=readiness")
    name = page.locator(".kpi-league tbody th a").nth(2)
    words = name.inner_text()
    name.click()
    page.wait_for_url("**/entity?**")
    page.wait_for_selector(".kpi-record")
    reader.settle()
    assert words in page.inner_text("h1")
    for part in (f"lang={language}", "period=2025-02..2025-03", "entity="):
        assert part in page.url, part
    assert page.locator('.kpi-nav a[aria-current="page"]').inner_text() == text("web.page.entities", language)
    page.go_back()
    page.wait_for_selector(".kpi-league")
    reader.settle()
    assert "sort=readiness" in page.url
    assert page.locator(".kpi-league tbody th a").nth(2).inner_text() == words


def test_the_language_switch_keeps_the_scorecard(visitor) -> None:
    reader = visitor("ar")
    page = reader.open("entity?entity=rop&period=2025-02..2025-03")
    assert "شرطة عُمان السلطانية" in page.inner_text("h1")
    page.get_by_text("English", exact=True).click()
    page.wait_for_url("**lang=en**")
    page.wait_for_function("document.querySelector('h1')?.innerText.includes('Royal Oman Police')")
    reader.settle()
    assert "entity=rop" in page.url
    assert "period=2025-02..2025-03" in page.url
    assert page.evaluate("document.documentElement.dir") == "ltr"
    assert reader.strays == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["entities?", "entity?entity=mtcit&", "entity?entity=gov-wusta&", "entity?"])
def test_nothing_overflows_or_is_clipped_at_any_width(visitor, language, path) -> None:
    reader = visitor(language)
    page = reader.open(f"{path}lang={language}")
    for width in (390, 768, 1440):
        reader.at(width)
        assert page.evaluate(SIDEWAYS) <= 0, width
        assert page.evaluate(CLIPPED) == [], width
    assert page.evaluate("document.documentElement.dir") == direction(language)
    assert reader.strays == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_league_is_seen_on_a_laptop(visitor, language) -> None:
    page = visitor(language).open(f"entities?lang={language}")
    for width in (1024, 1152, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        needed, given = page.locator(".kpi-league-frame").evaluate("box => [box.scrollWidth, box.clientWidth]")
        assert needed <= given, width


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_four_facts_of_an_entity_and_links_that_sort(visitor, language) -> None:
    reader = visitor(language, width=390)
    page = reader.open(f"entities?lang={language}")
    assert page.evaluate(FACTS) == 4
    assert not page.locator(".kpi-league thead").is_visible()
    page.locator(".kpi-sorts a").nth(2).click()
    page.wait_for_url("**sort=completion_rate**")
    page.wait_for_selector('.kpi-sorts li:nth-child(3) a[aria-current="true"]')
    assert page.evaluate(FACTS) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", [".annotation-text a", ".bars .point path"], ids=["name", "bar"])
def test_a_name_and_a_bar_of_the_ranking_lead_to_the_scorecard_and_back_stays(visitor, language, part) -> None:
    reader = visitor(language)
    page = reader.open(f"?lang={language}&period=2025-02..2025-03")
    page.evaluate("window.neverReloaded = true")
    panel = page.locator(".st-key-panel_ranking")
    words = panel.locator(".annotation-text a").nth(1).text_content()
    click_middle(page, f".st-key-panel_ranking {part}", 1)
    page.wait_for_url("**/entity?**")
    page.wait_for_selector(".kpi-record")
    reader.settle()
    assert words.strip("\u2067\u2069") in page.inner_text("h1")
    assert "period=2025-02..2025-03" in page.url
    page.go_back()
    page.wait_for_selector(".st-key-panel_ranking .main-svg")
    reader.settle()
    page.wait_for_timeout(1000)
    assert "/entity" not in page.url
    assert page.evaluate("window.neverReloaded") is True
    assert reader.strays == []


def test_the_league_can_be_downloaded(visitor) -> None:
    page = visitor("en").open("entities?lang=en")
    with page.expect_download() as waiting:
        page.locator(".st-key-panel_league [data-testid=stDownloadButton] button").first.click()
    assert waiting.value.suggested_filename.endswith("-synthetic.csv")
    assert len(waiting.value.path().read_text(encoding="utf-8-sig").strip().splitlines()) == 1 + 48
