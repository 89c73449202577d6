"""Real quarterly volumes of another government are read through a mapping alone."""

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from kpi.ingest.load import load
from kpi.lake import Lake
from kpi.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("KPI_SHARED", str(REPOSITORY.parent / "shared"))) / "testdata" / "uk"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: the data are not part of the repository")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("uk_ingest")
    (folder / "reference").mkdir()
    (folder / "inbox" / "transactions").mkdir(parents=True)
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "tests" / "workspaces" / "uk" / name, folder)
    for name in ("UK_departments.csv", "UK_services.csv"):
        shutil.copy(DATA / name, folder / "reference")
    shutil.copy(DATA / "UK_quarterly_volumes.csv", folder / "inbox" / "transactions")
    load(Settings(workspace=folder))
    return folder


def test_every_row_is_accepted(workspace):
    (entry,) = Lake(workspace).files()
    assert (entry.error, entry.rows_read, entry.rows_accepted, entry.rows_rejected) == (None, 20_684, 20_684, 0)
    assert entry.source_name == "quarterly volumes"


def test_totals_per_quarter_equal_the_expected_ones(workspace):
    accepted = pl.read_parquet(list(Lake(workspace).accepted_paths("transactions")))
    count = pl.col("transactions")
    found = accepted.group_by("month").agg(
        count.sum(),
        count.filter(pl.col("channel") == "online").sum().alias("digital"),
        count.filter(pl.col("channel").is_not_null()).sum().alias("transactions_with_known_channel"),
        pl.col("entity_id").n_unique().alias("departments_reporting"),
        pl.col("service_id").n_unique().alias("services_reporting"),
    )
    expected = pl.read_csv(DATA / "expected_by_quarter.csv", try_parse_dates=True).drop("digital_take_up_pct")
    expected = expected.rename({"Quarter starting": "month"}).sort("month")
    assert found.sort("month").rows() == expected.select(found.columns).rows()
    assert accepted["months_covered"].unique().to_list() == [3]


def test_totals_per_department_and_year_equal_the_expected_ones(workspace):
    accepted = pl.read_parquet(list(Lake(workspace).accepted_paths("transactions")))
    found = accepted.group_by(pl.col("month").dt.year().cast(pl.Int64).alias("year"), "entity_id").agg(
        pl.col("transactions").sum()
    )
    expected = pl.read_csv(DATA / "expected_by_department_year.csv")
    assert found.sort("year", "entity_id").rows() == expected.sort("year", "Dept").rows()
