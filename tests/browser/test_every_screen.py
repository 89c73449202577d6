"""What a browser must find on every screen: direction, no width beyond the window, nothing foreign, no complaint."""

import pytest

from kpi.language import direction
from kpi.messages import LANGUAGES
from tests.addresses import NAMES, address

pytestmark = pytest.mark.browser

SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth);
}"""
# Streamlit asks for its own paths below the screen's name first; the answer 404 makes it ask again at the root.
PROBE = "Failed to load resource: the server responded with a status of 404"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_fits_its_window_reads_in_its_direction_and_stays_at_home(visitor, name, language, width) -> None:
    reader = visitor(language, width=width)
    page = reader.open(address(name, lang=language))
    assert page.evaluate(SIDEWAYS) <= 0
    app = "getComputedStyle(document.querySelector('[data-testid=stApp]')).direction"
    assert page.evaluate(app) == direction(language)
    assert reader.foreign == []
    assert [words for words in reader.complaints if not words.startswith(PROBE)] == []
