"""A build counts every transaction once, says what it left out and why, and who reported late."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from kpi.ingest.load import load
from kpi.ingest.received import Without
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.lake_views import attach_lake, attach_transactions

HEADER = "transaction_id,submitted_at,entity_id,service_id,channel,outcome\n"
REFERENCE = {
    "entities": "entity_id,name_ar,name_en,expected_from,expected_to\nbaths,الحمّامات,Baths,,\nparks,الحدائق,Parks,,\n"
    "pools,المسابح,Pools,2024-05-01,\nfarms,المزارع,Farms,,2024-03-31\n",
    "services": "service_id,entity_id,name_ar,name_en\nswim,baths,سباحة,Swim\npicnic,parks,نزهة,Picnic\n",
}
WORKSPACE = """\
name_ar = "بلدة"
name_en = "Smalltown"
timezone = "Asia/Muscat"
[reporting]
due_day = 10
due_from = 2024-04-01
"""


def rows(entity: str, service: str, month: int, *numbers: int, outcome: str = "completed") -> str:
    return "".join(f"{entity}-{number},2024-{month:02}-05,{entity},{service},web,{outcome}\n" for number in numbers)


def put(folder: Path, name: str, text: str, received: datetime) -> None:
    path = folder / "inbox" / "transactions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text, encoding="utf-8")
    os.utime(path, (received.timestamp(), received.timestamp()))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("what_counts")
    (folder / "reference").mkdir()
    (folder / "workspace.toml").write_text(WORKSPACE, encoding="utf-8")
    for name, text in REFERENCE.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    put(folder, "baths-03.csv", rows("baths", "swim", 3, *range(10)), datetime(2024, 4, 20, tzinfo=UTC))
    put(folder, "baths-04.csv", rows("baths", "swim", 4, 9, *range(10, 20)), datetime(2024, 5, 3, tzinfo=UTC))
    again = rows("baths", "swim", 4, 8, *range(11, 24), outcome="rejected") + rows("baths", "nothing", 4, 99)
    put(folder, "baths-04-corrected.csv", again, datetime(2024, 5, 20, tzinfo=UTC))
    # half past eight in the evening of the tenth in London is already the eleventh in Muscat
    put(folder, "parks-04.csv", rows("parks", "picnic", 4, 1, 2), datetime(2024, 5, 10, 20, 30, tzinfo=UTC))
    put(folder, "parks-05.csv", rows("parks", "picnic", 5, 3, 4), datetime(2024, 6, 10, 19, 30, tzinfo=UTC))
    settings = Settings(workspace=folder)
    load(settings)
    assert not any(check.blocks for check in build(settings).checks)
    return Warehouse.open(folder)


def test_every_row_read_is_accounted_for(warehouse: Warehouse) -> None:
    ledger = warehouse.query(
        "select source_file, rows_read, rows_rejected, rows_replaced, rows_duplicate, rows_counted from load_file"
    ).rows()
    assert [(Path(name).stem, *counts) for name, *counts in ledger] == [
        ("baths-03", 10, 0, 0, 2, 8),
        ("baths-04-corrected", 15, 1, 0, 0, 14),
        ("baths-04", 11, 0, 11, 0, 0),
        ("parks-04", 2, 0, 0, 0, 2),
        ("parks-05", 2, 0, 0, 0, 2),
    ]
    counted = warehouse.query("select sum(log_rows)::bigint from fct_transaction_month").item()
    assert counted == sum(row[-1] for row in ledger)


def test_the_ledger_shows_both_sendings_and_the_reasons(warehouse: Warehouse) -> None:
    replaced = warehouse.query("select old_file, new_file, entity_id, month, log_rows from load_replaced").rows()
    assert replaced == [
        ("transactions/baths-04.csv", "transactions/baths-04-corrected.csv", "baths", date(2024, 4, 1), 11)
    ]
    twins = warehouse.query("select transaction_id, kept_file, kept_row, other_file, other_row from load_duplicate")
    assert twins.rows() == [
        ("baths-8", "transactions/baths-04-corrected.csv", 1, "transactions/baths-03.csv", 9),
        # April had it, and the newer April has it no more
        ("baths-9", "transactions/baths-04.csv", 1, "transactions/baths-03.csv", 10),
    ]
    reasons, received = warehouse.query(
        "select rejected_by_reason, received_at from load_file where source_file like '%corrected%'"
    ).row(0)
    assert json.loads(reasons) == {"unknown_service": 1}
    assert received == "2024-05-20T00:00:00+00:00"
    assert warehouse.query("select entity_id from load_rejected").rows() == [("baths",)]
    assert warehouse.query("select count(*) from load_file_version where is_current").item() == 5


def test_a_month_is_reported_late_missing_or_not_expected(warehouse: Warehouse) -> None:
    rows = warehouse.query("select entity_id, month, status from serve_coverage order by all").rows()
    found = {(entity, month.month): status for entity, month, status in rows}
    assert found == {
        ("baths", 3): "reported",  # the rule holds from April on
        ("baths", 4): "reported",  # the correction came late, the month itself did not
        ("baths", 5): "missing",
        ("farms", 3): "missing",
        ("farms", 4): "not_expected",
        ("farms", 5): "not_expected",
        ("parks", 3): "missing",
        ("parks", 4): "late",
        ("parks", 5): "reported",
        ("pools", 3): "not_expected",
        ("pools", 4): "not_expected",
        ("pools", 5): "missing",
    }


def test_coverage_says_when_and_with_how_much_rejected(warehouse: Warehouse) -> None:
    row = warehouse.query(
        "select log_rows, round(rejected_pct, 2), received_on, due_on from serve_coverage "
        "where entity_id = 'baths' and month = date '2024-04-01'"
    ).row(0)
    assert row == (14, 6.67, date(2024, 5, 3), date(2024, 5, 10))


def test_who_reported_late_counts_as_having_reported(warehouse: Warehouse) -> None:
    value = warehouse.query(
        "select numerator, denominator from kpi_entities_reporting "
        "where entity_id = 'parks' and month = date '2024-04-01'"
    ).row(0)
    assert value == (1, 1)


def test_what_is_held_back_is_in_the_ledger_and_nowhere_else(warehouse: Warehouse) -> None:
    lake = Lake(warehouse.path.parent.parent)
    corrected, parks = "transactions/baths-04-corrected.csv", "transactions/parks-05.csv"
    without = Without(frozenset({parks}), frozenset({(corrected, "baths", date(2024, 4, 1))}))
    with duckdb.connect() as connection:
        attach_transactions(connection, attach_lake(connection, lake, "Asia/Muscat", without))
        counted = connection.execute(
            "select entity_id, month, count(*) from lake_transactions group by all order by all"
        ).fetchall()
        held = connection.execute("select source_file, rows_held from lake_files where rows_held > 0 order by 1")
        assert held.fetchall() == [(corrected, 14), (parks, 2)]
    # the older sending of April counts in full again, and so does the newest row of the one id that March has as well
    assert counted == [("baths", date(2024, 3, 1), 9), ("baths", date(2024, 4, 1), 11), ("parks", date(2024, 4, 1), 2)]
