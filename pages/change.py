"""Change management: does it take hold, which teams, strategies and stories carry it, and which guides are issued."""

import streamlit as st

from kpi.charts import trend
from kpi.language import t
from kpi.queries.filters import Filters
from kpi.web import cache
from kpi.web.cards import cards_html
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import chart_panel, panel, stack
from kpi.web.screens.change import (
    answer_html,
    carriers_html,
    guides_html,
    nothing_html,
    registry_rows,
    strategies_html,
    team_rows,
    teams_html,
)

TEAMS = "change_teams_active"

visit = current_visit()
build, language, mode = visit.build, visit.language, visit.mode
filters = Filters(visit.filters.period, entity_id=visit.filters.entity_id) if visit.filters else None

found = cache.cached_change_management(build, filters)
if found.empty:
    st.html(nothing_html(language))
    st.stop()

teams = cache.cached_headlines(build, (TEAMS,), filters)[0] if filters else None
series = cache.cached_series(build, TEAMS, filters) if filters else None
st.html(answer_html(found, teams, series, language))

several = len(found.teams) > 1
beside, course = st.columns([4, 8], gap="medium") if several else (st.container(), st.container())
if teams is not None and series is not None and teams.value is not None and several:
    with beside:
        stack(cards_html((teams,), language=language, mode=mode, size="large"))
    with course:
        chart = trend.figure(series, language=language, mode=mode)
        chart_panel("trend", t("change.trend", language), chart, language, caption=source_line(visit))
if found.teams_known and several:
    with beside, panel("teams", t("change.teams", language)):
        st.html(teams_html(found, language))
if found.teams_known and several:
    downloads("change-teams", t("change.download_teams", language), lambda: team_rows(found, language), visit)

for name, part in (("strategy", strategies_html), ("stories", carriers_html), ("guides", guides_html)):
    with panel(name, t(f"change.{name}", language)):
        st.html(part(found, language))

downloads("change-registry", t("change.download_registry", language), lambda: registry_rows(found, language), visit)
