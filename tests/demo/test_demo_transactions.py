from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from kpi.catalogue import codes
from kpi.demo import DemoSummary, generate
from kpi.demo.catalogue import build_catalogue
from kpi.demo.malformed import REASON
from kpi.demo.reference import read_reference
from kpi.demo.senders import senders
from kpi.demo.service_mix import mix_in, service_mixes
from kpi.demo.transactions import MonthTask, write_month
from kpi.demo.volumes import plan_2025
from tests.demo.demo_reading import RawRow, raw_rows
from tests.demo.demo_workspace import SCALE, empty_workspace

MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S.%f")
DIGITAL = {"app", "web", "التطبيق", "الموقع الإلكتروني"}
COMPLETED = {"completed", "مكتملة"}


def month_files(workspace: Path) -> list[Path]:
    return sorted((workspace / "inbox" / "transactions").glob("2025-*/*"))


def aggregates(workspace: Path) -> pl.DataFrame:
    parts = []
    for file in sorted((workspace / "inbox" / "transactions").glob("202[1-4]/*")):
        frame = pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_csv(file, try_parse_dates=True)
        parts.append(frame.cast({"governorate_id": pl.String, "submitted_at": pl.Date}))
    return pl.concat(parts)


def moment(text: str) -> datetime | None:
    for pattern in MOMENTS:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


class Judge:
    """Find what is wrong with a row, from the registries and the code lists alone."""

    def __init__(self, workspace: Path) -> None:
        reference = workspace / "reference"
        self.services = set(pl.read_csv(reference / "services.csv")["service_id"])
        places = pl.read_csv(reference / "governorates.csv")
        self.places = {"", *places["governorate_id"], *places["name_ar"]}
        self.codes = {
            name: {"", *(code.id for code in codes()[name]), *(code.name_ar for code in codes()[name])}
            for name in ("channel", "outcome", "beneficiary")
        }

    def reasons(self, row: RawRow, seen: set[str]) -> list[str]:
        if row.flaw:
            return [row.flaw]
        return [*self._value_reasons(row.values), *self._row_reasons(row.values, seen)]

    def _value_reasons(self, values: dict[str, str]) -> Iterator[str]:
        if values["service_id"] not in self.services:
            yield "unknown_service"
        if values["governorate_id"] not in self.places:
            yield "unknown_governorate"
        if any(values.get(name, "") not in known for name, known in self.codes.items()):
            yield "unknown_code"
        if not values["outcome"]:
            yield "missing_value"
        if float(values.get("fee_omr") or 0) < 0 or float(values.get("rating") or 1) not in {1, 2, 3, 4, 5}:
            yield "out_of_range"

    def _row_reasons(self, values: dict[str, str], seen: set[str]) -> Iterator[str]:
        submitted, completed = moment(values["submitted_at"]), moment(values.get("completed_at", ""))
        if submitted is None or (values.get("completed_at") and completed is None):
            yield "not_a_date"
        elif submitted.year > 2026:
            yield "future_date"
        elif completed and completed < submitted:
            yield "completed_before_submitted"
        number = values["transaction_id"]
        if number and number in seen:
            yield "duplicate_id"
        seen.add(number)


def found_wrong(judge: Judge, file: Path, inbox: Path) -> tuple[list[tuple[str, int, str]], int]:
    """Return file, row and reason of every broken row, and the completed digital rows among the others."""
    broken, digital, seen = [], 0, set()
    for row in raw_rows(file):
        reasons = judge.reasons(row, seen)
        assert len(reasons) <= 1, (file.name, row, reasons)
        if reasons:
            broken.append((str(file.relative_to(inbox)), row.number, reasons[0]))
        elif row.values["outcome"] in COMPLETED and row.values["channel"] in DIGITAL:
            digital += 1
    return broken, digital


def test_the_list_of_malformed_rows_is_what_is_wrong_with_the_files(workspace: Path) -> None:
    judge, inbox = Judge(workspace), workspace / "inbox"
    found = [found_wrong(judge, file, inbox) for file in month_files(workspace)]
    listed = pl.read_csv(workspace / "demo_malformed.csv").rows()
    assert sorted(row for broken, _ in found for row in broken) == listed
    assert sum(digital for _, digital in found) == round(11_439_542 * SCALE)
    assert {reason for _, _, reason in listed} == set(REASON.values()) - {"not_a_json_object"}


