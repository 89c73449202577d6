"""What only a browser can tell: direction, drawings, widths, addresses, requests and headers."""

import json
import re
import urllib.request

import pytest

from kpi.charts.theme import palette
from kpi.messages import LANGUAGES, text
from kpi.warehouse.connect import current_build_id
from kpi.web.security import HEADERS

pytestmark = pytest.mark.browser

# A label counts as seen when it takes room inside the drawing.
VISIBLE_TICKS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot =>
    [...plot.querySelectorAll('.xtick text, .ytick text')].map(label => {
        const box = label.getBoundingClientRect(), frame = plot.getBoundingClientRect();
        const style = getComputedStyle(label);
        return box.width > 0 && style.visibility !== 'hidden' && style.opacity !== '0'
            && box.left >= frame.left - 1 && box.right <= frame.right + 1;
    }))"""
CLIPPED_NUMBERS = """() => [...document.querySelectorAll('.kpi-value bdi')]
    .filter(value => {
        const box = value.getBoundingClientRect();
        const card = value.closest('.kpi-card, .kpi-figure').getBoundingClientRect();
        return box.left < card.left - 1 || box.right > card.right + 1;
    }).map(value => value.textContent)"""
SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return main.scrollWidth - main.clientWidth;
}"""
# How far each row of boxes reaches, from the first one's start to the last one's end.
ROWS = """boxes => {
    const rows = new Map();
    for (const box of boxes.map(one => one.getBoundingClientRect())) {
        const row = rows.get(Math.round(box.top)) ?? { left: Infinity, right: -Infinity };
        rows.set(Math.round(box.top), { left: Math.min(row.left, box.left), right: Math.max(row.right, box.right) });
    }
    return [...rows.values()].map(row => row.right - row.left);
}"""
ANNOTATIONS_OUTSIDE = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot =>
    [...plot.querySelectorAll('.annotation-text')].filter(words => {
        const box = words.getBoundingClientRect(), frame = plot.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).map(words => words.textContent))"""


def test_arabic_is_what_a_reader_without_a_wish_sees(visitor) -> None:
    page = visitor("en").open()
    assert text("web.overview.title", "ar") in page.inner_text("h1")


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_axis_label_is_visible_whatever_the_browser_speaks(visitor, language, locale) -> None:
    page = visitor(locale).open(f"?lang={language}")
    ticks = [tick for plot in page.evaluate(VISIBLE_TICKS) for tick in plot]
    assert len(ticks) >= 6
    assert all(ticks)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_digits_stay_western_whatever_the_browser_speaks(visitor, locale) -> None:
    assert not re.search("[٠-٩]", visitor(locale).open("?lang=ar").inner_text("body"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_sideways_and_no_number_is_cut_at_any_width(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"?lang={language}")
    for width in (390, 768, 1024, 1440, 1920):
        reader.at(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SIDEWAYS) <= 0, width
        assert page.evaluate(CLIPPED_NUMBERS) == [], width
        assert page.evaluate(ANNOTATIONS_OUTSIDE) == [], width


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_and_large_cards_leave_no_hole_at_any_width(visitor, language) -> None:
    reader = visitor(language)
    page = reader.open(f"?lang={language}")
    for width in (768, 900, 1024, 1040, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for row_of in (".st-key-filters > *", ".kpi-cards-large > *"):
            rows = page.locator(row_of).evaluate_all(ROWS)
            assert max(rows) - min(rows) <= 2, (width, row_of, rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_count_of_a_verdict_begins_where_its_words_begin(visitor, language) -> None:
    page = visitor(language).open(f"?lang={language}")
    start = "right" if language == "ar" else "left"
    edges = page.locator(".kpi-claim").evaluate_all(
        "(claims, edge) => claims.map(one => [...one.children].map(part => part.getBoundingClientRect()[edge]))", start
    )
    assert len(edges) == 4
    assert all(count == pytest.approx(words, abs=1) for count, words in edges)


def test_the_first_thing_in_arabic_stands_on_the_right(visitor) -> None:
    page = visitor("ar").open("?lang=ar")
    cards = [card.bounding_box()["x"] for card in page.locator(".kpi-cards-large .kpi-card").all()]
    assert cards == sorted(cards, reverse=True)
    brand, switch = (page.locator(part).bounding_box() for part in (".kpi-brand", "[data-testid=stButtonGroup]"))
    assert brand["x"] > switch["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme_of_the_reader(visitor, scheme) -> None:
    page = visitor("ar", scheme=scheme).open()
    surface = page.evaluate("getComputedStyle(document.querySelector('.kpi-card')).backgroundColor")
    wanted = tuple(int(palette(scheme).surface[start : start + 2], 16) for start in (1, 3, 5))
    assert surface == f"rgb{wanted}"


def test_arabic_text_is_drawn_with_the_font_of_the_dashboard(visitor) -> None:
    page = visitor("ar").open()
    loaded = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)")
    assert any("IBM Plex Sans Arabic" in family for family in loaded)
    assert "IBM Plex Sans Arabic" in page.evaluate("getComputedStyle(document.querySelector('.xtick text')).fontFamily")


def choose(page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_choice_lands_in_the_address_and_survives_the_language_switch(visitor) -> None:
    reader = visitor("ar")
    page = reader.open("?lang=ar")
    choose(page, text("web.filter.governorate", "ar"), "ظفار")
    page.wait_for_url("**governorate=OM-ZU**")
    reader.settle()
    page.get_by_text("English", exact=True).click()
    page.wait_for_url("**lang=en**")
    reader.settle()
    assert "governorate=OM-ZU" in page.url
    assert page.evaluate("document.documentElement.dir") == "ltr"
    assert "Dhofar" in page.inner_text(".st-key-filters") or page.locator("input[value='Dhofar']").count()


def test_back_returns_to_the_choice_before(visitor) -> None:
    reader = visitor("en")
    page = reader.open("?lang=en")
    before = page.inner_text(".kpi-answer p")
    choose(page, "Governorate", "Muscat")
    page.wait_for_url("**governorate=OM-MA**")
    page.wait_for_function("words => document.querySelector('.kpi-answer p').innerText !== words", arg=before)
    reader.settle()
    page.go_back()
    page.wait_for_function("words => document.querySelector('.kpi-answer p').innerText === words", arg=before)
    assert "governorate" not in page.url


def test_a_definition_opens_with_one_click(visitor) -> None:
    page = visitor("en").open("?lang=en")
    card = page.locator("[data-kpi=services_digitised]")
    assert not card.locator("dl").is_visible()
    card.locator("summary").click()
    assert card.locator("dl").is_visible()


def test_drawings_are_described_and_nothing_of_the_frame_of_streamlit_is_left(visitor) -> None:
    page = visitor("en").open("?lang=en")
    described = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].map(chart => "
        "!!(chart.closest('[aria-label]') || chart.querySelector('[aria-label]')))"
    )
    assert described == [True, True, True]
    assert not page.locator("[data-testid=stHeader]").is_visible()
    assert not page.locator("[data-testid=stToolbar]").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nothing_published_a_reader_sees_what_to_run(visitor, empty_server, language) -> None:
    page = visitor(language, at=empty_server).open(f"?lang={language}")
    assert "kpi build" in page.inner_text(".kpi-box >> nth=0")
    assert "Traceback" not in page.inner_text("body")


def test_every_answer_carries_the_security_headers(server) -> None:
    for path in ("/", "/healthz", "/_stcore/health", "/app/static/icon.png"):
        with urllib.request.urlopen(server.address + path) as answer:
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (path, name)


def test_no_inline_script_but_the_known_ones_may_run() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["frame-ancestors"] == "'none'"


def test_health_names_the_build_in_service(server, demo_workspace) -> None:
    with urllib.request.urlopen(f"{server.address}/healthz") as answer:
        assert json.load(answer) == {"status": "ok", "build_id": current_build_id(demo_workspace)}


def test_health_says_when_nothing_is_published(empty_server) -> None:
    with urllib.request.urlopen(f"{empty_server.address}/healthz") as answer:
        assert json.load(answer) == {"status": "nothing_published", "build_id": None}


def test_a_list_that_opens_over_the_page_reads_from_the_right_in_arabic(visitor) -> None:
    page = visitor("ar").open("?lang=ar")
    page.get_by_role("combobox", name=text("web.filter.entity", "ar")).click()
    option = page.get_by_role("option").first
    assert option.evaluate("option => getComputedStyle(option).direction") == "rtl"
