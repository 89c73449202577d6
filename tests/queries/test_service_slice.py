"""Numbers of one service: the services of an entity make up the entity, in every KPI that tells them apart."""

from dataclasses import replace

import pytest

from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.governorates import governorate_map
from kpi.queries.headline import headline, headlines
from kpi.queries.options import find_service, services_of
from kpi.queries.series import series
from kpi.warehouse.connect import Warehouse

THIS_YEAR = Filters(Period.parse("2025-01..2025-05"))
BY_SERVICE = ("digital_transactions", "transactions", "digital_take_up", "completion_rate", "satisfaction")


@pytest.mark.parametrize("kpi_id", BY_SERVICE)
@pytest.mark.parametrize("entity_id", ["health", "police", "trade"])
@pytest.mark.parametrize("channel", [None, "web"])
def test_the_services_of_an_entity_add_up_to_it(
    small: Warehouse, kpi_id: str, entity_id: str, channel: str | None
) -> None:
    filters = replace(THIS_YEAR, entity_id=entity_id, channel=channel)
    whole = headline(small, kpi_id=kpi_id, filters=filters)
    parts = [
        headline(small, kpi_id=kpi_id, filters=replace(filters, service_id=service.id))
        for service in services_of(small, entity_id=entity_id)
    ]
    assert {part.nothing == "not_applicable" for part in parts} == {whole.nothing == "not_applicable"}
    assert sum(part.numerator or 0 for part in parts) == (whole.numerator or 0)
    assert sum(part.denominator or 0 for part in parts) == (whole.denominator or 0)


@pytest.mark.parametrize("kpi_id", BY_SERVICE)
def test_grouped_by_service_the_parts_are_those_of_the_services_one_by_one(small: Warehouse, kpi_id: str) -> None:
    grouped = small.query(
        "select group_id, value from kpi_points($kpi, '2025-01-01', '2025-05-01', by := 'service')", kpi=kpi_id
    ).rows()
    one_by_one = [
        (service, headline(small, kpi_id=kpi_id, filters=replace(THIS_YEAR, service_id=service)).value)
        for service, _ in grouped
    ]
    assert grouped
    assert sorted(grouped) == sorted(one_by_one)


def test_a_kpi_that_does_not_tell_services_apart_is_not_applicable_to_one(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="health", service_id="h1")
    kpis = ("services_digitised", "processing_time_median", "programme_performance", "data_completeness")
    assert {answer.nothing for answer in headlines(small, kpi_ids=kpis, filters=filters)} == {"not_applicable"}


def test_a_service_has_a_change_a_course_and_places_of_its_own(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="health", service_id="h1")
    answer = headline(small, kpi_id="digital_transactions", filters=filters)
    assert (answer.value, answer.change and answer.change.raw) == (500, 0)
    points = series(small, kpi_id="transactions", filters=filters).points
    assert {point.value for point in points} == {150}
    places = governorate_map(small, kpi_id="transactions", filters=filters)
    assert [place.value for place in places.values][:1] == [500]
    assert places.not_allocated == 250


def test_a_service_that_began_has_nothing_to_be_compared_with(small: Warehouse) -> None:
    answer = headline(small, kpi_id="transactions", filters=replace(THIS_YEAR, entity_id="health", service_id="h3"))
    assert (answer.value, answer.change and answer.change.reason) == (150, "base_not_covered")


def test_a_service_has_no_target(small: Warehouse) -> None:
    answer = headline(small, kpi_id="completion_rate", filters=replace(THIS_YEAR, service_id="h1"))
    assert (answer.target, answer.status) == (None, "no_target")


def test_the_services_of_an_entity_are_offered_and_one_is_found_with_its_entity(small: Warehouse) -> None:
    assert {service.id for service in services_of(small, entity_id="health")} == {"h1", "h2", "h3"}
    found = find_service(small, service_id="p1")
    assert found is not None
    assert (found.entity_id, found.label("en")) == ("police", "Fine")
    assert find_service(small, service_id="'; drop table dim_service") is None
