"""A file of rows opens in a spreadsheet as what it is: typed, nothing run, nothing lost, whatever the columns hold."""

import io
import json
import re
import zipfile
from datetime import date

import duckdb
import polars as pl
import pytest

from kpi.errors import QueryRefused
from kpi.exports import rows_as_bytes
from kpi.exports.workbook import ROWS_OF_A_SHEET, workbook_bytes

RUNS = (
    "=1+1",
    "+968 2444",
    "-5+1",
    "@sum(a)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "-",
)
STAYS = ("-5", "-5.25", "+5", "5", "2025-01", "a=1", "وزارة", "", "−5")


def typed(sql: str) -> pl.DataFrame:
    with duckdb.connect() as connection:
        return connection.sql(sql).pl()


def read_csv(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(rows_as_bytes(rows, "csv")), infer_schema=False, empty_string_is_null=False)


def read_xlsx(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.read_excel(io.BytesIO(workbook_bytes({"rows": rows})), infer_schema_length=None)


def parts_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def test_csv_marks_what_a_spreadsheet_would_run_and_leaves_the_rest() -> None:
    rows = pl.DataFrame({"text": [*RUNS, *STAYS]})
    assert read_csv(rows)["text"].to_list() == [f"'{one}" for one in RUNS] + list(STAYS)


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["=1+1"]), pl.List(pl.String)], ids=["codes", "enum", "list"])
def test_text_of_any_kind_is_marked_and_so_is_a_heading(kind) -> None:
    value = ["=1+1"] if isinstance(kind, pl.List) else "=1+1"
    rows = pl.DataFrame({"=cmd()": pl.Series([value], dtype=kind)})
    assert read_csv(rows).to_dict(as_series=False) == {"'=cmd()": ["'=1+1"]}


def test_numbers_stay_numbers() -> None:
    rows = typed("select -5 as whole, -0.25 as part, -1.50::decimal(9, 2) as money")
    assert rows_as_bytes(rows, "csv").decode("utf-8-sig").splitlines()[1] == "-5,-0.25,-1.50"
    assert all(kind.is_numeric() for kind in read_xlsx(rows).dtypes)


def test_csv_is_quoted_by_the_rules_with_a_mark_of_its_encoding() -> None:
    written = rows_as_bytes(pl.DataFrame({"a": ['x"y,z\nw'], "b": ["عُمان"]}), "csv")
    assert written == '\ufeffa,b\r\n"x""y,z\nw",عُمان\r\n'.encode()


NESTED = "select {'a': '=1', 'b': date '2025-01-31'} as s, [[1, 2], [3]] as l, map {'k': 1} as m, [1, 2]::int[2] as v"


@pytest.mark.parametrize("read", [read_csv, read_xlsx])
def test_what_is_nested_becomes_text_in_a_sheet(read) -> None:
    assert [str(value) for value in read(typed(NESTED)).row(0)] == [
        '{"a": "=1", "b": "2025-01-31"}', "[[1, 2], [3]]", '{"k": 1}', "[1, 2]",
    ]  # fmt: skip


def test_what_is_nested_stays_so_in_json_and_parquet() -> None:
    rows = typed(NESTED)
    assert json.loads(rows_as_bytes(rows, "json"))[0]["s"] == {"a": "=1", "b": "2025-01-31"}
    assert pl.read_parquet(io.BytesIO(rows_as_bytes(rows, "parquet"))).row(0) == rows.row(0)


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "parquet", "xlsx"])
def test_bytes_times_and_what_is_no_number_are_written_in_every_form(form) -> None:
    rows = typed(
        "select '\\xAB'::blob as b, time '10:00' as t, timestamptz '2025-01-01 10:00+04' as z, 'nan'::double as n, "
        "'inf'::double as i, null as nothing, [] as empty"
    )
    assert rows_as_bytes(rows, form)


def test_a_sheet_has_types_and_loses_no_digit_no_day_and_no_word() -> None:
    rows = typed(
        "select 9007199254740993::bigint as big, 12::bigint as small, date '1850-01-01' as old, "
        "date '2025-01-31' as day, true as yes, repeat('x', 40000) as long, 'file:///etc/passwd' as link, "
        "timestamptz '2025-01-01 10:00+04' as moment"
    )
    read = read_xlsx(rows).row(0, named=True)
    assert (read["big"], read["small"]) == ("9007199254740993", 12)
    assert (read["old"], read["day"], read["yes"]) == ("1850-01-01", date(2025, 1, 31), True)
    assert (len(read["long"]), read["long"][-1]) == (32_767, "…")
    assert read["moment"].startswith("2025-01-01T06:00:00")


def test_a_sheet_holds_no_formula_and_no_link() -> None:
    rows = pl.DataFrame({"=1+1": [*RUNS, "http://example.om/", "internal:rows!A1", "file:///etc/passwd"]})
    parts = parts_of(workbook_bytes({"rows": rows}))
    assert not [name for name, text in parts.items() if "<f>" in text or "hyperlink" in text]
    assert read_xlsx(rows).to_series().to_list()[0] == "=1+1"


def test_sheets_read_from_the_right_and_carry_a_header_for_printing() -> None:
    rows = pl.DataFrame({"القيمة": [1]})
    content = workbook_bytes({"الأرقام": rows, "عن الملف": rows}, right_to_left=True, print_header="أ & ب · 2025")
    sheets = [text for name, text in parts_of(content).items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    for sheet in sheets:
        assert 'rightToLeft="1"' in sheet and 'state="frozen"' in sheet
        assert re.search(r"<oddHeader>&amp;Cأ &amp;&amp; ب · 2025</oddHeader>", sheet)


def test_more_rows_than_a_sheet_holds_are_refused_in_words() -> None:
    with pytest.raises(QueryRefused) as refused:
        workbook_bytes({"rows": pl.DataFrame({"n": range(ROWS_OF_A_SHEET + 1)})})
    assert "CSV" in refused.value.next_step("en")
