"""Search the catalogue of services: words, state and page stand in the address, so that a link shows the same."""

from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.language import format_number, format_percent, plural, t
from kpi.periods import point_label
from kpi.queries.filters import Filters
from kpi.queries.results import Freshness
from kpi.queries.service_states import STATES, State
from kpi.queries.services import ListedService, Search, ServicesPage
from kpi.web.links import href
from kpi.web.panels import message_box
from kpi.web.screens.services import MATURITY_MARKS
from kpi.web.tables import table_html

LONGEST_SEARCH = 100
NEIGHBOURS = 2  # pages linked on either side of the one shown
WORDS, STATE, PAGE = "q", "state", "page"


def search_of_address() -> Search:
    """Return what the address looks for; what is unknown there is left out."""
    page = st.query_params.get(PAGE, "")
    state: State | None = next((known for known in STATES if known == st.query_params.get(STATE)), None)
    words = st.query_params.get(WORDS, "").strip()[:LONGEST_SEARCH]
    return Search(words, state, max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1)


def search_field(search: Search, language: str) -> None:
    """Offer the search; what is typed goes to the address and the first page is shown."""
    # The key holds the current words: the address alone decides what stands in the field, also after Back.
    typed = st.text_input(
        t("services.search.label", language),
        search.words,
        max_chars=LONGEST_SEARCH,
        placeholder=t("services.search.placeholder", language),
        help=t("services.search.help", language),
        key=f"{WORDS}={search.words}@{language}",
    ).strip()
    if typed == search.words:
        return
    st.query_params.pop(PAGE, None)
    if typed:
        st.query_params[WORDS] = typed
    else:
        st.query_params.pop(WORDS, None)
    st.rerun()


def jump_html(search: Search, language: str) -> str:
    """Return the way down to the search, for those who came for it."""
    words = escape(t("services.search.jump", language))
    return f'<p class="kpi-more"><a class="kpi-link" href="{escape(_href(search, page=search.page))}">{words}</a></p>'


def states_html(found: ServicesPage, search: Search, language: str) -> str:
    """Return the states as links, each with the number of services that match the words."""
    chips = [(None, found.in_catalogue), *((state, found.by_state[state]) for state in STATES)]
    items = "".join(_chip(state, count, search, language) for state, count in chips)
    label = escape(t("services.search.states", language))
    return f'<nav class="kpi-states" aria-label="{label}"><ul>{items}</ul></nav>'


def found_html(found: ServicesPage, search: Search, filters: Filters, freshness: Freshness, language: str) -> str:
    """Return the services found as a table with the way to the other pages, or say that there are none."""
    period = filters.period.label(language, freshness.reporting_months)
    if not found.rows:
        return _nothing_found(search, language)
    columns = ("service", "entity", "maturity", "priority", "transactions", "take_up")
    headers = tuple(t(f"services.search.{column}", language) for column in columns)
    rows = tuple(_row(row, language) for row in found.rows)
    table = table_html(Table(t("services.search.caption", language, period=period), headers, rows), stacked=True)
    month = point_label(found.as_of.replace(day=1), 1, language)
    notes = [t("services.search.note", language, period=period, month=month), *_rest(found, search, language)]
    counted = plural("services.search.found", found.found, language)
    caption = t("services.search.caption", language, period=period)
    return (
        f'<p class="kpi-found" role="status"><b>{escape(counted)}</b> <span>{escape(caption)}</span></p>'
        f'{table}{_pages(found, search, language)}<p class="kpi-note">{escape(" ".join(notes))}</p>'
    )


def _rest(found: ServicesPage, search: Search, language: str) -> list[str]:
    """Say what came as totals of entities, so that the whole list and it are all there is."""
    if not found.not_by_service or search.words or search.state:
        return []
    return [t("services.search.not_by_service", language, transactions=format_number(found.not_by_service, language))]


def download_rows(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return rows with translated headings and levels; numbers, dates and yes or no keep their types."""
    levels = {level: t(f"services.maturity.{level}", language) for level in MATURITY_MARKS}
    headings = {name: t(f"services.search.column.{name}", language) for name in rows.columns}
    return rows.with_columns(pl.col("maturity").replace_strict(levels, return_dtype=pl.String)).rename(headings)


def _chip(state: State | None, count: int, search: Search, language: str) -> str:
    here = ' aria-current="true"' if state == search.state else ""
    address = escape(_href(search, state=state))
    name = escape(t(f"services.state.{state or 'all'}", language))
    return f'<li><a href="{address}"{here}>{name} <b>{escape(format_number(count, language))}</b></a></li>'


def _row(row: ListedService, language: str) -> tuple[str | Cell, ...]:
    priority = "no" if not row.is_priority else "done" if row.is_simplified else "open"
    take_up = "" if row.digital_take_up is None else format_percent(row.digital_take_up, language)
    return (
        Cell(row.service.label(language), href("service", service=row.service.id, entity=None)),
        Cell(row.entity.label(language), href("entity", entity=row.entity.id, service=None)),
        Cell(t(f"services.maturity.{row.maturity}", language), mark=MATURITY_MARKS[row.maturity]),
        t(f"services.search.priority_{priority}", language),
        _transactions(row, language),
        take_up,
    )


def _transactions(row: ListedService, language: str) -> str:
    if row.digital_transactions is not None:
        return format_number(row.digital_transactions, language)
    return t(f"services.search.{'not_logged' if row.reports_transactions else 'not_expected'}", language)


def _pages(found: ServicesPage, search: Search, language: str) -> str:
    if found.pages == 1:
        return ""
    here = found.page
    shown = sorted({1, found.pages, *range(max(here - NEIGHBOURS, 1), min(here + NEIGHBOURS, found.pages) + 1)})
    items = [_step("previous", here - 1, here > 1, search, language)]
    for before, page in zip([0, *shown], shown, strict=False):
        if page > before + 1:
            items.append('<li aria-hidden="true">…</li>')
        mark = ' aria-current="page"' if page == here else ""
        label = escape(t("services.search.page_of", language, page=page, pages=found.pages))
        number = escape(format_number(page, language))
        items.append(f'<li><a href="{escape(_href(search, page=page))}" aria-label="{label}"{mark}>{number}</a></li>')
    items.append(_step("next", here + 1, here < found.pages, search, language))
    name = escape(t("services.search.pages", language))
    return f'<nav class="kpi-pages" aria-label="{name}"><ul>{"".join(items)}</ul></nav>'


def _step(name: str, page: int, possible: bool, search: Search, language: str) -> str:  # noqa: FBT001
    words = escape(t(f"services.search.{name}", language))
    if not possible:
        return f'<li><span class="kpi-quiet">{words}</span></li>'
    relation = "prev" if name == "previous" else "next"
    return f'<li><a href="{escape(_href(search, page=page))}" rel="{relation}">{words}</a></li>'


def _href(search: Search, *, state: State | None | str = "", page: int = 1) -> str:
    asked = search.state if state == "" else state
    return (
        href("services", **{WORDS: search.words or None, STATE: asked, PAGE: str(page) if page > 1 else None})
        + "#catalogue"
    )


def _nothing_found(search: Search, language: str) -> str:
    what = t("services.search.none_what", language)
    if search.words:
        state = t(f"services.state.{search.state or 'all'}", language)
        what = t("services.search.none_words", language, words=search.words, state=state)
    box = message_box(what, t("services.search.none_next", language))
    if not search.words:
        return box
    address = escape(_href(Search(state=search.state)))
    return f'{box}<p><a class="kpi-link" href="{address}">{escape(t("services.search.clear", language))}</a></p>'
