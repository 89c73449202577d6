"""The command line as a person uses it: real processes, exit codes, files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from kpi.settings import REPOSITORY


def kpi(*arguments: str, workspace: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KPI_WORKSPACE": str(workspace), "KPI_LANGUAGE": "en", "COLUMNS": "200"} | more
    return subprocess.run(
        [sys.executable, "-m", "kpi", *arguments],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_query_prints_a_table_with_the_build_it_came_from(demo_workspace: Path) -> None:
    done = kpi(
        "query", "select count(*) as entities from dim_entity where reports_transactions", workspace=demo_workspace
    )
    assert done.returncode == 0
    assert "48" in done.stdout
    assert "from build" in done.stderr


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
def test_query_writes_the_same_rows_in_every_format(demo_workspace: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"rows.{form}"
    sql = "select entity_id, name_ar from dim_entity order by entity_id"
    done = kpi("query", sql, "--format", form, "--out", str(out), workspace=demo_workspace)
    assert done.returncode == 0, done.stderr
    readers = {
        "csv": lambda: pl.read_csv(out),
        "json": lambda: pl.DataFrame(json.loads(out.read_text(encoding="utf-8"))),
        "parquet": lambda: pl.read_parquet(out),
        "xlsx": lambda: pl.read_excel(out),
    }
    rows = readers[form]()
    assert rows.height == 49
    assert rows.filter(pl.col("name_ar").str.contains("وزارة الصحة")).height == 1


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("drop table dim_entity", id="drop"),
        pytest.param("select 1; select 2", id="two-statements"),
        pytest.param("copy dim_entity to 'x.csv'", id="copy"),
        pytest.param("with x as (copy (select 1) to 'x.csv') select * from x", id="copy-in-with"),
        pytest.param("select * from read_csv('/etc/passwd')", id="read-file"),
        pytest.param("attach '/tmp/other.duckdb'", id="attach"),
        pytest.param("select * from no_such_table", id="unknown-table"),
    ],
)
def test_query_refuses_what_is_not_one_select_and_shows_no_traceback(demo_workspace: Path, sql: str) -> None:
    done = kpi("query", sql, workspace=demo_workspace)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert "→" in done.stderr


def test_query_stops_at_its_time_limit(demo_workspace: Path) -> None:
    sql = "select count(*) from range(1000000) a, range(1000000) b"
    done = kpi("query", sql, workspace=demo_workspace, KPI_QUERY_TIMEOUT_SECONDS="1")
    assert done.returncode == 2
    assert "longer than 1" in done.stderr


def test_a_workspace_without_a_build_exits_4_and_names_the_command(tmp_path: Path) -> None:
    done = kpi("query", "select 1", workspace=tmp_path)
    assert done.returncode == 4
    assert "kpi build" in done.stderr
    assert "لا يوجد بناء منشور" in done.stderr


def test_doctor_tells_the_build_and_the_settings(demo_workspace: Path) -> None:
    done = kpi("doctor", workspace=demo_workspace)
    assert done.returncode == 0
    assert "is published" in done.stdout
    assert "PSEUDONYM_KEY_FILE" in done.stdout


def test_doctor_explains_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    done = kpi("doctor", workspace=tmp_path)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr + done.stdout
    assert "workspace.toml" in done.stdout


def test_a_wrong_setting_is_named_and_exits_2(tmp_path: Path) -> None:
    done = kpi("doctor", workspace=tmp_path, KPI_PORT="0")
    assert done.returncode == 2
    assert "KPI_PORT" in done.stderr


def test_an_unreadable_file_exits_3_and_the_others_are_loaded(demo_workspace: Path, tmp_path: Path) -> None:
    workspace = Path(shutil.copytree(demo_workspace, tmp_path / "workspace", symlinks=True))
    (workspace / "inbox" / "services" / "broken.parquet").write_bytes(b"this is not parquet")
    extra = workspace / "inbox" / "services" / "extra.csv"
    known = pl.read_csv(workspace / "reference" / "services.csv", infer_schema=False)["service_id"][0]
    rows = "".join(f"{service},registered,2025-01-01\n" for service in ("no-such-service", known))
    extra.write_text(f"service_id,event,event_on\n{rows}", encoding="utf-8")
    done = kpi("load", workspace=workspace)
    assert done.returncode == 3
    assert "broken.parquet" in done.stderr
    assert "The service is not in the registry. (1)" in done.stderr
