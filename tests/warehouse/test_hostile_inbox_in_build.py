"""An inbox full of hostile files still makes a build, and its ledger accounts for every file and row."""

import json
from pathlib import Path

import pytest

from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from tests.ingest.conftest import REGISTRIES
from tests.ingest.hostile_files import CASES

SLOW = {"gzip bomb of one endless line", "workbook that unpacks to 300 MB", "workbook that lies about its size"}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "reference").mkdir()
    (folder / "workspace.toml").write_text('name_ar = "اختبار"\nname_en = "Test"\n', encoding="utf-8")
    for name, text in REGISTRIES.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    for number, case in enumerate(CASES):
        if not case.sources and case.name not in SLOW:
            path = folder / "inbox" / "transactions" / f"{number:03}" / case.file
            path.parent.mkdir(parents=True)
            path.write_bytes(case.content())
    settings = Settings(workspace=folder)
    load(settings)
    assert not any(check.blocks for check in build(settings).checks)
    return Warehouse.open(folder)


def test_the_ledger_accounts_for_every_file_and_row(warehouse: Warehouse) -> None:
    ledger = warehouse.query("select * from load_file order by source_file")
    for entry in ledger.to_dicts():
        case = CASES[int(Path(entry["source_file"]).parts[1])]
        assert entry["error_key"] == case.error, case.name
        expected = (0, 0) if case.error else (case.read, case.accepted)
        assert (entry["rows_read"], entry["rows_accepted"]) == expected, case.name
        assert entry["rows_read"] == entry["rows_accepted"] + entry["rows_rejected"]
        left_out = entry["rows_held"] + entry["rows_replaced"] + entry["rows_duplicate"]
        assert entry["rows_accepted"] == entry["rows_counted"] + left_out
        assert set(json.loads(entry["rejected_by_reason"])) == set(case.reasons), case.name
    assert len(ledger) >= 100


def test_what_is_counted_is_what_the_ledger_counts(warehouse: Warehouse) -> None:
    counted = warehouse.query("select sum(log_rows)::bigint from fct_transaction_service_month").item()
    assert counted == warehouse.query("select sum(rows_counted)::bigint from load_file").item()
    assert warehouse.query("select count(*) from load_replaced").item() > 0
