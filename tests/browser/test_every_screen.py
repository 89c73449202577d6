"""What a browser must find on every screen: direction, no width beyond the window, nothing foreign, no complaint.

And no screen breaks a rule of axe-core. A screen is opened once, as narrow as a phone, and then made as wide as a desk.
"""

import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, Page

from kpi.language import direction
from kpi.messages import LANGUAGES
from tests.addresses import NAMES, address
from tests.browser.conftest import Server, Visitor
from tests.browser.screenshots import photograph

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
PHONE, DESK = 390, 1440
LIGHT = [(name, language, "light") for name in NAMES for language in LANGUAGES]
DARK = [(name, language, "dark") for name in NAMES for language in LANGUAGES]
# What the colours of a screen can break; all else is the same in light and in dark.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth);
}"""
# What is cut off or leaves its panel or the window; what scrolls by itself or is for the ear only may be wider.
CUT_OFF = """() => {
    const apart = ['.kpi-scroll', '.kpi-nav', '.kpi-hidden', '.kpi-code', '.kpi-schema', '.kpi-skip', '.main-svg'];
    const main = document.querySelector('[data-testid=stMainBlockContainer]');
    const cut = [...main.querySelectorAll('*')].filter(element => {
        const speaks = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!speaks || element.closest(apart.join())) return false;
        const box = element.getBoundingClientRect();
        if (!box.width || !box.height) return false;
        const panel = element.closest('[class*="st-key-panel_"]')?.getBoundingClientRect();
        const [start, end] = [panel?.left ?? 0, panel?.right ?? window.innerWidth];
        if (box.left < start - 1 || box.right > end + 1) return true;
        const hides = ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
        return hides && element.scrollWidth > element.clientWidth + 1;
    });
    return cut.map(element => element.textContent.trim().slice(0, 60));
}"""
# Labels of a drawing that lie on each other or leave it.
COLLIDING = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(chart => {
    const frame = chart.getBoundingClientRect();
    const labels = [...chart.querySelectorAll('.annotation-text, .xtick text, .ytick text')]
        .filter(label => label.textContent.trim())
        .map(label => ({ words: label.textContent.trim().slice(0, 40), box: label.getBoundingClientRect() }));
    const outside = labels.filter(({ box }) => box.left < frame.left - 2 || box.right > frame.right + 2);
    const meeting = labels.filter((one, place) => labels.slice(place + 1).some(other =>
        Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left) > 3 &&
        Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top) > 3));
    return [...outside, ...meeting].map(({ words }) => words);
})"""


@dataclass(frozen=True)
class Opened:
    """Hold a reader who has a screen open, and the language that it was asked in."""

    reader: Visitor
    language: str


@pytest.fixture(scope="module")
def opened(
    request: pytest.FixtureRequest, contexts: Callable[[str, str], BrowserContext], server: Server
) -> Generator[Opened]:
    """Open a screen in a language and a colour scheme on a phone, once for all that is asked of it."""
    name, language, scheme = request.param
    reader = Visitor(contexts(language, scheme), server.address)
    reader.page.set_viewport_size({"width": PHONE if scheme == "light" else DESK, "height": 900})
    reader.open(address(name, lang=language))
    yield Opened(reader, language)
    reader.page.close()


def misfits(page: Page) -> list[str]:
    """Return what is cut off, leaves its place or lies on something else, and how far the page moves sideways."""
    sideways = page.evaluate(SIDEWAYS)
    return [*page.evaluate(CUT_OFF), *page.evaluate(COLLIDING), *([f"{sideways} px sideways"] if sideways > 0 else [])]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return each broken rule with the elements that break it; axe is evaluated, which no content policy forbids."""
    page.evaluate(OPEN_FOLDS)
    page.evaluate(AXE)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(document, options).then(result => result.violations)", options)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("opened", LIGHT, indirect=True, ids="-".join)
def test_a_screen_fits_a_phone_reads_in_its_direction_and_stays_at_home(opened: Opened) -> None:
    page = opened.reader.at(PHONE)
    assert misfits(page) == []
    app = "getComputedStyle(document.querySelector('[data-testid=stApp]')).direction"
    assert page.evaluate(app) == direction(opened.language)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        opened.language,
        direction(opened.language),
    ]
    assert opened.reader.strays == []


@pytest.mark.parametrize("opened", LIGHT, indirect=True, ids="-".join)
def test_a_screen_on_a_phone_breaks_no_rule_of_accessibility(opened: Opened) -> None:
    assert violations(opened.reader.at(PHONE)) == []


@pytest.mark.parametrize("opened", LIGHT, indirect=True, ids="-".join)
def test_a_screen_fits_a_desk_without_a_complaint(opened: Opened) -> None:
    page = opened.reader.at(DESK)
    assert misfits(page) == []
    assert opened.reader.strays == []


@pytest.mark.parametrize("opened", LIGHT, indirect=True, ids="-".join)
def test_a_screen_on_a_desk_breaks_no_rule_of_accessibility(opened: Opened) -> None:
    assert violations(opened.reader.at(DESK)) == []


@pytest.mark.parametrize("opened", DARK, indirect=True, ids="-".join)
def test_a_screen_in_the_dark_breaks_no_rule_of_colours(opened: Opened) -> None:
    assert violations(opened.reader.at(DESK), RULES_OF_COLOUR) == []


def test_axe_finds_a_picture_without_words_and_grey_on_grey(visitor: Callable[..., Visitor]) -> None:
    page = visitor("ar").open("method?lang=ar")
    page.evaluate(
        """() => document.querySelector('.kpi-answer').insertAdjacentHTML('beforeend',
            "<img src='data:,'><p style='color:#999;background:#aaa'>words</p>")"""
    )
    assert {found.partition(":")[0] for found in violations(page)} == {"image-alt", "color-contrast"}
    assert {found.partition(":")[0] for found in violations(page, RULES_OF_COLOUR)} == {"color-contrast"}


def test_what_is_cut_off_or_collides_is_seen(browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 600})
    label = '<text class="annotation-text" x="{}" y="20">{}</text>'
    labels = "".join(label.format(*one) for one in ((0, "one"), (10, "two"), (90, "far")))
    page.set_content(
        '<div data-testid="stMainBlockContainer"><p>whole</p>'
        '<p style="width:40px;overflow:hidden;white-space:nowrap">cut short</p>'
        '<p style="position:absolute;left:370px;white-space:nowrap">leaves the window</p>'
        '<div class="st-key-panel_a" style="margin:20px"><b style="margin-left:-9px">leaves its panel</b></div>'
        '<div class="kpi-scroll" style="overflow:hidden;width:40px">scrolls by itself</div>'
        f'<div class="js-plotly-plot" style="width:300px"><svg width="300" height="60">{labels}</svg></div></div>'
    )
    assert page.evaluate(CUT_OFF) == ["cut short", "leaves the window", "leaves its panel"]
    assert page.evaluate(COLLIDING) == ["one"]
    page.close()


def test_a_picture_of_a_screen_shows_it_whole(browser, server, tmp_path) -> None:
    picture = photograph(browser, server.address, "overview", "ar", 1440, "light", folder=tmp_path)
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width == 1440
    assert height > 2000
