"""What a published file says of files that were sent again: what counts, what does not, and of what nobody can tell."""

import os
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from docs.tables import RE_SENDS as DOCUMENT
from kpi.decisions import record
from kpi.feedback import write_feedback
from kpi.ingest.load import LoadReport, load
from kpi.queries.ledger import ledger
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.single_rows import WantedRows, write_single_rows
from kpi.web.screens.ledger import ledger_html

REFERENCE = {
    "entities": "entity_id,name_ar,name_en\nbaths,الحمّامات,Baths\n",
    "services": "service_id,entity_id,name_ar,name_en\nswim,baths,سباحة,Swim\ndive,baths,غوص,Dive\n",
    "projects": "project_id,name_ar,name_en\np1,مشروع,Project\n",
}
IDS = "transaction_id,submitted_at,service_id,channel,outcome\n"
TOTALS = "submitted_at,service_id,channel,outcome,transactions\n"
FIRST = 1_740_787_200  # 1 March 2025


class Town:
    """A workspace that receives files day by day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "reference").mkdir()
        (folder / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Town"\n', encoding="utf-8")
        for name, text in REFERENCE.items():
            (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
        self.day = 0

    def receive(self, name: str, text: str) -> None:
        self.day += 1
        path = self.folder / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (FIRST + 86_400 * self.day,) * 2)

    def load(self) -> LoadReport:
        return load(Settings(workspace=self.folder))

    def published(self) -> Warehouse:
        """Load, build, and open what was published; every check of the ledger has passed."""
        self.load()
        assert not any(check.blocks for check in build(Settings(workspace=self.folder)).checks)
        return Warehouse.open(self.folder)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def rows(numbers: range, day: str = "2025-01-05") -> str:
    return IDS + "".join(f"A-{number:05},{day},swim,web,completed\n" for number in numbers)


def test_the_single_rows_that_count_are_handed_out_and_no_others(town: Town, tmp_path: Path) -> None:
    town.receive("transactions/a.csv", rows(range(1_800)))
    town.receive("transactions/b.csv", rows(range(1_350, 2_250)))
    warehouse = town.published()
    settings = Settings(workspace=town.folder)
    assert write_single_rows(settings, tmp_path / "rows.parquet", "parquet", WantedRows()) == 2_250
    handed = pl.read_parquet(tmp_path / "rows.parquet")
    assert handed["transaction_id"].n_unique() == 2_250
    assert warehouse.query("select sum(transactions)::bigint from fct_transaction_month").item() == 2_250
    assert write_single_rows(settings, tmp_path / "none.csv", "csv", WantedRows(month=date(2025, 2, 1))) == 0


def test_the_documented_statement_over_the_single_rows_gives_the_sums_of_the_published_file(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.receive("transactions/a.csv", rows(range(1_800)))
    town.receive("transactions/b.csv", rows(range(1_350, 2_250)))
    town.receive("transactions/c.csv", f"{TOTALS}2025-02-28,dive,counter,completed,70\n")
    warehouse = town.published()
    write_single_rows(Settings(workspace=town.folder), tmp_path / "rows.parquet", "parquet", WantedRows())
    documented = DOCUMENT.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    monkeypatch.chdir(tmp_path)
    summed = duckdb.sql(documented).fetchall()
    published = "select month, entity_id, log_rows, transactions from serve_coverage where log_rows > 0 order by all"
    assert summed == warehouse.query(published).rows()
    assert [row[3] for row in summed] == [2_250, 70]
    said = " ".join(line for (line,) in warehouse.query("select en from readme").rows())
    assert "kpi rows --out rows.parquet" in said


def test_a_total_of_another_day_waits_for_a_release_and_then_replaces_the_older(town: Town) -> None:
    town.receive("transactions/a.csv", f"{TOTALS}2025-01-31,swim,web,completed,100\n")
    town.receive("transactions/b.csv", f"{TOTALS}2025-01-01,swim,web,completed,110\n")
    (held,) = town.load().held
    assert (held.kind, held.reason, held.source_file) == (
        "resend_question", "resend_other_day", "transactions/b.csv",
    )  # fmt: skip
    assert (held.facts["old"], held.facts["new"], held.facts["older_file"]) == ("100", "110", "transactions/a.csv")
    total = "select sum(transactions)::bigint from fct_transaction_month"
    assert town.published().query(total).item() == 100
    record(town.folder, "release", by="Salma", why="a correction", subject=held.subject())
    warehouse = town.published()
    assert warehouse.query(total).item() == 110
    listed = warehouse.query("select old_file, new_file, old_transactions, new_transactions from load_replaced")
    assert listed.rows() == [("transactions/a.csv", "transactions/b.csv", 100, 110)]


def test_two_files_that_both_count_are_named_with_the_reason(town: Town) -> None:
    town.receive("transactions/a.csv", rows(range(20)))
    town.receive("transactions/late.csv", rows(range(20, 23)))
    report = town.load()
    assert (report.both_count, "transactions/late.csv" in report.both_count_example) == (1, True)
    warehouse = town.published()
    for language in ("ar", "en"):
        assert "transactions/late.csv" in ledger_html(ledger(warehouse), language)
    assert write_feedback(town.folder).entities == 1
    sheet = pl.read_excel(town.folder / "reports" / "feedback" / "baths.xlsx", sheet_id=2, has_header=False)
    assert "2025-01: transactions/a.csv (20) + transactions/late.csv (3)" in str(sheet.rows())
    both = warehouse.query(
        "select entity_id, older_file, newer_file, older_rows, newer_transactions, both_count_reason "
        "from load_both_count"
    )
    assert both.rows() == [("baths", "transactions/a.csv", "transactions/late.csv", 20, 3, "other_ids")]


def test_of_the_other_logs_the_newest_statement_counts(town: Town) -> None:
    town.receive("projects/a.csv", "project_id,reported_on,progress_pct\np1,2025-01-31,40\np1,2025-02-28,50\n")
    town.receive("projects/b.csv", "project_id,reported_on,progress_pct\np1,2025-01-31,45\n")
    warehouse = town.published()
    updates = warehouse.query("select reported_on, progress_pct::int from fct_project_update order by 1").rows()
    assert updates == [(date(2025, 1, 31), 45), (date(2025, 2, 28), 50)]
    twice = warehouse.query("select log, statement_key, kept_file, other_file from load_duplicate").rows()
    assert twice == [("projects", "p1 · 2025-01-31", "projects/b.csv", "projects/a.csv")]
    assert warehouse.query("select rows_duplicate from load_file order by source_file").rows() == [(1,), (0,)]


def test_daily_totals_keep_their_days_and_four_of_them_are_no_month(town: Town) -> None:
    days = "".join(f"2025-01-0{day},swim,web,completed,5\n" for day in range(1, 5))
    town.receive("transactions/a.csv", TOTALS + days)
    town.receive("transactions/b.csv", f"{TOTALS}2025-02-28,swim,web,completed,150\n")
    warehouse = town.published()
    assert warehouse.query("select count(*), sum(transactions)::bigint from fct_transaction_day").row(0) == (4, 20)
    coverage = warehouse.query(
        "select month, days_reported, days_in_month, is_partial from serve_coverage order by month"
    ).rows()
    assert coverage == [(date(2025, 1, 1), 4, 31, True), (date(2025, 2, 1), None, 28, False)]


def test_a_complete_file_without_a_row_empties_the_month_that_its_name_tells(town: Town) -> None:
    source = '[[source]]\nname = "s"\nlog = "transactions"\nfiles = "transactions/*"\ncomplete = true\n'
    (town.folder / "sources.toml").write_text(source, encoding="utf-8")
    town.receive("transactions/baths-2025-01.csv", rows(range(20)))
    town.receive("transactions/baths-2025-02.csv", rows(range(20, 40), "2025-02-05"))
    town.receive("transactions/baths-2025-01-corrected.csv", IDS)
    town.receive("transactions/nothing.csv", IDS)
    assert [held.reason for held in town.load().held] == ["resend_empty_file"]
    months = town.published().query("select month, sum(transactions)::bigint from fct_transaction_month group by 1")
    assert months.rows() == [(date(2025, 2, 1), 20)]
