"""The shapes that real files have: titles, two lines of headers, sheets, wide tables, merged cells, footnotes."""

import io
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter

SOURCE = '[[source]]\nname = "a"\nlog = "transactions"\nfiles = "transactions/*"\n'
HEAD = "submitted_at,service_id,channel,outcome,transactions"
CONSTANTS = 'constants = { outcome = "completed" }\n'


def book(*sheets, percent=()):
    """Return a workbook of (name, rows); cells named in `percent` are formatted as such."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as written:
        form = written.add_format({"num_format": "0.0%"})
        for name, rows in sheets:
            sheet = written.add_worksheet(name)
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    if value is not None:
                        sheet.write(line, place, value, form if (line, place) in percent else None)
    return content.getvalue()


def counted(office):
    """Return month, service, channel and count of what was accepted."""
    rows = office.accepted().sort("month", "service_id", "channel", "transactions", nulls_last=True)
    return rows.select(pl.col("month").dt.month(), "service_id", "channel", "transactions").rows()


def test_titles_stand_above_the_declared_header(office):
    office.declare(SOURCE + "header_row = 4\n")
    text = f"Ministry\nof\n\n{HEAD}\n2025-01-31,moh-1,web,completed,5\n"
    office.load_one("transactions/a.csv", text)
    office.load_one(
        "transactions/b.xlsx",
        book(("x", [["Title"], [], ["of 2025"], HEAD.split(","), ["2025-02-28", "moh-1", "web", "completed", 7]])),
    )
    assert counted(office) == [(1, "moh-1", "web", 5), (2, "moh-1", "web", 7)]


def test_a_header_in_two_lines_and_columns_per_month_and_channel_become_rows(office):
    office.declare(
        SOURCE + CONSTANTS + 'header_rows = 2\n[source.unpivot]\ncolumns = "20*"\ninto = ["submitted_at", "channel"]\n'
    )
    text = "service_id,2025-01,,2025-02,\n,web,counter,web,counter\nmoh-1,1,2,3,4\nmoh-2,5,6,7,8\n"
    office.load_one("transactions/a.csv", text)
    assert [count for *_, count in counted(office)] == [2, 1, 6, 5, 4, 3, 8, 7]
    assert office.accepted()["source_row"].n_unique() == 8


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "ndjson", "parquet"])
def test_columns_per_channel_become_rows_in_every_format(office, kind):
    office.declare(
        SOURCE
        + CONSTANTS
        + '[source.unpivot]\ninto = "channel"\nheaders = { "via site" = "web", "at the desk" = "counter" }\n'
    )
    frame = pl.DataFrame(
        {"submitted_at": ["2025-01-31"], "service_id": ["moh-1"], "via site": ["5"], "at the desk": ["7"]}
    )
    content = io.BytesIO()
    if kind in ("csv", "tsv"):
        frame.write_csv(content, separator="\t" if kind == "tsv" else ",")
    else:
        {"xlsx": frame.write_excel, "ndjson": frame.write_ndjson, "parquet": frame.write_parquet}[kind](content)
    office.load_one(f"transactions/a.{kind}", content.getvalue())
    assert counted(office) == [(1, "moh-1", "counter", 7), (1, "moh-1", "web", 5)]


def test_the_remainder_of_a_total_is_what_its_parts_leave(office):
    office.declare(
        SOURCE
        + CONSTANTS
        + '[source.unpivot]\ninto = "channel"\nheaders = { digital = "online" }\ntotal = "all"\nrest = "counter"\n'
    )
    text = "submitted_at,service_id,all,digital\n2025-01-31,moh-1,100,30\n2025-02-28,moh-1,5,9\n2025-03-31,moh-1,5,\n"
    office.load_one("transactions/a.csv", text)
    assert counted(office)[:2] == [(1, "moh-1", "counter", 70), (1, "moh-1", "online", 30)]
    assert sorted(reason for _, _, reason in office.findings()) == ["count_missing", "count_missing", "out_of_range"]


def test_a_month_that_has_not_come_is_no_row_and_an_empty_cell_of_one_that_has_is_not_provided(office):
    constants = 'constants = { outcome = "completed", channel = "web" }\n'
    office.declare(SOURCE + constants + '[source.unpivot]\ncolumns = "20*"\ninto = "submitted_at"\n')
    entry = office.load_one("transactions/a.csv", "service_id,2025-01,2025-02\nmoh-1,5,\nmoh-2,,\n")
    assert (entry.rows_read, entry.rejected_by_reason) == (2, {"count_missing": 1})


def test_merged_cells_are_filled_down_also_across_slices(office):
    office.declare(SOURCE + 'fill_down = ["service_id", "submitted_at"]\n')
    text = f"{HEAD}\n2025-01-31,moh-1,web,completed,1\n,,counter,completed,2\n,moh-2,web,completed,3\n"
    office.load_one("transactions/a.csv", text)
    assert counted(office) == [(1, "moh-1", "counter", 2), (1, "moh-1", "web", 1), (1, "moh-2", "web", 3)]


def test_one_sheet_per_month_is_one_table_and_notes_are_left_alone(office):
    office.declare(SOURCE + CONSTANTS + 'sheets = "all"\nsheet_name_is = "submitted_at"\n')
    rows = [["service_id", "channel", "transactions"], ["moh-1", "web", 5]]
    content = book(("2025-01", rows), ("Notes", [["Please note"], ["nothing"]]), ("2025-02", rows))
    office.load_one("transactions/a.xlsx", content)
    assert counted(office) == [(1, "moh-1", "web", 5), (2, "moh-1", "web", 5)]


def test_a_sheet_of_notes_beside_the_data_needs_no_declaration(office):
    content = book(
        ("Data", [HEAD.split(","), ["2025-01-31", "moh-1", "web", "completed", 5]]), ("Notes", [["x"], ["y"]])
    )
    entry = office.load_one("transactions/a.xlsx", content)
    assert (entry.error_key, entry.rows_accepted) == (None, 1)


def test_a_sheet_with_a_slip_in_its_header_is_not_lost_in_silence(office):
    office.declare(SOURCE + 'sheets = "all"\n')
    good = [HEAD.split(","), ["2025-01-31", "moh-1", "web", "completed", 5]]
    slip = [HEAD.replace("service_id", "servce").split(","), ["2025-02-28", "moh-1", "web", "completed", 5]]
    entry = office.load_one("transactions/a.xlsx", book(("Jan", good), ("Feb", slip)))
    assert (entry.error_key, entry.error_facts["sheet"]) == ("sheet_header_incomplete", "Feb")


def test_the_format_of_a_cell_decides_what_a_percentage_is(office):
    rows = [["project_id", "reported_on", "progress_pct"], ["p1", "2025-01-31", 0.85], ["p1", "2025-02-28", 0.9]]
    office.load_one("projects/a.xlsx", book(("x", rows), percent={(1, 2), (2, 2)}))
    assert [float(value) for value in office.accepted("projects")["progress_pct"]] == [85.0, 90.0]


@pytest.mark.parametrize(
    ("values", "declared", "stored"),
    [
        (["0.85", "0.9"], "", None),
        (["0.85", "90"], "", [0.85, 90.0]),
        (["85%", "90 %"], "", [85.0, 90.0]),
        (["0.5%", "0"], "", [0.5, 0.0]),
        (["0.85", "0.9"], 'percent = "shares"\n', [85.0, 90.0]),
        (["0.85", "0.9"], 'percent = "points"\n', [0.85, 0.9]),
        (["0", "0"], "", [0.0, 0.0]),
    ],
)
def test_percentages_that_may_be_shares_are_asked_about_and_never_guessed(office, values, declared, stored):
    office.declare(f'[[source]]\nname = "p"\nlog = "projects"\nfiles = "projects/*"\n{declared}')
    lines = [f"p1,2025-0{month}-01,{value}" for month, value in enumerate(values, start=1)]
    office.load_one("projects/a.csv", "project_id,reported_on,progress_pct\n" + "\n".join(lines) + "\n")
    if stored is None:
        assert {reason for _, _, reason in office.findings()} == {"percent_or_share"}
    else:
        assert [float(value) for value in office.accepted("projects").sort("reported_on")["progress_pct"]] == stored


def test_a_formula_without_a_stored_result_and_a_rounded_number_are_told(office):
    import zipfile

    rows = [[*HEAD.split(","), "transaction_id"], ["2025-01-31", "moh-1", "web", "completed", 5, 2025010112345678]]
    content = io.BytesIO(book(("x", [*rows, ["2025-01-31", "moh-1", "web", "completed", 5, "A-1"]])))
    with zipfile.ZipFile(content) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    assert b'<c r="E3"><v>5</v></c>' in sheet
    members["xl/worksheets/sheet1.xml"] = sheet.replace(
        b'<c r="E3"><v>5</v></c>', b'<c r="E3"><f>SUM(1,4)</f><v></v></c>'
    )
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    office.load_one("transactions/a.xlsx", again.getvalue())
    assert office.findings() == [
        (1, "transaction_id", "rounded_id"),
        (2, "transactions", "formula_without_value"),
    ]


def test_lines_of_delimiters_a_broken_header_and_the_first_line_of_excel_cost_nothing(office):
    header = '"submitted_at";service_id;channel;outcome;"عدد\nالمعاملات"'
    text = f"sep=;\r\n{header}\r\n2025-01-31;moh-1;web;completed;5\r\n;;;;\r\n \r\n;;;;\r\n"
    entry = office.load_one("transactions/a.csv", text)
    assert (entry.error_key, entry.rows_accepted, entry.rejected_by_reason) == (None, 1, {})


def test_a_header_that_stands_twice_and_is_ignored_is_no_fault(office):
    office.declare(SOURCE + 'ignore = ["note"]\n')
    entry = office.load_one("transactions/a.csv", f"{HEAD},note,note\n2025-01-31,moh-1,web,completed,5,x,y\n")
    assert (entry.error_key, entry.rows_accepted) == (None, 1)


@pytest.mark.parametrize(
    ("period", "day", "month", "covered"),
    [
        ("fiscal_year", "2023-2024", date(2023, 4, 1), 12),
        ("year", "2024", date(2024, 1, 1), 12),
        ("quarter", "2024-Q2", date(2024, 4, 1), 3),
        ("month", "2024-05", date(2024, 5, 1), 1),
        ("week", "2024-W20", date(2024, 5, 1), 1),
        ("day", "2024-05-13", date(2024, 5, 1), 1),
    ],
)
def test_totals_of_every_period_are_taken(office, period, day, month, covered):
    office.declare(f'{SOURCE}period = "{period}"\nfiscal_year_starts = 4\n')
    office.load_one("transactions/a.csv", f"{HEAD}\n{day},moh-1,web,completed,5\n")
    assert office.accepted().select("month", "months_covered").rows() == [(month, covered)]


def test_negative_counts_are_taken_only_where_corrections_are_declared(office):
    text = f"{HEAD}\n2025-01-31,moh-1,web,completed,-5\n"
    office.load_one("transactions/a.csv", text)
    assert office.findings() == [(1, "transactions", "out_of_range")]
    office.declare(SOURCE + "corrections = true\n")
    office.load()
    assert counted(office) == [(1, "moh-1", "web", -5)]


def test_marks_of_nothing_are_no_faults_and_one_that_cannot_be_counts_nothing(office):
    office.declare(SOURCE + 'nulls = ["ND", "x"]\nnot_applicable = ["NA"]\n')
    text = f"{HEAD},rating\n2025-01-31,moh-1,web,completed,5,nd\n"
    text += "2025-01-31,moh-1,x,completed,ND,1\n2025-01-31,moh-2,web,completed,NA,NA\n"
    entry = office.load_one("transactions/a.csv", text)
    assert office.findings() == [(2, "transactions", "count_missing"), (3, "transactions", "not_applicable")]
    assert (entry.rows_accepted, entry.dropped_by_reason) == (1, {})


def test_letters_that_writers_of_arabic_exchange_make_no_difference(office):
    text = (
        "تاريخ التقديم,الخدمه,المحافظه,القناة,النتيجه\n2025-01-31,موعد,محافظة مسقط,الموقع الالكتروني,مكتمله\n"
        "2025-01-31,moh-1,مسقط,التطبيق,مکتملة\n"
    )
    office.load_one("transactions/a.csv", text)
    assert office.findings() == []
    assert office.accepted().select("service_id", "governorate_id", "channel", "outcome").rows() == [
        ("moh-1", "OM-MA", "web", "completed"),
        ("moh-1", "OM-MA", "app", "completed"),
    ]


def test_a_name_of_two_services_is_refused_and_not_guessed(office):
    path = office.folder / "reference" / "services.csv"
    path.write_text(path.read_text() + "mol-2,mol,موعد,Appointment\n")
    office.load_one("transactions/a.csv", f"{HEAD}\n2025-01-31,Appointment,web,completed,5\n")
    assert office.findings() == [(1, "service_id", "ambiguous_name")]


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "ndjson"])
def test_a_name_is_never_a_pattern(tmp_path, kind, monkeypatch):
    from tests.ingest.conftest import REGISTRIES, Office

    office = Office(tmp_path / "a[1]?*")
    for name, text in REGISTRIES.items():
        path = office.folder / "reference" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for count, name in ((5, "x[1]"), (7, "x1"), (9, "x?*")):
        frame = pl.DataFrame(
            {
                "submitted_at": [datetime(2025, 1, count)],
                "service_id": ["moh-1"],
                "channel": ["web"],
                "outcome": ["completed"],
                "transactions": [count],
            }
        )
        content = io.BytesIO()
        {
            "csv": frame.write_csv,
            "parquet": frame.write_parquet,
            "xlsx": frame.write_excel,
            "ndjson": frame.write_ndjson,
        }[kind](content)
        office.put(f"transactions/{name}.{kind}", content.getvalue())
    assert office.load().failures == ()
    paths = office.lake.accepted_paths("transactions")
    assert sorted(pl.read_parquet(path, glob=False)["transactions"].item() for path in paths) == [5, 7, 9]


@pytest.mark.parametrize(
    "name", ["Thumbs.db", "desktop.ini", "a.csv.bak", "~$a.xlsx", ".DS_Store", "__MACOSX/a.csv", "a.csv~"]
)
def test_what_systems_leave_behind_is_no_file(office, csv, name):
    office.put(f"transactions/{name}", "junk")
    office.load_one("transactions/a.csv", csv({}))
    assert [file.source_file for file in office.lake.files()] == ["transactions/a.csv"]


def test_a_count_that_only_later_objects_have_is_not_one_in_the_earlier_ones(office, monkeypatch):
    import json

    monkeypatch.setattr("kpi.ingest.decode.BLOCK_BYTES", 200)
    thing = {"submitted_at": "2025-01-31", "service_id": "moh-1", "channel": "web", "outcome": "completed"}
    lines = [json.dumps(thing)] * 5 + [json.dumps({**thing, "transactions": 4})]
    entry = office.load_one("transactions/a.ndjson", "\n".join(lines) + "\n")
    assert (entry.rows_read, entry.rejected_by_reason) == (6, {"count_missing": 5})
    assert [count for *_, count in counted(office)] == [4]
