"""Lay said headlines out as cards: the number, what it is measured against, and its definition one click away."""

import base64
from collections.abc import Iterable
from html import escape

from kpi.charts.sparkline import svg
from kpi.charts.theme import Mode
from kpi.language import strip_isolates, t
from kpi.queries.results import Headline
from kpi.say.card import Against, Card, card, without_value
from kpi.say.change import Line

TICK = '<span class="kpi-tick" aria-hidden="true"></span>'
_STATUS_ICONS = {
    "met": TICK,
    "near": '<span aria-hidden="true">≈</span>',
    "open": '<span aria-hidden="true">…</span>',
    "missed": '<span aria-hidden="true">!</span>',
}
_SIGNS = {"up": "▲", "down": "▼", "same": "=", "alike": "≍"}
_DIGITS_IN_FULL_SIZE = 10  # with separators: 99,999,999


def cards_html(headlines: Iterable[Headline], *, language: str, mode: Mode, size: str = "plain") -> str:
    """Return a grid of cards, nothing for none; `size` is plain or large."""
    cards = "".join(card_html(headline, language=language, mode=mode) for headline in headlines)
    return f'<div class="kpi-cards kpi-cards-{size}" role="list">{cards}</div>' if cards else ""


def without_value_html(headlines: Iterable[Headline], language: str) -> str:
    """Return lines that name the KPIs without a value here."""
    return "".join(f'<p class="kpi-note">{escape(words)}</p>' for words in without_value(headlines, language))


def card_html(headline: Headline, *, language: str, mode: Mode) -> str:
    """Return one card. Every text is escaped; status and direction have a sign and a word beside their colour."""
    said = card(headline, language)
    parts = (
        f'<h2 class="kpi-name">{escape(said.name)}</h2>',
        _value(said),
        # Each piece breaks as a whole, so that a range of months is not torn where there is room on the next line.
        f'<p class="kpi-when">{" ".join(f"<span>{escape(piece)}</span>" for piece in said.when)}</p>',
        _sparkline(headline, said.course, language, mode),
        *map(_line, said.change),
        _target(said.target),
        *map(_line, said.coverage),
        _details(said, language),
    )
    return f'<div class="kpi-card" role="listitem" data-kpi="{said.kpi_id}">{"".join(parts)}</div>'


def _value(said: Card) -> str:
    kind = f"kpi-{said.nature}"
    if len(strip_isolates(said.value)) > _DIGITS_IN_FULL_SIZE:
        kind += " kpi-long"
    unit = f' <span class="kpi-unit">{escape(said.unit)}</span>'
    return f'<p class="kpi-value {kind}"><bdi>{escape(said.value)}</bdi>{unit}</p>'


def _sparkline(headline: Headline, course: str, language: str, mode: Mode) -> str:
    drawing = svg(headline.sparkline, language=language, mode=mode)
    if drawing is None:
        return '<div class="kpi-spark"></div>'
    data = base64.b64encode(drawing.encode()).decode()
    return f'<img class="kpi-spark" alt="{escape(course)}" src="data:image/svg+xml;base64,{data}">'


def _line(line: Line) -> str:
    sign = f'<span class="kpi-sign" aria-hidden="true">{_SIGNS[line.sign]}</span>' if line.sign else ""
    return f'<p class="kpi-line kpi-{line.tone}">{sign}{escape(line.text)}</p>'


def _target(target: Against | None) -> str:
    if target is None:
        return ""
    badge = f'<span class="kpi-badge">{_STATUS_ICONS[target.kind]} {escape(target.word)}</span>'
    return f'<p class="kpi-line kpi-status kpi-{target.kind}">{badge} {escape(target.text)}</p>'


def _details(said: Card, language: str) -> str:
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in said.details)
    summary = escape(t("say.card.details", language))
    return f'<details class="kpi-details"><summary>{summary}</summary><dl>{body}</dl></details>'
