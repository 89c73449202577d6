"""Services: which are digitised and simplified, which are next, and the catalogue to search."""

import streamlit as st

from kpi.language import t
from kpi.web import cache
from kpi.web.cards import cards_html, without_value_html
from kpi.web.downloads import downloads
from kpi.web.frame import current_visit
from kpi.web.panels import drawing_panel, nothing_received_box, panel, stack
from kpi.web.screens.catalogue import download_rows, found_html, jump_html, search_field, search_of_address, states_html
from kpi.web.screens.hands import hands_html
from kpi.web.screens.services import (
    DIGITISED,
    SIMPLIFIED,
    answer_html,
    effect_drawing,
    effect_note,
    funnel_drawing,
    indicators_as_then_html,
    maturity_html,
    of_catalogue,
)

visit = current_visit(organisation=True)
language, build = visit.language, visit.build

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

filters = of_catalogue(visit.filters)
headlines, by_id = cache.headlines_of(build, "services", filters, DIGITISED, SIMPLIFIED)
services = cache.cached_portfolio(build, filters)

search = search_of_address()
st.html(answer_html(by_id[DIGITISED], by_id[SIMPLIFIED], services, language) + jump_html(search, language))
stack(
    hands_html(cache.cached_changes_of_hands(build, filters), filters.organisation, "services", language),
    indicators_as_then_html(services, language),
)

known = [headline for headline in headlines if headline.value is not None]
stack(
    cards_html(known, language=language, mode=visit.mode),
    without_value_html([headline for headline in headlines if headline.value is None], language),
)

left, right = st.columns(2, gap="medium")
with left:
    drawing_panel("funnel", t("services.funnel", language), funnel_drawing(services, language), language)
with right, panel("maturity", t("services.maturity_title", language)):
    st.html(maturity_html(services, language))

if services.effects:
    notes = (effect_note(services, language),)
    drawing = effect_drawing(services.effects, language, notes=notes)
    drawing_panel("effect", t("services.effect", language), drawing, language)

with panel("catalogue", t("services.catalogue", language)):
    search_field(search, language)
    found = cache.cached_catalogue(build, filters, search)
    st.html(states_html(found, search, language))
    st.html(found_html(found, search, filters, visit.freshness, language))
    if found.rows:
        title = t("services.search.download", language)
        rows = cache.every_listed_service
        downloads("services", title, lambda: download_rows(rows(build, filters, search), language), visit)
