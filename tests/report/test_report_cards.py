"""The cards of a document say what the cards of the pages say, and their signs follow what is written."""

import re
from dataclasses import replace
from html import unescape

import pytest

from kpi.queries.results import Headline
from kpi.report.cards import card_part
from kpi.report.content import Content
from kpi.report.scope import Scope
from kpi.report.words import Writer
from kpi.say.card import card, parts_words
from kpi.say.change import change_lines
from kpi.web.cards import card_html
from tests.report.conftest import LANGUAGES, SCOPES


def texts_of(html: str) -> str:
    """Return what is read on a page, the words of each element on a line."""
    return unescape(re.sub(r"<[^>]+>", "\n", html))


def said_in(part: dict, silent: str) -> list[str]:
    """Return the words of a document's card, without how many services fell silent: the page names them."""
    target = [part["target"]["word"], part["target"]["text"]] if part["target"] else []
    lines = [line["text"] for line in part["lines"] if line["text"] != silent]
    return [part["name"], part["value"], part["unit"], *re.split(r"\n| · ", part["when"]), *lines, *target]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", SCOPES)
def test_a_card_of_a_document_says_what_the_card_of_the_page_says(
    asked: str, language: str, content: Content, scopes: tuple[Scope, ...]
) -> None:
    scope = next(scope for scope in scopes if scope.key == asked)
    for kpi_id in content.book.kpis:
        headline = content.book.headline(kpi_id, scope.kind, scope.group)
        page = texts_of(card_html(headline, language=language, mode="light"))
        silent = next(
            (line.text for line in card(headline, language, services_named=0).change if line.tone == "gap"), ""
        )
        for words in said_in(card_part(Writer(language), headline, None), silent):
            assert words in page, (kpi_id, words)


@pytest.mark.parametrize(
    ("raw", "sign", "tone"), [(0.04, "same", "quiet"), (-0.06, "down", "worse"), (0.05, "up", "better")]
)
def test_sign_and_tone_of_a_change_follow_the_change_as_it_is_written(
    raw: float, sign: str, tone: str, content: Content
) -> None:
    headline = _changed(content, raw)
    for language in LANGUAGES:
        line = change_lines(headline, language, services_named=0)[0]
        assert (line.sign, line.tone) == (sign, tone)
        assert ("0.0" in line.text) is (sign == "same")


def test_a_ratio_of_nothing_has_no_parts(content: Content) -> None:
    headline = content.book.headline("digital_take_up", "programme")
    assert parts_words(headline, "en")
    assert parts_words(replace(headline, value=None, numerator=0, denominator=0), "en") == ""


def _changed(content: Content, raw: float) -> Headline:
    headline = content.book.headline("digital_transactions", "programme")
    assert headline.change is not None
    return replace(headline, change=replace(headline.change, raw=raw, like_for_like=None))
