"""One service: the answer in a sentence, what it is, its life, and its use by channel and governorate."""

import base64
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.charts.sparkline import svg
from kpi.charts.theme import Mode
from kpi.language import format_day, format_number, format_percent, plural, t
from kpi.periods import point_label
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.results import Headline
from kpi.queries.service import ChannelVolume, ServiceFacts, ServiceVolumes
from kpi.rounding import sign_of
from kpi.say.change import reason_words
from kpi.say.periods import base_words, during
from kpi.web.links import href, link_html
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.quality import share_words
from kpi.web.screens.services import MATURITY_MARKS
from kpi.web.tables import table_html

SYNTHETIC = "synthetic"


def asked_service() -> str | None:
    """Return the identifier of the service that the address names."""
    return st.query_params.get("service")


def choose_html(asked: str | None, language: str) -> str:
    """Lead to the catalogue when the address names no service, or one that does not exist."""
    kind = "unknown" if asked else "choose"
    box = message_box(t(f"service.{kind}_what", language), t(f"service.{kind}_next", language))
    title = escape(t("web.page.service", language))
    return f'<div class="kpi-answer"><h1>{title}</h1></div>{box}<p>{_to_catalogue(language)}</p>'


def answer_html(facts: ServiceFacts, transactions: Headline, take_up: Headline, language: str) -> str:
    """Return the question and the answer: how far it has come, how much it is used, and how that compares."""
    month = point_label(facts.as_of.replace(day=1), 1, language)
    sentence = t(
        "service.answer.sentence",
        language,
        month=month,
        state=_state(facts, language),
        use=_use(facts, transactions, take_up, language),
    )
    return answer_box(t("service.title", language, service=facts.service), sentence)


def without_coverage(headlines: Iterable[Headline]) -> list[Headline]:
    """Return the headlines without "1 of 1 entities reported", which says nothing on the page of one service."""
    return [replace(one, reported=None) if one.reported and one.reported.complete else one for one in headlines]


def facts_html(facts: ServiceFacts, language: str) -> str:
    """Return what the catalogue says of the service; what it does not say is said to be missing."""
    journey = link_html(facts.journey.label(language), "journeys", service=None) if facts.journey else None
    entity = link_html(facts.entity.label(language), "entity", entity=facts.entity.id, service=None)
    governorate = None
    if facts.governorate:
        place = facts.governorate
        governorate = link_html(place.label(language), "governorate", governorate=place.id, service=None)
    source = t("service.fact.synthetic", language) if facts.source == SYNTHETIC else facts.source
    level = escape(t(f"services.maturity.{facts.maturity}", language))
    rows = {
        "entity": entity,
        "maturity": f'<span class="kpi-badge kpi-mark-{MATURITY_MARKS[facts.maturity]}">{level}</span>',
        "journey": journey or _words("no_journey", language),
        "beneficiary": escape(facts.beneficiary.label(language))
        if facts.beneficiary
        else _words("not_given", language),
        "governorate": governorate or _words("no_governorate", language),
        "priority": _day(facts.priority_from, "no_priority", language),
        "scope": _day(facts.digitisation_from, "no_scope", language),
        "identifier": f"<bdi>{escape(facts.service.id)}</bdi>",
        "source": escape(source) if source else _words("not_given", language),
    }
    body = "".join(f"<dt>{_words(name, language)}</dt><dd>{html}</dd>" for name, html in rows.items())
    return f'<dl class="kpi-facts">{body}</dl><p class="kpi-more">{_to_catalogue(language)}</p>'


