"""Service: what one service is, what happened to it, and how it is used."""

import streamlit as st

from kpi.charts import trend
from kpi.language import t
from kpi.queries.service import TAKE_UP, VOLUME, of_service
from kpi.web import cache
from kpi.web.cards import cards_html, without_value_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, drawing_panel, nothing_received_box, panel, stack
from kpi.web.screens.hands import own_figures_html
from kpi.web.screens.service import (
    answer_html,
    asked_service,
    channels_html,
    choose_html,
    download_rows,
    facts_html,
    life_html,
    no_volumes,
    places_html,
    without_coverage,
)
from kpi.web.screens.services import effect_drawing
from kpi.web.spans import spans

visit = current_visit(organisation=True)
language, mode, build = visit.language, visit.mode, visit.build

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

asked = asked_service()
facts = cache.cached_service_facts(build, asked, visit.filters) if asked else None
if facts is None:
    st.html(choose_html(asked, language))
    st.stop()

service, entity = facts.service.id, facts.entity.id
filters = of_service(visit.filters, service, entity)
headlines, by_id = cache.headlines_of(build, "service", filters, VOLUME, TAKE_UP)
volumes = cache.cached_service_volumes(build, service, entity, filters)

st.html(answer_html(facts, by_id[VOLUME], by_id[TAKE_UP], language))
changes = cache.cached_changes_of_hands(build, filters)
stack(own_figures_html(changes, "service", filters.organisation, "service", language))

known = without_coverage(headline for headline in headlines if headline.value is not None)
missing = [headline for headline in headlines if headline.value is None]
if known:
    stack(cards_html(known, language=language, mode=mode), without_value_html(missing, language))

left, right = st.columns(2, gap="medium")
with left, panel("facts", t("service.facts", language)):
    st.html(facts_html(facts, language))
with right, panel("life", t("service.life", language)):
    st.html(life_html(facts, language))

if facts.effects:
    drawing = effect_drawing(facts.effects, language, notes=(t("service.effect_note", language),), decimals=0)
    drawing_panel("effect", t("service.effect", language), drawing, language)

if volumes.channels:
    chosen, base = spans(by_id[VOLUME], language)
    series = cache.cached_series(build, VOLUME, filters)
    chart = trend.figure(series, language=language, mode=mode, chosen=chosen, base=base)
    chart_panel("trend", t("service.trend", language), chart, language, caption=source_line(visit))
    with panel("channels", t("service.channels", language)):
        st.html(channels_html(volumes, language, mode))
    if volumes.places:
        with panel("places", t("service.places", language)):
            st.html(places_html(volumes, language))
    downloads("service", t("service.download", language), lambda: download_rows(volumes, language), visit)
else:
    st.html(f'<p class="kpi-lead">{no_volumes(facts, volumes, language)}</p>')
