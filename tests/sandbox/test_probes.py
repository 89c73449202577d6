"""The sandbox holds: no probe reads, writes, connects, stays, or tells a path; others are served meanwhile."""

import io
import json
import os
import shutil
import sys
import threading
import time

import duckdb
import polars as pl
import pytest

from kpi.errors import QueryRefused
from kpi.messages import text
from kpi.warehouse import sandbox
from kpi.warehouse.sandbox import Sandbox
from tests.sandbox.probes import BOUNDED, HARMLESS, REFUSED

SECRET = "the-secret-of-another-file"  # noqa: S105
TIMEOUT_SECONDS = 20.0
IMPATIENT_SECONDS = 1.5
STOPPED_WITHIN_SECONDS = 12.0
NARROW = "select count(*)::bigint as entities from dim_entity"


@pytest.fixture(scope="module")
def walled(demo_workspace):
    """Return a sandbox on the demo; skip where the kernel has no Landlock, because then it refuses everything."""
    sandbox = Sandbox(demo_workspace, timeout_seconds=TIMEOUT_SECONDS, walls_demanded=True, spare=True)
    try:
        sandbox.start(NARROW, row_limit=1).result()
    except QueryRefused as error:
        if error.key == "query_no_walls":
            pytest.skip("this kernel has no Landlock")
        raise
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def impatient(demo_workspace, walled):
    """Return a sandbox that stops a query soon, beside the one that serves the others."""
    sandbox = Sandbox(demo_workspace, timeout_seconds=IMPATIENT_SECONDS, walls_demanded=True, spare=True)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def bait(tmp_path_factory):
    """Return a folder anybody may write to, with a file and a database that hold a secret."""
    folder = tmp_path_factory.mktemp("bait")
    folder.chmod(0o777)
    (folder / "secret.csv").write_text(f"column0\n{SECRET}\n")
    connection = duckdb.connect(str(folder / "other.duckdb"))
    connection.execute(f"create table t as select '{SECRET}' as s").fetchall()
    connection.close()
    return folder


def filled(sql: str, folder) -> str:
    return (
        sql.replace("{file}", str(folder / "secret.csv"))
        .replace("{folder}", str(folder))
        .replace("{database}", str(folder / "other.duckdb"))
    )


@pytest.mark.parametrize("name", REFUSED)
def test_a_way_out_is_refused_without_a_path_a_secret_or_a_new_file(walled, bait, demo_workspace, name) -> None:
    before = {path.name for path in bait.iterdir()}
    with pytest.raises(QueryRefused) as refused:
        walled.start(filled(REFUSED[name], bait), row_limit=100).result()
    for language in ("ar", "en"):
        said = refused.value.what(language) + refused.value.next_step(language)
        assert len(said) < 5_000
        assert SECRET not in said
        assert str(demo_workspace) not in said
        assert str(bait) not in said
        assert "/etc/passwd" not in said
        assert "Traceback" not in said
    assert {path.name for path in bait.iterdir()} == before


@pytest.mark.parametrize("name", BOUNDED)
def test_a_query_without_end_is_stopped_while_others_are_served(walled, impatient, name) -> None:
    started = time.monotonic()
    running = impatient.start(BOUNDED[name], row_limit=1_000)
    ended = threading.Event()

    def run() -> None:
        try:
            running.result()
        except QueryRefused:
            pass
        ended.set()

    threading.Thread(target=run).start()
    served = walled.start(NARROW, row_limit=1).result()
    assert served.rows.item() > 0
    assert ended.wait(STOPPED_WITHIN_SECONDS)
    assert time.monotonic() - started < STOPPED_WITHIN_SECONDS


@pytest.mark.parametrize("name", HARMLESS)
def test_what_the_engine_tells_about_itself_names_no_path_and_no_secret(walled, demo_workspace, name) -> None:
    try:
        rows = walled.start(HARMLESS[name], row_limit=5_000).result().rows
    except QueryRefused:
        return
    said = rows.write_json()
    assert str(demo_workspace) not in said
    assert os.environ.get("HOME", "/root") + "/" not in said
    assert SECRET not in said


def test_nothing_is_left_running_or_changed_after_the_probes(walled, demo_workspace) -> None:
    file = (demo_workspace / "warehouse" / "current.duckdb").resolve()
    assert not file.with_suffix(".duckdb.wal").exists()
    assert not os.access(file, os.W_OK) or os.geteuid() == 0
    assert walled.start(NARROW, row_limit=1).result().rows.item() > 0


def test_a_running_query_can_be_cancelled_from_another_thread(walled) -> None:
    running = walled.start(BOUNDED["cross join of tables"], row_limit=1)
    threading.Timer(0.5, running.kill).start()
    with pytest.raises(QueryRefused) as refused:
        running.result()
    assert refused.value.key == "query_cancelled"


def test_parameters_are_bound_and_never_become_text_of_the_query(walled) -> None:
    sql = "select count(*)::bigint as n from dim_entity where entity_id = $entity"
    hostile = {"entity": "x' or '1'='1"}
    assert walled.start(sql, row_limit=1, parameters=hostile).result().rows.item() == 0