def life_html(facts: ServiceFacts, language: str) -> str:
    """Return the events of the service's life in the order of time; those after the period are set apart."""
    if not facts.events and not facts.priority_from and not facts.digitisation_from:
        return f'<p class="kpi-lead">{escape(t("service.no_events", language))}</p>'
    targets = [("priority", facts.priority_from), ("scope", facts.digitisation_from)]
    order = ("registered", "priority", "scope", "simplified", "digitised", "retired")
    moments = [(event.day, event.event, event.programme) for event in facts.events]
    moments += [(day, name, None) for name, day in targets if day is not None]
    moments.sort(key=lambda moment: (moment[0], order.index(moment[1])))
    items = "".join(_moment(*moment, facts.as_of, language) for moment in moments)
    return f'<ol class="kpi-life">{items}</ol>'


def channels_html(volumes: ServiceVolumes, language: str, mode: Mode) -> str:
    """Return each channel with its course over time, its transactions in the period and in the base, and its share."""
    whole = sum(one.total or 0 for one in volumes.channels)
    step = volumes.months_per_point
    headers = [t("service.use.channel", language), t("service.use.course", language)]
    headers.append(volumes.period.label(language, step))
    if volumes.base is not None:
        headers.append(volumes.base.label(language, step))
    headers.append(t("service.use.share", language))
    rows = "".join(_channel_row(one, whole, volumes, headers, language, mode) for one in volumes.channels)
    head = "".join(f'<th scope="col"{_kind(index)}>{escape(words)}</th>' for index, words in enumerate(headers))
    caption = escape(t("service.use.caption", language))
    gap = any(point.value is None for one in volumes.channels for point in one.points)
    note = f'<p class="kpi-note">{escape(t("service.use.gap", language))}</p>' if gap else ""
    return (
        f'<div class="kpi-scroll" tabindex="0" role="group" aria-label="{caption}">'
        f'<table class="kpi-table kpi-stacked"><caption class="kpi-hidden">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}"
    )


def places_html(volumes: ServiceVolumes, language: str) -> str:
    """Return the governorates, most transactions first, and say how much is allocated to none."""
    whole = sum(place.total for place in volumes.places)
    period = volumes.period.label(language, volumes.months_per_point)
    headers = tuple(t(f"service.use.{name}", language) for name in ("governorate", "transactions", "share"))
    rows = []
    for place in volumes.places:
        named = place.governorate
        name = named.label(language) if named else t("governorate.not_allocated", language)
        address = href("governorate", governorate=named.id if named else NOT_ALLOCATED)
        rows.append((Cell(name, address), format_number(place.total, language), _share(place.total, whole, language)))
    table = table_html(Table(t("service.use.places_caption", language, period=period), headers, tuple(rows)))
    rest = sum(place.total for place in volumes.places if place.governorate is None)
    if not rest:
        return table
    note = t("service.use.places_note", language, share=_share(rest, whole, language))
    return f'{table}<p class="kpi-note">{escape(note)}</p>'


def download_rows(volumes: ServiceVolumes, language: str) -> pl.DataFrame:
    """Return the transactions by month and channel, typed; a month in which none was logged has no value."""
    rows = [
        (point.month, _channel_name(one, language), one.digital, None if point.value is None else int(point.value))
        for one in volumes.channels
        for point in one.points
    ]
    names = tuple(t(f"service.use.{name}", language) for name in ("month", "channel", "digital_column", "value"))
    kinds = (pl.Date, pl.String, pl.Boolean, pl.Int64)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def no_volumes(facts: ServiceFacts, volumes: ServiceVolumes, language: str) -> str:
    """Say why there are no transactions to show."""
    if not facts.reports_transactions:
        return t("service.not_expected", language, entity=facts.entity)
    period = volumes.period.label(language, volumes.months_per_point)
    return t("service.no_volumes", language, period=period)


def _state(facts: ServiceFacts, language: str) -> str:
    days = {"digitised": facts.digitised_on, "simplified": facts.simplified_on, "retired": facts.retired_on}
    day = days.get(facts.maturity)
    state = t(f"service.answer.{facts.maturity}", language, day=day)
    simplified = facts.simplified_on
    if facts.maturity == "digitised" and simplified is not None and simplified <= facts.as_of:
        return t("service.answer.and_simplified", language, state=state, day=simplified)
    return state


