"""The sandbox holds: no probe reads, writes, connects, stays, or tells a path; others are served meanwhile."""

import os
import shutil
import threading
import time

import duckdb
import pytest

from kpi.errors import QueryRefused
from kpi.warehouse.sandbox import Sandbox
from tests.sandbox.probes import BOUNDED, HARMLESS, REFUSED

SECRET = "the-secret-of-another-file"  # noqa: S105
TIMEOUT_SECONDS = 3.0
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
        assert SECRET not in said
        assert str(demo_workspace) not in said
        assert str(bait) not in said
        assert "/etc/passwd" not in said
        assert "Traceback" not in said
    assert {path.name for path in bait.iterdir()} == before


@pytest.mark.parametrize("name", BOUNDED)
def test_a_query_without_end_is_stopped_while_others_are_served(walled, name) -> None:
    started = time.monotonic()
    running = walled.start(BOUNDED[name], row_limit=1_000)
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


def test_the_sandbox_answers_on_a_copy_that_nobody_may_write(demo_workspace, tmp_path) -> None:
    workspace = shutil.copytree(
        demo_workspace, tmp_path / "copy", symlinks=True, ignore=shutil.ignore_patterns("inbox", "lake")
    )
    sandbox = Sandbox(workspace, timeout_seconds=TIMEOUT_SECONDS, walls_demanded=False, spare=False)
    before = (workspace / "warehouse" / "current.duckdb").stat().st_mtime_ns
    sandbox.start(NARROW, row_limit=1).result()
    assert (workspace / "warehouse" / "current.duckdb").stat().st_mtime_ns == before
