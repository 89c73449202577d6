"""Rankings, maps, series and the other questions; whatever the slice, the parts make up the whole."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.periods import Period, shift_months
from kpi.queries.claims import claims
from kpi.queries.coverage import coverage
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.freshness import freshness
from kpi.queries.governorates import governorate_map
from kpi.queries.headline import headline
from kpi.queries.options import filter_options
from kpi.queries.ranking import ranking
from kpi.queries.series import series, several_series
from kpi.warehouse.connect import Warehouse

THIS_YEAR = Filters(Period.parse("2025-01..2025-05"))
ENTITIES = ["health", "police", "trade", "ports", "newborn", "archive"]
GOVERNORATES = ["G-A", "G-B", "G-C", NOT_ALLOCATED]
CHANNELS = ["app", "web", "counter", "kiosk"]
FILTERS = st.builds(
    lambda first, months, entity, governorate, channel: Filters(
        Period(shift_months(date(2023, 11, 1), first), shift_months(date(2023, 11, 1), first + months)),
        entity,
        governorate,
        channel,
    ),
    st.integers(0, 20),
    st.integers(0, 14),
    st.none() | st.sampled_from(ENTITIES),
    st.none() | st.sampled_from(GOVERNORATES),
    st.none() | st.sampled_from(CHANNELS),
)
SUMS = st.sampled_from(["digital_transactions", "transactions"])
FEW = settings(max_examples=25, deadline=None)
FEWER = settings(max_examples=8, deadline=None)


def total(warehouse: Warehouse, kpi_id: str, filters: Filters) -> float:
    return headline(warehouse, kpi_id=kpi_id, filters=filters).value or 0


@FEW
@given(kpi_id=SUMS, filters=FILTERS)
def test_entities_add_up_to_the_total_of_any_slice(small: Warehouse, kpi_id: str, filters: Filters) -> None:
    rows = ranking(small, kpi_id=kpi_id, filters=filters).rows
    assert sum(row.value or 0 for row in rows) == total(small, kpi_id, filters)
    shares = [row.share_pct for row in rows if row.share_pct is not None]
    assert not shares or sum(shares) == pytest.approx(100)


@FEW
@given(kpi_id=SUMS, filters=FILTERS)
def test_governorates_and_the_remainder_add_up_to_the_total(small: Warehouse, kpi_id: str, filters: Filters) -> None:
    answer = governorate_map(small, kpi_id=kpi_id, filters=filters)
    parts = sum(place.value or 0 for place in answer.values) + (answer.not_allocated or 0)
    assert parts == (answer.total or 0) == total(small, kpi_id, replace(filters, governorate_id=None))


@FEWER
@given(kpi_id=SUMS, filters=FILTERS)
def test_channels_and_governorates_chosen_one_by_one_add_up(small: Warehouse, kpi_id: str, filters: Filters) -> None:
    every_channel, everywhere = replace(filters, channel=None), replace(filters, governorate_id=None)
    by_channel = (total(small, kpi_id, replace(filters, channel=channel)) for channel in CHANNELS)
    by_place = (total(small, kpi_id, replace(filters, governorate_id=place)) for place in GOVERNORATES)
    assert sum(by_channel) == total(small, kpi_id, every_channel)
    assert sum(by_place) == total(small, kpi_id, everywhere)


@FEW
@given(kpi_id=SUMS, filters=FILTERS)
def test_the_points_of_a_period_add_up_to_its_headline(small: Warehouse, kpi_id: str, filters: Filters) -> None:
    answer = series(small, kpi_id=kpi_id, filters=filters, at_least_months=1)
    assert sum(point.value or 0 for point in answer.points) == total(small, kpi_id, filters)


def test_entities_are_ranked_with_share_change_and_months_reported(small: Warehouse) -> None:
    rows = ranking(small, kpi_id="digital_transactions", filters=THIS_YEAR).rows
    assert [row.entity.id for row in rows] == ["police", "health", "trade", "newborn", "ports"]
    police, _, trade, newborn, ports = rows
    assert (police.value, police.change_pct) == (1100, pytest.approx(10))
    assert police.share_pct == pytest.approx(100 * 1100 / 1910)
    assert (trade.reported_months, trade.expected_months) == (3, 5)
    assert (newborn.reported_months, newborn.expected_months, newborn.change_pct) == (4, 4, None)
    assert (ports.value, ports.share_pct, ports.reported_months) == (None, None, 0)


def test_percentages_are_ranked_without_shares_and_change_by_points(small: Warehouse) -> None:
    row = ranking(small, kpi_id="completion_rate", filters=replace(THIS_YEAR, entity_id="health")).rows[0]
    assert (row.share_pct, row.change_pct) == (None, None)
    assert row.change_points is not None


def test_where_less_is_better_the_smallest_value_comes_first(small: Warehouse) -> None:
    values = [row.value for row in ranking(small, kpi_id="processing_time_median", filters=THIS_YEAR).rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known)
    assert values[: len(known)] == known


def test_a_stock_is_ranked_by_the_owner_of_what_it_counts(small: Warehouse) -> None:
    rows = ranking(small, kpi_id="programme_performance", filters=THIS_YEAR).rows
    assert [(row.entity.id, row.value, row.change_points) for row in rows] == [("police", 80, 70), ("health", 60, 50)]


def test_a_kpi_without_entities_has_no_ranking_and_says_so(small: Warehouse) -> None:
    answer = ranking(small, kpi_id="journeys_designed", filters=THIS_YEAR)
    assert (answer.rows, answer.nothing) == ((), "not_applicable")


def test_the_map_shows_every_governorate_its_residents_and_the_remainder(small: Warehouse) -> None:
    answer = governorate_map(small, kpi_id="digital_transactions", filters=THIS_YEAR)
    alpha, beta, gamma = answer.values
    assert (alpha.value, beta.value, gamma.value) == (500, 1100, None)
    assert (alpha.per_1000, beta.per_1000, gamma.per_1000) == (500, 275, None)
    assert (answer.not_allocated, answer.total) == (310, 1910)
    assert (beta.tile_row, beta.tile_col) == (1, 2)


def test_the_map_shows_all_governorates_whichever_one_is_chosen(small: Warehouse) -> None:
    chosen = replace(THIS_YEAR, governorate_id="G-B")
    assert governorate_map(small, kpi_id="transactions", filters=chosen) == governorate_map(
        small, kpi_id="transactions", filters=THIS_YEAR
    )


def test_a_kpi_without_governorates_has_an_empty_map_and_says_so(small: Warehouse) -> None:
    answer = governorate_map(small, kpi_id="programme_performance", filters=THIS_YEAR)
    assert {place.value for place in answer.values} == {None}
    assert (answer.not_allocated, answer.nothing) == (None, "not_applicable")


def test_a_series_reaches_back_two_years_and_stands_beside_the_year_before(small: Warehouse) -> None:
    answer = series(small, kpi_id="digital_transactions", filters=THIS_YEAR)
    assert (answer.points[0].month, answer.points[-1].month) == (date(2024, 1, 1), date(2025, 5, 1))
    pairs = list(zip(answer.points, answer.base_points, strict=True))
    assert {shift_months(point.month, -12) == base.month for point, base in pairs} == {True}
    assert (pairs[-1][0].value, pairs[-1][1].value) == (360, 860)
    assert series(small, kpi_id="digital_transactions", filters=THIS_YEAR, compare=False).base_points == ()


def test_a_month_without_data_is_a_gap_and_not_a_zero(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="trade")
    values = [point.value for point in series(small, kpi_id="transactions", filters=filters).points]
    assert values[-3:] == [40, None, None]


def test_a_new_version_of_a_definition_breaks_the_series(small: Warehouse) -> None:
    filters = Filters(Period.parse("2025-01..2025-12"))
    breaks = series(small, kpi_id="priority_services_simplified", filters=filters).breaks
    assert [(mark.month, bool(mark.note("ar") and mark.note("en"))) for mark in breaks] == [(date(2025, 6, 1), True)]


def test_several_series_asked_at_once_are_those_asked_one_by_one(small: Warehouse) -> None:
    kpi_ids = ("transactions", "services_digitised", "satisfaction", "processing_time_median")
    for filters in (THIS_YEAR, replace(THIS_YEAR, governorate_id="G-B"), replace(THIS_YEAR, channel="web")):
        found = several_series(small, kpi_ids=kpi_ids, filters=filters)
        assert found == tuple(series(small, kpi_id=kpi_id, filters=filters) for kpi_id in kpi_ids)
    assert [one.nothing for one in found] == [None, "not_applicable", "not_provided", "not_provided"]
    assert several_series(small, kpi_ids=(), filters=THIS_YEAR) == ()


def test_a_quarterly_log_is_drawn_by_quarter(quarterly: Warehouse) -> None:
    answer = series(quarterly, kpi_id="transactions", filters=Filters(Period.parse("2017-04..2017-06")))
    assert answer.months_per_point == 3
    assert [point.value for point in answer.points] == [1200, 1201, 1202, 1203, 1204, 305]


def test_coverage_counts_within_the_chosen_entity(small: Warehouse) -> None:
    reported = coverage(small, filters=replace(THIS_YEAR, entity_id="trade"))
    assert reported is not None
    assert (reported.reported, reported.expected, len(reported.partial)) == (1, 1, 1)


def test_the_filters_offer_what_is_in_the_file(small: Warehouse) -> None:
    options = filter_options(small)
    assert [entity.id for entity in options.entities] == ["archive", "health", "newborn", "police", "ports", "trade"]
    assert [place.id for place in options.governorates] == ["G-A", "G-B", "G-C"]
    assert [channel.id for channel in options.channels] == ["app", "web", "counter"]
    assert (options.first_month, options.last_month) == (date(2024, 1, 1), date(2025, 5, 1))
    assert options.default_period == Period.parse("2025-01..2025-05")


def test_freshness_tells_the_build_and_that_the_rows_are_synthetic(small: Warehouse) -> None:
    build = freshness(small)
    assert build.build_id == small.build_id
    assert (build.synthetic, build.workspace_name_en, build.reporting_months) == (True, "Small workspace", 1)
    assert build.rows_accepted > 0


def test_published_figures_stand_beside_the_computed_ones(small: Warehouse) -> None:
    met, without_kpi = claims(small)
    assert (met.verdict, met.published_value, met.computed_value) == ("agrees", 1900, 1910)
    assert met.period == THIS_YEAR.period
    assert (without_kpi.verdict, without_kpi.computed_value) == ("not_computable", None)
    assert without_kpi.why_ar


def test_before_the_first_log_everything_answers_and_nothing_is_provided(empty: Warehouse) -> None:
    assert filter_options(empty).default_period is None
    assert headline(empty, kpi_id="transactions", filters=THIS_YEAR).nothing == "not_provided"
    assert headline(empty, kpi_id="programme_performance", filters=THIS_YEAR).nothing == "not_provided"
    assert series(empty, kpi_id="transactions", filters=THIS_YEAR).nothing == "not_provided"
    assert ranking(empty, kpi_id="transactions", filters=THIS_YEAR).nothing == "not_provided"
    assert governorate_map(empty, kpi_id="transactions", filters=THIS_YEAR).nothing == "not_provided"
    assert coverage(empty, filters=THIS_YEAR) is None
    assert claims(empty) == ()