def test_a_cut_answer_says_how_many_rows_there_are(walled) -> None:
    result = walled.start("select * from range(1000)", row_limit=10).result()
    assert (result.rows.height, result.is_cut, result.total) == (10, True, 1000)


@pytest.mark.parametrize(
    ("sql", "place", "meant"),
    [
        ("select *\nfrom dim_entit", (2, 6), "dim_entity"),
        ("select 'عُمان',\n  nam_ar from dim_entity", (2, 3), "name_ar"),
        ("select 'عُمان', nam_ar from dim_entity", (1, 17), "name_ar"),
        ("select * from kpi_serie('a', 'b', 'c')", (1, 15), "kpi_series"),
        ("explain select foo(1)", (1, 16), "floor"),
        ("selec 1", (1, 1), None),
        ("select\n  1, 'x'::int", (2, 9), None),
        ("select interval 1 day,\n  entity_id::int from dim_entity", (2, 12), None),
    ],
    ids=["table", "column", "after Arabic", "macro", "explained", "syntax", "while it runs", "as text"],
)
def test_a_fault_is_placed_in_the_text_and_a_like_name_given(walled, sql, place, meant) -> None:
    with pytest.raises(QueryRefused) as refused:
        walled.start(sql, row_limit=10).result()
    facts = refused.value.facts
    assert (facts.get("line"), facts.get("column")) == place, facts
    assert meant is None or meant in facts["meant"]
    for language in ("ar", "en"):
        said = refused.value.next_step(language)
        assert text("sql.place", language, line=place[0], column=place[1]) in said
        assert meant is None or meant in said


@pytest.mark.parametrize(
    "sql", ["select 1 as n;", "select 1 as n; -- done", "select 1 as n ;; /* done */", "-- ;\nselect 1 as n"]
)
def test_a_semicolon_and_a_comment_may_end_a_statement(walled, sql) -> None:
    assert walled.start(sql, row_limit=1).result().rows.to_dict(as_series=False) == {"n": [1]}


def test_values_that_no_data_frame_holds_come_as_text(walled) -> None:
    sql = (
        "select interval 3 day as i, '\\xAB'::blob as b, '101'::bit as c, 'a'::enum('a') as e, date 'infinity' as d, "
        '[timestamp \'-infinity\'] as l, union_value(k := 1) as u, 1 as "x""y", 2 as i'
    )
    row = walled.start(sql, row_limit=1).result().rows.row(0)
    assert row == ("3 days", "\\xAB", "101", "a", "infinity", "[-infinity]", "1", 1, 2)


def test_a_sum_is_a_whole_number_and_one_too_large_for_that_keeps_its_digits(walled) -> None:
    sql = "select sum(n) as small, sum(n) * 9000000000000000000::hugeint as large from (values (1), (2)) as t(n)"
    rows = walled.start(sql, row_limit=1).result().rows
    assert (rows["small"].dtype, str(rows["large"].dtype)) == (pl.Int64, "Decimal(precision=38, scale=0)")
    assert [int(value) for value in rows.row(0)] == [3, 27_000_000_000_000_000_000]


def test_the_sandbox_answers_on_a_copy_that_nobody_may_write(demo_workspace, tmp_path) -> None:
    workspace = shutil.copytree(
        demo_workspace, tmp_path / "copy", symlinks=True, ignore=shutil.ignore_patterns("inbox", "lake")
    )
    sandbox = Sandbox(workspace, timeout_seconds=TIMEOUT_SECONDS, walls_demanded=False, spare=False)
    before = (workspace / "warehouse" / "current.duckdb").stat().st_mtime_ns
    sandbox.start(NARROW, row_limit=1).result()
    assert (workspace / "warehouse" / "current.duckdb").stat().st_mtime_ns == before


def test_a_query_whose_process_cannot_start_is_refused_in_words(demo_workspace, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    unstartable = Sandbox(demo_workspace, timeout_seconds=TIMEOUT_SECONDS, walls_demanded=False, spare=True)
    with pytest.raises(QueryRefused) as refused:
        unstartable.start(NARROW, row_limit=1)
    assert refused.value.key == "query_not_started"
    assert "No such file" in str(refused.value)


def test_an_answer_that_is_cut_off_is_refused_in_words(demo_workspace, monkeypatch, tmp_path) -> None:
    rows = io.BytesIO()
    pl.DataFrame({"n": range(1000)}).write_ipc(rows)
    whole = rows.getvalue()
    facts = json.dumps({"is_cut": False, "seconds": 0.1, "total": 1000})
    script = tmp_path / "worker.py"
    for sent, is_whole in ((whole, True), (whole[: len(whole) // 2], False), (b"", False)):
        script.write_text(
            "import sys\n"
            "print('{}', flush=True)\n"
            "sys.stdin.readline()\n"
            f"sys.stdout.buffer.write({facts.encode()!r} + b'\\n' + {sent!r})\n"
        )
        monkeypatch.setattr(sandbox, "WORKER", script)
        query = Sandbox(demo_workspace, timeout_seconds=TIMEOUT_SECONDS, walls_demanded=False, spare=False)
        running = query.start(NARROW, row_limit=1000)
        if is_whole:
            assert running.result().rows.height == 1000
        else:
            with pytest.raises(QueryRefused) as refused:
                running.result()
            assert refused.value.key == "query_worker_ended"
