"""Method: what each indicator means, how it is computed, and what nothing, not provided and not applicable mean."""

import streamlit as st

from kpi.language import t
from kpi.web import cache
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.panels import panel
from kpi.web.screens.method import answer_html, indicator_html, nothing_html, rows

visit = current_visit()
language = visit.language
methods = cache.cached_methods(visit.build)

st.html(answer_html(methods, language))

with panel("nothing", t("method.nothing", language)):
    st.html(nothing_html(language))

with panel("indicators", t("method.indicators", language)):
    st.html("".join(indicator_html(method, language) for method in methods))

downloads("method", t("method.file", language), lambda: rows(methods, language), visit)
