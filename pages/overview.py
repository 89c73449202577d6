"""Overview: how is the programme doing, in one sentence, eleven numbers and three drawings."""

import streamlit as st

from kpi.charts import ranking, tilemap, trend
from kpi.language import t
from kpi.say.answer import counted
from kpi.say.change import comparison_heading
from kpi.web import cache
from kpi.web.cards import cards_html, without_value_html
from kpi.web.claims import claims_html
from kpi.web.comparison import comparison_html
from kpi.web.downloads import source_line
from kpi.web.frame import current_visit
from kpi.web.links import leads_to
from kpi.web.panels import answer_box, chart_panel, empty_box, heading, nothing_received_box, stack
from kpi.web.screens.attention import attention_html
from kpi.web.screens.hands import hands_html
from kpi.web.spans import spans

TOPIC = "digital_transactions"

visit = current_visit(organisation=True)
language, mode = visit.language, visit.mode

if visit.filters is None:
    st.html(nothing_received_box(language))
    st.stop()

build, filters, caption = visit.build, visit.filters, source_line(visit)
headlines, by_id = cache.headlines_of(build, "overview", filters, TOPIC)
topic = by_id[TOPIC]
series, entities = cache.cached_series(build, TOPIC, filters), cache.cached_ranking(build, TOPIC, filters)
places = cache.cached_map(build, TOPIC, filters)

sentence = counted(topic, language, whole=filters.whole_programme)
st.html(answer_box(t("web.overview.title", language), sentence))
stack(hands_html(cache.cached_changes_of_hands(build, filters), filters.organisation, "overview", language))

known = [headline for headline in headlines if headline.value is not None]
large = 4 if len(known) == 4 else 3  # of four all, so that none stands alone below
of_bodies = filters == filters.of_entity()  # projects and missing months have no other slice
stack(
    cards_html(known[:large], language=language, mode=mode, size="large") or empty_box(language),
    attention_html(cache.cached_attention(build, filters), language) if of_bodies else "",
    cards_html(known[large:], language=language, mode=mode),
    without_value_html([headline for headline in headlines if headline.value is None], language),
)

if series.nothing is None:
    chosen, base = spans(topic, language)
    chart = trend.figure(series, language=language, mode=mode, chosen=chosen, base=base)
    chart_panel("trend", t("web.overview.trend", language), chart, language, caption=caption)

ranked = entities.nothing is None and filters.entity_id is None  # one entity has no order
both = ranked and places.nothing is None
left, right = st.columns([7, 5], gap="medium") if both else (st.container(), st.container())
if ranked:
    with left:
        chart = ranking.figure(entities, language=language, mode=mode, link=leads_to("entity", "entity"))
        chart_panel("ranking", t("web.overview.ranking", language), chart, language, caption=caption)
if places.nothing is None:
    with right:
        chart = tilemap.figure(places, language=language, mode=mode, chosen=filters.governorate_id)
        chart_panel("map", t("web.overview.map", language), chart, language, caption=caption)

if fair := comparison_html(topic, language):
    heading(comparison_heading(topic, language))
    st.html(fair)

if (published := cache.cached_claims(build)) and filters.whole_programme:
    heading(t("web.overview.claims", language))
    st.html(claims_html(published, language))
