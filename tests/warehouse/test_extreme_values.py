"""The largest values that are accepted never overflow a build; a value that would is told with its file and row."""

from decimal import Decimal

import duckdb
import pytest

from kpi.errors import SettingsError
from kpi.ingest.contracts import LARGEST_COUNT, LARGEST_FEE_OMR
from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.statements import run_statement
from tests.warehouse.smalltown import REGISTRIES

ROWS = 400


def test_the_largest_values_of_many_rows_are_built_and_summed_exactly(tmp_path):
    for name, text in REGISTRIES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = Settings(workspace=tmp_path)
    head = "transaction_id,submitted_at,completed_at,service_id,channel,outcome,fee_omr,rating,transactions\n"
    row = f"X-{{}},2024-01-01,2024-03-31,swim,web,completed,{LARGEST_FEE_OMR},5,{LARGEST_COUNT}\n"
    path = tmp_path / "inbox" / "transactions" / "extreme.csv"
    path.parent.mkdir()
    path.write_text(head + "".join(map(row.format, range(ROWS))), encoding="utf-8")
    assert load(settings).rows_rejected == 0
    build(settings)
    warehouse = Warehouse.open(settings.workspace)
    fees, points = warehouse.query("select sum(fee_omr), sum(rating_points)::bigint from fct_transaction_month").row(0)
    assert fees == Decimal(LARGEST_FEE_OMR) * LARGEST_COUNT * ROWS
    assert points == 4 * LARGEST_COUNT * ROWS


def test_a_value_that_breaks_a_statement_is_told_with_its_file_and_row():
    with duckdb.connect() as connection:
        connection.execute(
            "create table lake_transactions (lake_file varchar, source_row integer, transactions bigint); "
            "insert into lake_transactions values ('lake/a', 7, 3), ('lake/b', 12, 9000000000000000000)"
        ).fetchall()
        connection.execute(
            "create table lake_files as select * from (values ('a.csv', 'lake/a'), ('b.csv', 'lake/b')) "
            "as t (source_file, lake_file)"
        ).fetchall()
        with pytest.raises(SettingsError) as caught:
            run_statement(
                connection, "fct_x", "create table x as select (sum(transactions) * 2)::bigint from lake_transactions"
            )
    assert caught.value.key == "sql_failed_on_rows"
    for language in ("ar", "en"):
        assert "b.csv, 12, transactions: 9000000000000000000" in caught.value.what(language)
        assert "kpi withdraw" in caught.value.next_step(language)
