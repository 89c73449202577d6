"""What the data-quality page reads: coverage, rejections, ledger, checks and the build before."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.exports import rows_as_bytes
from kpi.periods import Period
from kpi.queries.entity_months import SHOWN_MONTHS, CoverageMap, coverage_map
from kpi.queries.filters import Filters
from kpi.queries.ledger import checks, ledger
from kpi.queries.previous_build import BuildComparison, compare_builds
from kpi.queries.rejections import rejected_parts, rejections, zipped
from kpi.warehouse.connect import Warehouse
from tests.queries.quality_workspace import FORMULA, publish_troubled, restate

QUARTER = Filters(Period.parse("2024-01..2024-03"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_troubled(tmp_path_factory.mktemp("troubled"))


@pytest.fixture(scope="module")
def troubled(folder: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse.open(folder)
    yield warehouse
    warehouse.close()


def covered(warehouse: Warehouse, filters: Filters = QUARTER) -> CoverageMap:
    found = coverage_map(warehouse, filters=filters)
    assert found is not None
    return found


def test_entities_that_owe_a_month_come_first_with_what_they_sent_last(troubled) -> None:
    first, second, third = covered(troubled).entities
    assert [one.entity.id for one in (first, second, third)] == ["parks", "ports", "baths"]
    assert first.with_status("missing", QUARTER.period) == (date(2024, 2, 1),)
    assert first.last_sent is not None
    assert (first.last_sent.month, first.last_sent.transactions) == (date(2024, 3, 1), 1)
    assert second.last_sent is None


def test_a_month_before_an_entity_joined_is_not_expected_of_it(troubled) -> None:
    found = covered(troubled)
    ports = next(one for one in found.entities if one.entity.id == "ports")
    assert ports.expected(QUARTER.period) == 1
    assert (found.expected_months, found.count("missing"), found.count("reported")) == (7, 2, 5)


def test_the_entity_filter_leaves_one_row(troubled) -> None:
    found = covered(troubled, Filters(QUARTER.period, entity_id="baths"))
    assert [one.entity.id for one in found.entities] == ["baths"]
    assert found.lacking() == ()


def test_a_period_without_any_log_has_no_coverage(troubled, empty) -> None:
    assert coverage_map(troubled, filters=Filters(Period.parse("1999"))) is None
    assert coverage_map(empty, filters=QUARTER) is None


def test_no_more_than_two_years_are_shown_and_they_end_with_the_period(small) -> None:
    found = covered(small, Filters(Period.parse("2024-01..2030-12")))
    assert found.shown.end == date(2025, 5, 1)
    assert found.shown.months <= SHOWN_MONTHS
    assert covered(small, Filters(Period.parse("2024-02..2024-06"))).shown.key == "2024-01..2024-06"


def test_a_missing_quarter_is_one_missing_report(quarterly) -> None:
    found = covered(quarterly, Filters(Period.parse("2017-04..2017-06")))
    assert found.months_per_report == 3
    assert [one.entity.id for one in found.lacking()] == ["ports"]
    assert found.reports("missing") == 1


def test_rejected_rows_are_counted_by_reason_against_all_rows_read(troubled) -> None:
    found = rejections(troubled)
    assert (found.rows_read, found.rows_rejected, found.entries) == (8, 3, 3)
    assert {reason.reason: reason.rows for reason in found.reasons} == {"unknown_service": 2, "unknown_code": 1}
    assert found.reasons[0].share_pct == pytest.approx(25)
    assert [(file.source_file, file.rows_rejected) for file in found.files] == [
        ("transactions/january.csv", 2),
        ("transactions/march.csv", 1),
    ]


def test_samples_show_the_value_at_fault_and_no_beneficiary(troubled) -> None:
    found = rejections(troubled)
    assert {sample.value for sample in found.samples} == {"steam", FORMULA, "fax"}
    everything = pl.concat(rejected_parts(troubled))
    assert everything.height == 3
    assert "87654321" not in "".join(everything["raw"])


def test_a_value_that_a_spreadsheet_would_run_is_written_as_text(troubled) -> None:
    rows = pl.concat(rejected_parts(troubled)).with_columns(raw=pl.lit(FORMULA))
    content = rows_as_bytes(rows, "csv").decode("utf-8")
    assert content.startswith("\ufeff")
    assert "'=HYPERLINK" in content


def test_too_many_rows_for_a_spreadsheet_become_a_zip_of_parts(troubled) -> None:
    part = pl.concat(rejected_parts(troubled))
    packed = zipfile.ZipFile(io.BytesIO(zipped(iter([part, part]), lambda rows: rows_as_bytes(rows, "csv"), "rows")))
    assert packed.namelist() == ["rows-001.csv", "rows-002.csv"]


def test_the_ledger_names_the_file_that_could_not_be_read(troubled) -> None:
    found = ledger(troubled)
    assert [file.source_file for file in found.unreadable] == ["transactions/torn.parquet"]
    (log,) = found.logs
    assert (log.files, log.rows_read, log.rows_accepted, log.rows_rejected) == (4, 8, 5, 3)
    assert found.last_loaded_at is not None


def test_checks_that_found_something_come_first(troubled) -> None:
    found = checks(troubled)
    assert {check.name for check in found if check.offending_rows} == {
        "entities_that_went_silent",
        "files_that_could_not_be_read",
        "rejected_share_is_small",
    }
    assert [check.offending_rows > 0 for check in found] == sorted((c.offending_rows > 0 for c in found), reverse=True)


def compared(folder: Path) -> BuildComparison | None:
    current = Warehouse.open(folder)
    previous = Warehouse.open_previous(folder, current.build_id)
    try:
        return compare_builds(current, previous)
    finally:
        current.close()
        if previous is not None:
            previous.close()


def test_a_restated_value_and_a_new_month_are_told_apart(tmp_path) -> None:
    folder = publish_troubled(tmp_path)
    assert compared(folder) is None, "the first build has none before it"
    restate(folder)
    found = compared(folder)
    assert found is not None
    january = {one.kpi.id: (one.before, one.after) for one in found.restated if one.month == date(2024, 1, 1)}
    assert january["transactions"] == (2.0, 3.0)
    assert {one.month for one in found.restated} == {date(2024, 1, 1)}
    assert found.new_months == (date(2024, 4, 1),)


def test_a_damaged_build_before_is_passed_over(tmp_path) -> None:
    folder = restate(publish_troubled(tmp_path))
    current = Warehouse.open(folder)
    before = next(path for path in (folder / "warehouse").glob("kpi-*.duckdb") if current.build_id not in path.name)
    before.chmod(0o644)
    before.write_bytes(b"damaged")
    assert Warehouse.open_previous(folder, current.build_id) is None
    current.close()
