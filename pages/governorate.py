"""Scorecard of one governorate, or of what names none: its numbers, services, projects, platforms and readiness."""

import streamlit as st

from kpi.charts import trend
from kpi.language import t
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.governorates_overview import TOPIC
from kpi.web import cache
from kpi.web.cards import cards_html, without_value_html
from kpi.web.claims import claims_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, nothing_received_box, panel, stack
from kpi.web.screens import governorate as screen
from kpi.web.screens import governorate_remainder as remainder
from kpi.web.screens.governorate_programme import platforms_html, projects_html, readiness_html
from kpi.web.screens.governorate_use import services_html, use_panels
from kpi.web.screens.governorates import governorate_claims
from kpi.web.spans import spans

visit = current_visit(organisation=True)
language, mode, build = visit.language, visit.mode, visit.build
here = screen.this_governorate(visit)
if here is None or here.filters is None:
    st.html(nothing_received_box(language) if visit.filters is None else screen.no_governorate_html(language))
    st.stop()

filters, caption = here.filters, source_line(here)
is_remainder = filters.governorate_id == NOT_ALLOCATED
headlines, by_id = cache.headlines_of(build, "not_allocated" if is_remainder else "governorate", filters, TOPIC)
places = cache.cached_map(build, TOPIC, filters)
ranking = cache.cached_ranking(build, TOPIC, filters)
scorecard = cache.cached_scorecard(build, filters)

if scorecard.facts is None:
    st.html(remainder.answer_html(places, scorecard.remainder, language) + screen.back_html(language))
else:
    facts = scorecard.facts
    st.html(screen.answer_html(by_id[TOPIC], ranking, places, facts, language) + screen.back_html(language))
    st.html(screen.facts_html(facts, places, language))
stack(screen.changes_html(cache.cached_changes_of_hands(build, filters), filters, language))

known = [headline for headline in headlines if headline.value is not None]
without = [headline for headline in headlines if headline.value is None]
with st.container(key="cards" if is_remainder else "cards_in_threes"):
    stack(cards_html(known, language=language, mode=mode), without_value_html(without, language))

if is_remainder:
    with panel("remainder", t("governorate.remainder", language)):
        st.html(remainder.entities_html(scorecard.remainder, language))
        title = t("governorate.remainder", language)
        downloads("not_allocated", title, lambda: remainder.entities_rows(scorecard.remainder, language), here)

series = cache.cached_series(build, TOPIC, filters)
if series.nothing is None:
    chosen, base = spans(by_id[TOPIC], language)
    chart = trend.figure(series, language=language, mode=mode, chosen=chosen, base=base)
    title = t(f"governorate.trend{'_remainder' if is_remainder else ''}", language)
    chart_panel("trend", title, chart, language, caption=caption)

use_panels(scorecard, None if is_remainder else ranking, here)

if not is_remainder:
    with panel("services", t("governorate.services", language)):
        st.html(services_html(scorecard.services, language))
    with panel("projects", t("governorate.projects", language)):
        st.html(projects_html(scorecard.projects, language))
    with panel("platforms", t("governorate.platforms", language)):
        st.html(platforms_html(scorecard.platforms, language))
    readiness = cache.cached_series(build, "governorate_readiness", filters)
    if readiness.nothing is None:
        chart = trend.figure(readiness, language=language, mode=mode)
        chart_panel("readiness_trend", t("governorate.readiness_trend", language), chart, language, caption=caption)
    with panel("readiness", t("governorate.readiness", language)):
        st.html(readiness_html(scorecard.readiness, language))
    published = governorate_claims(cache.cached_claims(build), filters.governorate_id)
    if published:
        with panel("claims", t("governorate.claims", language)):
            st.html(claims_html(published, language))
