"""Duration classes: whole minutes by the clock, exact below 64, and within 1/64 of the duration above."""

from collections.abc import Generator
from pathlib import Path

import duckdb
import pytest

from kpi.warehouse.lake_views import LAKE_SCHEMAS

CUBE = Path(__file__).resolve().parents[2] / "sql" / "cube" / "fct_duration_month.sql"
# The value that stands for a class is that of kpi_points.
ERRORS = """
select entity_id::bigint as minutes, bucket_minutes + case
    when bucket_minutes < 64 then 0 else (pow(2, floor(log2(bucket_minutes)) - 5) - 1) / 2
end as value from classes
"""


@pytest.fixture
def lake() -> Generator[duckdb.DuckDBPyConnection]:
    """Give a lake with one transaction of every duration up to 400 000 minutes; its entity is named for the minutes."""
    with duckdb.connect() as connection:
        connection.execute(f"create table lake_transactions ({LAKE_SCHEMAS['transactions']})").fetchall()
        connection.execute(
            "insert into lake_transactions by name select timestamp '2024-01-01 10:00:30' as submitted_at, "
            "timestamp '2024-01-01 10:00:15' + to_minutes(n) as completed_at, date '2024-01-01' as month, "
            "n::varchar as entity_id, 'completed' as outcome, 1 as transactions from range(1, 400001) as minutes(n)"
        ).fetchall()
        yield connection


def test_minutes_are_those_the_clock_shows_and_classes_are_close(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute(f"create table classes as {CUBE.read_text(encoding='utf-8')}").fetchall()
    lake.execute(f"create table errors as {ERRORS}").fetchall()
    counted = lake.execute("select count(*), count(distinct minutes) from errors").fetchall()[0]
    assert counted == (400_000, 400_000)
    below = lake.execute("select count(*) from errors where minutes < 64 and value <> minutes").fetchall()[0][0]
    assert below == 0
    largest = lake.execute("select max(abs(value - minutes) / minutes) from errors").fetchall()[0][0]
    assert 0.01 < largest < 1 / 64


def test_cutting_both_ends_to_the_minute_counts_the_boundaries_between_them(lake: duckdb.DuckDBPyConnection) -> None:
    differing = lake.execute(
        "select count(*) from lake_transactions where date_diff('minute', submitted_at, completed_at) <> "
        "date_diff('minute', date_trunc('minute', submitted_at), date_trunc('minute', completed_at)) "
        "or date_diff('minute', submitted_at, completed_at) <> entity_id::bigint"
    ).fetchall()[0][0]
    assert differing == 0
