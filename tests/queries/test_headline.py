"""Headlines of a workspace whose numbers can be worked out by hand."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kpi.errors import KpiError
from kpi.language import format_value, strip_isolates
from kpi.periods import Period
from kpi.queries.definitions import definitions
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.headline import headline, headlines
from kpi.queries.series import series
from kpi.warehouse.connect import Warehouse

THIS_YEAR = Filters(Period.parse("2025-01..2025-05"))


def test_digital_transactions_add_up_over_months_and_entities(small: Warehouse) -> None:
    answer = headline(small, kpi_id="digital_transactions", filters=THIS_YEAR)
    assert (answer.value, answer.numerator, answer.nothing) == (1910, 1910, None)


def test_the_change_is_on_the_same_months_of_the_year_before(small: Warehouse) -> None:
    change = headline(small, kpi_id="digital_transactions", filters=THIS_YEAR).change
    assert change is not None
    assert (change.base, change.base_value, change.kind) == (Period.parse("2024-01..2024-05"), 4300, "percent")
    assert change.raw == pytest.approx(100 * (1910 - 4300) / 4300)


def test_a_silent_entity_does_not_look_like_a_collapse(small: Warehouse) -> None:
    change = headline(small, kpi_id="digital_transactions", filters=THIS_YEAR).change
    assert change is not None
    assert change.like_for_like == pytest.approx(100 * (1720 - 1620) / 1620)
    assert [(part.service.id, part.entity.id, part.change) for part in change.entered] == [
        ("h3", "health", 150),
        ("n1", "newborn", 40),
    ]
    assert [(part.service.id, part.entity.id, part.change) for part in change.left] == [
        ("s1", "ports", -2500),
        ("h2", "health", -100),
    ]
    assert (change.entered_total, change.left_total) == (190, 2600)
    assert [entity.id for entity in change.silent_entities] == ["ports"]


def test_the_raw_change_is_the_matched_months_and_the_services_that_came_and_went(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="health")
    change = headline(small, kpi_id="digital_transactions", filters=filters).change
    assert change is not None
    assert change.raw is not None
    assert change.raw / 100 * 600 == pytest.approx(change.entered_total - change.left_total)
    assert change.like_for_like == 0


def test_no_like_for_like_is_shown_where_coverage_is_the_same(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="police")
    change = headline(small, kpi_id="digital_transactions", filters=filters).change
    assert change is not None
    assert (change.raw, change.like_for_like, change.entered, change.left) == (pytest.approx(10), None, (), ())


def test_the_reporting_entities_are_counted_and_the_others_named(small: Warehouse) -> None:
    reported = headline(small, kpi_id="digital_transactions", filters=THIS_YEAR).reported
    assert reported is not None
    assert (reported.reported, reported.expected, reported.complete) == (4, 5, False)
    assert [entity.id for entity in reported.silent] == ["ports"]
    assert [entity.id for entity in reported.partial] == ["trade"]


def test_an_entity_is_not_expected_before_its_first_month(small: Warehouse) -> None:
    filters = Filters(Period.parse("2025-01"))
    reported = headline(small, kpi_id="transactions", filters=filters).reported
    assert reported is not None
    assert reported.expected == 4


def test_points_of_months_with_a_missing_entity_are_marked_partial(small: Warehouse) -> None:
    points = headline(small, kpi_id="digital_transactions", filters=THIS_YEAR).sparkline
    assert [point.month for point in points][::12] == [date(2024, 5, 1), date(2025, 5, 1)]
    assert {point.month.year for point in points if point.partial} == {2025}


@pytest.mark.parametrize(
    ("governorate", "months"),
    [(None, (1, 2, 3, 4, 5)), ("G-A", (1, 2, 3, 4, 5)), ("G-B", ()), ("G-C", ()), (NOT_ALLOCATED, (4, 5))],
)
def test_in_a_governorate_only_the_entities_that_name_it_can_be_missing(small: Warehouse, governorate, months) -> None:
    filters = replace(THIS_YEAR, governorate_id=governorate)
    sparkline = headline(small, kpi_id="transactions", filters=filters).sparkline
    drawn = series(small, kpi_id="transactions", filters=filters).points
    for points in (sparkline, drawn):
        assert tuple(point.month.month for point in points if point.partial) == months


def test_ratios_change_by_points_and_never_by_percent(small: Warehouse) -> None:
    change = headline(small, kpi_id="digital_take_up", filters=THIS_YEAR).change
    assert change is not None
    assert change.kind == "points"
    assert change.raw == pytest.approx(100 * 1910 / 2160 - 100 * 4300 / 4550)


def test_a_ratio_whose_denominator_is_zero_is_not_provided_and_not_zero(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="trade")
    answer = headline(small, kpi_id="satisfaction", filters=filters)
    assert (answer.value, answer.nothing, answer.change) == (None, "not_provided", None)


def test_a_stock_shows_its_last_counted_month_and_never_adds_months(small: Warehouse) -> None:
    answer = headline(small, kpi_id="programme_performance", filters=THIS_YEAR)
    assert (answer.value, answer.as_of) == (70, date(2025, 3, 1))
    whole = headline(small, kpi_id="programme_performance", filters=Filters(Period.parse("2024-01..2025-03")))
    assert (whole.value, whole.numerator, whole.denominator) == (70, answer.numerator, answer.denominator)


def test_a_stock_is_compared_with_the_same_month_of_the_year_before(small: Warehouse) -> None:
    change = headline(small, kpi_id="programme_performance", filters=THIS_YEAR).change
    assert change is not None
    assert (change.base_value, change.raw, change.kind) == (10, 60, "points")


def test_a_stock_has_no_reporting_count_of_the_transactions_log(small: Warehouse) -> None:
    assert headline(small, kpi_id="services_digitised", filters=THIS_YEAR).reported is None


@pytest.mark.parametrize(
    ("kpi_id", "target", "status"),
    [
        ("programme_performance", 75, "near"),
        ("services_digitised", 80, "missed"),
        ("completion_rate", 90, "met"),
        ("processing_time_median", 58, "near"),
        ("digital_transactions", 1900, "met"),
        ("transactions", None, "no_target"),
        ("digital_take_up", None, "no_target"),
    ],
)
def test_values_are_judged_by_the_target_in_force(
    small: Warehouse, kpi_id: str, target: float | None, status: str
) -> None:
    answer = headline(small, kpi_id=kpi_id, filters=THIS_YEAR)
    assert (answer.target, answer.status) == (target, status)


def test_an_entity_is_judged_by_its_own_target_only(small: Warehouse) -> None:
    of_health = headline(small, kpi_id="completion_rate", filters=replace(THIS_YEAR, entity_id="health"))
    assert (of_health.target, of_health.status) == (None, "no_target")
    of_police = headline(small, kpi_id="completion_rate", filters=replace(THIS_YEAR, entity_id="police"))
    assert of_police.target == 99


def test_a_target_without_a_value_is_never_met(small: Warehouse) -> None:
    answer = headline(small, kpi_id="services_digitised", filters=Filters(Period.parse("2026-03")))
    assert (answer.value, answer.status) == (None, "no_target")


@pytest.mark.parametrize(
    ("kpi_id", "filters"),
    [
        ("digital_take_up", replace(THIS_YEAR, channel="app")),
        ("programme_performance", replace(THIS_YEAR, governorate_id="G-A")),
        ("journeys_designed", replace(THIS_YEAR, entity_id="health")),
        ("transactions_per_1000", THIS_YEAR),
    ],
)
def test_a_slice_that_a_kpi_does_not_have_is_not_applicable(small: Warehouse, kpi_id: str, filters: Filters) -> None:
    answer = headline(small, kpi_id=kpi_id, filters=filters)
    assert (answer.value, answer.nothing, answer.change, answer.sparkline) == (None, "not_applicable", None, ())


@pytest.mark.parametrize(
    ("kpi_id", "period", "reason"),
    [
        ("digital_transactions", "2024-01..2024-05", "base_not_covered"),
        ("digital_transactions", "2025-01..2025-12", "period_incomplete"),
        ("priority_services_simplified", "2025-01..2025-12", "definition_changed"),
    ],
)
def test_what_cannot_be_compared_says_why_and_gives_no_change(
    small: Warehouse, kpi_id: str, period: str, reason: str
) -> None:
    change = headline(small, kpi_id=kpi_id, filters=Filters(Period.parse(period))).change
    assert change is not None
    assert (change.raw, change.like_for_like, change.reason) == (None, None, reason)


def test_a_count_that_begins_has_no_percent_change(small: Warehouse) -> None:
    change = headline(small, kpi_id="digital_transactions", filters=replace(THIS_YEAR, entity_id="newborn")).change
    assert change is not None
    assert (change.raw, change.reason) == (None, "base_not_covered")


def test_several_headlines_equal_the_single_ones_in_the_order_asked(small: Warehouse) -> None:
    wanted = ["satisfaction", "digital_transactions", "services_digitised", "transactions_per_1000"]
    together = headlines(small, kpi_ids=wanted, filters=THIS_YEAR)
    assert together == tuple(headline(small, kpi_id=kpi_id, filters=THIS_YEAR) for kpi_id in wanted)


def test_every_kpi_of_the_file_can_be_asked_for(small: Warehouse) -> None:
    known = definitions(small)
    assert [answer.kpi for answer in headlines(small, kpi_ids=known, filters=THIS_YEAR)] == list(known.values())


def test_an_unknown_kpi_is_refused_by_name(small: Warehouse) -> None:
    with pytest.raises(KpiError) as caught:
        headline(small, kpi_id="no_such_kpi", filters=THIS_YEAR)
    assert "no_such_kpi" in caught.value.what("ar")


def test_arabic_and_english_write_the_same_numbers(small: Warehouse) -> None:
    for answer in headlines(small, kpi_ids=definitions(small), filters=THIS_YEAR):
        if answer.value is not None and answer.kpi.unit != "minutes":
            arabic, english = (
                format_value(answer.value, answer.kpi.unit, language, answer.kpi.decimals) for language in ("ar", "en")
            )
            assert strip_isolates(arabic) == english


def test_quarters_are_shown_whole_and_a_silent_reporter_is_named(quarterly: Warehouse) -> None:
    answer = headline(quarterly, kpi_id="digital_transactions", filters=Filters(Period.parse("2017-05")))
    assert answer.period == Period.parse("2017-04..2017-06")
    assert (answer.value, answer.months_per_point) == (305, 3)
    assert answer.change is not None
    assert answer.change.raw == pytest.approx(100 * (305 - 1201) / 1201)
    assert answer.change.like_for_like == pytest.approx(100 * (305 - 301) / 301)
    assert [entity.id for entity in answer.change.silent_entities] == ["ports"]
    assert [point.month.month for point in answer.sparkline] == [1, 4, 7, 10, 1, 4]
    assert answer.sparkline[-1].partial


def test_a_department_that_stopped_reporting_real_volumes_is_no_collapse(uk_workspace: Path) -> None:
    warehouse = Warehouse.open(uk_workspace)
    answer = headline(warehouse, kpi_id="transactions", filters=Filters(Period.parse("2017-04..2017-06")))
    change = answer.change
    assert change is not None
    assert change.raw == pytest.approx(-68.956, abs=0.001)
    assert change.like_for_like == pytest.approx(0.056, abs=0.001)
    assert [entity.id for entity in change.silent_entities] == ["FCO"]
    assert {part.entity.id for part in change.left} == {"HMRC"}
    assert answer.numerator is not None
    assert change.base_value is not None
    assert change.left_total > (change.base_value - answer.numerator) * 0.99
