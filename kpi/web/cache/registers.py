"""Cached answers on services, projects, platforms, published figures and the file itself."""

from pathlib import Path

import polars as pl
import streamlit as st

from kpi.periods import Period
from kpi.queries.attention_lines import AttentionList, attention_list
from kpi.queries.change_management import ChangeManagement, change_management
from kpi.queries.claims import Claim, claim_rows, claims
from kpi.queries.filters import Filters
from kpi.queries.journeys import Journey, journeys
from kpi.queries.method import Method, methods
from kpi.queries.options import Service, find_service, services_of
from kpi.queries.platforms import Platforms, platforms
from kpi.queries.projects import ProjectLog, Projects, project_log, projects
from kpi.queries.readiness import indicator_rows
from kpi.queries.schema import Object, schema
from kpi.queries.service import ServiceFacts, ServiceVolumes, service_facts, service_volumes
from kpi.queries.service_states import Portfolio, portfolio
from kpi.queries.services import Search, ServicesPage, every_service, services
from kpi.settings import settings_in_force
from kpi.web.cache.build import warehouse_of
from kpi.web.cache.store import Build, kept
from kpi.web.console import Console


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


@kept
def cached_schema(build: Build) -> tuple[Object, ...]:
    """Return what the build holds, with comments."""
    return schema(warehouse_of(build))


@kept
def cached_services(build: Build, entity_id: str) -> tuple[Service, ...]:
    """Return the services of an entity."""
    return services_of(warehouse_of(build), entity_id=entity_id)


@kept
def cached_service(build: Build, service_id: str) -> Service | None:
    """Return one service, None for an unknown identifier."""
    return find_service(warehouse_of(build), service_id=service_id)


@kept
def cached_methods(build: Build) -> tuple[Method, ...]:
    """Return every KPI with the SQL of its view."""
    return methods(warehouse_of(build))


@kept
def cached_attention(build: Build, filters: Filters) -> AttentionList:
    """Return what wants somebody to act."""
    return attention_list(warehouse_of(build), filters=filters)


@kept
def cached_claims(build: Build) -> tuple[Claim, ...]:
    """Return the published figures with their verdicts."""
    return claims(warehouse_of(build))


@kept
def cached_projects(build: Build, filters: Filters) -> Projects:
    """Return where every project stands."""
    return projects(warehouse_of(build), filters=filters)


@kept
def cached_project_log(build: Build, project_id: str, period: Period) -> ProjectLog | None:
    """Return one project with its reports."""
    return project_log(warehouse_of(build), project_id=project_id, period=period)


@kept
def cached_platforms(build: Build, filters: Filters | None) -> Platforms:
    """Return the shared platforms and who uses them."""
    return platforms(warehouse_of(build), filters=filters)


@kept
def cached_change_management(build: Build, filters: Filters | None) -> ChangeManagement:
    """Return the change teams, strategies, stories and guides."""
    return change_management(warehouse_of(build), filters=filters)


@kept
def cached_portfolio(build: Build, filters: Filters) -> Portfolio:
    """Return the services counted by state and maturity."""
    return portfolio(warehouse_of(build), filters=filters)


@kept
def cached_catalogue(build: Build, filters: Filters, search: Search) -> ServicesPage:
    """Return a page of the services found."""
    return services(warehouse_of(build), filters=filters, search=search)


def every_listed_service(build: Build, filters: Filters, search: Search) -> pl.DataFrame:
    """Read all services found, whatever the page, for a download."""
    return every_service(warehouse_of(build), filters=filters, search=search)


@kept
def cached_service_facts(build: Build, service_id: str, filters: Filters) -> ServiceFacts | None:
    """Return what a service is and what happened to it."""
    return service_facts(warehouse_of(build), service_id=service_id, filters=filters)


@kept
def cached_service_volumes(build: Build, service_id: str, entity_id: str, filters: Filters) -> ServiceVolumes:
    """Return how a service is used."""
    return service_volumes(warehouse_of(build), service_id=service_id, entity_id=entity_id, filters=filters)


@kept
def cached_journeys(build: Build, filters: Filters) -> tuple[Journey, ...]:
    """Return the journeys with their services."""
    return journeys(warehouse_of(build), filters=filters)


def every_indicator_row(build: Build) -> pl.DataFrame:
    """Read the mean scores of every indicator, for a file."""
    return indicator_rows(warehouse_of(build))


def every_claim_row(build: Build) -> pl.DataFrame:
    """Read the register of claims with every column, for a file."""
    return claim_rows(warehouse_of(build))
