"""Transactions: how many, through which channels, on which days, and what moved them."""

import streamlit as st

from kpi.charts import day_grid, small_trends, stacked
from kpi.language import t
from kpi.say.change import comparison_heading
from kpi.web import cache
from kpi.web.comparison import comparison_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import answer_box, chart_panel, drawing_html, heading, nothing_received_box, panel, stack
from kpi.web.screens import movers as moved
from kpi.web.screens import transaction_files as files
from kpi.web.screens import transactions as words
from kpi.web.screens.hands import hands_html

TOTAL, TAKE_UP = "transactions", "digital_take_up"

visit = current_visit(organisation=True)
build, language, mode, filters = visit.build, visit.language, visit.mode, visit.filters
if filters is None:
    st.html(nothing_received_box(language))
    st.stop()

small = cache.cached_shown(build, "transactions_trends")
headlines, by_id = cache.headlines_of(build, "transactions", filters, TOTAL, TAKE_UP, *small)
total, take_up = by_id[TOTAL], by_id[TAKE_UP]
split = cache.cached_split(build, words.split_of_address(), filters)
days = cache.cached_days(build, filters)
movers = cache.cached_movers(build, filters)

st.html(answer_box(t("transactions.title", language), words.answer(total, take_up, movers, language)))
stack(hands_html(cache.cached_changes_of_hands(build, filters), filters.organisation, "transactions", language))
stack(*words.cards(headlines, language, mode))

if split.parts:
    chart = stacked.figure(split, language=language, mode=mode)
    above, title = words.above_split_html(split, language, mode), t("transactions.split.title", language)
    chart_panel("split", title, chart, language, caption=source_line(visit), above=above)

if total.value is not None:
    heading(comparison_heading(total, language))
    stack(comparison_html(total, language), moved.no_movers_html(movers, language))
if movers.pieces:
    heading(title := t("transactions.movers.title", language))
    stack(moved.reasons_html(movers, language))
    left, right = st.columns(2, gap="medium") if len(movers.entities) > 1 else (None, st.container())
    if left is not None:
        with left, panel("entities", t("transactions.movers.entities", language)):
            st.html(moved.entities_html(movers, language))
    with right, panel("services", t("transactions.movers.services", language)):
        st.html(moved.services_html(movers, language))
        downloads("movers", title, lambda: files.mover_rows(movers, language), visit)

if total.value is not None:
    title = t("transactions.days.title", language)
    with panel("days", title):
        if days.months:
            drawn = day_grid.drawing(days, language=language, mode=mode)
            st.html(words.rhythm_html(days, language) + drawing_html(drawn, language))
            downloads("days", title, lambda: files.day_rows(days, language), visit)
        else:
            st.html(words.no_days_html(days, language))

small_series = cache.cached_several_series(build, small, filters)
pairs = tuple((by_id[series.kpi.id], series) for series in small_series if series.nothing is None)
if pairs:
    title = t("transactions.smalls.title", language)
    with panel("smalls", title):
        st.html(drawing_html(small_trends.drawing(pairs, language=language, mode=mode), language))
        downloads("quality_of_service", title, lambda: files.small_rows(pairs, language), visit)

if split.parts:
    title = t("transactions.table.title", language)
    with panel("table", title):
        st.html(words.table_of_period_html(split, language))
        downloads("transactions", title, lambda: files.split_rows(split, language), visit)
