"""The issued snapshots: what was issued of each month, whether the data still say so, and what was restated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.errors import KpiError
from kpi.language import format_moment, format_number, isolate, plural, t
from kpi.periods import point_label, shift_months
from kpi.report.check import CheckedSnapshots
from kpi.report.desk import IssuedDocument, issued_documents, issued_mark, issued_months
from kpi.report.restated import restated_frame, restated_rows
from kpi.report.scope import Scope
from kpi.web.cache import snapshots as cache
from kpi.web.downloads import downloads
from kpi.web.frame import Visit
from kpi.web.links import href
from kpi.web.panels import message_box
from kpi.web.screens.report_choice import Choice, months_offered, scope_words, tongue
from kpi.web.tables import folded_table_html, table_html

MONTHS_SHOWN, FIGURES_SHOWN = 12, 100
MARKS = {"same": "good", "restated": "near", "replaced": "quiet", "altered": "bad", "missing": "bad"}


@dataclass(frozen=True)
class Stand:
    """Hold what was issued of one month and how it compares with the data now, or why that cannot be said."""

    month: date
    documents: tuple[IssuedDocument, ...]
    found: CheckedSnapshots | None
    error: KpiError | None = None


@dataclass(frozen=True)
class Issues:
    """Hold the months of which anything was issued, the latest first, and how one of them stands: the month looked at.

    That is the month chosen, or the latest one where nothing was issued of the month chosen.
    """

    months: tuple[date, ...]
    stand: Stand | None


def issues(choice: Choice, visit: Visit) -> Issues:
    """Read what was issued and compare one month of it with the build."""
    workspace = Path(visit.build.workspace)
    months = issued_months(workspace)
    if not months:
        return Issues((), None)
    month = choice.month if choice.month in months else months[0]
    documents: tuple[IssuedDocument, ...] = ()
    try:
        documents = issued_documents(workspace, month)
        stand = Stand(month, documents, cache.cached_check(visit.build, month, issued_mark(workspace, month)))
    except KpiError as error:
        stand = Stand(month, documents, None, error)
    return Issues(months, stand)


def mark_before(choice: Choice, visit: Visit) -> str:
    """Return the mark of the snapshots of the month before, of which a document speaks."""
    return issued_mark(Path(visit.build.workspace), shift_months(choice.month, -1))


def sentence(issued: Issues, visit: Visit) -> str:
    """Answer the page's question: which snapshots can be taken, and how the issued ones stand."""
    language, offered = visit.language, months_offered(visit.freshness)
    first, last = (point_label(one, 1, language) for one in (offered[-1], offered[0]))
    parts = [t("reports.can_be_taken", language, first=first, last=last)]
    stand = issued.stand
    if stand is None:
        return " ".join([*parts, t("reports.none_issued", language)])
    facts = {"month": point_label(stand.month, 1, language),
             "documents": plural("reports.documents", len(stand.documents), language)}  # fmt: skip
    found = stand.found
    if found is None:
        return " ".join([*parts, t("reports.issued_unknown", language, **facts)])
    if found.restated:
        figures = plural("reports.restated_figures", len(found.restated), language)
        parts.append(t("reports.issued_restated", language, figures=figures, **facts))
    else:
        parts.append(t("reports.issued_same", language, **facts))
    spoilt = len(found.altered) + len(found.missing)
    return " ".join([*parts, *([plural("reports.spoilt", spoilt, language)] if spoilt else [])])


def issued_panel(issued: Issues, choice: Choice, scopes: Sequence[Scope], visit: Visit) -> None:
    """Show the issued snapshots with their status, offer those of the chosen scope, and say what was restated."""
    language, stand = visit.language, issued.stand
    if stand is None:
        step = t("reports.how_to_issue", language, month=f"{choice.month:%Y-%m}")
        st.html(message_box(t("reports.none_issued", language), step))
        return
    names = {one.key: scope_words(one, language) for one in scopes}
    st.html(_months_html(issued, language))
    if stand.error is not None:
        st.html(message_box(stand.error.what(language), stand.error.next_step(language)))
    if not stand.documents:
        return
    _fetch_buttons(stand, choice, language)
    first = [one for one in stand.documents if one.scope == choice.scope.key]
    others = [one for one in stand.documents if one.scope != choice.scope.key]
    shown = table_html(_documents_table(first, stand, names, language), stacked=True) if first else ""
    if others:
        summary = plural("reports.other_documents", len(others), language)
        shown += folded_table_html(_documents_table(others, stand, names, language), summary)
    st.html(shown)
    if stand.found is not None and stand.found.restated:
        _restated(stand.found, choice, names, visit)


