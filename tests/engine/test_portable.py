"""The heavy stage stays in the subset of SQL that every engine answers alike, and what leaves it is refused."""

import re
from pathlib import Path

import pytest

from kpi.warehouse.portable import CubeNotPortable, refuse_unportable, spark_sql
from kpi.warehouse.statements import SqlFile, sql_files

SQL = Path(__file__).resolve().parents[2] / "sql"
ARABIC = re.compile(r"[\u0600-\u06ff]")
FROM = "from lake_transactions"
TRUNCATED = "date_diff('minute', date_trunc('minute', submitted_at), date_trunc('minute', completed_at))"
OFFENDERS = {
    "a cast that rounds": (f"select cast(fee_omr as bigint) as fee {FROM}", "cast"),
    "a rounding cast behind a step": (
        f"with fees as (select fee_omr as fee {FROM}) select cast(sum(fee) as bigint) as fee from fees",
        "cast",
    ),
    "a text of a time": (f"select cast(submitted_at as varchar) as moment {FROM}", "cast"),
    "a number of a text": (f"select cast(entity_id as bigint) as number {FROM}", "cast"),
    "a cast that forgives": (f"select try_cast(entity_id as date) as day {FROM}", "not_listed"),
    "a sum without a cast": (f"select sum(transactions) as n {FROM}", "total_not_cast"),
    "a count without a cast": (f"select count(*) as n {FROM}", "total_not_cast"),
    "rounding": (f"select round(fee_omr, 1) as fee {FROM}", "not_listed"),
    "division": (f"select rating / 2 as half {FROM}", "not_listed"),
    "whole division": (f"select rating // 2 as half {FROM}", "not_listed"),
    "a product of decimals": (f"select cast(fee_omr * fee_omr as decimal(18, 3)) as fee {FROM}", "decimal_product"),
    "a fraction": (f"select cast(sum(fee_omr * 1.5) as decimal(18, 3)) as fee {FROM}", "fraction"),
    "boundaries of minutes": (f"select date_diff('minute', submitted_at, completed_at) as n {FROM}", "time_between"),
    "boundaries of months": (
        f"select date_diff('month', date_trunc('month', submitted_at), date_trunc('month', completed_at)) as n {FROM}",
        "time_between",
    ),
    "ends cut to another unit": (f"select {TRUNCATED.replace('minute', 'hour', 1)} as n {FROM}", "time_between"),
    "a week": (f"select date_trunc('week', submitted_at) as week {FROM}", "unit"),
    "a day of the week": (f"select isodow(submitted_at) as day {FROM}", "not_listed"),
    "a percentile": (f"select quantile_cont(rating, 0.5) as middle {FROM}", "not_listed"),
    "a list": (f"select list(entity_id) as entities {FROM}", "not_listed"),
    "a window": (f"select row_number() over (order by source_row) as n {FROM}", "not_listed"),
    "an unknown function": (f"select reverse(entity_id) as name {FROM}", "not_listed"),
    "a pattern": (f"select entity_id {FROM} where entity_id like 'b%'", "not_listed"),
    "group by all": (f"select entity_id, cast(count(*) as bigint) as n {FROM} group by all", "not_listed"),
    "rollup": (f"select entity_id, cast(count(*) as bigint) as n {FROM} group by rollup (entity_id)", "not_listed"),
    "a filter": (f"select cast(count(*) filter (where rating = 1) as bigint) as n {FROM}", "not_listed"),
    "distinct rows": (f"select distinct entity_id {FROM}", "not_listed"),
    "an order": (f"select entity_id {FROM} order by entity_id", "not_listed"),
    "a limit": (f"select entity_id {FROM} limit 5", "not_listed"),
    "every column": (f"select * {FROM}", "star"),
    "a registry": ("select entity_id from dim_entity", "other_table"),
    "a file": ("select entity_id from 'rows.parquet'", "other_table"),
    "a union of sets": (f"select entity_id {FROM} union select service_id {FROM}", "not_listed"),
    "a join": (f"select a.entity_id {FROM} as a inner join lake_transactions as b on a.month = b.month", "not_listed"),
    "a column that is not there": (f"select entity {FROM}", "unreadable"),
    "what is no query": ("create table t as select 1", "not_one_select"),
    "two queries": (f"select entity_id {FROM}; select entity_id {FROM}", "not_one_select"),
    "what cannot be read": ("select from where", "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("cube", sql_files(SQL, "cube"), ids=lambda cube: cube.name)
def test_every_cube_of_the_product_is_in_the_subset(cube: SqlFile) -> None:
    refuse_unportable(cube)
    assert "lake_transactions" in spark_sql(cube)


@pytest.mark.parametrize("name", OFFENDERS)
def test_a_planted_offender_is_refused_with_its_reason_in_both_languages(name: str) -> None:
    text, why = OFFENDERS[name]
    with pytest.raises(CubeNotPortable) as refused:
        refuse_unportable(SqlFile("fct_own", "cube", f"-- one row\n{text}\n"))
    assert refused.value.facts["why"] == why
    assert "sql/cube/fct_own.sql" in refused.value.what("en")
    assert ARABIC.search(refused.value.what("ar")) and ARABIC.search(refused.value.next_step("ar"))


def test_what_the_product_needs_is_not_refused() -> None:
    text = f"""
        with timed as (select month, entity_id, rating, {TRUNCATED} as minutes {FROM} where outcome in ('completed'))
        select month, coalesce(entity_id, 'none') as entity_id, cast(count(distinct minutes) as bigint) as n,
            max(rating) as best, cast(sum(case when minutes between 1 and 5 then -minutes else 0 end) as bigint) as m
        from timed where rating is not null or not minutes > 3 group by 1, 2
        union all
        select month, 'all', cast(count(*) as bigint), min(rating), cast(null as bigint) from timed group by month
    """
    refuse_unportable(SqlFile("fct_own", "cube", text))
