"""What values are compared with: last year, the period before, a target, a chosen period; or why they are not."""

from dataclasses import replace
from datetime import date

import pytest

from kpi.errors import KpiError
from kpi.periods import Period
from kpi.queries.filters import Comparison, Filters
from kpi.queries.headline import headline
from kpi.queries.ranking import ranking
from kpi.queries.results import Change
from kpi.queries.series import series
from kpi.warehouse.connect import Warehouse

THIS_YEAR = Filters(Period.parse("2025-01..2025-05"))
SPRING = Filters(Period.parse("2025-03..2025-05"), compare=Comparison("previous"))
TARGET = replace(THIS_YEAR, compare=Comparison("target"))


def chosen(filters: Filters, base: str) -> Filters:
    return replace(filters, compare=Comparison.parse(base))


def change_of(warehouse: Warehouse, kpi_id: str, filters: Filters) -> Change:
    change = headline(warehouse, kpi_id=kpi_id, filters=filters).change
    assert change is not None
    return change


@pytest.mark.parametrize("key", ["year", "previous", "target", "2024-01..2024-05"])
def test_a_comparison_is_read_from_an_address_as_it_is_written(key: str) -> None:
    assert Comparison.parse(key).key == key


def test_a_comparison_with_nonsense_is_refused() -> None:
    with pytest.raises(KpiError):
        Comparison.parse("yesterday")


@pytest.mark.parametrize(
    ("key", "base"),
    [("year", "2024-01..2024-05"), ("previous", "2024-08..2024-12"), ("2023-02..2023-03", "2023-02..2023-03")],
)
def test_every_comparison_but_the_target_has_a_base(key: str, base: str) -> None:
    assert chosen(THIS_YEAR, key).base == Period.parse(base)
    assert TARGET.base is None


def test_the_period_before_is_of_the_same_length_and_ends_where_this_one_begins(small: Warehouse) -> None:
    change = change_of(small, "digital_transactions", SPRING)
    assert (change.against, change.base) == ("previous", Period.parse("2024-12..2025-02"))
    assert change.base_value == 860 + 390 + 400
    assert change.raw == pytest.approx(100 * (1120 - 1650) / 1650)


def test_like_for_like_counts_the_services_of_this_period_and_of_the_same_base(small: Warehouse) -> None:
    change = change_of(small, "digital_transactions", SPRING)
    # The ports send their last month in December, and h2 ends with the year; h3 and n1 are in both periods.
    assert {part.service.id for part in change.left} == {"s1", "h2"}
    assert change.entered == ()
    assert change.like_for_like is not None


def test_a_stock_is_compared_with_the_month_as_far_back(small: Warehouse) -> None:
    change = change_of(small, "programme_performance", chosen(THIS_YEAR, "previous"))
    assert (change.base_as_of, change.base_value, change.raw) == (date(2024, 10, 1), 30, 40)


def test_a_stock_is_compared_with_the_end_of_a_base_of_another_length(small: Warehouse) -> None:
    change = change_of(small, "programme_performance", chosen(THIS_YEAR, "2024-01..2024-04"))
    assert (change.base_as_of, change.base_value) == (date(2024, 4, 1), 10)


@pytest.mark.parametrize(
    ("kpi_id", "target", "raw"), [("digital_transactions", 1900, 100 * 10 / 1900), ("programme_performance", 75, -5)]
)
def test_against_the_target_the_change_is_the_distance_to_it(
    small: Warehouse, kpi_id: str, target: float, raw: float
) -> None:
    change = change_of(small, kpi_id, TARGET)
    assert (change.against, change.base_value, change.like_for_like) == ("target", target, None)
    assert change.raw == pytest.approx(raw)


def test_a_chosen_period_may_overlap_and_each_month_counts_on_both_sides(small: Warehouse) -> None:
    filters = chosen(replace(THIS_YEAR, entity_id="police"), "2024-11..2025-03")
    change = change_of(small, "digital_transactions", filters)
    assert (change.base_value, change.raw) == (1060, pytest.approx(100 * 40 / 1060))
    assert change.like_for_like is None  # the same service in every month: nothing entered, nothing left


