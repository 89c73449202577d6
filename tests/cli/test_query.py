"""`kpi query`, `kpi examples` and `kpi export-file` as a person uses them."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.cells import cell_len
from rich.console import Console

from kpi.commands.rows_output import LEFT_TO_RIGHT_MARK, print_rows
from kpi.settings import REPOSITORY


def kpi(*arguments: str, workspace: Path, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KPI_WORKSPACE": str(workspace), "KPI_LANGUAGE": "en"} | more
    return subprocess.run(
        [sys.executable, "-m", "kpi", *arguments],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120, input=stdin,
    )  # fmt: skip


def in_terminal(rows: pl.DataFrame, width: int) -> list[str]:
    console = Console(width=width, force_terminal=True, color_system=None, highlight=False, file=io.StringIO())
    print_rows(rows, console)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", ["argument", "standard input", "file"])
def test_a_query_is_taken_from_where_it_is_given(demo_workspace: Path, tmp_path: Path, way: str) -> None:
    sql = "select $word as word, $n + 1 as next"
    given = {"argument": [sql], "standard input": ["-"], "file": ["--file", str(tmp_path / "q.sql")]}[way]
    (tmp_path / "q.sql").write_text(sql, encoding="utf-8")
    options = ["--param", "word=2025-01", "--param", "n=6", "--format", "json"]
    done = kpi("query", *given, *options, workspace=demo_workspace, stdin=sql)
    assert json.loads(done.stdout) == [{"word": "2025-01", "next": 7}], done.stderr


def test_a_saved_query_takes_other_values(demo_workspace: Path) -> None:
    done = kpi(
        "query", "--example", "indicator_by_month", "--param", "to=2025-02", "--format", "ndjson",
        workspace=demo_workspace,
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["month"] for row in rows] == ["2025-01-01", "2025-02-01"], done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["select 1", "--example", "targets"], "more than one place"),
        (["--example", "nothing"], "kpi examples"),
        (["select 1", "--param", "x"], "--param from="),
        (["select 1", "--format", "pdf"], "parquet"),
        (["--file", "/nowhere.sql"], "cannot be read"),
        (["select 1", "--out", "/nowhere/x.csv"], "cannot be written"),
        (["select *\nfrom dim_entit"], "Line 2, column 6 · Did you mean dim_entity?"),
        (["select $a", "--param", "b=1"], "query failed"),
    ],
)
def test_a_wrong_question_is_explained_and_exits_2(demo_workspace: Path, arguments: list[str], word: str) -> None:
    done = kpi("query", *arguments, workspace=demo_workspace)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_the_time_limit_is_the_one_given(demo_workspace: Path) -> None:
    sql = "select count(*) from range(1000000) a, range(1000000) b"
    done = kpi("query", sql, "--timeout", "1", workspace=demo_workspace)
    assert done.returncode == 2
    assert "longer than 1" in done.stderr


def test_the_format_follows_the_file_name(demo_workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.ndjson"
    assert kpi("query", "select 1 as one", "--out", str(out), workspace=demo_workspace).returncode == 0
    assert json.loads(out.read_text(encoding="utf-8")) == {"one": 1}


def test_a_cut_answer_says_of_how_many(demo_workspace: Path) -> None:
    done = kpi("query", "select * from range(1234)", "--limit", "1", workspace=demo_workspace)
    assert "Showing 1 row of 1,234" in done.stderr
    arabic = kpi("query", "select * from range(1234)", "--limit", "3", workspace=demo_workspace, KPI_LANGUAGE="ar")
    assert "المعروض 3 صفوف من أصل 1,234" in arabic.stderr


def test_an_xlsx_says_what_was_asked_of_which_build(demo_workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.xlsx"
    asked = ["query", "--example", "indicator_by_month", "--param", "to=2025-02", "--out", str(out)]
    assert kpi(*asked, workspace=demo_workspace, KPI_LANGUAGE="ar").returncode == 0
    rows, about = pl.read_excel(out, sheet_id=0).values()
    assert rows.height == 2 and rows["value"].dtype.is_numeric()
    said = " ".join(about.get_columns()[1])
    assert "kpi_series" in said and "to = 2025-02" in said


def test_the_list_of_saved_queries_is_in_the_language_of_the_reader(demo_workspace: Path) -> None:
    arabic = kpi("examples", workspace=demo_workspace, KPI_LANGUAGE="ar").stdout
    assert "كيف تتقارن المحافظات" in arabic
    assert "from=2025-01" in arabic
    shown = kpi("examples", "targets", workspace=demo_workspace).stdout
    assert shown.startswith("select")


@pytest.mark.parametrize("width", [40, 80, 160])
def test_rows_fit_the_terminal(width: int) -> None:
    rows = pl.DataFrame({f"column_{n}": ["وزارة النقل والاتصالات وتقنية المعلومات", "plain"] for n in range(6)})
    lines = in_terminal(rows, width)
    assert lines
    assert max(cell_len(line.replace(LEFT_TO_RIGHT_MARK, "")) for line in lines) <= width


def test_neighbouring_arabic_cells_are_kept_apart_in_a_terminal_and_left_alone_in_a_pipe(demo_workspace: Path) -> None:
    rows = pl.DataFrame({"first": ["الصحة"], "second": ["العمل"]})
    line = next(line for line in in_terminal(rows, 80) if "الصحة" in line)
    between = line[line.index("الصحة") + 5 : line.index("العمل")]
    assert LEFT_TO_RIGHT_MARK in between
    piped = kpi("query", "select 'الصحة' as first, 'العمل' as second", workspace=demo_workspace).stdout
    assert "الصحة" in piped and LEFT_TO_RIGHT_MARK not in piped


def test_nothing_and_zero_and_empty_text_look_different(demo_workspace: Path) -> None:
    done = kpi("query", "select null as a, 0 as b, '' as c", workspace=demo_workspace)
    row = done.stdout.splitlines()[3]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["null", "0", ""]


def test_the_file_goes_to_a_shared_folder_whole_or_public(demo_workspace: Path, tmp_path: Path) -> None:
    whole = kpi("export-file", str(tmp_path), workspace=demo_workspace)
    public = kpi("export-file", str(tmp_path / "public.duckdb"), "--public", workspace=demo_workspace)
    assert (whole.returncode, public.returncode) == (0, 0), whole.stderr + public.stderr
    assert "below 10 are withheld" in public.stderr
    for path in tmp_path.glob("*.duckdb"):
        with duckdb.connect(str(path), read_only=True) as connection:
            edition = connection.execute("select edition from meta_build").fetchall()
        assert edition == [("public",)] if path.name == "public.duckdb" else [("full",)]
