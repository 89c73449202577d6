"""Entities: which lead and which need attention, in one sentence, a strip of levels, a list and the league."""

from dataclasses import replace

import streamlit as st

from kpi.language import join_list, t
from kpi.queries.attention import attention
from kpi.web import cache
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.panels import empty_box, nothing_received_box, panel, stack
from kpi.web.screens.hands import hands_html
from kpi.web.screens.league import answer_html, attention_html, levels_html
from kpi.web.screens.league_table import column_of_address, league_html, league_rows

visit = current_visit(organisation=True)
language, mode = visit.language, visit.mode

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

# The list shows every entity and service: one chosen on another screen waits unseen.
filters = replace(visit.filters, entity_id=None, service_id=None)
visit = replace(visit, filters=filters)
league = cache.cached_league(visit.build, filters)

st.html(answer_html(league, language))
stack(hands_html(cache.cached_changes_of_hands(visit.build, filters), filters.organisation, "entities", language))
if not league.rows:
    st.html(empty_box(language))
    st.stop()

both = league.level_as_of is not None
left, right = st.columns([5, 7], gap="medium") if both else (st.container(), st.container())
if both:
    with left, panel("levels", t("entities.levels", language)):
        st.html(levels_html(league, language))
with right, panel("attention", t("entities.attention_title", language)):
    st.html(attention_html(attention(league), league, language))

title = t("entities.league", language)
column = column_of_address(league)
with panel("league", title):
    st.html(league_html(league, column, language=language, mode=mode))
    if league.not_applicable:
        names = join_list([kpi.name(language) for kpi in league.not_applicable], language)
        st.caption(t("entities.not_applicable", language, names=names))
    downloads(t("entities.table.name", language), title, league_rows(league, column, language), visit)
