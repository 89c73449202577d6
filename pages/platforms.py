"""Platforms: which shared systems government runs on, who uses each of them, and what each is for."""

import streamlit as st

from kpi.charts import adoption
from kpi.language import t
from kpi.web import cache
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.links import href
from kpi.web.panels import drawing_panel, panel
from kpi.web.screens.platforms import adoption_rows, answer_html, nothing_html, register_html, rows

visit = current_visit()
build, language = visit.build, visit.language
filters = visit.filters.of_entity() if visit.filters else None

found = cache.cached_platforms(build, filters)
if not found.platforms:
    st.html(nothing_html(language))
    st.stop()

asked = filters.entity_id if filters else None
entity = next((one for one in found.entities if one.id == asked), None)
st.html(answer_html(found, entity, language))

if found.counted:
    drawing = adoption.drawing(found, language=language, href=lambda one: href("entity", entity=one))
    drawing_panel("adoption", t("platforms.adoption", language), drawing, language)
    downloads(
        "platform-adoption", t("platforms.download_adoption", language), lambda: adoption_rows(found, language), visit
    )

with panel("register", t("platforms.registry", language)):
    st.html(register_html(found, entity, filters.period if filters else None, language))

downloads("platforms", t("platforms.download", language), lambda: rows(found, language), visit)
