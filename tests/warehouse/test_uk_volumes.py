"""Real foreign data, mapped by a sources.toml alone, give exactly the expected totals."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.queries.series import series
from kpi.warehouse.connect import Warehouse


@pytest.fixture(scope="module")
def warehouse(uk_workspace: Path) -> Warehouse:
    return Warehouse.open(uk_workspace)


def quarter(month: date) -> tuple[date, date]:
    return month, date(month.year, month.month + 2, 1)


def test_every_row_is_accepted(warehouse: Warehouse) -> None:
    freshness = warehouse.query("select * from serve_freshness").to_dicts()[0]
    assert (freshness["rows_accepted"], freshness["rows_rejected"]) == (20_684, 0)
    assert freshness["reporting_months"] == 3


def test_each_quarter_has_the_expected_totals_and_take_up_to_four_decimals(
    warehouse: Warehouse, uk_expected: Path
) -> None:
    expected = pl.read_csv(uk_expected / "expected_by_quarter.csv", try_parse_dates=True)
    for row in expected.iter_rows(named=True):
        first, last = quarter(row["Quarter starting"])
        points = {
            kpi: warehouse.query(
                "select * from kpi_points($kpi, $first, $last)", kpi=kpi, first=first, last=last
            ).to_dicts()[0]
            for kpi in ("transactions", "digital_transactions", "digital_take_up")
        }
        assert points["transactions"]["numerator"] == row["transactions"]
        assert points["digital_transactions"]["numerator"] == row["digital"]
        assert points["digital_take_up"]["denominator"] == row["transactions_with_known_channel"]
        assert round(points["digital_take_up"]["value"], 4) == row["digital_take_up_pct"]


def test_each_department_and_year_has_the_expected_total(warehouse: Warehouse, uk_expected: Path) -> None:
    expected = pl.read_csv(uk_expected / "expected_by_department_year.csv")
    found = warehouse.query(
        "select year(month)::bigint as year, entity_id, sum(numerator)::bigint as transactions "
        "from kpi_transactions group by 1, 2"
    )
    wanted = {(year, department): total for year, department, total in expected.iter_rows()}
    assert {(year, department): total for year, department, total in found.iter_rows()} == wanted


def test_departments_reporting_are_the_expected_ones(warehouse: Warehouse, uk_expected: Path) -> None:
    expected = pl.read_csv(uk_expected / "expected_by_quarter.csv", try_parse_dates=True)
    for month, departments in expected.select("Quarter starting", "departments_reporting").iter_rows():
        first, last = quarter(month)
        found = warehouse.query(
            "select numerator from kpi_points('entities_reporting', $first, $last)", first=first, last=last
        ).item()
        assert found == departments, month


def test_the_department_that_stopped_sending_is_told_apart_from_a_collapse(warehouse: Warehouse) -> None:
    change = headline(
        warehouse, kpi_id="transactions", filters=Filters(Period(date(2017, 4, 1), date(2017, 6, 1)))
    ).change
    assert change
    assert change.raw is not None
    assert change.raw < -60
    assert change.like_for_like is not None
    assert abs(change.like_for_like) < 2
    gone = change.left_by_entity[0]
    # 25 that had sent a figure, and one that had stated zero: none of them says anything any more
    assert (gone.entity.id, gone.services) == ("HMRC", 26)
    assert gone.change < -590_000_000
    assert [entity.id for entity in change.silent_entities] == ["FCO"]


def test_a_quarter_is_one_point_and_never_a_spike_between_empty_months(warehouse: Warehouse) -> None:
    shown = series(warehouse, kpi_id="transactions", filters=Filters(Period(date(2016, 1, 1), date(2016, 12, 1))))
    assert shown.months_per_point == 3
    assert all(point.value for point in shown.points)


def test_the_month_from_which_a_department_sends_next_to_nothing_breaks_the_series(warehouse: Warehouse) -> None:
    shown = series(warehouse, kpi_id="transactions", filters=Filters(Period(date(2017, 4, 1), date(2017, 6, 1))))
    stopped = [(mark.month, entity.id) for mark in shown.coverage_breaks for entity in mark.stopped]
    assert stopped == [(date(2017, 4, 1), "HMRC")]
