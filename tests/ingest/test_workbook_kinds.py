"""Workbooks of every kind are read, and no percentage of one is published as a hundredth of itself."""

from decimal import Decimal

import pytest

from tests.ingest.workbooks import ods, xls, xlsb, xlsm

MAKERS = {"xlsm": xlsm, "ods": ods, "xlsb": xlsb, "xls": xls}
LOG = ["transaction_id", "submitted_at", "service_id", "outcome", "transactions"]
PROGRESS = ["project_id", "reported_on", "progress_pct"]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_workbook_of_another_kind_gives_its_rows(office, kind):
    rows = [["T-1", "2025-01-02", "moh-1", "completed", 12.0], ["T-2", "2025-01-03", "moh-2", "مرفوضة", 3.0]]
    entry = office.load_one(f"transactions/a.{kind}", MAKERS[kind]([LOG, *rows]))
    assert (entry.error, entry.rows_read) == (None, 2)
    wanted = [("T-1", "moh-1", "completed", 12), ("T-2", "moh-2", "rejected", 3)]
    assert office.accepted().select("transaction_id", "service_id", "outcome", "transactions").rows() == wanted


@pytest.mark.parametrize("kind", ["xlsm", "ods"])
def test_a_percent_format_is_read_beside_plain_numbers(office, kind):
    rows = [["p1", "2025-01-31", (0.85, "%")], ["p1", "2025-02-28", 90.5], ["p1", "2025-03-31", (0.005, "%")]]
    office.load_one(f"projects/a.{kind}", MAKERS[kind]([PROGRESS, *rows]))
    assert office.findings() == []
    wanted = [Decimal("85.00"), Decimal("90.50"), Decimal("0.50")]
    assert office.accepted("projects")["progress_pct"].to_list() == wanted


@pytest.mark.parametrize("kind", ["xlsb", "xls"])
def test_where_the_format_cannot_be_seen_each_number_that_may_be_a_share_is_asked_about(office, kind):
    rows = [["p1", f"2025-0{month}-28", cell] for month, cell in enumerate([(0.85, "%"), 90.5, 0.0, (1.0, "%")], 1)]
    office.load_one(f"projects/a.{kind}", MAKERS[kind]([PROGRESS, *rows]))
    assert office.findings() == [(row, "progress_pct", "percent_or_share") for row in (1, 4)]
    assert office.accepted("projects")["progress_pct"].to_list() == [Decimal("90.50"), Decimal("0.00")]


@pytest.mark.parametrize("kind", ["xlsm", "ods"])
def test_an_id_with_more_digits_than_a_spreadsheet_keeps_is_rounded(office, kind):
    rows = [[number, "2025-01-02", "moh-1", "completed", 1.0] for number in (202501000000001234.0, 20250100001.0)]
    office.load_one(f"transactions/a.{kind}", MAKERS[kind]([LOG, *rows]))
    assert office.findings() == [(1, "transaction_id", "rounded_id")]
