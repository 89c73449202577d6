"""Whatever a screen or a document shows is selected by one documented statement, and is what the readers read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.catalogue import load_catalogue
from kpi.errors import BuildUnavailable, QueryRefused
from kpi.periods import Period
from kpi.queries.assessments import entity_levels, readiness_scores
from kpi.queries.change_management import change_management
from kpi.queries.coverage import read_coverage
from kpi.queries.entity import entity_profile
from kpi.queries.filters import Filters
from kpi.queries.governorate import scorecard
from kpi.queries.governorates import boundaries, governorate_facts
from kpi.queries.league import league
from kpi.queries.movers import movers
from kpi.queries.naming import entities_naming, read_naming
from kpi.queries.options import filter_options
from kpi.queries.readiness import readiness
from kpi.queries.service_states import portfolio
from kpi.queries.snapshot_details import excellence_levels, services_by_group
from kpi.queries.targets import read_every_target
from kpi.warehouse.connect import Warehouse

PERIOD = Period.parse("2025-01..2025-05")
FILTERS = Filters(PERIOD)
MAY = date(2025, 5, 1)
OFFICE = Filters(PERIOD, governorate_id="OM-MA")
Read = Callable[[Warehouse], Any]

# A statement as an analyst writes it, and the same out of what the readers of the screens return.
QUESTIONS: dict[str, tuple[str, Read]] = {
    "entity": (
        "select name_en, team_from, owns_programme_projects from serve_entity where entity_id = 'moh'",
        lambda file: [
            (one.entity.name_en, one.team_from, one.owns_programme_projects)
            for one in (entity_profile(file, entity_id="moh", period=PERIOD),)
            if one
        ],
    ),
    "entity_services": (
        "select registered, in_scope, digitised from serve_entity_services('2025-05') where entity_id = 'moh'",
        lambda file: [
            (one.services.registered, one.services.in_scope, one.services.digitised)
            for one in (entity_profile(file, entity_id="moh", period=PERIOD),)
            if one and one.services
        ],
    ),
    "platform_owner": (
        "select platform_id from serve_platform_owner where owner_entity_id = 'mtcit' order by name_en, platform_id",
        lambda file: [
            (found.platform.id,)
            for one in (entity_profile(file, entity_id="mtcit", period=PERIOD),)
            for found in (one.platforms if one else ())
        ],
    ),
    "readiness_scores": (
        "select entity_id, indicator_id, score_pct, previous_pct, kind_pct from serve_readiness_scores('2025-05') "
        "order by entity_id, score_pct, indicator_id",
        lambda file: [
            (entity, one.indicator.id, one.score_pct, one.previous_pct, one.kind_pct)
            for entity, scores in readiness_scores(file, MAY).items()
            for one in scores
        ],
    ),
    "entity_levels": (
        "select entity_id, level_id from serve_entity_levels('2025-05') order by entity_id",
        lambda file: [(entity, level.id) for entity, level in entity_levels(file, MAY).items()],
    ),
    "level_holders": (
        "select level_id, place from serve_level_holders('2025-05') order by place",
        lambda file: [(one.level.id, one.place) for one in league(file, filters=FILTERS).levels],
    ),
    "levels": (
        "select level_id, bodies, as_of_month from serve_levels('2025-01', '2025-05') order by sort_order",
        lambda file: [(one.level.id, one.entities, one.as_of) for one in excellence_levels(file, PERIOD)],
    ),
    "top_services": (
        "select group_id, service_id, transactions, base_transactions from serve_top_services('2025-01', '2025-05', "
        "'2024-01', '2024-05', by := 'governorate') where place <= 20 order by group_id, place",
        lambda file: [
            (group, one.service.id, one.transactions, one.base_transactions)
            for group, services in services_by_group(file, PERIOD, "governorate").items()
            for one in services.listed
        ],
    ),
    "service_progress": (
        "select service_id, digitised_on, is_priority from serve_service_progress('2025-05') "
        "where governorate_id = 'OM-MA' and retired_on is null order by name_en, service_id",
        lambda file: [
            (one.service.id, one.digitised_on, one.is_priority) for one in scorecard(file, filters=OFFICE).services
        ],
    ),
    "assessment": (
        "select distinct entity_id, assessed_on from serve_assessment where governorate_id = 'OM-MA' "
        "and kind = 'governorate_office' and assessed_on < '2025-06-01' order by all",
        lambda file: [
            (one.office.id, day) for one in scorecard(file, filters=OFFICE).readiness for day in one.assessed_on
        ],
    ),
    "governorate_facts": (
        "select governorate_id, population, population_as_of from serve_governorate_facts('2025-05') "
        "order by sort_order, governorate_id",
        lambda file: [
            (one.governorate.id, one.population, one.population_as_of)
            for one in governorate_facts(file, filters=FILTERS)
        ],
    ),
    "governorate_outline": (
        "select governorate_id, count(*) from serve_governorate_outline group by all order by all",
        lambda file: [(one.governorate_id, len(one.rings)) for one in boundaries(file)],
    ),
    "assessment_round": (
        "select month, assessed, bodies from serve_assessment_round order by month",
        lambda file: [(one.month, one.assessed, one.bodies) for one in readiness(file, filters=FILTERS).rounds],
    ),
    "assessed_bodies": (
        "select entity_id, level_id, base_level_id, movement from serve_assessed_bodies('2025-05', '2023-12') "
        "order by all",
        lambda file: sorted(
            (one.entity.id, one.level_id, one.base_level_id, one.way)
            for one in readiness(file, filters=FILTERS).bodies
        ),
    ),
    "change_teams": (
        "select entity_id, active_from, is_active from serve_change_teams('2025-05') order by 2 nulls last, 1",
        lambda file: [
            (one.entity.id, one.active_from, one.active) for one in change_management(file, filters=FILTERS).teams
        ],
    ),
    "change_milestone": (
        "select item_id from serve_change_milestone order by all",
        lambda file: sorted((one.facts.item.id,) for one in change_management(file, filters=None).milestones),
    ),
    "guide": (
        "select item_id, issued_on from serve_guide order by item_id",
        lambda file: sorted((one.facts.item.id, one.issued_on) for one in change_management(file, filters=None).guides),
    ),
    "silent_services": (
        "select entity_id, service_id, silent_since from serve_silent_services('2025-01', '2025-05') order by all",
        lambda file: sorted(
            (row.entity.id, service.id, since)
            for row in league(file, filters=FILTERS).rows
            for service, since in row.silent_services
        ),
    ),
    "reporting": (
        "select entity_id, month, status, transactions from serve_reporting('2025-01', '2025-05') order by all",
        lambda file: sorted(
            (one.entity.id, one.month, one.status, one.transactions) for one in read_coverage(file, (PERIOD,)).rows
        ),
    ),
    "entities_naming": (
        "select governorate_id, entity_id from serve_entities_naming('1900-01', '2025-05') order by all",
        lambda file: sorted(
            (place, entity) for place, entities in entities_naming(file, MAY).items() for entity in entities
        ),
    ),
    "naming": (
        "select governorate_id, entities_naming, entities_naming_any from serve_naming('2025-01', '2025-05') "
        "order by 1",
        lambda file: sorted((place, one.here, one.anywhere) for place, one in read_naming(file, PERIOD).items()),
    ),
    "targets": (
        "select kpi_id, entity_id, target from serve_targets('2025-01', '2025-05') order by all",
        lambda file: sorted(
            (kpi_id, entity, target.value)
            for kpi_id, by_entity in read_every_target(file, load_catalogue().values(), FILTERS).items()
            for entity, target in by_entity.items()
        ),
    ),
    "filter_option": (
        "select group_id from serve_filter_option where dimension = 'channel' order by sort_order",
        lambda file: [(one.id,) for one in filter_options(file).channels],
    ),
    "movers": (
        "select sum(numerator - base_numerator)::bigint from "
        "serve_movers('2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01') where service_id <> 'not_by_service'",
        lambda file: [(sum(one.change for one in movers(file, filters=FILTERS).services if one.kind == "both"),)],
    ),
    "service_states": (
        "select count(*) filter (where in_catalogue), count(*) filter (where is_retired) "
        "from serve_service_states((select as_of from serve_states_day('2025-01', '2025-05')))",
        lambda file: [
            (one.in_catalogue, one.by_state["retired"]) for one in (portfolio(file, filters=FILTERS),)
        ],
    ),
}  # fmt: skip
UNKNOWN_ORGANISATION = (
    "serve_entity_levels('2025-05', organisation := 'now')",
    "serve_level_holders('2025-05', organisation := 'now')",
    "serve_service_names(organisation := 'now')",
    "serve_service_progress('2025-05', organisation := 'now')",
    "serve_silent_services('2024-01', '2025-05', organisation := 'now')",
    "serve_reporting('2025-01', '2025-05', organisation := 'now')",
    "serve_entities_naming('2025-01', '2025-05', organisation := 'now')",
    "serve_naming('2025-01', '2025-05', organisation := 'now')",
    "serve_service_states('2025-05-31', organisation := 'now')",
)


@pytest.fixture(scope="module")
def file(demo_workspace: Path) -> Warehouse:
    return Warehouse.open(demo_workspace)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_statement_of_an_analyst_gives_what_the_screens_show(file: Warehouse, question: str) -> None:
    statement, read = QUESTIONS[question]
    shown = read(file)
    assert shown
    assert file.query(statement).rows() == shown


@pytest.mark.parametrize("call", UNKNOWN_ORGANISATION)
def test_an_organisation_that_is_not_known_is_refused_in_words(file: Warehouse, call: str) -> None:
    with pytest.raises(QueryRefused, match="organisation := 'now' is not known"):
        file.query(f"select * from {call}")


def test_a_month_that_is_none_is_refused_in_words(file: Warehouse) -> None:
    with pytest.raises(QueryRefused, match="is no month"):
        file.query("select * from serve_reporting('spring', '2025-05')")


def test_services_are_told_by_entity_or_governorate_and_by_nothing_else(file: Warehouse) -> None:
    with pytest.raises(QueryRefused, match="by := 'level' names no group"):
        file.query("select * from serve_top_services('2025-01', '2025-05', '2024-01', '2024-05', by := 'level')")


def test_a_build_made_before_a_question_was_served_says_that_it_is_older(file: Warehouse) -> None:
    with pytest.raises(BuildUnavailable, match="older form.*serve_tomorrow"):
        file.query("select * from serve_tomorrow('2025-05')")


def test_every_question_that_is_served_is_described(file: Warehouse) -> None:
    told = "select macro_name as name, en from meta_macro union all select object_name, en from meta_object"
    words = dict(file.query(told).iter_rows())
    assert all(words[f"serve_{question}"] for question in QUESTIONS)