def _months_html(issued: Issues, language: str) -> str:
    named = ((month, escape(point_label(month, 1, language))) for month in issued.months[:MONTHS_SHOWN])
    links = "".join(
        f'<li><a href="{escape(_here(month))}"{_current(month, issued)}>{name}</a></li>' for month, name in named
    )
    words = escape(t("reports.issued_months", language))
    return f'<div class="kpi-chips"><span>{words}</span><ul>{links}</ul></div>'


def _here(month: date, scope: str | None = None) -> str:
    kept = {name: st.query_params.get(name) for name in ("scope", "document")}
    return href("reports", **kept | {"month": f"{month:%Y-%m}"} | ({"scope": scope} if scope else {}))


def _current(month: date, issued: Issues) -> str:
    return ' aria-current="true"' if issued.stand is not None and month == issued.stand.month else ""


def _fetch_buttons(stand: Stand, choice: Choice, language: str) -> None:
    """Offer the issued files themselves; a file that is no longer there cannot be fetched."""
    offered = [one for one in stand.documents if one.scope == choice.scope.key and one.is_present]
    if not offered:
        return
    with st.container(key="downloads_issued", horizontal=True):
        for one in offered:
            facts = {"tongue": tongue(one.language, language), "revision": one.revision}
            st.download_button(
                t("reports.fetch" if one.revision == 1 else "reports.fetch_revision", language, **facts),
                one.path.read_bytes,
                file_name=f"{stand.month:%Y-%m}-{one.path.name}",
                mime="application/pdf",
                key=f"fetch_{one.path.stem}-pdf",
                on_click="ignore",
            )


def _documents_table(
    documents: Sequence[IssuedDocument], stand: Stand, names: Mapping[str, str], language: str
) -> Table:
    heads = ("scope", "language", "revision", "build", "issued", "status")
    rows = tuple(_document_row(one, stand, names, language) for one in documents)
    caption = t("reports.issued_of", language, month=point_label(stand.month, 1, language))
    return Table(caption, tuple(t(f"reports.column.{head}", language) for head in heads), rows)


def _document_row(one: IssuedDocument, stand: Stand, names: Mapping[str, str], language: str) -> tuple[str | Cell, ...]:
    status = status_of(one, stand)
    # A scope that has left the registry has no page to lead to.
    scope = Cell(names[one.scope], _here(stand.month, one.scope)) if one.scope in names else one.scope
    return (
        scope,
        tongue(one.language, language),
        format_number(one.revision, language),
        isolate(one.build_id, language) if one.build_id else t("reports.build_not_recorded", language),
        format_moment(one.written_at, language) if one.written_at else "",
        Cell(t(f"reports.status.{status}", language), mark=MARKS.get(status, "quiet")),
    )


def status_of(one: IssuedDocument, stand: Stand) -> str:
    """Tell how an issued document stands: same, restated, replaced by a revision, altered, missing, or unknown."""
    if not one.is_present:
        return "missing"
    if stand.found is None:
        return "unknown"
    if one.path.name in stand.found.altered:
        return "altered"
    if not one.is_last:
        return "replaced"
    return "restated" if any(figure.scope == one.scope for figure in stand.found.restated) else "same"


def _restated(found: CheckedSnapshots, choice: Choice, names: Mapping[str, str], visit: Visit) -> None:
    language = visit.language
    heads = tuple(t(f"report.column.{name}", language)
                  for name in ("scope", "indicator", "issued", "now", "difference", "causes"))  # fmt: skip
    rows = restated_rows(found, language)
    rows.sort(key=lambda row: row[0] != choice.scope.key)
    shown = tuple((names.get(row[0], row[0]), *row[1:]) for row in rows[:FIGURES_SHOWN])
    title = t("reports.restated_title", language, month=point_label(found.month, 1, language))
    summary = plural("reports.show_restated", len(rows), language)
    cut = ""
    if len(rows) > len(shown):
        facts = {"shown": format_number(len(shown), language), "all": format_number(len(rows), language)}
        cut = f'<p class="kpi-note">{escape(t("reports.restated_cut", language, **facts))}</p>'
    st.html(f"{folded_table_html(Table(title, heads, shown), summary)}{cut}")
    downloads("restated", title, lambda: _in_words(restated_frame(found), language), visit)


def _in_words(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    return rows.rename({name: t(f"reports.restated.{name}", language) for name in rows.columns})
