"""Offer the figures of a part of a screen as files, with what they are and where they come from."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from kpi.exports import rows_as_bytes, sheets_as_bytes
from kpi.language import format_moment, t
from kpi.periods import point_label
from kpi.web.frame import Visit

MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def downloads(name: str, title: str, rows: Callable[[], pl.DataFrame], visit: Visit) -> None:
    """Offer rows as CSV, XLSX and Parquet; they are read and written when a button is pressed.

    `rows` returns typed columns with headings in the page's language. The file's name carries the period and, for
    synthetic data, the mark; the XLSX has a second sheet that says what the rows are and which build they are from.
    """
    with st.container(key=f"downloads_{name}", horizontal=True):
        for form, mime in MIME.items():
            st.download_button(
                t(f"web.download.{form}", visit.language),
                lambda form=form: _encoded(rows(), form, title, visit),
                file_name=f"{file_name(name, visit)}.{form}",
                mime=mime,
                key=f"download_{name}_{form}",
                on_click="ignore",
                help=t("web.download.help", visit.language, title=title),
            )


def file_name(name: str, visit: Visit) -> str:
    """Name a file after the part of the screen, the slice shown and, for synthetic data, that they are."""
    parts: list[str | None] = [name]
    if visit.filters is not None:
        chosen = visit.filters
        parts += [chosen.period.key.replace("..", "_"), chosen.entity_id, chosen.service_id]
        parts += [chosen.governorate_id, chosen.channel]
    if visit.freshness.synthetic:
        parts.append("synthetic")
    return "-".join(part for part in parts if part)


def about(title: str, visit: Visit) -> pl.DataFrame:
    """Return what a file is about: title, period, slice, build and whether the data are synthetic."""
    language, fresh = visit.language, visit.freshness
    facts = [("title", title), ("workspace", fresh.programme_ar if language == "ar" else fresh.programme_en)]
    if visit.filters is not None:
        chosen = visit.filters
        facts.append(("period", chosen.period.label(language, fresh.reporting_months)))
        base = (
            chosen.base.label(language, fresh.reporting_months) if chosen.base else t("compare.base.target", language)
        )
        facts.append(("compare", base))
        facts += [(part, name) for part, name in slice_names(visit) if name]
    if fresh.last_month is not None:
        facts.append(("as_of", point_label(fresh.last_month, 1, language)))
    facts += [("published", format_moment(fresh.built_at, language)), ("build", fresh.build_id)]
    if fresh.synthetic:
        facts.append(("synthetic", fresh.synthetic_note_ar if language == "ar" else fresh.synthetic_note_en))
    heading = (t("web.download.about.fact", language), t("web.download.about.value", language))
    rows = [(t(f"web.download.about.{key}", language), value or "") for key, value in facts]
    return pl.DataFrame(rows, schema=dict.fromkeys(heading, pl.String), orient="row")


def source_line(visit: Visit) -> str:
    """Say below a saved picture which slice it shows and where the figures come from, a line each."""
    language, fresh = visit.language, visit.freshness
    shown = [name for _, name in slice_names(visit) if name]
    if visit.filters is not None:
        shown.insert(0, visit.filters.period.label(language, fresh.reporting_months))
    programme = fresh.programme_ar if language == "ar" else fresh.programme_en
    origin = [programme or "", t("web.frame.build", language, build=fresh.build_id)]
    if fresh.synthetic:
        origin.append(t("web.frame.synthetic", language))
    return "\n".join(" · ".join(part for part in line if part) for line in (shown, origin))


def slice_names(visit: Visit) -> tuple[tuple[str, str | None], ...]:
    """Name the entity, service, governorate and channel that narrow the screen."""
    chosen, options, language = visit.filters, visit.options, visit.language
    if chosen is None:
        return ()
    lists = (
        ("entity", options.entities, chosen.entity_id),
        ("service", options.services, chosen.service_id),
        ("governorate", options.governorates, chosen.governorate_id),
        ("channel", options.channels, chosen.channel),
    )
    return tuple(
        (part, next((one.label(language) for one in named if one.id == wanted), None)) for part, named, wanted in lists
    )


def _encoded(rows: pl.DataFrame, form: str, title: str, visit: Visit) -> bytes:
    if form != "xlsx":
        return rows_as_bytes(rows, form)
    language = visit.language
    sheets = {t("web.download.sheet", language): rows, t("web.download.about.sheet", language): about(title, visit)}
    return sheets_as_bytes(sheets, right_to_left=language == "ar")
