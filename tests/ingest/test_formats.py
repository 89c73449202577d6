"""Every format and encoding gives the same rows."""

import gzip
import io
import json
import zipfile
from csv import writer as csv_writer
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.ingest.chunks import FLAW, ROW
from kpi.ingest.decode import text_blocks
from kpi.ingest.delimited import read_delimited
from kpi.ingest.sources import Source, read_sources

ROWS = ({}, {"channel": "counter", "fee_omr": "", "rating": ""}, {"governorate_id": "ظفار", "outcome": "مرفوضة"})
TEN, MONTH = datetime(2025, 1, 2, 10), date(2025, 1, 1)
WANTED = [
    ("T-1", TEN, MONTH, "moh", "moh-1", "OM-MA", "web", "completed", Decimal("1.500"), 5),
    ("T-2", TEN, MONTH, "moh", "moh-1", "OM-MA", "counter", "completed", None, None),
    ("T-3", TEN, MONTH, "moh", "moh-1", "OM-ZU", "web", "rejected", Decimal("1.500"), 5),
]
COLUMNS = ["transaction_id", "submitted_at", "month", "entity_id", "service_id", "governorate_id", "channel", "outcome",
           "fee_omr", "rating"]  # fmt: skip


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(text), infer_schema=False)


def as_ndjson(text: str) -> bytes:
    lines = [json.dumps(row, ensure_ascii=False) for row in table(text).to_dicts()]
    return ("\n".join(lines) + "\n").encode()


def as_json(text: str) -> bytes:
    return json.dumps(table(text).to_dicts(), ensure_ascii=False).encode()


def as_parquet(text: str) -> bytes:
    buffer = io.BytesIO()
    table(text).write_parquet(buffer)
    return buffer.getvalue()


def as_typed_parquet(text: str) -> bytes:
    buffer = io.BytesIO()
    table(text).with_columns(
        pl.col("submitted_at", "completed_at").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ns"),
        pl.col("fee_omr").cast(pl.Float64),
        pl.col("rating").cast(pl.Int16),
        pl.col("transactions").cast(pl.Float64),
        pl.col("beneficiary_number").cast(pl.Int64),
        pl.col("channel").cast(pl.Categorical),
    ).write_parquet(buffer)
    return buffer.getvalue()


def as_xlsx(text: str) -> bytes:
    buffer = io.BytesIO()
    typed = table(text).with_columns(pl.col("submitted_at", "completed_at").str.to_datetime("%Y-%m-%d %H:%M:%S"))
    typed.with_columns(pl.col("fee_omr", "rating").cast(pl.Float64)).write_excel(buffer)
    return buffer.getvalue()


def check(office) -> None:
    assert office.findings() == []
    assert office.accepted().select(COLUMNS).rows() == WANTED


