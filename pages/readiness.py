"""Readiness: how ready are entities and governorates, which level are they at, and who moved."""

from dataclasses import replace

import streamlit as st

from kpi.charts import indicator_strip, levels
from kpi.language import t
from kpi.queries.readiness import KINDS, SCORE_KPIS
from kpi.web import cache
from kpi.web.cards import cards_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, drawing_panel, nothing_received_box, panel, stack
from kpi.web.screens.readiness import (
    answer_html,
    basis_html,
    leagues_html,
    movement_html,
    notes_html,
)
from kpi.web.screens.readiness_files import body_rows, indicator_rows

visit = current_visit()
build, language, mode = visit.build, visit.language, visit.mode

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

filters = replace(visit.filters, entity_id=None, governorate_id=None, channel=None, service_id=None)
found = cache.cached_readiness(build, filters)
headlines = dict(zip(KINDS, cache.cached_headlines(build, tuple(SCORE_KPIS.values()), filters), strict=True))

st.html(answer_html(found, headlines, language))

if found.shown is None:
    stack(notes_html(found, language))
    st.stop()

known = [headline for headline in headlines.values() if headline.value is not None]
stack(cards_html(known, language=language, mode=mode, size="large"), notes_html(found, language))

chart = levels.figure(found, language=language, mode=mode)
chart_panel("levels", t("readiness.levels", language), chart, language, caption=source_line(visit))

with panel("movement", t("readiness.movement", language)):
    st.html(movement_html(found, language))

with panel("league", t("readiness.league", language)):
    st.html(leagues_html(found, language))
    downloads("readiness", t("readiness.file_bodies", language), lambda: body_rows(found, language), visit)

if found.indicators:
    title = t("readiness.indicators", language)
    drawing_panel("indicators", title, indicator_strip.drawing(found, language=language), language)
    downloads(
        "readiness_indicators",
        t("readiness.file_indicators", language),
        lambda: indicator_rows(cache.every_indicator_row(build), language),
        visit,
    )
st.html(basis_html(found, language))
