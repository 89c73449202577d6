"""Governorates: where digital transformation happens, on a map and in a table, with what names no governorate."""

import streamlit as st

from kpi.language import t
from kpi.web import cache
from kpi.web.claims import claims_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, empty_box, heading, message_box, nothing_received_box, panel, stack
from kpi.web.screens import governorates as screen
from kpi.web.screens.governorates_table import places_html, places_rows, table_title
from kpi.web.screens.hands import hands_html

visit = screen.everywhere(current_visit(organisation=True))
language = visit.language

if not visit.options.governorates:
    st.html(message_box(t("governorates.none_what", language), t("governorates.none_next", language)))
    st.stop()

places = screen.read_places(visit)
if places is not None and places.topic.nothing == "not_shown":
    st.html(screen.answer_html(places.topic, language))
    st.stop()
if places is None or places.topic.total is None:
    st.html(nothing_received_box(language) if visit.filters is None else empty_box(language))
    st.stop()

st.html(screen.answer_html(places.topic, language))
changes = cache.cached_changes_of_hands(visit.build, visit.filters) if visit.filters else ()
stack(hands_html(changes, visit.filters.organisation, "governorates", language) if visit.filters else "")

st.html(screen.choices_html(places, screen.map_form(), language))

left, right = st.columns([5, 7], gap="medium")
with left:
    title = t("governorates.map.title", language, kpi=places.map.kpi.name(language))
    chart_panel("map", title, screen.map_chart(places, visit), language, caption=source_line(visit))
with right:
    table = table_title(places.ranking, language)
    with panel("places", t("governorates.in_order", language)):
        st.html(places_html(places, language))
        downloads("governorates", table, lambda shown=places: places_rows(shown, language), visit)

published = screen.governorate_claims(cache.cached_claims(visit.build))
if published:
    heading(t("governorates.claims", language))
    st.html(claims_html(published, language))
