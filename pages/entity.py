"""Entity: how one entity is doing, in one sentence, its indicators, trend, ranks, services, projects and readiness."""

from dataclasses import replace

import streamlit as st

from kpi.charts import coverage, indicators, trend
from kpi.language import t
from kpi.queries.league import TOPIC
from kpi.say.change import comparison_heading
from kpi.web import cache
from kpi.web.claims import claims_html
from kpi.web.comparison import comparison_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, drawing_html, drawing_panel, heading, nothing_received_box, panel, stack
from kpi.web.screens import scorecard
from kpi.web.screens import scorecard_parts as parts
from kpi.web.screens.hands import hands_html
from kpi.web.screens.held import entity_held_html
from kpi.web.spans import spans

visit = current_visit(organisation=True)
language, mode, build = visit.language, visit.mode, visit.build

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

# What is chosen on another screen waits unseen: the scorecard shows all of the entity.
filters = replace(visit.filters, governorate_id=None, channel=None, service_id=None)
visit = replace(visit, filters=filters)
profile = cache.cached_entity(build, filters)
if profile is None:
    st.html(scorecard.missing_html(language))
    st.stop()

headlines = cache.cached_headlines(build, profile.kpi_ids, filters)
league = cache.cached_league(build, replace(filters, entity_id=None))
months = cache.cached_coverage(build, filters) if profile.reports_transactions else None
published = [claim for claim in cache.cached_claims(build) if claim.entity_id == profile.entity.id]
topic = next((one for one in headlines if one.kpi.id == TOPIC and one.value is not None), None)
words = {name: t(f"entity.{name}", language) for name in scorecard.SECTIONS}

st.html(scorecard.answer_html(profile, headlines, league, filters.period, language))
stack(hands_html(cache.cached_changes_of_hands(build, filters), filters.organisation, "entity", language))
stack(*scorecard.cards(headlines, language, mode))
stack(entity_held_html(cache.cached_held(build), profile.entity.id, filters.period, language))
downloads("entity", words["indicators"], scorecard.indicator_rows(headlines, profile, league, language), visit)

ranks = scorecard.ranks_html(profile, league, language)
if topic is not None:
    series, (chosen, base) = cache.cached_series(build, TOPIC, filters), spans(topic, language)
    chart = trend.figure(series, language=language, mode=mode, chosen=chosen, base=base)
    chart_panel("trend", words["trend"], chart, language, caption=source_line(visit))
    if fair := comparison_html(topic, language):
        heading(comparison_heading(topic, language))
        st.html(fair)
if ranks:
    with panel("ranks", words["ranks"]):
        st.html(ranks)
if profile.services is not None or profile.top_services:
    with panel("services", words["services"]):
        st.html(parts.services_html(profile, filters.period, league.months_per_point, language))
        downloads("entity-services", words["services"], parts.service_rows(profile, language), visit)
if profile.projects:
    with panel("projects", words["projects_office" if profile.is_office else "projects"]):
        st.html(parts.projects_html(profile, language))
if profile.readiness is not None:
    with panel("readiness", words["readiness"]):
        st.html(drawing_html(indicators.drawing(profile, profile.readiness, language=language), language))
        downloads("entity-readiness", words["readiness"], parts.readiness_rows(profile.readiness, language), visit)
if months is not None:
    drawing_panel("coverage", words["coverage"], coverage.drawing(months, language=language), language)
if published:
    with panel("claims", words["claims"]):
        st.html(claims_html(published, language))
with panel("record", words["record"]):
    st.html(parts.record_html(profile, filters.period.end, language))
    st.html(scorecard.absent_html(scorecard.absent(profile, months is not None, bool(published)), language))
