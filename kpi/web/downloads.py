"""Offer the figures of a part of a screen as files, with what they are and where they come from."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from kpi.exports import rows_as_bytes
from kpi.exports.about import Fact, about_sheet, build_facts, definition_facts
from kpi.exports.workbook import workbook_bytes
from kpi.language import direction, format_moment, strip_isolates, t
from kpi.periods import point_label
from kpi.web import cache
from kpi.web.frame import Visit

MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}


def downloads(name: str, title: str, rows: Callable[[], pl.DataFrame], visit: Visit) -> None:
    """Offer rows as CSV, XLSX, Parquet and JSON; they are read and written when a button is pressed.

    `rows` returns typed columns with headings in the page's language. The file's name carries the period and, for
    synthetic data, the mark; the XLSX has a header for printing, and a second sheet that says what the rows are, which
    build they are from, and how the indicators in them are defined.
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


def about(title: str, visit: Visit) -> list[Fact]:
    """Return what a file is about: title, period, slice, build and whether the data are synthetic."""
    language, fresh = visit.language, visit.freshness
    facts: list[Fact] = [("title", title)]
    facts.append(("workspace", fresh.programme_ar if language == "ar" else fresh.programme_en))
    if visit.filters is not None:
        chosen = visit.filters
        facts.append(("period", chosen.period.label(language, fresh.reporting_months)))
        base = (
            chosen.base.label(language, fresh.reporting_months) if chosen.base else t("compare.base.target", language)
        )
        facts.append(("compare", base))
        facts += slice_names(visit)
    if fresh.last_month is not None:
        facts.append(("as_of", point_label(fresh.last_month, 1, language)))
    return facts + build_facts(fresh, format_moment(fresh.built_at, language), language)


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
    facts = about(title, visit)
    kpis = [method.kpi for method in cache.cached_methods(visit.build)]
    explained = about_sheet(facts + definition_facts(title, rows, kpis, language), language)
    sheets = {t("web.download.sheet", language): rows, t("web.download.about.sheet", language): explained}
    named = {key: strip_isolates(str(value)) for key, value in facts if value}
    header = " · ".join(named[key] for key in ("title", "period", "build") if key in named)
    return workbook_bytes(sheets, right_to_left=direction(language) == "rtl", print_header=header)