def _use(facts: ServiceFacts, transactions: Headline, take_up: Headline, language: str) -> str:
    period = during(transactions, language)
    if not facts.reports_transactions:
        return t("service.not_expected", language, entity=facts.entity)
    if not transactions.value:
        return t("service.answer.unused", language, period=period)
    words = {
        "value": plural("count.transactions", round(transactions.value), language),
        "period": period,
        "change": _change(transactions, language),
    }
    if take_up.value is None:
        return t("service.answer.use", language, **words)
    return t("service.answer.use_share", language, share=format_percent(take_up.value, language), **words)


def _change(headline: Headline, language: str) -> str:
    change = headline.change
    if change is None or change.raw is None:
        reason = t("comparison.reason.base_not_covered", language) if change is None else reason_words(change, language)
        return t("service.answer.none", language, reason=reason)
    way = {1: "up", -1: "down", 0: "same"}[sign_of(change.raw)]
    base = base_words(change, headline.months_per_point, language)
    return t(f"service.answer.{way}", language, change=format_percent(abs(change.raw), language), base=base)


def _moment(day: date, event: str, programme: str | None, as_of: date, language: str) -> str:
    words = [format_day(day, language)]
    if programme:
        name = t("service.event.manjam", language) if programme == "manjam" else programme
        words.append(t("service.event.programme", language, programme=name))
    later = day > as_of
    if later:
        words.append(t("service.event.later", language))
    kind = ' class="kpi-later"' if later else ""
    return f"<li{kind}>{escape(t(f'service.event.{event}', language))}<small>{escape(' · '.join(words))}</small></li>"


def _channel_row(
    one: ChannelVolume, whole: int, volumes: ServiceVolumes, headers: list[str], language: str, mode: Mode
) -> str:
    kind = t(f"service.use.{'digital' if one.digital else 'other'}", language) if one.channel else ""
    name = f'{escape(_channel_name(one, language))}<small class="kpi-below">{escape(kind)}</small>'
    cells = [_course(one, volumes, language, mode), escape(_counted(one.total, language))]
    if volumes.base is not None:
        cells.append(escape(_counted(one.base_total, language)))
    cells.append("" if one.total is None else escape(_share(one.total, whole, language)))
    data = "".join(
        f'<td{_kind(index)} data-label="{escape(headers[index])}">{cell}</td>' for index, cell in enumerate(cells, 1)
    )
    return f'<tr><th scope="row">{name}</th>{data}</tr>'


def _counted(total: int | None, language: str) -> str:
    return t("service.use.none", language) if total is None else format_number(total, language)


def _course(one: ChannelVolume, volumes: ServiceVolumes, language: str, mode: Mode) -> str:
    drawing = svg(one.points, language=language, mode=mode)
    if drawing is None:
        return ""
    first, last = (point_label(one.points[at].month, volumes.months_per_point, language) for at in (0, -1))
    alt = t("service.use.course_alt", language, channel=_channel_name(one, language), first=first, last=last)
    data = base64.b64encode(drawing.encode()).decode()
    return f'<img class="kpi-course" alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _channel_name(one: ChannelVolume, language: str) -> str:
    return one.channel.label(language) if one.channel else t("service.use.unknown", language)


def _kind(index: int) -> str:
    return ' class="kpi-digits"' if index > 1 else ""


def _share(part: int, whole: int, language: str) -> str:
    return share_words(100 * part / whole, language) if whole else ""


def _day(day: date | None, missing: str, language: str) -> str:
    return escape(format_day(day, language)) if day else _words(missing, language)


def _words(name: str, language: str) -> str:
    return escape(t(f"service.fact.{name}", language))


def _to_catalogue(language: str) -> str:
    address = escape(href("services", service=None))
    return f'<a class="kpi-link" href="{address}">{escape(t("service.to_catalogue", language))}</a>'
