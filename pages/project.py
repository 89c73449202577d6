"""One project: is it on plan, how did it get there, and what has been reported."""

import streamlit as st

from kpi.charts import progress
from kpi.language import t
from kpi.web import cache
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, nothing_received_box, panel, stack
from kpi.web.screens.project import (
    answer_html,
    back_html,
    curve,
    facts_html,
    figures_html,
    log_html,
    project_of_address,
    rows,
    unknown_html,
)

visit = current_visit()
language, mode, period = visit.language, visit.mode, visit.filters.period if visit.filters else None

if period is None:
    st.html(nothing_received_box(language))
    st.stop()

log = cache.cached_project_log(visit.build, project_of_address(), period)
if log is None:
    st.html(unknown_html(language))
    st.stop()

st.html(back_html(language) + answer_html(log, period, language))
if log.as_of is not None:
    stack(figures_html(log, language))

points = curve(log)
if len(points) > 1:
    chart = progress.figure(points, language=language, mode=mode)
    chart_panel("curve", t("project.curve", language), chart, language, caption=source_line(visit))

with panel("facts", t("project.facts", language)):
    st.html(facts_html(log, language))

with panel("log", t("project.log", language)):
    st.html(log_html(log, period, language))

updates = log.updates
if updates:
    downloads(f"project-{log.project.id}", t("project.download", language), lambda: rows(updates, language), visit)
