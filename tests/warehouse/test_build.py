"""A build is documented, repeatable, checked, and published so that no reader ever sees half of it."""

import shutil
import stat
import threading
from pathlib import Path

import duckdb
import pytest

from kpi.errors import CheckFailed, NothingPublished, SettingsError
from kpi.messages import text
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.publish import Manifest, publishing

OF_SATISFACTION = 'dimensions = ["channel", "service_id"]\nshown = { overview = 8'


@pytest.fixture
def workspace(demo_workspace: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_workspace, tmp_path / "workspace", symlinks=True))


def rebuilt(workspace: Path, **options: object) -> Manifest:
    return build(Settings(workspace=workspace), force=True, **options).manifest  # type: ignore[arg-type]


def break_bytes(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def every_view(warehouse: Warehouse) -> dict[str, list]:
    names = warehouse.query(
        "select table_name from information_schema.tables "
        "where table_name not in ('meta_build', 'serve_freshness', 'readme')"
    )["table_name"].sort()
    return {name: warehouse.query(f"select * from {name} order by all").rows() for name in names}


def test_two_builds_of_the_same_lake_answer_alike_in_every_table_and_view(workspace: Path) -> None:
    first = every_view(Warehouse.open(workspace))
    rebuilt(workspace)
    assert every_view(Warehouse.open(workspace)) == first
    assert len(first) > 50


def test_an_unchanged_workspace_is_not_built_again(workspace: Path) -> None:
    report = build(Settings(workspace=workspace))
    assert not report.is_new


def test_everything_in_the_file_says_what_it_is_in_both_languages(demo_workspace: Path) -> None:
    undocumented = Warehouse.open(demo_workspace).query(
        """
        select 'column' as kind, table_name || '.' || column_name as name, comment
        from duckdb_columns() where not internal
        union all
        select 'table', table_name, comment from duckdb_tables() where not internal
        union all
        select 'view', view_name, comment from duckdb_views() where not internal
        union all
        select 'macro', function_name, comment from duckdb_functions() where not internal
        """
    )
    lacking = [row for row in undocumented.iter_rows() if not row[2] or " | " not in row[2]]
    assert lacking == []


def test_the_published_file_is_read_only_and_the_link_points_at_it(demo_workspace: Path) -> None:
    folder = demo_workspace / "warehouse"
    manifest = Manifest.read(folder / "current.json")
    assert manifest
    published = folder / manifest.file
    assert stat.S_IMODE(published.stat().st_mode) == 0o440
    assert (folder / "current.duckdb").read_bytes() == published.read_bytes()
    assert not list(folder.glob(".build-*"))
    assert not list(folder.glob("*.wal"))


def test_an_analyst_can_hold_the_file_open_while_a_new_build_is_published(workspace: Path) -> None:
    with duckdb.connect(str(workspace / "warehouse" / "current.duckdb"), read_only=True) as analyst:
        before = analyst.execute("select build_id from meta_build").fetchall()
        manifest = rebuilt(workspace)
        assert analyst.execute("select build_id from meta_build").fetchall() == before
    assert Warehouse.open(workspace).build_id == manifest.build_id


def test_many_threads_get_the_single_threaded_answer(demo_workspace: Path) -> None:
    warehouse = Warehouse.open(demo_workspace)
    sql = "select sum(transactions)::bigint as n from fct_transaction_month where month = $month::date"
    months = [f"2025-0{number}-01" for number in range(1, 6)]
    expected = {month: warehouse.query(sql, month=month).item() for month in months}
    wrong: list[object] = []

    def ask() -> None:
        for turn in range(20):
            month = months[turn % 5]
            found = warehouse.query(sql, month=month).item()
            if found != expected[month]:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_failing_blocking_check_leaves_the_last_build_in_service(workspace: Path, tmp_path: Path) -> None:
    before = Warehouse.open(workspace).build_id
    sql = Path(shutil.copytree(REPOSITORY / "sql", tmp_path / "sql"))
    (sql / "checks" / "nothing_may_pass.sql").write_text("-- block: nothing\nselect 1 as found\n", encoding="utf-8")
    with pytest.raises(CheckFailed) as caught:
        rebuilt(workspace, sql_folder=sql)
    assert "nothing_may_pass" in caught.value.what("ar")
    assert Warehouse.open(workspace).build_id == before
    assert not [path for path in (workspace / "warehouse").glob(".build-*") if path.suffix == ".json"]


def test_a_damaged_build_is_left_out_and_the_one_before_answers(workspace: Path) -> None:
    before = Warehouse.open(workspace).build_id
    manifest = rebuilt(workspace)
    break_bytes(workspace / "warehouse" / manifest.file)
    assert Warehouse.open(workspace).build_id == before


def test_a_torn_pointer_does_not_stop_readers_and_the_next_build_heals_it(workspace: Path) -> None:
    pointer = workspace / "warehouse" / "current.json"
    pointer.write_text(pointer.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert Warehouse.open(workspace).query("select 1 as one").item() == 1
    manifest = rebuilt(workspace)
    assert Manifest.read(pointer) == manifest


def test_a_stray_write_ahead_log_beside_a_build_is_never_replayed(workspace: Path) -> None:
    before = Warehouse.open(workspace).build_id
    manifest = rebuilt(workspace)
    stray = workspace / "warehouse" / f"{manifest.file}.wal"
    stray.write_bytes(b"not a log")
    assert Warehouse.open(workspace).build_id == before


def test_without_a_build_the_reader_is_told_which_command_to_run(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished) as caught:
        Warehouse.open(tmp_path)
    assert "kpi build" in caught.value.next_step("en")
    assert "kpi build" in caught.value.next_step("ar")
    assert caught.value.exit_code == 4


def test_a_second_build_at_the_same_time_is_refused_clearly(workspace: Path) -> None:
    with publishing(workspace / "warehouse"), pytest.raises(SettingsError) as caught:
        build(Settings(workspace=workspace), force=True)
    assert caught.value.key == "build_running"


def test_old_builds_are_pruned_to_the_number_kept(workspace: Path) -> None:
    settings = Settings(workspace=workspace, keep_builds=2)
    for _ in range(3):
        build(settings, force=True)
    months = {path.stem[4:10] for path in (workspace / "warehouse").glob("kpi-*.duckdb")}
    assert len(list((workspace / "warehouse").glob("kpi-*.duckdb"))) <= 2 + len(months)


def with_views(tmp_path: Path, **changes: tuple[str, str, str]) -> Path:
    """Return a copy of the SQL in which a view of each KPI that is named has one text for another."""
    sql = Path(shutil.copytree(REPOSITORY / "sql", tmp_path / "sql"))
    for kpi_id, (file, found, written) in changes.items():
        path = sql / file.format(kpi_id)
        text = path.read_text(encoding="utf-8")
        assert found in text
        path.write_text(text.replace(found, written), encoding="utf-8")
    return sql


def test_all_views_that_break_their_contract_are_named_at_once(workspace: Path, tmp_path: Path) -> None:
    view = "kpi/kpi_{}.sql"
    sql = with_views(
        tmp_path,
        journeys_designed=(view, "as denominator", "as denominators"),
        completion_rate=(view, "::bigint as numerator", "::double as numerator"),
    )
    with pytest.raises(SettingsError) as caught:
        rebuilt(workspace, sql_folder=sql)
    said = caught.value.what("en")
    assert "kpi_journeys_designed.sql: the column denominator is missing. Nearest: denominators" in said
    assert "kpi_completion_rate.sql: numerator is of the type DOUBLE" in said


@pytest.mark.parametrize(
    ("check", "change", "first"),
    [
        pytest.param(
            "values_stay_within_bounds",
            ("kpi/kpi_{}.sql", "(4 * sum(ratings))::bigint", "sum(ratings)::bigint"),
            "highest_value = 100",
            id="more-than-the-whole",
        ),
        pytest.param(
            "percentages_are_no_shares",
            ("kpis.toml", f"scale = 100\n{OF_SATISFACTION}", f"scale = 1\n{OF_SATISFACTION}"),
            "kpi_id = satisfaction",
            id="a-share-of-one",
        ),
    ],
)  # fmt: skip
def test_a_percentage_that_cannot_be_one_is_refused_in_words(
    workspace: Path, tmp_path: Path, check, change, first
) -> None:
    before = Warehouse.open(workspace).build_id
    with pytest.raises(CheckFailed) as caught:
        rebuilt(workspace, sql_folder=with_views(tmp_path, satisfaction=change))
    for language in ("en", "ar"):
        said = caught.value.what(language)
        assert text(f"checks.{check}", language) in said
        assert first in said
        assert "satisfaction" in said
    assert Warehouse.open(workspace).build_id == before


def test_the_same_build_can_be_opened_twice_in_one_process(demo_workspace: Path) -> None:
    first, second = Warehouse.open(demo_workspace), Warehouse.open(demo_workspace)
    assert (
        first.query("select build_id from meta_build").item() == second.query("select build_id from meta_build").item()
    )
    first.close()
    assert second.query("select 1 as one").item() == 1
