"""A log is declared once: a column or a log that is added to the contracts alone is counted all the way to the file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.load import load
from kpi.lake import Lake
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.logs import LAKE_SCHEMAS

REFERENCE = {
    "entities": "entity_id,name_ar,name_en\nbaths,الحمّامات,Baths\nparks,الحدائق,Parks\n",
    "services": "service_id,entity_id,name_ar,name_en\nswim,baths,سباحة,Swim\npicnic,parks,نزهة,Picnic\n",
    "indicators": "indicator_id,name_ar,name_en\ni1,مؤشر,Indicator\n",
}
LOGS = {
    "transactions": "transaction_id,submitted_at,service_id,outcome,channel\n1,2024-01-05,swim,completed,web\n"
    "2,2024-01-06,picnic,completed,\n",
    "assessments": "entity_id,indicator_id,assessed_on,score_pct\nbaths,i1,2024-01-31,70\nparks,i1,2024-01-31,80\n",
}
VISITS = """
CONTRACTS["visits"] = Contract(
    "visits",
    (
        _reference("service_id", registry="services"),
        _day("visited_on"),
        _count("visitors"),
    ),
    key=("service_id", "visited_on"),
    registries=("services",),
    day="visited_on",
    owner="service_id",
)
"""
VISIT_TABLE = """-- one row per service and day on which it was visited
create table fct_visit as
select service_id, visited_on, visitors from lake_visits order by all;
comment on table fct_visit is 'Visits as sent. | الزيارات كما وردت.';
comment on column fct_visit.visited_on is 'Day of the visits. | يوم الزيارات.';
comment on column fct_visit.visitors is 'Visitors. | عدد الزوار.';
"""


def workspace(folder: Path, **logs: str) -> Path:
    (folder / "reference").mkdir(parents=True)
    (folder / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Smalltown"\n', encoding="utf-8")
    for name, text in REFERENCE.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, text in (LOGS | logs).items():
        (folder / "inbox" / name).mkdir(parents=True)
        (folder / "inbox" / name / "a.csv").write_text(text, encoding="utf-8")
    return folder


def columns_of(folder: Path) -> dict[str, dict[str, int]]:
    """Return log → column → values, of those that were accepted and all can be read."""
    warehouse = Warehouse.open(folder)
    found: dict[str, dict[str, int]] = {}
    for log, column, accepted, visible in warehouse.query("select * from load_column").rows():
        assert accepted == visible, (log, column)
        found.setdefault(log, {})[column] = visible
    warehouse.close()
    return found


def test_every_stored_column_of_every_log_is_counted(tmp_path) -> None:
    folder = workspace(tmp_path / "town")
    load(Settings(workspace=folder))
    build(Settings(workspace=folder))
    found = columns_of(folder)
    for log in LOGS:
        assert set(found[log]) == set(CONTRACTS[log].lake_schema)
    assert found["transactions"]["channel"] == 1
    assert found["transactions"]["service_id"] == 2


def test_sql_declares_the_columns_that_the_lake_holds() -> None:
    with duckdb.connect() as connection:
        for log, contract in CONTRACTS.items():
            connection.execute(f"create table {log} ({LAKE_SCHEMAS[log]})").fetchall()
            names = [row[0] for row in connection.execute(f"describe {log}").fetchall()]
            assert names == [*contract.lake_schema, "lake_file"]


def with_visits(tmp_path: Path) -> Path:
    """Return a copy of the program with two files changed: the contracts name a log, and a core table publishes it."""
    code = tmp_path / "code"
    for name in ("kpi", "sql", "pages"):
        shutil.copytree(REPOSITORY / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
    contracts = code / "kpi" / "ingest" / "contracts.py"
    text = contracts.read_text(encoding="utf-8")
    column = '        _percent("score_pct"'
    assert column in text
    contracts.write_text(text.replace(column, f'        _count("assessors"),\n{column}') + VISITS, encoding="utf-8")
    (code / "sql" / "core" / "fct_visit.sql").write_text(VISIT_TABLE, encoding="utf-8")
    return code


def run(code: Path, folder: Path, *arguments: str, status: int = 0) -> str:
    environment = os.environ | {"PYTHONPATH": str(code), "KPI_WORKSPACE": str(folder), "KPI_LANGUAGE": "en"}
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "kpi", *arguments],
        cwd=code,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stderr
    return ended.stdout + ended.stderr


def test_a_log_is_added_with_its_contract_and_its_core_table_alone(tmp_path) -> None:
    code = with_visits(tmp_path)
    folder = workspace(
        tmp_path / "town",
        assessments=LOGS["assessments"].replace("score_pct\n", "score_pct,assessors\n").replace("70\n", "70,3\n"),
        visits="service_id,visited_on,visitors\nswim,2024-01-02,7\npicnic,2024-01-02,\npicnic,2024-01-03,1\n"
        "sauna,2024-01-03,1\nswim,2024-01-04,-5\nswim,2024-01-02,7\nswim,someday,1\n",
    )
    folder.joinpath("inbox/assessments/b.csv").write_text(LOGS["assessments"].replace("01-31", "02-29"), "utf-8")
    with (folder / "workspace.toml").open("a", encoding="utf-8") as settings:
        settings.write("[gate]\nrejected_share_pct = 100\n")
    for command in ("load", "build"):
        run(code, folder, command)
    found = columns_of(folder)
    assert found["assessments"]["assessors"] == 1
    assert found["visits"] == {"source_row": 3, "service_id": 3, "visited_on": 3, "visitors": 2}
    warehouse = Warehouse.open(folder)
    sent = warehouse.query("select entity_id, log_rows from load_coverage where log = 'visits' order by 1").rows()
    seen = warehouse.query("select service_id, visitors from fct_visit order by all").rows()
    rejected = warehouse.query("select source_row, reason from load_rejected where log = 'visits' order by 1").rows()
    said = warehouse.query("select en from meta_column where object_name = 'fct_visit' and column_name = 'visitors'")
    warehouse.close()
    assert sent == [("baths", 1), ("parks", 2)]
    assert seen == [("picnic", 1), ("picnic", None), ("swim", 7)]
    assert [reason for _, reason in rejected] == ["unknown_service", "out_of_range", "duplicate_id", "not_a_date"]
    assert said.item() == "Visitors."
    run(code, folder, "rows", "--log", "visits", "--out", str(tmp_path / "visits.csv"))
    assert "swim" in (tmp_path / "visits.csv").read_text(encoding="utf-8")


def test_published_rows_of_an_added_log_do_not_disappear_in_silence(tmp_path) -> None:
    code = with_visits(tmp_path)
    rows = "".join(f"swim,2024-01-{day:02},1\n" for day in range(1, 29))
    folder = workspace(tmp_path / "town", visits=f"service_id,visited_on,visitors\n{rows}")
    for command in ("load", "build"):
        run(code, folder, command)
    table = code / "sql" / "core" / "fct_visit.sql"
    table.write_text(VISIT_TABLE.replace("from lake_visits", "from lake_visits where visitors > 9"), encoding="utf-8")
    assert "fct_visit" in run(code, folder, "build", status=1)


@pytest.mark.parametrize("lost", ["values of a column", "a whole log"])
def test_what_was_accepted_and_cannot_be_read_blocks_the_build(tmp_path, lost) -> None:
    folder = workspace(tmp_path / "town")
    load(Settings(workspace=folder))
    for path in (Lake(folder).root / "files").glob("*.json"):
        entry = json.loads(path.read_text(encoding="utf-8"))
        if lost == "values of a column" and entry["log"] == "transactions":
            entry["accepted_values"]["channel"] += 1
        if lost == "a whole log" and entry["log"] == "assessments":
            entry["log"] = "letters"
        path.write_text(json.dumps(entry), encoding="utf-8")
    run = [sys.executable, "-m", "kpi", "build", "--workspace", str(folder)]
    ended = subprocess.run(run, cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 1
    check = {"values of a column": "values_accepted_are_values_read", "a whole log": "ledger_matches_lake"}[lost]
    assert check in ended.stderr
