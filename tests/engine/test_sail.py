"""A server that speaks Spark Connect makes the same file of a small lake, and what it gets wrong is not published."""

import shutil
from collections.abc import Generator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from kpi.doctor import examine
from kpi.errors import EngineDiffers, EngineError, KpiError
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.portable import CubeNotPortable
from tests.conftest import REPOSITORY
from tests.engine.borough import make_borough
from tests.engine.servers import lack_of_sail, sail

pytestmark = pytest.mark.skipif(lack_of_sail() is not None, reason=str(lack_of_sail()))
DIGESTS = "select object_name, row_count, digest from meta_digest order by all"


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    with sail() as address:
        yield address


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small workspace, built by DuckDB; treat it as read-only."""
    folder = tmp_path_factory.mktemp("engine") / "حيّ & co"
    build(make_borough(folder))
    return folder


@pytest.fixture
def workspace(borough: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(borough, tmp_path / "borough", symlinks=True))


def on(url: str, workspace: Path, **settings: object) -> Settings:
    return Settings(workspace=workspace, engine="spark", engine_url=url, **settings)


def test_the_lake_holds_what_engines_take_differently(borough: Path) -> None:
    warehouse = Warehouse.open(borough)
    replaced = warehouse.query("select count(*) from load_replaced").item()
    twins = warehouse.query("select count(*) from load_duplicate").item()
    classes = set(warehouse.query("select bucket_minutes from fct_duration_month")["bucket_minutes"])
    assert replaced and twins and {0, 1, 2, 60, 64, 70, 128, 1440, 2880, 131072} <= classes


def test_the_file_is_the_same_and_says_what_made_it(url: str, borough: Path, workspace: Path) -> None:
    build(on(url, workspace), force=True)
    one, other = Warehouse.open(borough), Warehouse.open(workspace)
    assert other.query(DIGESTS).rows() == one.query(DIGESTS).rows()
    assert one.query("select cube_engine from meta_build").item() == "duckdb"
    engine, version = other.query("select cube_engine, cube_engine_version from meta_build").rows()[0]
    assert engine == "spark" and version


def test_people_are_counted_once_at_every_grain(borough: Path) -> None:
    people = Warehouse.open(borough).query(
        "select grain, coalesce(entity_id, governorate_id) as place, people from fct_people_month "
        "where month = '2024-04-01' order by all"
    )
    lake = pl.concat(pl.read_parquet(path) for path in sorted((borough / "lake" / "transactions").glob("*.accepted.*")))
    parks = lake.filter(
        (pl.col("entity_id") == "parks") & (pl.col("outcome") == "completed") & (pl.col("month").dt.month() == 4)
    )
    whole = parks["beneficiary_key"].drop_nulls().n_unique()
    assert ("entity", "parks", whole) in people.rows()
    added = people.filter(pl.col("grain") == "governorate")["people"].sum()
    assert added > people.filter(pl.col("grain") == "programme")["people"].item()


def test_a_lake_that_is_not_the_ledgers_is_found_out_and_the_last_build_stays(
    url: str, workspace: Path, tmp_path: Path
) -> None:
    before = Warehouse.open(workspace).build_id
    mirror = Path(shutil.copytree(workspace / "lake", tmp_path / "mirror"))
    largest = max((mirror / "transactions").glob("*.accepted.parquet"), key=lambda path: path.stat().st_size)
    pl.read_parquet(largest).with_columns(pl.col("transactions") + 1).write_parquet(largest)
    with pytest.raises(EngineDiffers) as found:
        build(on(url, workspace, engine_lake=f"file://{mirror}"), force=True)
    assert found.value.exit_code == 1
    assert Warehouse.open(workspace).build_id == before


def test_weights_outside_the_sample_are_compared_with_the_ledger(url: str, workspace: Path, tmp_path: Path) -> None:
    mirror = Path(shutil.copytree(workspace / "lake", tmp_path / "mirror"))
    smallest = min((mirror / "transactions").glob("*.accepted.parquet"), key=lambda path: path.stat().st_size)
    pl.read_parquet(smallest).with_columns(pl.col("transactions") + 1).write_parquet(smallest)
    with pytest.raises(EngineDiffers) as found:
        build(on(url, workspace, engine_lake=f"file://{mirror}"), force=True)
    assert found.value.key == "engine_ledger_differs"
    assert "lake_contribution" in found.value.what("en")


def test_files_that_the_engine_does_not_see_are_not_taken_for_none(url: str, workspace: Path, tmp_path: Path) -> None:
    before = Warehouse.open(workspace).build_id
    with pytest.raises(EngineError):
        build(on(url, workspace, engine_lake=f"file://{tmp_path}/nowhere"), force=True)
    assert Warehouse.open(workspace).build_id == before


def test_a_cube_of_ones_own_is_refused_before_it_runs_elsewhere(url: str, workspace: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(REPOSITORY / "sql", tmp_path / "sql"))
    (own / "cube" / "fct_own.sql").write_text(
        "-- one row\nselect cast(sum(fee_omr) as bigint) as fee from lake_transactions\n",
        encoding="utf-8",
    )
    with pytest.raises(CubeNotPortable):
        build(on(url, workspace), force=True, sql_folder=own)


def test_a_column_of_another_type_is_refused(url: str, borough: Path) -> None:
    import duckdb

    from kpi.warehouse.lake_views import LAKE_SCHEMAS
    from kpi.warehouse.proof import compare_types
    from kpi.warehouse.statements import SqlFile

    cube = SqlFile("fct_own", "cube", "select cast(count(*) as bigint) as n from lake_transactions")
    with duckdb.connect() as connection:
        connection.execute(f"create table lake_transactions ({LAKE_SCHEMAS['transactions']})").fetchall()
        compare_types(connection, cube, pa.table({"n": pa.array([1], pa.int64())}))
        for wrong in (pa.int32(), pa.float64(), pa.decimal128(38, 0)):
            with pytest.raises(EngineDiffers, match="fct_own"):
                compare_types(connection, cube, pa.table({"n": pa.array([1], wrong)}))


def test_a_ledger_without_sums_asks_for_a_load(url: str, workspace: Path) -> None:
    import json

    for entry in (workspace / "lake" / "files").glob("*.json"):
        record = json.loads(entry.read_text(encoding="utf-8"))
        record["spans"] = [span[:8] for span in record["spans"]]
        entry.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(EngineError) as found:
        build(on(url, workspace), force=True)
    assert "kpi load" in found.value.next_step("ar")


def test_the_doctor_reaches_the_engine_and_the_lake(url: str, workspace: Path, tmp_path: Path) -> None:
    said = {language: [finding.what(language) for finding in examine(on(url, workspace))] for language in ("ar", "en")}
    assert any("answers" in line and url in line for line in said["en"])
    assert any("sees the lake" in line for line in said["en"])
    assert any("يرى Spark البحيرة" in line for line in said["ar"])
    lost = examine(on(url, workspace, engine_lake=f"file://{tmp_path}/nowhere"))
    assert any("KPI_ENGINE_LAKE" in finding.what("en") for finding in lost if finding.state == "bad")


def test_an_engine_that_is_not_there_is_an_error_in_words(workspace: Path) -> None:
    with pytest.raises(KpiError) as found:
        build(on("sc://localhost:1", workspace), force=True)
    assert found.value.key == "engine_unreachable"
    assert "sc://localhost:1" in found.value.what("ar")