@pytest.mark.parametrize(
    ("kpi_id", "filters", "reason"),
    [
        ("digital_transactions", chosen(Filters(Period.parse("2024-01..2024-05")), "previous"), "base_not_covered"),
        ("digital_take_up", chosen(THIS_YEAR, "2025-05..2025-09"), "base_not_covered"),
        ("digital_transactions", chosen(THIS_YEAR, "2024-01..2024-12"), "length_differs"),
        ("transactions", TARGET, "no_target"),
        ("completion_rate", replace(TARGET, governorate_id="G-A"), "no_target"),
        ("digital_transactions", replace(TARGET, period=Period.parse("2025-01..2025-12")), "period_incomplete"),
        (
            "priority_services_simplified",
            chosen(Filters(Period.parse("2025-06..2025-12")), "previous"),
            "definition_changed",
        ),
        ("priority_services_simplified", chosen(THIS_YEAR, "2025-08..2025-12"), "definition_changed"),
    ],
)
def test_what_is_not_comparable_says_why(small: Warehouse, kpi_id: str, filters: Filters, reason: str) -> None:
    change = change_of(small, kpi_id, filters)
    assert (change.raw, change.like_for_like, change.reason) == (None, None, reason)


def test_a_ratio_is_comparable_over_periods_of_different_length(small: Warehouse) -> None:
    change = change_of(small, "digital_take_up", chosen(THIS_YEAR, "2024-01..2024-12"))
    assert change.raw == pytest.approx(100 * 1910 / 2160 - 100 * 860 / 910)


def test_the_ranking_changes_on_the_same_base_as_the_headline(small: Warehouse) -> None:
    answer = ranking(small, kpi_id="digital_transactions", filters=SPRING)
    by_id = {row.entity.id: row.change_pct for row in answer.rows}
    assert (answer.against, answer.base) == ("previous", Period.parse("2024-12..2025-02"))
    assert by_id["police"] == pytest.approx(100 * (660 - 640) / 640)


def test_in_a_ranking_each_entity_is_held_against_its_own_target(small: Warehouse) -> None:
    answer = ranking(small, kpi_id="completion_rate", filters=TARGET)
    by_id = {row.entity.id: (row.value, row.change_points) for row in answer.rows}
    assert by_id["health"][1] is None
    value, points = by_id["police"]
    assert points == (None if value is None else pytest.approx(value - 99))


def test_the_base_of_a_series_stands_beside_it_by_position(small: Warehouse) -> None:
    answer = series(small, kpi_id="digital_transactions", filters=SPRING, at_least_months=3)
    assert [point.month for point in answer.base_points] == [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]
    assert [point.value for point in answer.base_points] == [860, 390, 400]


def test_a_series_carries_the_target_where_a_single_point_can_reach_it(small: Warehouse) -> None:
    assert series(small, kpi_id="completion_rate", filters=TARGET).target == 90
    assert series(small, kpi_id="completion_rate", filters=THIS_YEAR).target is None
    # The target of a sum is for all its months together: no month alone can be held against it.
    assert series(small, kpi_id="digital_transactions", filters=TARGET).target is None


@pytest.mark.parametrize("key", ["year", "previous", "target", "2024-02..2024-06"])
def test_a_large_entity_that_falls_silent_breaks_the_series_under_every_comparison(small: Warehouse, key: str) -> None:
    breaks = series(small, kpi_id="digital_transactions", filters=chosen(THIS_YEAR, key)).coverage_breaks
    assert [(mark.month, [entity.id for entity in mark.stopped]) for mark in breaks] == [(date(2025, 1, 1), ["ports"])]


def test_an_entity_that_is_only_late_breaks_nothing(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="trade")
    assert series(small, kpi_id="transactions", filters=filters).coverage_breaks == ()
