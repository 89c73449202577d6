"""Projects: are they on plan, what slipped in the last month, and when is each due."""

import streamlit as st

from kpi.charts import progress, timeline
from kpi.language import t
from kpi.periods import point_label
from kpi.web import cache
from kpi.web.cards import cards_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.links import href
from kpi.web.panels import chart_panel, drawing_panel, nothing_received_box, panel, stack
from kpi.web.screens.projects import (
    answer_html,
    chips_html,
    in_state,
    nothing_html,
    rows,
    slipped_html,
    state_of_address,
    tables_html,
)

visit = current_visit()
build, language, mode = visit.build, visit.language, visit.mode

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

filters = visit.filters.of_entity()
found = cache.cached_projects(build, filters)
if not found.every:
    owner = next((one for one in visit.options.entities if one.id == filters.entity_id), None)
    st.html(nothing_html(owner, language))
    st.stop()

st.html(answer_html(found, filters.period, language))
headlines, _ = cache.headlines_of(build, "projects", filters)
stack(cards_html([one for one in headlines if one.value is not None], language=language, mode=mode, size="large"))

if found.as_of is not None:
    since = point_label(found.previous or found.as_of, 1, language)
    with panel("slipped", t("projects.slipped", language, month=since)):
        st.html(slipped_html(found, language))

if found.curve:
    chart = progress.figure(found.curve, language=language, mode=mode)
    chart_panel("curve", t("projects.curve", language), chart, language, caption=source_line(visit))

state = state_of_address(found)
programme, others = (in_state(listed, state) for listed in (found.programme, found.others))
st.html(chips_html(found, state, language))

if found.as_of is not None:
    drawing = timeline.drawing(
        programme + others, as_of=found.as_of, language=language, href=lambda project: href("project", project=project)
    )
    if drawing is not None:
        drawing_panel("timeline", t("projects.timeline", language), drawing, language)

for name, listed, all_of_them in (("programme", programme, found.programme), ("others", others, found.others)):
    if all_of_them:
        title = t(f"projects.{name}", language)
        with panel(name, title):
            st.html(tables_html(listed, title, found, language, nothing=t("projects.none_in_status", language)))

downloads("projects", t("projects.download", language), lambda: rows(found, language), visit)
