"""Tell how one governorate uses digital services: channels, entities and services, used there and its own."""

from collections.abc import Sequence
from datetime import date
from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.language import format_change, format_day, format_number, format_percent, plural, t
from kpi.queries.governorate import UNKNOWN_CHANNEL, ChannelValue, LocalService, Scorecard
from kpi.queries.results import RankedEntity, Ranking
from kpi.web.downloads import downloads
from kpi.web.frame import Visit
from kpi.web.links import href
from kpi.web.panels import panel
from kpi.web.tables import folded_table_html, table_html

ENTITIES_SHOWN = 8


def channels_html(channels: Sequence[ChannelValue], language: str) -> str:
    """Return each channel with its part of the completed transactions, as a bar and in digits."""
    if not channels:
        return _quiet("no_digital", language)
    largest = max(channel.share_pct for channel in channels)
    rows = "".join(_channel(channel, largest, language) for channel in channels)
    return f'<ul class="kpi-bars">{rows}</ul>'


def entities_html(ranking: Ranking, language: str) -> str:
    """Return the entities that completed most digital transactions there, each leading to its scorecard."""
    known = [row for row in ranking.rows if row.value]
    if not known:
        return _quiet("no_digital", language)
    first, rest = known[:ENTITIES_SHOWN], known[ENTITIES_SHOWN:]
    folded = ""
    if rest:
        folded = folded_table_html(_entities(ranking, known, language), t("governorate.words.entities_all", language))
    return table_html(_entities(ranking, first, language), stacked=True) + folded


def top_services_html(scorecard: Scorecard, language: str) -> str:
    """Return the services used most there, each with its entity and leading to its page."""
    if not scorecard.top_services:
        return _quiet("no_digital", language)
    rows = tuple(
        (
            Cell(
                one.service.label(language),
                href("service", service=one.service.id),
                below=one.entity.label(language),
            ),
            format_number(one.transactions, language),
        )
        for one in scorecard.top_services
    )
    return table_html(_table("services_top", ("service", "transactions"), rows, language))


def services_html(services: Sequence[LocalService], language: str) -> str:
    """Count the services that bodies of the governorate deliver, and list them one click away."""
    if not services:
        return _quiet("no_services", language)
    in_scope, priority = ([one for one in services if wanted(one)] for wanted in (_in_scope, _is_priority))
    words = plural(
        "governorate.words.services",
        len(services),
        language,
        digitised=sum(one.digitised_on is not None for one in in_scope),
        scope=len(in_scope),
        simplified=sum(one.simplified_on is not None for one in priority),
        priority=len(priority),
    )
    table = _table(
        "services",
        ("service", "digitised", "simplified", "priority"),
        tuple(_service(one, language) for one in services),
        language,
    )
    every = folded_table_html(table, t("governorate.words.services_all", language))
    return f'<p class="kpi-lead">{escape(words)}</p>{every}'


def use_panels(scorecard: Scorecard, ranking: Ranking | None, visit: Visit) -> None:
    """Show through which channels, by which entities and with which services; files carry the entities and services."""
    language = visit.language
    left, right = st.columns([5, 7], gap="medium")
    with left, panel("channels", t("governorate.channels", language)):
        st.html(channels_html(scorecard.channels, language))
    title = t(f"governorate.services_top{'_remainder' if ranking is None else ''}", language)
    with right, panel("top_services", title):
        st.html(top_services_html(scorecard, language))
        downloads("services", title, lambda: top_services_rows(scorecard, language), visit)
    if ranking is not None and ranking.nothing is None:
        title = t("governorate.entities", language)
        with panel("entities", title):
            st.html(entities_html(ranking, language))
            downloads("entities", title, lambda: entities_rows(ranking, language), visit)


def entities_rows(ranking: Ranking, language: str) -> pl.DataFrame:
    """Return the entities there as typed columns for a file."""
    entity, transactions, share, change = _headings(ranking, language)
    rows = [
        {
            entity: row.entity.label(language),
            transactions: row.numerator,
            share: row.share_pct,
            change: row.change_pct,
        }
        for row in ranking.rows
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def top_services_rows(scorecard: Scorecard, language: str) -> pl.DataFrame:
    """Return the services used most there as typed columns for a file."""
    service, entity, transactions = (
        t(f"governorate.column.{column}", language) for column in ("service", "entity", "transactions")
    )
    top = scorecard.top_services
    return pl.DataFrame(
        {
            service: [one.service.label(language) for one in top],
            entity: [one.entity.label(language) for one in top],
            transactions: [one.transactions for one in top],
        }
    )


def _channel(channel: ChannelValue, largest: float, language: str) -> str:
    is_unknown = channel.channel.id == UNKNOWN_CHANNEL
    name = t("governorate.words.unknown_channel", language) if is_unknown else channel.channel.label(language)
    kind = f" <small>{escape(t('governorate.words.digital', language))}</small>" if channel.digital else ""
    amount = f"{format_number(channel.value, language)} · {format_percent(channel.share_pct, language)}"
    colour = "var(--primary)" if channel.digital else "var(--other-line)"
    bar = f'<i style="inline-size:{100 * channel.share_pct / largest:.1f}%;background:{colour}"></i>'
    return f'<li><span>{escape(name)}{kind}</span><span class="kpi-bar">{bar}</span><span>{escape(amount)}</span></li>'


def _entities(ranking: Ranking, rows: Sequence[RankedEntity], language: str) -> Table:
    body = tuple(
        (
            Cell(row.entity.label(language), href("entity", entity=row.entity.id, governorate=None)),
            format_number(row.value or 0, language),
            "" if row.share_pct is None else format_percent(row.share_pct, language),
            t("governorates.column.not_comparable", language)
            if row.change_pct is None
            else format_change(row.change_pct, "percent", language),
        )
        for row in rows
    )
    return Table(t("governorate.entities", language), _headings(ranking, language), body)


def _headings(ranking: Ranking, language: str) -> tuple[str, ...]:
    named = tuple(t(f"governorate.column.{column}", language) for column in ("entity", "transactions", "share"))
    base = ranking.base.label(language) if ranking.base else ""
    return (*named, t(f"compare.column.{ranking.against}", language, base=base))


def _service(one: LocalService, language: str) -> tuple[str | Cell, ...]:
    def when(day: date | None, applies: bool) -> str:
        if day is not None:
            return format_day(day, language)
        return t("governorate.words.not_yet" if applies else "value.not_applicable", language)

    return (
        Cell(one.service.label(language), href("service", service=one.service.id)),
        when(one.digitised_on, one.in_digitisation_scope),
        when(one.simplified_on, one.is_priority),
        t(f"governorate.words.{'yes' if one.is_priority else 'no'}", language),
    )


def _in_scope(one: LocalService) -> bool:
    return one.in_digitisation_scope


def _is_priority(one: LocalService) -> bool:
    return one.is_priority


def _table(title: str, columns: Sequence[str], rows: tuple[tuple[str | Cell, ...], ...], language: str) -> Table:
    headers = tuple(t(f"governorate.column.{column}", language) for column in columns)
    return Table(t(f"governorate.{title}", language), headers, rows)


def _quiet(key: str, language: str) -> str:
    return f'<p class="kpi-note">{escape(t(f"governorate.words.{key}", language))}</p>'
