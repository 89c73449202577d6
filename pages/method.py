"""Method: what each indicator means, how it is computed, and what nothing, not provided and not applicable mean."""

import streamlit as st

from kpi.language import t
from kpi.web import cache
from kpi.web.frame import current_visit
from kpi.web.panels import heading
from kpi.web.screens.method import answer_html, indicator_html, nothing_html

visit = current_visit()
language = visit.language
methods = cache.cached_methods(visit.build)

st.html(answer_html(methods, language))

heading(t("method.nothing", language))
st.html(nothing_html(language))

heading(t("method.indicators", language))
for method in methods:
    st.html(indicator_html(method, language))
