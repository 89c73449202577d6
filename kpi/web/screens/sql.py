"""The parts of the SQL page: the schema, the answer, and why there is none."""

import re
from collections.abc import Sequence
from html import escape
from math import isfinite

import polars as pl

from kpi.charts.chart import Table
from kpi.errors import KpiError
from kpi.examples import Example
from kpi.language import format_number, isolate, plural, t
from kpi.queries.schema import GROUPS, Object
from kpi.warehouse.sandbox import QueryResult
from kpi.web.links import link_html
from kpi.web.panels import coded
from kpi.web.tables import table_html

PARAMETER = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|\$([A-Za-z_]\w*)")
ROWS_SHOWN = 500
_VALUE_CHARACTERS = 300
_DECIMALS = 4


def parameters_of(sql: str) -> tuple[str, ...]:
    """Name the `$parameters` of a query in order, those in texts and comments left out."""
    return tuple(dict.fromkeys(match[1] for match in PARAMETER.finditer(sql) if match[1]))


def sentence(objects: Sequence[Object], language: str) -> str:
    """Answer the page's question: what there is to ask."""
    counted = {kind: sum(one.kind == kind for one in objects) for kind in ("table", "view")}
    return t(
        "sql.answer",
        language,
        tables=plural("sql.tables", counted["table"], language),
        views=plural("sql.views", counted["view"], language),
    )


def schema_html(objects: Sequence[Object], language: str) -> str:
    """Return every table, view and macro by what it is for; a press inserts a name into the query."""
    parts = []
    for group in ("macro", *GROUPS, "other"):
        inside = [one for one in objects if _group(one) == group]
        if inside:
            parts.append(f"<h3>{escape(t(f'sql.group.{group}', language))}</h3>")
            parts += [_object(one, language) for one in inside]
    return f'<div class="kpi-schema">{"".join(parts)}</div>'


def examples_html(examples: Sequence[Example], language: str) -> str:
    """Return the saved queries as links that ask them, by who asks such things."""
    items = "".join(f"<li>{_example(one, language)}</li>" for one in examples)
    summary = escape(t("sql.examples", language))
    return f'<details class="kpi-details"><summary>{summary}</summary><ul class="kpi-examples">{items}</ul></details>'


def rows_words(result: QueryResult, language: str) -> str:
    """Say how many rows there are, how many of them are shown, how long it took, and whether fractions are cut."""
    seconds = f"{result.seconds:.2f}"
    rows = plural("sql.rows", result.rows.height, language)
    if not result.is_cut:
        said = t("sql.rows_all", language, rows=rows, seconds=seconds)
    elif result.total is None:
        said = t("sql.rows_cut_unknown", language, rows=rows, seconds=seconds)
    else:
        said = t("sql.rows_cut", language, rows=rows, total=format_number(result.total, language), seconds=seconds)
    return f"{said} {t('sql.rounded', language)}" if _has_cut_fractions(result.rows.head(ROWS_SHOWN)) else said


def answer_table_html(result: QueryResult, language: str) -> str:
    """Return the first rows as a table; all of them are in the downloads."""
    shown = result.rows.head(ROWS_SHOWN)
    rows = tuple(tuple(_cell(value) for value in row) for row in shown.iter_rows())
    if not rows:
        return ""
    table = table_html(Table(t("sql.result", language), tuple(shown.columns), rows))
    return f'<div class="kpi-answer-grid" dir="ltr">{table}</div>'


def refusal_html(error: KpiError, sql: str, language: str) -> str:
    """Say why a query was not answered: where in it, what was perhaps meant, and what the engine says."""
    reason = str(error.facts.get("reason", ""))
    hints = []
    if "line" in error.facts:
        hints.append(t("sql.place", language, line=error.facts["line"], column=error.facts["column"]))
    if "meant" in error.facts:
        hints.append(t("sql.suggested", language, name=isolate(str(error.facts["meant"]), language)))
    title = t("sql.error_title", language) if reason else error.what(language)
    lines = [f"<p><strong>{escape(title)}</strong></p>", *(f"<p>{escape(hint)}</p>" for hint in hints)]
    if reason:
        engine = escape(t("sql.engine", language))
        lines.append(f'<p>{engine}</p><pre class="kpi-engine" lang="en" dir="ltr">{escape(reason)}</pre>')
    else:
        lines.append(f"<p>{escape(error.next_step(language))}</p>")
    return f'<div class="kpi-box" role="alert">{"".join(lines)}</div>'


def _group(one: Object) -> str:
    if one.kind == "macro":
        return "macro"
    prefix = one.name.partition("_")[0]
    return prefix if prefix in GROUPS else "other"


def _object(one: Object, language: str) -> str:
    columns = "".join(
        f"<dt>{_insert(column.name, language)}</dt><dd>{coded(column.meaning(language))}</dd>" for column in one.columns
    )
    meaning = f"<p>{coded(one.meaning(language))}</p>" if one.comment else ""
    return (
        f"<details><summary><code>{escape(one.name)}</code></summary>{meaning}"
        f"{_insert(one.name, language)}<dl>{columns}</dl></details>"
    )


def _insert(name: str, language: str) -> str:
    title = escape(t("sql.insert", language, name=name))
    return f'<button type="button" data-insert="{escape(name)}" title="{title}"><code>{escape(name)}</code></button>'


def _example(one: Example, language: str) -> str:
    given = {f"p_{name}": default for name, default in one.parameters.items()}
    return link_html(one.title(language), "sql", q=one.sql.strip(), **given)


def _cell(value: object) -> str:
    if isinstance(value, float):
        value = _rounded(value)
    written = "" if value is None else str(value)
    return written if len(written) <= _VALUE_CHARACTERS else f"{written[:_VALUE_CHARACTERS]}…"


def _rounded(value: float) -> float:
    """Round a fraction for the eye; what would vanish, and what is no number, stays as it is."""
    return round(value, _DECIMALS) if isfinite(value) and abs(value) >= 10**-_DECIMALS else value


def _has_cut_fractions(rows: pl.DataFrame) -> bool:
    fractions = rows.select(pl.col(pl.Float32, pl.Float64))
    return any(_rounded(value) != value for row in fractions.iter_rows() for value in row if value is not None)
