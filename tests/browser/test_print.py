"""On paper: drawings shrink to it as a whole, ink is dark, controls are gone, and explanations are open."""

import pytest

pytestmark = pytest.mark.browser

NARROW = """() => {
    window.dispatchEvent(new Event("beforeprint"));
    const main = document.querySelector("[data-testid=stMainBlockContainer]");
    main.style.width = "600px";
    // Within one step: a drawing that is made anew for the width would come too late for a printer.
    const drawn = [...document.querySelectorAll(".js-plotly-plot .main-svg")];
    const widths = drawn.map((one) => one.getBoundingClientRect().width);
    main.style.width = "";
    return widths;
}"""
WIDTHS = "drawings => drawings.map(one => one.getBoundingClientRect().width)"
BRIGHTNESS = """selector => {
    const [red, green, blue] = getComputedStyle(document.querySelector(selector)).color.match(/\\d+/g).map(Number);
    return (red + green + blue) / 3;
}"""


def test_drawings_shrink_to_the_paper_and_dark_screens_print_dark_ink(visitor) -> None:
    page = visitor("ar", scheme="dark").open("projects")
    assert page.evaluate(BRIGHTNESS, ".kpi-answer p") > 200
    page.emulate_media(media="print")
    assert page.evaluate(BRIGHTNESS, ".kpi-answer p") < 80
    widths = page.evaluate(NARROW)
    assert widths
    assert max(widths) <= 600
    for control in (".st-key-filters", ".kpi-nav", ".kpi-pictures", "[data-testid=stDownloadButton]"):
        assert page.locator(control).first.is_hidden(), control
    assert page.locator(".kpi-chosen-filters b").inner_text() != ""
    page.emulate_media(media="screen")


def test_a_small_drawing_is_not_blown_up_to_the_width_of_the_paper(visitor) -> None:
    page = visitor("ar").open("?lang=ar")
    on_screen = page.locator(".js-plotly-plot .svg-container").evaluate_all(WIDTHS)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = page.locator(".js-plotly-plot .svg-container").evaluate_all(WIDTHS)
    page.emulate_media(media="screen")
    assert len(printed) == 3
    assert all(paper <= screen + 1 for paper, screen in zip(printed, on_screen, strict=True))


def test_the_definitions_open_for_the_printer_and_close_again(visitor) -> None:
    page = visitor("en").open("method?lang=en")
    closed, opened = page.locator("details.kpi-method:not([open])"), page.locator("details.kpi-method[open]")
    whole = closed.count()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert (closed.count(), opened.count()) == (0, whole)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert (closed.count(), opened.count()) == (whole, 0)