@pytest.mark.parametrize("kind", ["ndjson", "jsonl", "parquet", "xlsx"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_format_gives_the_same_rows_as_csv_with_or_without_gzip(office, csv, kind, zipped):
    make = {"ndjson": as_ndjson, "jsonl": as_ndjson, "parquet": as_parquet, "xlsx": as_xlsx}[kind]
    content = make(csv(*ROWS))
    office.load_one(f"transactions/a.{kind}{'.gz' if zipped else ''}", gzip.compress(content) if zipped else content)
    check(office)


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json", "parquet", "xlsx"])
def test_a_file_alone_in_a_zip_gives_the_same_rows(office, csv, kind):
    make = {"csv": str.encode, "ndjson": as_ndjson, "json": as_json, "parquet": as_parquet, "xlsx": as_xlsx}[kind]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("شهر/a." + kind, make(csv(*ROWS)))
        archive.writestr("__MACOSX/a.csv", b"x")
    office.load_one("transactions/a.zip", buffer.getvalue())
    check(office)


def test_parquet_with_typed_columns_gives_the_same_rows(office, csv):
    office.load_one("transactions/a.parquet", as_typed_parquet(csv(*ROWS)))
    check(office)


@pytest.mark.parametrize("kind", ["csv", "tsv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_undeclared_text_is_recognised_by_its_mark_or_as_utf8(office, csv, kind, encoding, line_end):
    text = csv(*ROWS, separator="\t" if kind == "tsv" else ",").replace("\n", line_end)
    if encoding.endswith("-bom"):
        text, encoding = "\ufeff" + text, encoding.removesuffix("-bom")
    office.load_one(f"transactions/a.{kind}", text, encoding)
    check(office)


def test_a_declared_windows_1256_text_gives_the_same_rows(office, csv):
    office.declare('[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*.csv"\nencoding="windows-1256"\n')
    office.load_one("transactions/a.csv", csv(*ROWS), "windows-1256")
    check(office)


def test_an_arabic_windows_1256_file_is_read_through_its_source_entry(office):
    office.declare(
        '[[source]]\nname="office"\nlog="transactions"\nfiles="transactions/**/*.windows-1256.csv"\n'
        'encoding="windows-1256"\ndates="dd/mm/yyyy HH:MM"\nconstants={entity_id="moh"}\n'
    )
    header = "رقم المعاملة,تاريخ التقديم,تاريخ الإنجاز,رمز الخدمة,المحافظة,القناة,النتيجة,المستفيد,الرقم المدني,"
    header += "الرسوم,التقييم"
    row = "T-1,02/01/2025 10:00,02/01/2025 10:45,moh-1,مسقط,الموقع الإلكتروني,مكتملة,مواطن,71234567,1.500,5"
    office.load_one("transactions/moh/2025-01.windows-1256.csv", f"{header}\n{row}\n", "windows-1256")
    assert office.accepted().select(COLUMNS).rows() == WANTED[:1]


def test_usual_arabic_headers_and_arabic_digits_need_no_mapping(office):
    header = "رقم المعاملة,تاريخ التقديم,رمز الجهة,رمز الخدمة,المحافظة,القناة,النتيجة,الرسوم,التقييم,عدد المعاملات"
    row = "T-1,٢٠٢٥-٠١-٠٢ ١٠:٠٠,moh,moh-1, ظفـــار ,مكتب  الخدمة,مكتملة,١٬٢٣٤٫٥٠٠,۵,١٢"
    office.load_one("transactions/a.csv", f"{header}\n{row}\n")
    wanted = ("OM-ZU", "counter", Decimal("1234.500"), 5, 12)
    assert office.accepted().select("governorate_id", "channel", "fee_omr", "rating", "transactions").row(0) == wanted


def test_the_other_three_logs_are_read_by_their_folders(office):
    office.put("projects/p.csv", "project_id,reported_on,progress_pct,status,note\np1,2025-01-31,53.25,مكتمل,\n")
    office.put("services/s.csv", "service_id,event,event_on,steps_before,steps_after\nmoh-1,تبسيط,2025-02-01,9,4\n")
    office.put("assessments/a.csv", "entity_id,indicator_id,assessed_on,score_pct\nmoh,i1,2025-03-01,81\n")
    assert office.load().exit_code == 0
    project = office.accepted("projects").row(0)
    assert project == (1, "p1", date(2025, 1, 31), Decimal("53.25"), None, "completed", None)
    assert office.accepted("services").row(0)[:4] == (1, "moh-1", "simplified", date(2025, 2, 1))
    assert office.accepted("services").row(0)[5:7] == (9, 4)
    assert office.accepted("assessments").row(0) == (1, "moh", "i1", date(2025, 3, 1), Decimal("81.00"))


def test_quoted_fields_hold_delimiters_quotes_and_line_ends(office):
    office.load_one(
        "projects/p.csv",
        'project_id,reported_on,progress_pct,note\n"p1",2025-01-31,5,"a, ""b""\nc"\np1,2025-02-28,6,plain\n',
    )
    assert office.accepted("projects").select("source_row", "note").rows() == [(1, 'a, "b" c'), (2, "plain")]


def test_a_semicolon_is_read_when_it_is_declared(office, csv):
    office.declare('[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*.csv"\ndelimiter=";"\n')
    office.load_one("transactions/a.csv", csv(*ROWS, separator=";"))
    check(office)


def test_a_file_with_a_header_only_has_no_rows(office, csv):
    entry = office.load_one("transactions/a.csv", csv())
    assert (entry.error, entry.rows_read, entry.rows_accepted) == (None, 0, 0)
    assert office.accepted().shape == (0, 16)


def test_blank_lines_are_no_rows_but_keep_their_numbers(office, csv):
    lines = csv({}, {}).splitlines()
    entry = office.load_one("transactions/a.csv", "\n".join([lines[0], lines[1], "", "  ", lines[2], "", ""]))
    assert (entry.rows_read, entry.rows_accepted) == (2, 2)
    assert office.accepted()["source_row"].to_list() == [1, 4]


def test_a_large_file_read_in_slices_is_the_same_as_in_one(office, csv, monkeypatch):
    text = csv(*({"service_id": "moh-2" if n % 7 else "nope"} for n in range(2_000)), {"transaction_id": "T-2"})
    whole = office.load_one("transactions/a.csv", text)
    rows, findings = office.accepted().rows(), office.findings()
    monkeypatch.setattr("kpi.ingest.decode.BLOCK_BYTES", 10_000)
    office.put("transactions/a.csv", text + "\n")
    office.load()
    sliced = office.lake.entry("transactions/a.csv")
    assert (sliced.rows_read, sliced.rejected_by_reason) == (whole.rows_read, whole.rejected_by_reason)
    assert office.accepted().rows() == rows
    assert office.findings() == findings
    assert findings[-1] == (2_001, "transaction_id", "duplicate_id")


def test_the_canonical_demo_mapping_reads_musandam_without_an_entity_column():
    sources = read_sources(Path(__file__).resolve().parents[2] / "data")
    source = sources.of_file("transactions/gov-musandam/2025-01.windows-1256.csv")
    assert (source.encoding, source.constants) == ("cp1256", {"entity_id": "gov-musandam"})


notes = st.text(alphabet=st.sampled_from('a,"\n\r ب;\t'), max_size=8)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(notes, min_size=1, max_size=12), block_bytes=st.integers(8, 120))
def test_slices_never_cut_a_quoted_field(tmp_path, values, block_bytes):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv_writer(file).writerows([["id", "note", "end"], *([n, value, "z"] for n, value in enumerate(values))])
    with mock.patch("kpi.ingest.decode.BLOCK_BYTES", block_bytes):
        chunks = list(
            read_delimited(
                text_blocks(path, "a.csv", zipped=False, encoding=None), "a.csv", Source("transactions", "a")
            )
        )
    rows = [row for chunk in chunks for row in chunk.frame.select("id", "note", "end", FLAW, ROW).iter_rows()]
    one_line_end = [value.replace("\r\n", "\n").replace("\r", "\n") for value in values]
    wanted = [(str(n), value or None, "z", None, n + 1) for n, value in enumerate(one_line_end)]
    assert [(row[0], row[1] or None, *row[2:]) for row in rows] == wanted
