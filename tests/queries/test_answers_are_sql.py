"""What a screen shows, an analyst selects: each object of the file gives by plain SQL what its reader gives."""

from pathlib import Path

import pytest

from kpi.errors import QueryRefused
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.journeys import LEAST_STARTED, journeys
from kpi.queries.platforms import platforms
from kpi.queries.projects import project_log, projects
from kpi.queries.service import service_facts
from kpi.queries.service_states import as_of_day
from kpi.queries.silent_services import silent_services
from kpi.warehouse.connect import Warehouse

PERIOD = Period.parse("2025-01..2025-05")


@pytest.fixture(scope="module")
def demo(demo_workspace: Path) -> Warehouse:
    return Warehouse.open(demo_workspace)


def test_projects_are_the_rows_of_serve_projects(demo) -> None:
    shown = projects(demo, filters=Filters(PERIOD))
    selected = demo.query("select project_id, standing, variance_points from serve_projects('2025-01', '2025-05')")
    assert {(one.id, one.standing.id, one.variance_points) for one in shown.every} == set(selected.rows())
    planned = demo.query("select month, planned_pct from serve_planned_progress() where month <= '2025-05-01'")
    assert {(point.month, point.planned_pct) for point in shown.curve} == set(planned.rows())


def test_the_reports_of_a_project_are_the_rows_of_serve_project_updates(demo) -> None:
    log = project_log(demo, project_id="p26", period=PERIOD)
    assert log is not None
    selected = demo.query(
        "select reported_on, progress_pct, variance_points from serve_project_updates "
        "where project_id = 'p26' and reported_on < '2025-06-01' order by reported_on desc"
    )
    shown = [(one.reported_on, one.progress_pct, one.variance_points) for one in log.updates]
    assert shown == selected.rows() != []


def test_journeys_are_the_rows_of_serve_journeys(demo) -> None:
    shown = journeys(demo, filters=Filters(PERIOD))
    selected = demo.query(
        f"select journey_id, service_id, case when started >= {LEAST_STARTED} then completion_rate end as rate "
        f"from serve_journeys('{as_of_day(demo, PERIOD)}', '2025-01-01', '2025-05-01') where service_id is not null"
    )
    listed = {(one.journey.id, each.service.id, each.completion_rate) for one in shown for each in one.services}
    assert listed == set(selected.rows()) != set()


@pytest.mark.parametrize("entity", [None, "mtcit"])
def test_platforms_and_their_users_are_the_rows_of_the_file(demo, entity) -> None:
    shown = platforms(demo, filters=Filters(PERIOD, entity_id=entity)).platforms
    named = "null" if entity is None else f"'{entity}'"
    selected = demo.query(
        f"select platform_id, transactions from serve_platforms('2025-01', '2025-05', entity := {named})"
    )
    assert {(one.facts.item.id, one.transactions) for one in shown} == set(selected.rows())
    users = demo.query(
        "select platform_id, entity_id from serve_platform_adoption where coalesce(adopted_on < '2025-06-01', true)"
    )
    assert {(one.facts.item.id, user.entity.id) for one in shown for user in one.users or ()} == set(users.rows())


@pytest.mark.parametrize("organisation", ["as_was", "as_is"])
def test_the_facts_and_events_of_a_service_are_rows_of_the_file(demo, organisation) -> None:
    filters = Filters(PERIOD, organisation=organisation)
    rows = demo.query(
        f"select service_id, entity_id, maturity from serve_service_facts('{as_of_day(demo, PERIOD)}', "
        f"organisation := '{organisation}') order by service_id limit 3"
    ).rows()
    for service_id, entity_id, maturity in rows:
        facts = service_facts(demo, service_id=service_id, filters=filters)
        assert facts is not None
        assert (facts.entity.id, facts.maturity) == (entity_id, maturity)
        events = demo.query(
            "select event, event_on from serve_service_events where service_id = $service "
            "order by event_on, sort_order",
            service=service_id,
        )
        assert [(one.event, one.day) for one in facts.events] == events.rows()


def test_silent_services_are_the_rows_of_serve_services_silent_now(demo) -> None:
    selected = demo.query("select entity_id, service_id, silent_since, silent_until from serve_services_silent_now")
    shown = {
        (entity, one.service.id, one.since, one.until)
        for entity, all_of in silent_services(demo).items()
        for one in all_of
    }
    assert shown == set(selected.rows())


def test_an_organisation_that_does_not_exist_is_refused_and_not_answered_as_another(demo) -> None:
    with pytest.raises(QueryRefused, match="asis"):
        demo.query("select * from serve_service_facts('2025-05-31', organisation := 'asis')")
