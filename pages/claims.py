"""Claims: which published figures do the data confirm, and which contradict each other."""

import streamlit as st

from kpi.language import t
from kpi.web import cache
from kpi.web.claims import VERDICTS
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.panels import panel, stack
from kpi.web.screens.claims import answer_html, chips_html, none_html, section_html, sections
from kpi.web.screens.claims_file import register_rows

visit = current_visit()
build, language, options = visit.build, visit.language, visit.options
published = cache.cached_claims(build)
asked = st.query_params.get("verdict")
chosen = asked if asked in VERDICTS else None

st.html(answer_html(published, language))

if not published:
    st.html(none_html(language))
    st.stop()

places = {place.id: place for place in (*options.entities, *options.governorates)}
stack(chips_html(published, chosen, language))

for verdict, groups in sections(published, chosen):
    with panel(f"claims_{verdict}", t(f"claims.section.{verdict}", language)):
        st.html(section_html(verdict, groups, places, language))

downloads(
    "claims", t("claims.file_title", language), lambda: register_rows(cache.every_claim_row(build), language), visit
)
