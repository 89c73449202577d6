"""Lay said headlines out as cards: the number, what it is measured against, and its definition one click away."""

import base64
from collections.abc import Iterable
from html import escape

from kpi.charts.sparkline import svg
from kpi.charts.theme import Mode
from kpi.language import strip_isolates, t
from kpi.queries.results import Headline
from kpi.say.card import card, without_value
from kpi.web.markup import render

TICK = '<span class="kpi-tick" aria-hidden="true"></span>'
_DIGITS_IN_FULL_SIZE = 10  # with separators: 99,999,999


def cards_html(headlines: Iterable[Headline], *, language: str, mode: Mode, size: str = "plain") -> str:
    """Return a grid of cards, nothing for none; `size` is plain or large."""
    cards = "".join(card_html(headline, language=language, mode=mode) for headline in headlines)
    return f'<div class="kpi-cards kpi-cards-{size}" role="list">{cards}</div>' if cards else ""


def without_value_html(headlines: Iterable[Headline], language: str) -> str:
    """Return lines that name the KPIs without a value here."""
    return "".join(f'<p class="kpi-note">{escape(words)}</p>' for words in without_value(headlines, language))


def card_html(headline: Headline, *, language: str, mode: Mode) -> str:
    """Return one card; status and direction have a sign and a word beside their colour."""
    said = card(headline, language)
    drawing = svg(headline.sparkline, language=language, mode=mode)
    return render(
        "card.html",
        card=said,
        is_long=len(strip_isolates(said.value)) > _DIGITS_IN_FULL_SIZE,
        drawing=base64.b64encode(drawing.encode()).decode() if drawing else "",
        details=t("say.card.details", language),
    )
