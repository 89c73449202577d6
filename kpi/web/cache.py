"""Streamlit caches (those of the snapshots are in `report_cache`): one warehouse per build, one answer per question.

Answers are frozen, so every session gets the same object; nothing is copied.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import streamlit as st

from kpi.errors import NothingPublished
from kpi.periods import Period
from kpi.queries.change_management import ChangeManagement, change_management
from kpi.queries.claims import claims
from kpi.queries.entity import EntityProfile, entity_profile
from kpi.queries.entity_months import CoverageMap, coverage_map
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.governorates import governorate_map
from kpi.queries.headline import headlines
from kpi.queries.journeys import Journey, journeys
from kpi.queries.league import League, league
from kpi.queries.ledger import Check, Ledger, checks, ledger
from kpi.queries.method import Method, methods
from kpi.queries.movers import Movers, movers
from kpi.queries.options import filter_options, find_service, services_of
from kpi.queries.platforms import Platforms, platforms
from kpi.queries.previous_build import BuildComparison, compare_builds
from kpi.queries.projects import ProjectLog, Projects, project_log, projects
from kpi.queries.ranking import ranking
from kpi.queries.rejections import Rejections, rejected_parts, rejections
from kpi.queries.results import Claim, FilterOptions, Freshness, GovernorateMap, Headline, Ranking, Series, Service
from kpi.queries.schema import Object, schema
from kpi.queries.series import series
from kpi.queries.service import ServiceFacts, ServiceVolumes, service_facts, service_volumes
from kpi.queries.service_states import Portfolio, portfolio
from kpi.queries.services import Catalogue, Search, every_service, services
from kpi.queries.transactions import Days, Split, SplitBy, days, split
from kpi.settings import settings_in_force
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.web.console import Console


@dataclass(frozen=True)
class Build:
    """Name a build of a workspace: the key of everything cached."""

    workspace: str
    build_id: str


def current_build() -> Build:
    """Return the build in service now, or the one the setting `build` names; the next page view sees a new one."""
    settings = settings_in_force()
    build_id = current_build_id(settings.workspace, settings.build)
    if build_id is None:
        raise NothingPublished("nothing_published", workspace=settings.workspace)
    return Build(str(settings.workspace), build_id)


def is_older_build(build: Build) -> bool:
    """Tell whether another build than the current one is shown, because the installation asks for it by name."""
    return settings_in_force().build is not None and build.build_id != current_build_id(Path(build.workspace))


@st.cache_resource(max_entries=4, show_spinner=False, on_release=Warehouse.close)
def _warehouse(build: Build) -> Warehouse:
    return Warehouse.open(Path(build.workspace), build.build_id)


def warehouse_of(build: Build) -> Warehouse:
    """Return an open build, for the caches of the snapshots."""
    return _warehouse(build)


@st.cache_resource(max_entries=4, show_spinner=False, on_release=Console.close)
def console(build: Build) -> Console:
    """Return what answers the SQL page's queries on a build."""
    settings = settings_in_force()
    return Console(
        Path(build.workspace),
        build.build_id,
        timeout_seconds=settings.query_timeout_seconds,
        row_limit=settings.query_row_limit,
        walls_demanded=settings.query_walls == "demanded",
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_schema(build: Build) -> tuple[Object, ...]:
    """Return what the build holds, with comments."""
    return schema(_warehouse(build))


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_freshness(build: Build) -> Freshness:
    """Return what the build covers."""
    return freshness(_warehouse(build))


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_options(build: Build) -> FilterOptions:
    """Return what the filters offer."""
    return filter_options(_warehouse(build))


@st.cache_resource(max_entries=256, show_spinner=False)
def cached_services(build: Build, entity_id: str) -> tuple[Service, ...]:
    """Return the services of an entity."""
    return services_of(_warehouse(build), entity_id=entity_id)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_service(build: Build, service_id: str) -> Service | None:
    """Return one service, None for an unknown identifier."""
    return find_service(_warehouse(build), service_id=service_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_methods(build: Build) -> tuple[Method, ...]:
    """Return every KPI with the SQL of its view."""
    return methods(_warehouse(build))


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_claims(build: Build) -> tuple[Claim, ...]:
    """Return the published figures with their verdicts."""
    return claims(_warehouse(build))


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_headlines(build: Build, kpi_ids: tuple[str, ...], filters: Filters) -> tuple[Headline, ...]:
    """Return the headlines of several KPIs, in the order asked."""
    return tuple(headlines(_warehouse(build), kpi_ids=kpi_ids, filters=filters))


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_series(build: Build, kpi_id: str, filters: Filters) -> Series:
    """Return a KPI over time."""
    return series(_warehouse(build), kpi_id=kpi_id, filters=filters)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_ranking(build: Build, kpi_id: str, filters: Filters) -> Ranking:
    """Return the entities in the order of a KPI."""
    return ranking(_warehouse(build), kpi_id=kpi_id, filters=filters)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_map(build: Build, kpi_id: str, filters: Filters) -> GovernorateMap:
    """Return a KPI by governorate."""
    return governorate_map(_warehouse(build), kpi_id=kpi_id, filters=filters)


@st.cache_resource(max_entries=128, show_spinner=False)
def cached_league(build: Build, filters: Filters) -> League:
    """Return every reporting entity with its standings."""
    return league(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_entity(build: Build, entity_id: str, period: Period) -> EntityProfile | None:
    """Return what is on record about an entity."""
    return entity_profile(_warehouse(build), entity_id=entity_id, period=period)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_coverage(build: Build, filters: Filters) -> CoverageMap | None:
    """Return who sent which month."""
    return coverage_map(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_split(build: Build, by: SplitBy, filters: Filters) -> Split:
    """Return the transactions over time in parts."""
    return split(_warehouse(build), by=by, filters=filters)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_days(build: Build, filters: Filters) -> Days:
    """Return the transactions day by day."""
    return days(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=512, show_spinner=False)
def cached_movers(build: Build, filters: Filters) -> Movers:
    """Return who and what moved the transactions."""
    return movers(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_rejections(build: Build) -> Rejections:
    """Return the rejected rows, counted and sampled."""
    return rejections(_warehouse(build))


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_ledger(build: Build) -> Ledger:
    """Return the ledger of source files."""
    return ledger(_warehouse(build))


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_checks(build: Build) -> tuple[Check, ...]:
    """Return the results of the checks."""
    return checks(_warehouse(build))


@st.cache_resource(max_entries=8, show_spinner=False)
def cached_comparison(build: Build) -> BuildComparison | None:
    """Return what changed since the build before; None for the first build."""
    current = _warehouse(build)
    previous = Warehouse.open_previous(Path(build.workspace), current.build_id)
    try:
        return compare_builds(current, previous)
    finally:
        if previous is not None:
            previous.close()


@st.cache_resource(max_entries=128, show_spinner=False)
def cached_projects(build: Build, filters: Filters) -> Projects:
    """Return where every project stands."""
    return projects(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=256, show_spinner=False)
def cached_project_log(build: Build, project_id: str, period: Period) -> ProjectLog | None:
    """Return one project with its reports."""
    return project_log(_warehouse(build), project_id=project_id, period=period)


@st.cache_resource(max_entries=128, show_spinner=False)
def cached_platforms(build: Build, filters: Filters | None) -> Platforms:
    """Return the shared platforms and who uses them."""
    return platforms(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=128, show_spinner=False)
def cached_change_management(build: Build, filters: Filters | None) -> ChangeManagement:
    """Return the change teams, strategies, stories and guides."""
    return change_management(_warehouse(build), filters=filters)


def every_rejected_row(build: Build) -> Iterator[pl.DataFrame]:
    """Read every rejected row, part by part; too much to keep, so it is read anew for each download."""
    return rejected_parts(_warehouse(build))


@st.cache_resource(max_entries=64, show_spinner=False)
def cached_portfolio(build: Build, filters: Filters) -> Portfolio:
    """Return the services counted by state and maturity."""
    return portfolio(_warehouse(build), filters=filters)


@st.cache_resource(max_entries=256, show_spinner=False)
def cached_catalogue(build: Build, filters: Filters, search: Search) -> Catalogue:
    """Return a page of the services found."""
    return services(_warehouse(build), filters=filters, search=search)


def every_listed_service(build: Build, filters: Filters, search: Search) -> pl.DataFrame:
    """Read all services found, whatever the page, for a download."""
    return every_service(_warehouse(build), filters=filters, search=search)


@st.cache_resource(max_entries=256, show_spinner=False)
def cached_service_facts(build: Build, service_id: str, filters: Filters) -> ServiceFacts | None:
    """Return what a service is and what happened to it."""
    return service_facts(_warehouse(build), service_id=service_id, filters=filters)


@st.cache_resource(max_entries=256, show_spinner=False)
def cached_service_volumes(build: Build, service_id: str, entity_id: str, filters: Filters) -> ServiceVolumes:
    """Return how a service is used."""
    return service_volumes(_warehouse(build), service_id=service_id, entity_id=entity_id, filters=filters)


@st.cache_resource(max_entries=64, show_spinner=False)
def cached_journeys(build: Build, filters: Filters) -> tuple[Journey, ...]:
    """Return the journeys with their services."""
    return journeys(_warehouse(build), filters=filters)
