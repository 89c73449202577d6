"""What is on record about one entity: services, projects, readiness, team, platforms, and what there is not."""

from collections.abc import Iterator
from datetime import date

import pytest

from kpi.periods import Period
from kpi.queries.entity import entity_profile
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.warehouse.connect import Warehouse
from tests.queries.entity_workspace import publish_entities

PERIOD = Period.parse("2025-01..2025-05")


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Warehouse]:
    warehouse = Warehouse.open(publish_entities(tmp_path_factory.mktemp("town") / "workspace"))
    yield warehouse
    warehouse.close()


def profile(town, entity_id: str, period: Period = PERIOD):
    found = entity_profile(town, entity_id=entity_id, period=period)
    assert found is not None
    return found


def test_an_unknown_entity_has_no_profile(town) -> None:
    assert entity_profile(town, entity_id="nobody", period=PERIOD) is None


def test_services_are_counted_by_state_and_agree_with_the_indicator(town) -> None:
    counts = profile(town, "health").services
    assert (counts.in_scope, counts.digitised, counts.priority, counts.priority_simplified) == (1, 1, 1, 1)
    digitised = headline(town, kpi_id="services_digitised", filters=Filters(PERIOD, entity_id="health"))
    assert (digitised.numerator, digitised.denominator) == (counts.digitised, counts.in_scope)


def test_top_services_add_up_to_the_digital_transactions_of_the_entity(town) -> None:
    services = profile(town, "health").top_services
    assert [(one.service.id, one.digital_transactions, one.transactions) for one in services] == [
        ("h1", 500, 750),
        ("h3", 150, 150),
    ]
    total = headline(town, kpi_id="digital_transactions", filters=Filters(PERIOD, entity_id="health"))
    assert sum(one.digital_transactions for one in services) == total.value


def test_projects_show_the_latest_report_of_the_period(town) -> None:
    (project,) = profile(town, "health").projects
    assert (project.id, project.progress_pct, project.reported_on) == ("P1", 60, date(2025, 3, 10))
    assert project.planned_pct is None
    assert project.reported is None
    (before,) = profile(town, "health", Period.parse("2024-05..2024-12")).projects
    assert before.progress_pct == 20
    assert profile(town, "police").owns_programme_projects


def test_the_office_of_a_governor_shows_the_projects_of_its_governorate(town) -> None:
    office = profile(town, "office")
    assert office.is_office
    assert office.governorate.id == "G-A"
    assert [one.id for one in office.projects] == ["P3"]
    assert not office.reports_transactions


def test_readiness_is_compared_with_the_assessment_before_and_with_its_kind(town) -> None:
    readiness = profile(town, "police").readiness
    assert (readiness.assessed_on, readiness.previous_on) == (date(2025, 5, 31), date(2024, 5, 31))
    assert readiness.level.id == "fair"
    weakest, other = readiness.scores
    assert (weakest.indicator.id, weakest.score_pct, weakest.previous_pct) == ("i2", 60, 60)
    assert (other.indicator.id, other.score_pct, other.previous_pct) == ("i1", 70, 60)
    assert (other.kind_pct, other.bodies) == (60, 2), "police and the archive are the assessed authorities"


def test_the_first_assessment_has_none_before_it_and_an_earlier_period_has_no_assessment(town) -> None:
    first = profile(town, "health", Period.parse("2024-05..2024-12")).readiness
    assert first.previous_on is None
    assert [one.previous_pct for one in first.scores] == [None, None]
    assert first.level.id == "good"
    assert profile(town, "health", Period.parse("2024-01..2024-04")).readiness is None


def test_team_and_platforms_come_from_their_registries(town) -> None:
    health, trade = profile(town, "health"), profile(town, "trade")
    assert (health.team_from, health.team_to) == (date(2024, 6, 1), None)
    assert (trade.team_from, trade.team_to) == (date(2023, 1, 1), date(2023, 12, 31))
    assert [one.purpose("en") for one in health.platforms] == ["Keeps records"]


def test_an_entity_of_which_little_is_known_has_an_empty_profile_and_no_zeros(town) -> None:
    archive = profile(town, "archive")
    assert not archive.reports_transactions
    assert archive.services is None
    assert archive.top_services == archive.projects == archive.platforms == ()
    assert archive.team_from is None
    assert archive.readiness is not None


def test_a_workspace_without_logs_has_profiles(empty) -> None:
    found = profile(empty, "health")
    assert found.services is None
    assert found.readiness is None
    assert found.projects == ()
