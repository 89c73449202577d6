"""Show each journey as a chain of services, and set its weakest link apart."""

from collections.abc import Sequence
from html import escape

import polars as pl

from kpi.charts.chart import Table
from kpi.language import format_day, format_number, format_percent, plural, t
from kpi.periods import point_label
from kpi.queries.journeys import LEAST_STARTED, Journey, JourneyService, WeakestLink, lowest_gap, weakest_link
from kpi.queries.results import Headline
from kpi.web.links import href
from kpi.web.panels import answer_box, message_box
from kpi.web.tables import table_html

KPI = "journeys_designed"


def answer_html(journeys: Sequence[Journey], designed: Headline, language: str) -> str:
    """Return the question and the answer: how many are designed, what they are made of, and the weakest link of all."""
    month = point_label(journeys[0].as_of.replace(day=1), 1, language)
    words = plural("journeys.answer.designed", round(designed.value or 0), language)
    sentence = t("journeys.answer.sentence", language, month=month, designed=words, linked=_linked(journeys, language))
    return answer_box(t("journeys.title", language), sentence)


def nothing_html(language: str) -> str:
    """Say that there are no journeys."""
    box = message_box(t("journeys.nothing_what", language), t("journeys.nothing_next", language))
    return f'<div class="kpi-answer"><h1>{escape(t("journeys.title", language))}</h1></div>{box}'


def chains_html(journeys: Sequence[Journey], language: str) -> str:
    """Return the journeys that have services, each as the chain of them."""
    return "".join(_journey(journey, language) for journey in journeys if journey.services)


def without_services_html(journeys: Sequence[Journey], language: str) -> str:
    """Name the journeys to which the catalogue assigns no service, and say that this is not a zero."""
    bare = [journey for journey in journeys if not journey.services]
    if not bare:
        return ""
    rows = tuple((journey.journey.label(language), _designed_day(journey, language)) for journey in bare)
    headers = tuple(t(f"journeys.column.{name}", language) for name in ("journey", "designed_on"))
    note = escape(t("journeys.unassigned_note", language))
    table = table_html(Table(t("journeys.without", language), headers, rows))
    return f'<p class="kpi-note">{note}</p>{table}'


def rule_html(language: str) -> str:
    """Return in words how the weakest link is found."""
    title, rule = (t(f"journeys.{name}", language, least=LEAST_STARTED) for name in ("rule_title", "rule"))
    return f'<div class="kpi-sheet"><p class="kpi-note"><strong>{escape(title)}</strong> {escape(rule)}</p></div>'


