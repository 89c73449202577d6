"""Explain the indicators: definition, formula, versions, owner, source and the SQL that computes them."""

from collections.abc import Sequence
from html import escape

import polars as pl

from kpi.charts.chart import Table
from kpi.language import format_day, plural, prose, t
from kpi.messages import catalogue
from kpi.queries.method import Method
from kpi.web.tables import table_html

FACTS = ("definition", "formula", "months", "versions", "owner", "source")
NOTHING = ("zero", "not_provided", "not_applicable", "not_shown", "not_allocated")


def answer_html(methods: Sequence[Method], language: str) -> str:
    """Return the question of the page and its answer."""
    sentence = escape(plural("method.answer", len(methods), language))
    return f'<div class="kpi-answer"><h1>{escape(t("method.title", language))}</h1><p>{sentence}</p></div>'


def nothing_html(language: str) -> str:
    """Return what the kinds of nothing mean, as a table."""
    headers = tuple(t(f"method.column.{name}", language) for name in ("shown", "means"))
    rows = tuple((t(f"method.kind.{name}", language), t(f"method.means.{name}", language)) for name in NOTHING)
    return table_html(Table(t("method.nothing", language), headers, rows))


def indicator_html(method: Method, language: str) -> str:
    """Return one indicator: its meaning at a glance, everything else one click away."""
    kpi = method.kpi
    listed = "".join(
        f"<dt>{escape(t(f'method.fact.{name}', language))}</dt><dd>{escape(words)}</dd>"
        for name, words in facts(method, language)
    )
    code = (
        f'<p class="kpi-name">{escape(t("method.fact.sql", language))} <code>{escape(kpi.view)}</code></p>'
        f'<pre class="kpi-code" dir="ltr" tabindex="0"><code>{escape(method.view_sql)}</code></pre>'
    )
    return (
        f'<details class="kpi-details kpi-method" id="{escape(kpi.id)}"><summary>{escape(kpi.name(language))}</summary>'
        f"<dl>{listed}</dl>{code}</details>"
    )


def rows(methods: Sequence[Method], language: str) -> pl.DataFrame:
    """Return a row per indicator for a file: everything that the page explains, the SQL included."""
    data = [(method.kpi.id, method.kpi.name(language), _unit(method, language),
             *(words for _, words in facts(method, language)), method.view_sql) for method in methods]  # fmt: skip
    names = ("indicator", "unit", *(f"fact.{name}" for name in FACTS), "fact.sql")
    columns = ("kpi_id", *(t(f"method.{name}", language) for name in names))
    return pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String), orient="row")


def facts(method: Method, language: str) -> tuple[tuple[str, str], ...]:
    """Return what there is to say of an indicator, each fact with its name."""
    kpi = method.kpi
    arabic = language == "ar"
    words = (
        prose(kpi.definition_ar if arabic else kpi.definition_en, language),
        prose(kpi.formula_ar if arabic else kpi.formula_en, language),
        t(f"method.over_months.{kpi.flow}", language),
        _versions(method, language),
        prose(kpi.owner_ar if arabic else kpi.owner_en, language),
        prose(kpi.source_ar if arabic else kpi.source_en, language),
    )
    return tuple(zip(FACTS, words, strict=True))


def _unit(method: Method, language: str) -> str:
    return catalogue(language).get(f"unit.{method.kpi.unit}", method.kpi.unit)


def _versions(method: Method, language: str) -> str:
    notes = (
        (version.valid_from, version.note_ar if language == "ar" else version.note_en)
        for version in method.kpi.versions
    )
    return " ".join(f"{format_day(day, language)}: {prose(note, language)}" for day, note in notes)
