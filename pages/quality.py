"""Data quality: can the numbers be trusted, what is missing, and who has to act."""

import streamlit as st

from kpi.charts import coverage
from kpi.language import t
from kpi.web import cache
from kpi.web.frame import current_visit
from kpi.web.panels import drawing_panel, empty_box, heading, panel, stack
from kpi.web.screens.ledger import checks_html, ledger_html
from kpi.web.screens.previous_build import previous_build_html
from kpi.web.screens.quality import answer_html, cards_html, senders_html
from kpi.web.screens.rejections import download_button, rejections_html

visit = current_visit()
build, language, filters = visit.build, visit.language, visit.filters

months = cache.cached_coverage(build, filters) if filters is not None else None
rejected = cache.cached_rejections(build)
ledger = cache.cached_ledger(build)
checks = cache.cached_checks(build)

if filters is None or months is None:
    st.html(empty_box(language))
else:
    st.html(answer_html(months, rejected, ledger, language, whole=filters.entity_id is None))
    stack(cards_html(months, rejected, ledger, checks, visit.freshness, language))

    heading(t("quality.senders", language))
    st.html(senders_html(months, language))

    drawing_panel("coverage", t("quality.coverage", language), coverage.drawing(months, language=language), language)

with panel("rejected", t("quality.rejected", language)):
    st.html(rejections_html(rejected, language))
    download_button(build, rejected, language)

with panel("files", t("quality.files", language)):
    st.html(ledger_html(ledger, language))

with panel("checks", t("quality.checks", language)):
    st.html(checks_html(checks, language))

if months is not None:
    heading(t("quality.previous", language))
    st.html(previous_build_html(cache.cached_comparison(build), language))
