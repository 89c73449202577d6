"""What a browser must find on every screen: direction, no width beyond the window, nothing foreign, no complaint."""

import struct

import pytest

from kpi.language import direction
from kpi.messages import LANGUAGES
from tests.addresses import NAMES, address
from tests.browser.screenshots import photograph

pytestmark = pytest.mark.browser

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
# Streamlit asks for its own paths below the screen's name first; the answer 404 makes it ask again at the root.
PROBE = "Failed to load resource: the server responded with a status of 404"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_fits_its_window_reads_in_its_direction_and_stays_at_home(visitor, name, language, width) -> None:
    reader = visitor(language, width=width)
    page = reader.open(address(name, lang=language))
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(COLLIDING) == []
    app = "getComputedStyle(document.querySelector('[data-testid=stApp]')).direction"
    assert page.evaluate(app) == direction(language)
    assert reader.foreign == []
    assert [words for words in reader.complaints if not words.startswith(PROBE)] == []


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