@pytest.mark.parametrize(
    "file_format", ["csv_arabic", "csv_gz", "csv_utf16", "csv_windows_1256", "ndjson", "tsv", "xlsx"]
)
def test_a_fuller_month_in_each_format_is_broken_just_as_said(
    workspace: Path, tmp_path: Path, file_format: str
) -> None:
    reference = read_reference(workspace)
    mixes = service_mixes(build_catalogue(reference, 2025), 2025)
    places = tuple((place.governorate_id, place.name_ar) for place in reference.governorates)
    plan = next(p for p in plan_2025(senders(reference), 2025, 0.05) if p.sender.format == file_format)
    broken = write_month(MonthTask(plan, mix_in(mixes[plan.sender.entity_id], plan.month), 2025, tmp_path, places))
    found, digital = found_wrong(Judge(workspace), tmp_path / plan.path, tmp_path)
    assert found == [(row.file, row.position + 1, row.reason) for row in broken]
    assert digital == plan.digital
    assert broken[0].kind == {"ndjson": "not_json", "xlsx": "bad_date"}.get(file_format, "too_many_fields")


def test_all_48_bodies_report_and_two_of_them_miss_a_month(workspace: Path) -> None:
    months = Counter(file.name.split("-2025-")[0] for file in month_files(workspace))
    assert len(months) == 48
    assert Counter(months.values()) == {5: 46, 4: 2}


def test_bodies_send_every_format(workspace: Path) -> None:
    suffixes = Counter("".join(file.suffixes) for file in month_files(workspace) if "2025-01" in file.name)
    assert suffixes == {
        ".parquet": 30, ".csv": 9, ".csv.gz": 1, ".utf16.csv": 1, ".ar.csv": 1, ".windows-1256.csv": 1, ".tsv": 1,
        ".xlsx": 2, ".ndjson": 2,
    }  # fmt: skip


def test_the_windows_1256_file_has_arabic_headers_and_no_entity(workspace: Path) -> None:
    [file] = (workspace / "inbox" / "transactions" / "2025-01").glob("*.windows-1256.csv")
    header = file.read_bytes().decode("windows-1256").splitlines()[0]
    assert header == (
        "رقم المعاملة,تاريخ التقديم,تاريخ الإنجاز,رمز الخدمة,المحافظة,القناة,النتيجة,"
        "المستفيد,الرقم المدني,الرسوم,التقييم"
    )


def test_one_file_writes_its_dates_in_arabic_indic_digits(workspace: Path) -> None:
    [file] = (workspace / "inbox" / "transactions" / "2025-01").glob("*.ar.csv")
    text = file.read_text(encoding="utf-8-sig")
    assert "/٠١/٢٠٢٥ " in text
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_monthly_aggregates_meet_the_published_total_of_2024(workspace: Path) -> None:
    digital = aggregates(workspace).filter((pl.col("outcome") == "completed") & pl.col("channel").is_in(["app", "web"]))
    until_november = digital.filter(pl.col("submitted_at").is_between(date(2024, 1, 1), date(2024, 11, 30)))
    assert until_november["transactions"].sum() == round(26_993_418 * SCALE)


def test_the_aggregates_are_monthly_positive_and_start_when_a_body_joins(workspace: Path) -> None:
    rows = aggregates(workspace)
    entities = pl.read_csv(workspace / "reference" / "entities.csv", try_parse_dates=True)
    joined = entities.select("entity_id", since="expected_from")
    assert (rows["transactions"] > 0).all()
    assert (rows["submitted_at"].dt.day() == 1).all()
    assert rows.join(joined, on="entity_id").filter(pl.col("submitted_at") < pl.col("since")).is_empty()
    assert rows.select("submitted_at", "entity_id", "service_id", "channel", "outcome").is_unique().all()


def test_one_body_is_silent_for_two_months_of_2024(workspace: Path) -> None:
    rows = aggregates(workspace).filter(pl.col("submitted_at").dt.year() == 2024)
    joined_late = pl.read_csv(workspace / "reference" / "entities.csv").filter(pl.col("expected_from").is_not_null())
    months = rows.group_by("entity_id").agg(pl.col("submitted_at").dt.month().unique().sort())
    gaps = [
        sorted(set(range(1, 13)) - set(found))
        for entity, found in months.iter_rows()
        if entity not in set(joined_late["entity_id"]) and len(found) < 12
    ]
    assert gaps == [[2, 3]]


@pytest.mark.full
def test_the_full_size_has_exactly_the_published_digital_transactions(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path / "full")
    summary: DemoSummary = generate(workspace)
    assert summary.digital_2025 == 11_439_542
    assert summary.row_level_transactions > 13_000_000
    assert (
        aggregates(workspace)
        .filter(
            (pl.col("outcome") == "completed")
            & pl.col("channel").is_in(["app", "web"])
            & pl.col("submitted_at").is_between(date(2024, 1, 1), date(2024, 11, 30))
        )["transactions"]
        .sum()
        == 26_993_418
    )
    listed = pl.read_csv(workspace / "demo_malformed.csv")
    assert 0.0009 < len(listed) / summary.row_level_transactions < 0.0011
