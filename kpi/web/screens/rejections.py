"""Show the rejected rows: how many for which reason, in which files, some as they were sent, and all for download."""

from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.exports import rows_as_bytes
from kpi.language import format_number, isolate, plural, t
from kpi.messages import catalogue
from kpi.queries.rejections import ROWS_PER_PART, RejectedReason, Rejections, zipped
from kpi.web import cache
from kpi.web.screens.quality import share_words
from kpi.web.tables import folded_table_html, table_html

_VALUE_CHARACTERS = 160


def rejections_html(rejected: Rejections, language: str) -> str:
    """Return the reasons as bars, the files with most rejected rows, and examples one click away."""
    if not rejected.entries:
        return f'<p class="kpi-lead">{escape(t("quality.rejected_rows.none", language))}</p>'
    explained = f'<p class="kpi-note">{escape(t("quality.rejected_rows.explained", language))}</p>'
    files = (
        f'<div><h3 class="kpi-name">{escape(t("quality.rejected_rows.files", language))}</h3>'
        f"{table_html(_files(rejected, language))}</div>"
    )
    samples = folded_table_html(_samples(rejected, language), t("quality.rejected_rows.show_samples", language))
    return f'{explained}<div class="kpi-halves">{_reasons(rejected, language)}{files}</div>{samples}'


def download_button(build: cache.Build, rejected: Rejections, language: str) -> None:
    """Offer every rejected row; the file is made when the button is pressed."""
    if not rejected.entries:
        return
    name, form = t("quality.rejected_rows.download_name", language), _form(rejected)
    st.download_button(
        plural("quality.rejected_rows.download", rejected.entries, language),
        lambda: rejected_rows(build, rejected, language),
        file_name=f"{name}.{form}",
        mime="application/zip" if form == "zip" else "text/csv",
        key="download_rejected",
        on_click="ignore",
    )


def rejected_rows(build: cache.Build, rejected: Rejections, language: str) -> bytes:
    """Write every rejected row as CSV; more than `ROWS_PER_PART` as a ZIP of CSV files that a spreadsheet can hold."""
    parts = (_in_words(part, language) for part in cache.every_rejected_row(build))
    if _form(rejected) == "zip":
        return zipped(parts, _as_csv, t("quality.rejected_rows.download_name", language))
    return _as_csv(next(parts))


def reason_words(reason: str, language: str) -> str:
    """Say a reason in words; one that has none yet by its code."""
    return catalogue(language).get(f"reasons.{reason}", reason)


def field_words(column: str | None, language: str) -> str:
    """Name a field; one that has no name yet as it was declared, and the whole row where no field is at fault."""
    if column is None:
        return t("quality.rejected_rows.whole_row", language)
    return catalogue(language).get(f"quality.field.{column}", isolate(column, language))


def log_words(log: str, language: str) -> str:
    """Name a log."""
    return catalogue(language).get(f"quality.log.{log}", isolate(log, language))


def _form(rejected: Rejections) -> str:
    return "zip" if rejected.entries > ROWS_PER_PART else "csv"


def _as_csv(rows: pl.DataFrame) -> bytes:
    return rows_as_bytes(rows, "csv")


def _in_words(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    reasons = {code: reason_words(code, language) for code in rows["reason"].unique()}
    titles = {
        name: t(f"quality.rejected_rows.{key}", language)
        for name, key in (("log", "log"), ("source_file", "file"), ("source_row", "row"), ("source_column", "field"),
                          ("reason", "code"), ("words", "reason"), ("raw", "raw"))
    }  # fmt: skip
    words = rows.with_columns(words=pl.col("reason").replace(reasons))
    return words.select(pl.col(name).alias(title) for name, title in titles.items())


def _reasons(rejected: Rejections, language: str) -> str:
    largest = rejected.reasons[0].rows
    items = "".join(_reason(reason, largest, language) for reason in rejected.reasons)
    heading = escape(t("quality.rejected_rows.reasons", language))
    return f'<div><h3 class="kpi-name">{heading}</h3><ul class="kpi-bars">{items}</ul></div>'


def _reason(reason: RejectedReason, largest: int, language: str) -> str:
    share = share_words(reason.share_pct, language, decimals=2)
    return (
        f"<li><span>{escape(reason_words(reason.reason, language))}</span>"
        f'<span class="kpi-bar"><i style="width:{100 * reason.rows / largest:.1f}%"></i></span>'
        f"<span><b><bdi>{format_number(reason.rows, language)}</bdi></b> ({escape(share)})</span></li>"
    )


def _files(rejected: Rejections, language: str) -> Table:
    headers = tuple(t(f"quality.rejected_rows.{name}", language) for name in ("file", "rejected", "share_of_file"))
    rows = tuple(
        (
            isolate(file.source_file, language),
            format_number(file.rows_rejected, language),
            share_words(file.share_pct, language, decimals=2),
        )
        for file in rejected.files
    )
    return Table(t("quality.rejected_rows.files", language), headers, rows)


def _samples(rejected: Rejections, language: str) -> Table:
    columns = ("reason", "field", "value", "file", "row")
    rows = tuple(
        (
            reason_words(sample.reason, language),
            field_words(sample.column, language),
            _value(sample.value, language),
            isolate(sample.source_file, language),
            format_number(sample.source_row, language),
        )
        for sample in rejected.samples
    )
    headers = tuple(t(f"quality.rejected_rows.{name}", language) for name in columns)
    return Table(t("quality.rejected_rows.samples", language), headers, rows)


def _value(value: str, language: str) -> str | Cell:
    if not value.strip():
        return t("quality.rejected_rows.empty", language)
    shown = value if len(value) <= _VALUE_CHARACTERS else f"{value[:_VALUE_CHARACTERS]}…"
    return Cell(isolate(shown, language), quoted=True)
