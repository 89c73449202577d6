"""Explain the indicators: definition, formula, versions, owner, source and the SQL that computes them."""

from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Table
from kpi.language import format_day, plural, prose, t
from kpi.queries.method import Method
from kpi.web.tables import table_html

NOTHING = ("zero", "not_provided", "not_applicable", "not_allocated")


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
    arabic = language == "ar"
    facts = (
        ("definition", prose(kpi.definition_ar if arabic else kpi.definition_en, language)),
        ("formula", prose(kpi.formula_ar if arabic else kpi.formula_en, language)),
        ("months", t(f"method.over_months.{kpi.flow}", language)),
        ("versions", _versions(method, language)),
        ("owner", prose(kpi.owner_ar if arabic else kpi.owner_en, language)),
        ("source", prose(kpi.source_ar if arabic else kpi.source_en, language)),
    )
    listed = "".join(
        f"<dt>{escape(t(f'method.fact.{name}', language))}</dt><dd>{escape(words)}</dd>" for name, words in facts
    )
    code = (
        f'<p class="kpi-name">{escape(t("method.fact.sql", language))} <code>{escape(kpi.view)}</code></p>'
        f'<pre class="kpi-code" dir="ltr" tabindex="0"><code>{escape(method.view_sql)}</code></pre>'
    )
    return (
        f'<details class="kpi-details kpi-method" id="{escape(kpi.id)}"><summary>{escape(kpi.name(language))}</summary>'
        f"<dl>{listed}</dl>{code}</details>"
    )


def _versions(method: Method, language: str) -> str:
    notes = (
        (version.valid_from, version.note_ar if language == "ar" else version.note_en)
        for version in method.kpi.versions
    )
    return " ".join(f"{format_day(day, language)}: {prose(note, language)}" for day, note in notes)