def download_rows(journeys: Sequence[Journey], language: str) -> pl.DataFrame:
    """Return one row per journey and service, typed; a journey without services has one row."""
    rows: list[tuple] = []
    for journey in journeys:
        head = (journey.journey.name_ar, journey.journey.name_en, journey.designed_on)
        weakest = journey.weakest.service if journey.weakest else None
        lines = [
            (one.service.id, one.service.name_ar, one.service.name_en, one.entity.label(language), one.is_digitised,
             one.is_simplified, one.completion_rate, one == weakest)
            for one in journey.services
        ]  # fmt: skip
        rows += [head + line for line in lines] or [head + (None,) * 8]
    kinds = {
        "journey_ar": pl.String, "journey_en": pl.String, "designed_on": pl.Date, "service_id": pl.String,
        "service_ar": pl.String, "service_en": pl.String, "entity": pl.String, "is_digitised": pl.Boolean,
        "is_simplified": pl.Boolean, "completion_rate": pl.Float64, "is_weakest": pl.Boolean,
    }  # fmt: skip
    schema = {t(f"journeys.column.{name}", language): kind for name, kind in kinds.items()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _linked(journeys: Sequence[Journey], language: str) -> str:
    linked = [journey for journey in journeys if journey.services]
    if not linked:
        return t("journeys.answer.none_linked", language)
    services = [one for journey in linked for one in journey.services]
    weakest = weakest_link(services)
    weak = t("journeys.answer.no_weak", language)
    if weakest is not None:
        why = _why(weakest, language)
        weak = t("journeys.answer.weak", language, service=weakest.service.service, why=why)
    return t(
        "journeys.answer.linked",
        language,
        services=plural("journeys.answer.of_services", len(services), language),
        journeys=plural("journeys.answer.of_journeys", len(linked), language),
        digitised=plural("journeys.answer.digitised", sum(one.is_digitised for one in services), language),
        simplified=plural("journeys.answer.simplified", sum(one.is_simplified for one in services), language),
        weak=weak,
    )


def _journey(journey: Journey, language: str) -> str:
    weakest = journey.weakest
    counts = t(
        "journeys.counts",
        language,
        services=plural("count.services", len(journey.services), language),
        digitised=plural("journeys.answer.digitised", journey.digitised, language),
        simplified=plural("journeys.answer.simplified", journey.simplified, language),
    )
    lines = [_designed(journey, language), counts]
    if weakest is None:
        lines.append(_not_told_apart(journey, language))
    about = f"<p>{escape(' · '.join(lines))}</p>"
    chain = "".join(_link(one, weakest, language) for one in journey.services)
    name = escape(journey.journey.label(language))
    return f'<section class="kpi-journey"><h3>{name}</h3>{about}<ol class="kpi-chain">{chain}</ol></section>'


def _not_told_apart(journey: Journey, language: str) -> str:
    gap = lowest_gap(journey.services)
    if gap is None:
        return t("journeys.no_weakest", language)
    points = t("number.points", language, value=format_number(gap, language, decimals=1))
    return t("journeys.close", language, points=points)


def _link(one: JourneyService, weakest: WeakestLink | None, language: str) -> str:
    is_weakest = weakest is not None and weakest.service == one
    kind = "kpi-weakest" if is_weakest else "kpi-open" if one.awaits_digitisation else ""
    mark = ""
    if is_weakest and weakest is not None:
        mark = f"<strong>{escape(t('journeys.weakest', language))}</strong>"
    address = escape(href("service", service=one.service.id, entity=None))
    words = "".join(f"<small>{escape(line)}</small>" for line in _facts(one, weakest if is_weakest else None, language))
    return (
        f'<li class="{kind}">{mark}<a href="{address}">{escape(one.service.label(language))}</a>'
        f"<small>{escape(one.entity.label(language))}</small>{words}</li>"
    )


def _facts(one: JourneyService, weakest: WeakestLink | None, language: str) -> list[str]:
    digitised = "digitised" if one.is_digitised else "awaiting" if one.in_scope else "outside"
    states = [
        t(f"journeys.state.{name}", language) for name in (digitised, "simplified" if one.is_simplified else "open")
    ]
    rate = one.completion_rate
    if weakest is not None and weakest.why == "completion":
        completion = _why(weakest, language)
    elif rate is None:
        completion = t("journeys.state.no_completion", language)
    else:
        completion = t("journeys.state.completion", language, rate=format_percent(rate, language))
    lines = [" · ".join(states), completion]
    if weakest is not None and weakest.why == "steps":
        lines.append(_why(weakest, language))
    return lines


def _why(weakest: WeakestLink, language: str) -> str:
    one = weakest.service
    if weakest.why == "completion" and one.completion_rate is not None:
        return t("journeys.why.completion", language, rate=format_percent(one.completion_rate, language))
    if weakest.why == "steps" and one.steps is not None:
        return t("journeys.why.steps", language, steps=plural("journeys.steps", one.steps, language))
    return t("journeys.why.not_digitised", language)


def _designed(journey: Journey, language: str) -> str:
    if journey.designed_on is None:
        return t("journeys.not_designed", language)
    key = "designed_on" if journey.is_designed else "designed_later"
    return t(f"journeys.{key}", language, day=format_day(journey.designed_on, language))


def _designed_day(journey: Journey, language: str) -> str:
    if journey.designed_on is not None and journey.is_designed:
        return format_day(journey.designed_on, language)
    return _designed(journey, language)
