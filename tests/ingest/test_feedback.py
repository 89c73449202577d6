"""A ministry gets back what it has to correct, in words a clerk can act on."""

import zipfile
from pathlib import Path

import fastexcel
import pytest

from kpi import messages
from kpi.errors import SettingsError
from kpi.feedback import is_formula_like, write_feedback

FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1", "\u00a0=1", "\u200b=1", "\ufeff@x"]


def grid(path: Path, sheet: str) -> list[list[str | None]]:
    return [list(row) for row in fastexcel.read_excel(path).load_sheet(sheet, header_row=None).to_polars().rows()]


def rows_of(path: Path, language: str) -> list[list[str | None]]:
    """Return the listed rows of a workbook, below its header."""
    lines = grid(path, messages.text("feedback.sheet", language))
    head = messages.text("feedback.column_file", language)
    return lines[[line[0] for line in lines].index(head) + 1 :]


def test_each_entity_gets_its_rows_with_the_value_as_sent_and_what_to_do(office, csv):
    rows = (
        {"channel": "fax"},
        {"beneficiary_number": "12"},
        {"service_id": "mol-1", "entity_id": "mol", "rating": "9"},
    )
    office.put("transactions/a.csv", csv({}, *rows).replace("channel,", "القناة,"))
    office.load()
    report = write_feedback(office.folder)
    assert [path.name for path in report.paths] == ["moh.xlsx", "mol.xlsx", "summary.xlsx"]
    assert (report.entities, report.rows) == (2, 3)
    first, second = rows_of(report.paths[0], "en")
    assert first[:4] == ["transactions/a.csv", "2", "القناة", "fax"]
    assert first[4:] == [messages.text("reasons.unknown_code", "en"), messages.text("fixes.unknown_code", "en")]
    assert second[1:4] == ["3", "beneficiary_number", "•••"]
    (third,) = rows_of(report.paths[1], "ar")
    assert third[1:] == [
        "4", "rating", "9", messages.text("reasons.out_of_range", "ar"), messages.text("fixes.out_of_range", "ar")
    ]  # fmt: skip
    assert grid(report.paths[2], "English")[3][:3] == ["Ministry of Health", "2", "0"]


def test_the_arabic_sheet_reads_from_right_to_left(office, csv):
    office.load_one("transactions/a.csv", csv({"channel": "fax"}))
    with zipfile.ZipFile(write_feedback(office.folder).paths[0]) as book:
        assert b'rightToLeft="1"' in book.read("xl/worksheets/sheet1.xml")
        assert b'rightToLeft="1"' not in book.read("xl/worksheets/sheet2.xml")


def test_nothing_that_was_sent_becomes_a_formula(office, csv):
    sent = [text.replace("\t", "").replace("\r", "") for text in FORMULAS]
    office.load_one("transactions/a.csv", csv(*({"channel": text} for text in sent)))
    path = write_feedback(office.folder).paths[0]
    assert [row[3] for row in rows_of(path, "en")] == [f"'{text}" for text in sent]
    with zipfile.ZipFile(path) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())
    assert all(map(is_formula_like, FORMULAS))
    assert not is_formula_like("moh-1")


def test_a_row_that_tells_no_entity_goes_by_its_file_or_to_the_unassigned(office, csv):
    torn = csv({}, {}).splitlines()
    office.put("transactions/torn.csv", "\n".join([*torn[:2], "x,y"]) + "\n")
    office.put("transactions/nobody.csv", csv({"entity_id": "nobody", "service_id": "none"}))
    office.put("transactions/empty.csv", "")
    office.put("projects/p.csv", "project_id,reported_on,progress_pct\np1,2025-01-31,101\n")
    office.load()
    report = write_feedback(office.folder)
    assert [path.stem for path in report.paths] == ["moh", "unassigned", "summary"]
    files = {(row[0], row[1]) for row in rows_of(report.paths[1], "en")}
    assert files == {("transactions/empty.csv", None), ("transactions/nobody.csv", "1"), ("projects/p.csv", "1")}


def test_what_was_corrected_leaves_no_workbook_behind(office, csv):
    office.load_one("transactions/a.csv", csv({"channel": "fax"}))
    (path, *_) = write_feedback(office.folder).paths
    office.load_one("transactions/a.csv", csv({}))
    assert write_feedback(office.folder).entities == 0
    assert not path.exists()


def test_one_entity_alone_can_be_asked_for(office, csv, tmp_path):
    office.load_one("transactions/a.csv", csv({"channel": "fax"}))
    assert [path.name for path in write_feedback(office.folder, tmp_path / "out", "moh").paths] == ["moh.xlsx"]
    assert write_feedback(office.folder, tmp_path / "out", "mol").paths == ()
    with pytest.raises(SettingsError) as caught:
        write_feedback(office.folder, entity_id="../moh")
    assert caught.value.key == "feedback_entity_unknown"
