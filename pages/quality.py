"""Data quality: can the numbers be trusted, what is missing, and who has to act."""

from functools import partial

import streamlit as st

from kpi.charts import coverage
from kpi.language import t
from kpi.web import cache
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.panels import drawing_html, empty_box, nothing_received_box, panel, stack
from kpi.web.screens.held import held_html
from kpi.web.screens.ledger import checks_html, ledger_html
from kpi.web.screens.previous_build import previous_build_html
from kpi.web.screens.quality import answer_html, cards_html, senders_html
from kpi.web.screens.quality_files import coverage_rows, ledger_rows
from kpi.web.screens.rejections import download_button, rejections_html

visit = current_visit()
build, language, filters = visit.build, visit.language, visit.filters

months = cache.cached_coverage(build, filters) if filters is not None else None
rejected = cache.cached_rejections(build)
ledger = cache.cached_ledger(build)
checks = cache.cached_checks(build)

held, stopped = cache.cached_held(build), cache.stopped_publication(build)
if held or stopped:
    with panel("held", t("quality.held", language)):
        st.html(held_html(held, stopped, language))

if filters is None or months is None:
    st.html(nothing_received_box(language) if filters is None else empty_box(language))
else:
    st.html(answer_html(months, rejected, ledger, language, whole=filters.entity_id is None))
    stack(cards_html(months, rejected, ledger, checks, visit.freshness, language))

    with panel("senders", t("quality.senders", language)):
        st.html(senders_html(months, language))

    with panel("coverage", t("quality.coverage", language)):
        st.html(drawing_html(coverage.drawing(months, language=language), language))
        downloads("coverage", t("quality.map.caption", language), partial(coverage_rows, months, language), visit)

with panel("rejected", t("quality.rejected", language)):
    st.html(rejections_html(rejected, language))
    download_button(build, rejected, language)

with panel("files", t("quality.files", language)):
    st.html(ledger_html(ledger, language))
    downloads("files", t("quality.ledger.caption_files", language), lambda: ledger_rows(ledger, language), visit)

with panel("checks", t("quality.checks", language)):
    st.html(checks_html(checks, language))

if months is not None:
    with panel("previous", t("quality.previous", language)):
        st.html(previous_build_html(cache.cached_comparison(build), language))
