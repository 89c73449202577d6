"""Journeys: what each is made of, how far its services have come, and which is its weakest link."""

import streamlit as st

from kpi.language import t
from kpi.queries.filters import Filters
from kpi.web import cache
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.panels import nothing_received_box, panel, stack
from kpi.web.screens.journeys import (
    KPI,
    answer_html,
    chains_html,
    download_rows,
    nothing_html,
    rule_html,
    without_services_html,
)

visit = current_visit()
language, build = visit.language, visit.build

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

# A journey crosses entities: only the period applies.
filters = Filters(visit.filters.period)
journeys = cache.cached_journeys(build, filters)
if not journeys:
    st.html(nothing_html(language))
    st.stop()

st.html(answer_html(journeys, cache.cached_headlines(build, (KPI,), filters)[0], language))
stack(rule_html(language))

chains = chains_html(journeys, language)
if chains:
    with panel("chains", t("journeys.chains", language)):
        st.html(chains)

without = without_services_html(journeys, language)
if without:
    with panel("without", t("journeys.without", language)):
        st.html(without)

downloads("journeys", t("journeys.download", language), lambda: download_rows(journeys, language), visit)
