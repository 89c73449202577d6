"""Explain what names no governorate: how much it is, and which entities leave the governorate out."""

from collections.abc import Sequence

import polars as pl

from kpi.charts.chart import Cell, Table
from kpi.language import format_number, format_percent, plural, t
from kpi.queries.governorate import EntityRemainder
from kpi.queries.governorate_values import GovernorateMap
from kpi.say.periods import within
from kpi.web.links import href
from kpi.web.panels import answer_box
from kpi.web.tables import folded_table_html, table_html

ENTITIES_SHOWN = 12


def answer_html(topic: GovernorateMap, entities: Sequence[EntityRemainder], language: str) -> str:
    """Return the question and the answer: how much names no governorate, and whose it is."""
    return answer_box(t("governorate.title_remainder", language), answer(topic, entities, language))


def answer(topic: GovernorateMap, entities: Sequence[EntityRemainder], language: str) -> str:
    """Return the sentence on the remainder of the digital transactions."""
    rest = topic.not_allocated
    if not rest or not topic.total:
        return t("governorate.answer.nobody", language)
    leaving = [one for one in entities if one.not_allocated]
    whose = plural(
        "governorate.answer.entities",
        len(leaving),
        language,
        whole=len(entities),
        largest=leaving[0].entity,
        amount=format_number(leaving[0].not_allocated, language),
    )
    how_much = t(
        "governorate.answer.remainder",
        language,
        value=plural("say.answer.value", round(rest), language),
        period=within(topic.told, topic.period.label(language), language),
        share=format_percent(100 * rest / topic.total, language),
    )
    return f"{how_much} {whose}"


def entities_html(entities: Sequence[EntityRemainder], language: str) -> str:
    """Return the entities with the largest remainders; every one of them is one click away."""
    first = table_html(_table(entities[:ENTITIES_SHOWN], language), stacked=True)
    if len(entities) <= ENTITIES_SHOWN:
        return first
    return first + folded_table_html(_table(entities, language), t("governorate.words.entities_all", language))


def entities_rows(entities: Sequence[EntityRemainder], language: str) -> pl.DataFrame:
    """Return the entities as typed columns for a file."""
    entity, without, whole, share = _headers(language)
    return pl.DataFrame(
        {
            entity: [one.entity.label(language) for one in entities],
            without: [one.not_allocated for one in entities],
            whole: [one.total for one in entities],
            share: [one.share_pct for one in entities],
        }
    )


def _headers(language: str) -> tuple[str, ...]:
    columns = ("entity", "not_allocated", "all", "share_without")
    return tuple(t(f"governorate.column.{column}", language) for column in columns)


def _table(entities: Sequence[EntityRemainder], language: str) -> Table:
    rows = tuple(
        (
            Cell(one.entity.label(language), href("entity", entity=one.entity.id, governorate=None)),
            format_number(one.not_allocated, language),
            format_number(one.total, language),
            format_percent(one.share_pct, language),
        )
        for one in entities
    )
    return Table(t("governorate.remainder", language), _headers(language), rows)
