"""`kpi builds`, `kpi verify`, `kpi diff` and `--build`, as a person uses them."""

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from kpi.ingest.load import load
from kpi.settings import REPOSITORY
from kpi.warehouse.build import build
from tests.warehouse.smalltown import make_smalltown, write_log


def kpi(*arguments: str, workspace: Path, text: bool = True, **more: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"KPI_WORKSPACE": str(workspace), "KPI_LANGUAGE": "en", "COLUMNS": "200"} | more
    return subprocess.run(
        [sys.executable, "-m", "kpi", *arguments],
        env=environment, cwd=REPOSITORY, capture_output=True, text=text, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return a workspace with two builds; between them one month of one entity changed from 3 to 10."""
    settings = make_smalltown(tmp_path_factory.mktemp("builds"))
    first = build(settings).manifest.build_id
    write_log(settings.workspace, "parks", "picnic", [3, 10, 3])
    load(settings)
    return settings.workspace, first, build(settings).manifest.build_id


def test_builds_lists_both_with_the_current_one_first(published: tuple[Path, str, str]) -> None:
    workspace, first, second = published
    done = kpi("builds", "--format", "json", workspace=workspace)
    rows = json.loads(done.stdout)
    assert [(row["build_id"], row["is_current"], row["is_intact"]) for row in rows] == [
        (second, True, True),
        (first, False, True),
    ]
    assert [row["transactions"] for row in rows] == [37, 30]
    arabic = kpi("builds", workspace=workspace, KPI_LANGUAGE="ar").stdout
    assert "في الخدمة" in arabic


@pytest.mark.parametrize("command", [("builds",), ("query", "select 1"), ("verify",), ("load",)])
def test_a_command_that_went_well_ends_without_a_word_of_its_libraries(
    published: tuple[Path, str, str], command: tuple[str, ...]
) -> None:
    done = kpi(*command, workspace=published[0])
    assert done.returncode == 0
    assert "leaked" not in done.stderr


def test_query_answers_from_the_build_it_is_told_by_option_or_by_setting(published: tuple[Path, str, str]) -> None:
    workspace, first, _ = published
    sql = "select sum(transactions) as n from fct_transaction_month"
    for arguments, setting in ((["--build", first], {}), (["--build", "previous"], {}), ([], {"KPI_BUILD": first})):
        done = kpi("query", sql, *arguments, workspace=workspace, **setting)
        assert "30" in done.stdout, done.stderr
        assert first in done.stderr
    assert "37" in kpi("query", sql, workspace=workspace).stdout


def test_an_unknown_build_exits_2_and_names_those_there_are(published: tuple[Path, str, str]) -> None:
    workspace, first, _ = published
    for arguments in (("query", "select 1", "--build", "1999"), ("serve", "--build", "1999"), ("diff", "1999", first)):
        done = kpi(*arguments, workspace=workspace)
        assert done.returncode == 2
        assert first in done.stderr
        assert "Traceback" not in done.stderr


def test_verify_exits_0_and_speaks_both_languages(published: tuple[Path, str, str]) -> None:
    workspace, first, second = published
    same = kpi("verify", workspace=workspace)
    assert same.returncode == 0, same.stderr
    assert f"Build {second} is exactly what the lake" in same.stderr
    assert "مطابق تمامًا" in same.stderr
    older = kpi("verify", "--build", first, workspace=workspace)
    assert older.returncode == 1
    assert "the sum of transactions is 30 in the build and 37 in a fresh make" in older.stderr
    assert "the following changed: lake" in older.stderr


@pytest.mark.parametrize("command", [("builds",), ("verify",), ("diff", "a", "b")])
def test_without_a_build_every_command_exits_4(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = kpi(*command, workspace=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "kpi build" in done.stderr


def test_diff_names_the_values_and_the_file_behind_them_in_both_languages(published: tuple[Path, str, str]) -> None:
    workspace, first, second = published
    english = kpi("diff", first, second, workspace=workspace)
    assert english.returncode == 0, english.stderr
    for text in ("transactions/parks.csv", "2024-02", "All transactions", "+7", "9 → 16", "programme"):
        assert text in english.stdout
    assert "2 more values are the same" in english.stderr
    arabic = kpi("diff", "previous", "current", workspace=workspace, KPI_LANGUAGE="ar")
    for text in ("جميع المعاملات", "البرنامج", "الملفات التي تغيّرت"):
        assert text in arabic.stdout


def test_diff_writes_the_same_values_in_every_format(published: tuple[Path, str, str]) -> None:
    workspace, first, second = published
    written = {
        form: kpi("diff", first, second, "--format", form, workspace=workspace, text=False).stdout
        for form in ("csv", "json", "xlsx")
    }
    csv = pl.read_csv(written["csv"])
    values = json.loads(written["json"])["values"]
    sheet = pl.read_excel(BytesIO(written["xlsx"]), sheet_name="values")
    keys = [(row["kpi_id"], row["entity_id"], row["month"]) for row in values]
    assert list(csv.select("kpi_id", "entity_id", "month").iter_rows()) == keys
    assert sheet["kpi_id"].to_list() == csv["kpi_id"].to_list()
    files = pl.read_excel(BytesIO(written["xlsx"]), sheet_name="files")
    assert files["source_file"].to_list() == ["transactions/parks.csv"]
