"""Show what is held back, on top of the data-quality page: what, whose, how much, why, and what to do."""

from collections.abc import Sequence
from html import escape

from kpi.held import Held
from kpi.language import format_number, isolate, plural, t
from kpi.periods import Period
from kpi.queries.held import HeldItem

SHOWN = 20


def held_html(items: Sequence[HeldItem], publication: Sequence[Held], language: str) -> str:
    """Return a card for each thing that is held back, the stopped publication first, then what was released."""
    waiting = [(held, held.what(language), held.next_step(language)) for held in publication]
    waiting += [(one.held, one.what(language), one.next_step(language)) for one in items if not one.is_released]
    cards = "".join(_card(*one, language) for one in waiting[:SHOWN])
    more = f'<p class="kpi-note">{escape(t("held.more", language, count=len(waiting) - SHOWN))}</p>'
    lead = f'<p class="kpi-lead">{escape(t("held.explained", language))}</p>' if waiting else ""
    return f"{lead}{cards}{more if len(waiting) > SHOWN else ''}{_released(items, language)}"


def entity_held_html(items: Sequence[HeldItem], entity_id: str, period: Period, language: str) -> str:
    """Return what the figures of a body and period leave out until somebody decides, or count by decision."""
    own = [
        one
        for one in items
        if one.held.entity_id == entity_id and (one.held.month is None or period.start <= one.held.month <= period.end)
    ]
    waiting = [one.what(language) for one in own if not one.is_released]
    lines = "".join(f"<p><strong>{escape(line)}</strong></p>" for line in waiting)
    box = f'<div class="kpi-box kpi-alarm kpi-held" role="status">{lines}</div>' if waiting else ""
    return f"{box}{_released(own, language)}"


def _card(held: Held, what: str, next_step: str, language: str) -> str:
    steps = "".join(
        f'<code dir="ltr">{escape(part)}</code>' if index % 2 else escape(part)
        for index, part in enumerate(next_step.split("`"))
    )
    title = escape(t(f"held.kind.{held.kind}", language))
    facts = [t("held.id", language, held_id=isolate(held.held_id, language))]
    if held.log_rows:
        facts.append(plural("quality.card.rows", held.log_rows, language))
    if held.transactions:
        facts.append(t("held.transactions", language, count=format_number(held.transactions, language)))
    return (
        f'<article class="kpi-box kpi-alarm kpi-held" data-held="{escape(held.held_id)}">'
        f'<h3><span class="kpi-warn" aria-hidden="true">!</span> {title}</h3>'
        f"<p><strong>{escape(what)}</strong></p><p>{steps}</p>"
        f'<p class="kpi-when">{escape(" · ".join(facts))}</p></article>'
    )


def _released(items: Sequence[HeldItem], language: str) -> str:
    released = [one for one in items if one.is_released]
    if not released:
        return ""
    lines = "".join(
        f"<li>{escape(one.what(language))} <strong>"
        f"{escape(t('held.was_released', language, by=one.by or '', why=one.why or '', day=(one.at or '')[:10]))}"
        "</strong></li>"
        for one in released
    )
    summary = escape(t("held.released_title", language, count=format_number(len(released), language)))
    listed = f'<ul class="kpi-held-list">{lines}</ul>'
    return f'<details class="kpi-details" open><summary>{summary}</summary>{listed}</details>'
