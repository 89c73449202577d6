"""Reports: which monthly snapshot can be taken, what it looks like, and whether an issued one has changed since."""

import streamlit as st

from kpi.language import t
from kpi.messages import LANGUAGES
from kpi.web.cache import snapshots
from kpi.web.frame import current_visit
from kpi.web.panels import answer_box, nothing_received_box, panel
from kpi.web.screens.issued_reports import issued_panel, issues, mark_before, sentence
from kpi.web.screens.report_choice import choice_fields, choice_of_address
from kpi.web.screens.reports import all_documents, pages_and_download

visit = current_visit()
language = visit.language

scopes = snapshots.cached_scopes(visit.build)
choice = choice_of_address(visit.freshness, scopes, language)
if choice is None:
    st.html(nothing_received_box(language))
    st.stop()

issued = issues(choice, visit)
mark = mark_before(choice, visit)

st.html(answer_box(t("reports.title", language), sentence(issued, visit)))
choice_fields(choice, visit.freshness, scopes, language)

with panel("pages", t("reports.pages", language)):
    pages = st.container(key="report_pages")

with panel("archive", t("reports.archive", language)):
    all_documents(choice, mark, len(scopes) * len(LANGUAGES), visit)

with panel("issued", t("reports.issued", language)):
    issued_panel(issued, choice, scopes, visit)

# Last, because making the pages takes longest: the rest of the page stands by then.
with pages:
    pages_and_download(choice, mark, visit)
