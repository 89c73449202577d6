"""What only a browser can tell about the governorates: maps, drilling and Back, widths, direction, requests."""

import csv

import pytest

from kpi.charts.theme import palette, ramp_colour
from kpi.language import direction
from kpi.messages import LANGUAGES, text

pytestmark = pytest.mark.browser

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return main.scrollWidth - main.clientWidth;
}"""
OUTSIDE = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot =>
    [...plot.querySelectorAll('.annotation-text')].filter(words => {
        const box = words.getBoundingClientRect(), frame = plot.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).map(words => words.textContent))"""
PLACE = """id => {
    const link = [...document.querySelectorAll('.st-key-panel_map .annotation-text a')].find(
        one => (one.getAttribute('xlink:href') ?? one.getAttribute('href')).includes(`governorate=${id}`));
    const box = link.getBoundingClientRect();
    return {x: box.x + box.width / 2, y: box.y + box.height / 2, bottom: box.bottom};
}"""
LINK_COLOURS = """() => [...document.querySelectorAll('.st-key-panel_map .annotation-text a')].map(
    link => [link.getAttribute('style') ?? '', getComputedStyle(link).fill])"""
LINKS = ".st-key-panel_map .annotation-text a"
PARAMETERS = "period=2025-02..2025-03&channel=app&entity=moh"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_the_map_is_chosen_kept_and_taken_back(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"governorates?lang={language}&kpi=completion_rate&{PARAMETERS}")
    tiles, boundaries = (text(f"governorates.choice.{one}", language) for one in ("tiles", "boundaries"))
    page.locator(".kpi-forms").get_by_role("link", name=boundaries, exact=True).click()
    page.wait_for_url("**map=boundaries**")
    page.get_by_text(text("governorates.map.disclaimer", language)).wait_for()
    reader.settle()
    for part in (*PARAMETERS.split("&"), "kpi=completion_rate", f"lang={language}"):
        assert part in page.url, part
    assert page.locator(".st-key-panel_map .scatterlayer .fills path").count() >= 11
    page.go_back()
    page.get_by_text(text("governorates.map.disclaimer", language)).wait_for(state="detached")
    reader.settle()
    assert page.locator(".kpi-forms [aria-current]").inner_text() == tiles


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_measure_is_chosen_with_two_clicks(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"governorates?lang={language}")
    page.locator(".kpi-choice summary").click()
    page.locator(".kpi-choice a[href*='kpi=governorate_readiness']").click()
    page.wait_for_url("**kpi=governorate_readiness**")
    name = {"ar": "جاهزية المحافظات", "en": "Governorate readiness"}[language]
    page.locator(".kpi-choice summary", has_text=name).wait_for()
    reader.settle()
    assert page.locator(".kpi-choice ul").is_hidden()


@pytest.mark.parametrize("form", ["tiles", "boundaries"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_is_never_mirrored(visitor, language, form) -> None:
    page = visitor(language).open(f"governorates?lang={language}&map={form}")
    page.wait_for_selector(LINKS, state="attached")
    muscat, buraimi, dhofar, musandam = (
        page.evaluate(PLACE, governorate) for governorate in ("OM-MA", "OM-BU", "OM-ZU", "OM-MU")
    )
    assert muscat["x"] > buraimi["x"], "east is on the right"
    assert musandam["y"] < dhofar["y"], "north is above"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tile_leads_to_the_scorecard_with_filters_kept_and_back_returns(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"governorates?lang={language}&{PARAMETERS}&kpi=completion_rate")
    page.evaluate("window.neverReloaded = true")
    page.locator(".st-key-panel_map .annotation-text a[*|href*='governorate=OM-MA']").first.click(force=True)
    page.wait_for_selector(".kpi-place-facts")
    reader.settle()
    for part in (*PARAMETERS.split("&"), "governorate=OM-MA", f"lang={language}"):
        assert part in page.url, part
    assert "kpi=" not in page.url
    page.go_back()
    page.wait_for_selector(".kpi-forms")
    reader.settle()
    assert "kpi=completion_rate" in page.url
    assert page.evaluate("window.neverReloaded") is True
    assert page.locator('.kpi-nav a[aria-current="page"]').inner_text() == text("web.page.governorates", language)


@pytest.mark.parametrize("form", ["tiles", "boundaries"])
def test_the_tile_itself_leads_to_the_scorecard_not_only_its_words(visitor, form) -> None:
    reader = visitor("ar")
    reader.page.set_viewport_size({"width": 1440, "height": 1600})
    page = reader.open(f"governorates?lang=ar&map={form}")
    page.wait_for_selector(LINKS, state="attached")
    place = page.evaluate(PLACE, "OM-ZU")
    beside = (place["x"] - 26, place["bottom"] + 6) if form == "tiles" else (place["x"] - 60, place["y"] + 20)
    page.mouse.move(beside[0] - 2, beside[1] - 1)
    page.mouse.move(*beside)
    page.wait_for_selector(".st-key-panel_map .hovertext")
    page.mouse.click(*beside)
    page.wait_for_url("**/governorate?**governorate=OM-ZU**")
    page.wait_for_selector(".kpi-place-facts")


def test_what_is_not_allocated_leads_to_its_page_from_the_map_and_from_the_table(visitor) -> None:
    reader = visitor("en")
    for link in (".st-key-panel_map .annotation-text a", ".st-key-panel_places a"):
        page = reader.open("governorates?lang=en")
        page.locator(f"{link}[*|href*='governorate=not_allocated']").first.click(force=True)
        page.wait_for_selector(".st-key-panel_remainder")
        assert text("governorate.title_remainder", "en") in page.inner_text("h1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    [
        "governorates?kpi=digital_transactions",
        "governorates?map=boundaries",
        "governorates?kpi=processing_time_median",
        "governorate?governorate=OM-MU",
        "governorate?governorate=not_allocated",
    ],
)
def test_nothing_overflows_sideways_at_any_width_leaves_the_server_or_is_complained_of(
    visitor, language, address
) -> None:
    reader = visitor(language)
    page = reader.open(f"{address}&lang={language}")
    for width in (390, 768, 1440):
        reader.at(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SIDEWAYS) <= 0, width
        assert page.evaluate(OUTSIDE) == [], width
    assert reader.strays == []
    assert page.evaluate("document.documentElement.dir") == direction(language)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_that_lead_somewhere_keep_the_colour_that_reads_on_their_tile(visitor, scheme) -> None:
    page = visitor("en", scheme=scheme).open("governorates?lang=en")
    page.wait_for_selector(LINKS, state="attached")
    links = page.evaluate(LINK_COLOURS)
    readable = {f"rgb{rgb(ramp_colour(step, scheme)[1])}" for step in range(5)} | {f"rgb{rgb(palette(scheme).ink)}"}
    assert len(links) >= 12
    assert {fill for _, fill in links} <= readable
    assert all("fill" in style for style, _ in links), "a saved picture has no style sheet"


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_saved_with_every_governorate_the_remainder_and_the_whole(visitor, language) -> None:
    page = visitor(language).open(f"governorates?lang={language}")
    with page.expect_download() as waiting:
        page.locator(".st-key-download_governorates_csv button").first.click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + 11 + 2
    assert rows[0][0] == text("governorates.column.governorate", language)
    values = [float(row[1]) for row in rows[1:]]
    assert sum(values[:-1]) == values[-1]
    assert "synthetic" in waiting.value.suggested_filename
