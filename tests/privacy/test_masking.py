"""What looks like a beneficiary's number is shown nowhere: in no column of a rejected row of any log, in no message."""

import json
import zipfile
from pathlib import Path

import duckdb
import polars as pl
import pytest

from kpi import messages
from kpi.errors import SettingsError, SourceError
from kpi.feedback import write_feedback
from kpi.ingest.contracts import CONTRACTS
from kpi.lake import Lake
from kpi.masking import MASK, NUMBER, mask_values, masked
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.workspace import read_workspace
from tests.ingest.conftest import REGISTRIES, Office

PERSON = "71234567"
WRITINGS = {
    "as it is": PERSON,
    "Arabic digits": "٧١٢٣٤٥٦٧",
    "Persian digits": "۷۱۲۳۴۵۶۷",
    "wide digits": "７１２３４５６７",
    "spaces": "71 23 45 67",
    "hyphens": "7123-4567",
    "points": "71.23.45.67",
    "slashes": "7123/4567",
    "commas": "71,234,567",
    "Arabic separators": "٧١٬٢٣٤٬٥٦٧",
    "invisible characters": "71\u200f23\u200b45\u206867",
    "a dash of print": "7123–4567",
    "a word around it": f"رقم{PERSON}مدني",
    "leading zeros": f"000{PERSON}",
    "a number of a workbook": f"{PERSON}.0",
    "in a list": f'["{PERSON}"]',
    "three at once": f"{PERSON} {PERSON};{PERSON}",
}
GOOD_ROWS = {
    "transactions": {
        "transaction_id": "T-1", "submitted_at": "2025-01-02", "completed_at": "2025-01-03", "entity_id": "moh",
        "service_id": "moh-1", "governorate_id": "OM-MA", "channel": "web", "outcome": "nothing known",
        "beneficiary": "citizen", "beneficiary_number": PERSON, "fee_omr": "1.500", "rating": "5", "transactions": "1",
    },
    "projects": {
        "project_id": "nothing known", "reported_on": "2025-01-02", "progress_pct": "10", "planned_pct": "20",
        "status": "in_progress", "note": "",
    },
    "services": {"service_id": "nothing known", "event": "registered", "event_on": "2025-01-02", "programme": ""}
    | {
        column.name: "1" for column in CONTRACTS["services"].columns if column.kind == "integer"
    },
    "assessments": {
        "entity_id": "nothing known", "indicator_id": "i1", "assessed_on": "2025-01-02", "score_pct": "50",
    },
}  # fmt: skip
PLACES = [(log, column) for log, row in GOOD_ROWS.items() for column in row]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "reference").mkdir()
    for name, text in REGISTRIES.items():
        (tmp_path / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    return Office(tmp_path)


def digits(text: str) -> str:
    """Return the digits of a text in Western form, whatever stands between them."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def rows_with(log: str, column: str) -> list[dict[str, str]]:
    return [{**GOOD_ROWS[log], column: writing} for writing in WRITINGS.values()]


@pytest.mark.parametrize(("log", "column"), PLACES)
@pytest.mark.parametrize("kind", ["ndjson", "parquet"])
def test_a_number_in_any_column_of_any_log_is_not_in_its_rejected_row(
    office: Office, log: str, column: str, kind: str
) -> None:
    frame = pl.DataFrame(rows_with(log, column))
    office.put(f"{log}/a.{kind}", b"")
    path = office.folder / "inbox" / log / f"a.{kind}"
    frame.write_ndjson(path) if kind == "ndjson" else frame.write_parquet(path)
    office.load()
    rejected = office.rejected()
    assert rejected["source_row"].n_unique() == len(WRITINGS)
    for raw in rejected["raw"]:
        assert PERSON not in digits(json.loads(raw)[column]), raw
        assert MASK in raw


def test_a_number_nested_in_a_value_is_not_in_the_rejected_row(office: Office) -> None:
    nested = [[PERSON], [int(PERSON)], int(PERSON), [[WRITINGS["spaces"]]], [{"a": {"b": [WRITINGS["spaces"]]}}]]
    lines = [json.dumps({**GOOD_ROWS["projects"], "note": value}) for value in nested]
    office.load_one("projects/a.ndjson", "\n".join(lines))
    assert office.rejected()["source_row"].n_unique() == len(nested)
    assert PERSON not in digits(" ".join(office.rejected()["raw"]))


def test_a_number_inside_an_object_that_nobody_declared_is_not_in_the_message(office: Office) -> None:
    line = json.dumps({**GOOD_ROWS["projects"], "note": {"id": PERSON, PERSON: "x"}})
    entry = office.load_one("projects/a.ndjson", line)
    assert entry.error_key == "columns_unknown"
    assert PERSON not in digits(entry.error or "")


def test_what_a_clerk_has_to_see_is_still_shown(office: Office) -> None:
    shown = [
        ("submitted_at", "2025-02-31"), ("submitted_at", "31/02/2025 10:00:00"), ("submitted_at", "٢٠٢٥-٠٢-٣١"),
        ("submitted_at", "20250231"), ("completed_at", "2024-12-31T10:00:00+04:00"), ("fee_omr", "-1500.250"),
        ("fee_omr", "١٢٫٣٤٥٦"), ("transactions", "-123456"), ("service_id", "moh-99"), ("channel", "fax 2"),
        ("rating", "10"), ("entity_id", "1042"), ("service_id", "2025-01-31"), ("outcome", "2024/2025"),
    ]  # fmt: skip
    rows = [{**GOOD_ROWS["transactions"], column: value} for column, value in shown]
    office.load_one("transactions/a.ndjson", "\n".join(json.dumps(row) for row in rows))
    raws = {row: json.loads(raw) for row, raw in office.rejected().select("source_row", "raw").iter_rows()}
    hidden = {
        (column, value): raws[row][column]
        for row, (column, value) in enumerate(shown, start=1)
        if column != "fee_omr" and raws[row][column] != value
    }
    assert hidden == {}


def test_a_note_and_a_programme_are_published_without_the_number_and_amounts_stay(office: Office) -> None:
    note = f"Called {PERSON} on 2025-01-31 about 1,250,000 OMR"
    row = {**GOOD_ROWS["projects"], "project_id": "p1", "note": note}
    office.load_one("projects/a.ndjson", json.dumps(row))
    assert office.accepted("projects")["note"].to_list() == [f"Called {MASK} on 2025-01-31 about 1,250,000 OMR"]
    row = {**GOOD_ROWS["services"], "service_id": "moh-1", "programme": PERSON}
    office.load_one("services/a.ndjson", json.dumps(row))
    assert office.accepted("services")["programme"].to_list() == [MASK]


def test_no_number_is_in_the_published_file_nor_in_what_the_sender_gets(office: Office) -> None:
    (office.folder / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Town"\n', encoding="utf-8")
    for log, row in GOOD_ROWS.items():
        rows = [line for column in row for line in rows_with(log, column)]
        office.put(f"{log}/a.ndjson", "\n".join(json.dumps(line) for line in rows))
    office.put("transactions/good.ndjson", json.dumps(GOOD_ROWS["transactions"] | {"outcome": "completed"}))
    office.load()
    build(Settings(workspace=office.folder, threads=1))
    with duckdb.connect(str(office.folder / "warehouse" / "current.duckdb"), read_only=True) as file:
        texts = [row[0] for row in file.execute("select raw from load_rejected").fetchall()]
    for path in write_feedback(office.folder).paths:
        with zipfile.ZipFile(path) as book:
            texts += [book.read(name).decode() for name in book.namelist() if name.endswith("sharedStrings.xml")]
    assert len(texts) > len(PLACES)
    assert [text for text in texts for writing in WRITINGS.values() if writing in text] == []


@pytest.mark.parametrize("content", [f"{PERSON},{PERSON}\n{PERSON},1\n", f"{PERSON},moh-1\n1,2\n"])
def test_a_first_row_that_is_taken_for_headers_is_not_told(office: Office, content: str) -> None:
    entry = office.load_one("transactions/a.csv", content)
    assert isinstance(entry.problem, SourceError)
    said = [entry.problem.what(language) + entry.problem.next_step(language) for language in messages.LANGUAGES]
    assert PERSON not in " ".join([*said, str(entry.error), *entry.error_facts.values()])


def test_the_ledger_keeps_no_number_of_a_sheet(office: Office) -> None:
    path = office.put("transactions/a.xlsx", b"")
    frame = pl.DataFrame([GOOD_ROWS["transactions"]])
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        for name in (PERSON, "two"):
            frame.write_excel(book, worksheet=name)
    office.load()
    assert PERSON not in "".join(
        entry.read_text(encoding="utf-8") for entry in (Lake(office.folder).root / "files").glob("*.json")
    )


def test_a_workspace_says_what_a_number_looks_like_and_its_rejected_rows_are_read_again(office: Office) -> None:
    declared = 'name_ar = "بلدة"\nname_en = "Town"\n'
    row = {**GOOD_ROWS["transactions"], "service_id": "AB-123456", "channel": "99-9999-99"}
    office.load_one("transactions/a.ndjson", json.dumps(row))
    assert office.raw()[0]["service_id"] == f"AB-{MASK}"
    toml = office.folder / "workspace.toml"
    toml.write_text(declared + "[privacy]\nnumber_pattern = '[A-Z]{2}-\\d{6}'\n", encoding="utf-8")
    office.load()
    assert (office.raw()[0]["service_id"], office.raw()[0]["channel"]) == (MASK, "99-9999-99")


@pytest.mark.parametrize("pattern", ["[0-9", "(?<=a)\\\\d+", "\\\\d*", "a|"])
def test_a_pattern_that_cannot_be_used_is_refused(office: Office, pattern: str) -> None:
    text = f'name_ar = "بلدة"\nname_en = "Town"\n[privacy]\nnumber_pattern = "{pattern}"\n'
    (office.folder / "workspace.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_workspace(office.folder)
    assert "number_pattern" in caught.value.what("en")


@pytest.mark.parametrize("writing", [*WRITINGS.values(), "2025-01-31", "784-1980-1234567-1", "no number", "12345"])
def test_both_engines_hide_alike(writing: str) -> None:
    text = f"before {writing} after"
    assert pl.select(mask_values(pl.lit(text), NUMBER)).item() == masked(text)
