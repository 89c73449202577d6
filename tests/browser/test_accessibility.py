"""No screen breaks a rule of axe-core, in either language, light or dark."""

from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from kpi.messages import LANGUAGES
from tests.addresses import NAMES, address
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => fold.open = true)"


def violations(page: Page) -> list[str]:
    """Return each broken rule with the elements that break it; axe is evaluated, which no content policy forbids."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def test_axe_finds_a_picture_without_words_and_grey_on_grey(visitor: Callable[..., Visitor]) -> None:
    page = visitor("ar").open("method?lang=ar")
    page.evaluate(
        """() => document.querySelector('.kpi-answer').insertAdjacentHTML('beforeend',
            "<img src='data:,'><p style='color:#999;background:#aaa'>words</p>")"""
    )
    assert {found.partition(":")[0] for found in violations(page)} == {"image-alt", "color-contrast"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_breaks_no_rule_of_accessibility(
    visitor: Callable[..., Visitor], name: str, language: str, scheme: str
) -> None:
    page = visitor(language, scheme=scheme).open(address(name, lang=language))
    page.evaluate(OPEN_FOLDS)
    assert violations(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_on_a_phone_breaks_no_rule_of_accessibility(visitor: Callable[..., Visitor], name: str) -> None:
    page = visitor("ar", width=390).open(address(name, lang="ar"))
    page.evaluate(OPEN_FOLDS)
    assert violations(page) == []
