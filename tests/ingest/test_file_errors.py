"""A file that is not what it should be costs itself only: one error with file, place and remedy, in both languages."""

import gzip
import io
import multiprocessing
import os
import string
import threading
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from kpi import messages
from kpi.errors import SettingsError, SourceError
from kpi.ingest.bounds import Bounds
from kpi.ingest.load import make_plan
from kpi.ingest.workers import load_all
from kpi.settings import Settings


def parquet_bytes() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"service_id": ["moh-1"] * 100}).write_parquet(buffer)
    return buffer.getvalue()


def list_parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"service_id": [["a"]]}).write_parquet(buffer)
    return buffer.getvalue()


def two_sheets() -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name in ("January", "February"):
            book.add_worksheet(name).write_row(0, 0, ["service_id"])
    return buffer.getvalue()


def no_workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.txt", "x")
    return buffer.getvalue()


HEAD = "submitted_at,service_id,outcome"
ROW = "2025-01-01,moh-1,completed"
CASES = [
    ("transactions/a.csv", b"", "file_empty", []),
    ("transactions/a.csv", b"\r\n\n", "file_empty", []),
    ("transactions/a.csv", f"{HEAD},colour\n{ROW},x\n".encode(), "columns_unknown", ["colour"]),
    ("transactions/a.csv", f"{ROW}\n{ROW}\n".encode(), "columns_unknown", []),
    ("transactions/a.csv", b"submitted_at,service_id\n2025-01-01,moh-1\n", "columns_missing", ["outcome"]),
    ("transactions/a.csv", f"{HEAD},Outcome\n{ROW},completed\n".encode(), "column_twice", ["Outcome"]),
    ("transactions/a.csv", f"{HEAD}\n{ROW}\n".replace(",", ";").encode(), "delimiter_wrong", [";"]),
    ("transactions/a.csv", f'{HEAD},"note\n{ROW}\n'.encode(), "header_unreadable", []),
    ("transactions/a.csv", f"{HEAD}\n{ROW}\n2025-01-01,موعد,x\n".encode("windows-1256"), "encoding_unknown", ["2"]),
    ("transactions/a.csv", f"{HEAD}\n{ROW}\n".encode("utf-16-le"), "encoding_unknown", []),
    ("transactions/a.csv", parquet_bytes(), "file_of_another_kind", ["parquet"]),
    ("transactions/a.csv", b"%PDF-1.7 ...", "file_of_another_kind", ["pdf"]),
    ("transactions/a.csv.gz", f"{HEAD}\n".encode(), "file_of_another_kind", ["gzip"]),
    ("transactions/a.csv.gz", gzip.compress(f"{HEAD}\n{ROW * 999}".encode())[:-20], "file_truncated", ["gzip"]),
    ("transactions/a.csv.gz", gzip.compress(b"x" * 9999)[:20] + b"garbage garbage", "file_truncated", ["gzip"]),
    ("transactions/a.parquet", f"{HEAD}\n".encode(), "file_of_another_kind", ["parquet", "text"]),
    ("transactions/a.parquet", parquet_bytes()[:-30], "file_unreadable", ["Parquet"]),
    ("transactions/a.parquet", list_parquet(), "column_type_unreadable", ["service_id"]),
    ("transactions/a.parquet.gz", gzip.compress(parquet_bytes())[:-9], "file_truncated", ["gzip"]),
    ("transactions/a.xlsx", no_workbook(), "file_unreadable", ["XLSX"]),
    ("transactions/a.xlsx", b"PK\x03\x04 torn", "file_unreadable", ["XLSX"]),
    ("transactions/a.xlsx", two_sheets(), "sheets_without_header", ["January", "February"]),
    ("transactions/a.xls", b"\xd0\xcf\x11\xe0", "file_unreadable", ["XLS"]),
    ("letters/a.csv", f"{HEAD}\n".encode(), "log_unknown", ["transactions"]),
    ("a.csv", f"{HEAD}\n".encode(), "log_unknown", []),
]


@pytest.mark.parametrize(
    ("name", "content", "key", "told"), CASES, ids=[f"{n}-{case[2]}" for n, case in enumerate(CASES)]
)
def test_a_faulty_file_is_named_with_its_remedy_and_the_others_are_loaded(office, csv, name, content, key, told):
    office.put(name, content)
    office.put("transactions/good.csv", csv({}, {}))
    report = office.load()
    assert report.exit_code == 3
    assert [(failure.source_file, failure.error.key) for failure in report.failures] == [(name, key)]
    assert len(office.accepted()) == 2
    entry = office.lake.entry(name)
    assert (entry.rows_read, entry.accepted_path) == (0, None)
    for language in messages.LANGUAGES:
        what, remedy = entry.problem.what(language), entry.problem.next_step(language)
        assert name in what
        assert remedy
        assert all(word in what + remedy for word in told)
    assert entry.error == f"{entry.problem.what('en')} {entry.problem.next_step('en')}"


def test_a_missing_header_row_does_not_show_a_beneficiary_number(office):
    entry = office.load_one("transactions/a.csv", "71234567,moh-1\n71234568,moh-1\n")
    assert "•••" in entry.error
    assert "71234567" not in entry.error


def test_a_declared_encoding_that_is_not_the_files_is_said(office, csv):
    office.declare('[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*.csv"\nencoding="windows-1256"\n')
    entry = office.load_one("transactions/a.csv", csv({"governorate_id": "مسقط"}))
    assert entry.error_key == "encoding_wrong"
    entry = office.load_one("transactions/b.csv", csv({"governorate_id": "مسقط"}), "utf-16")
    assert (entry.error_key, entry.error_facts["found"]) == ("encoding_wrong", "utf-16")


def test_a_directory_with_the_name_of_a_file_is_only_a_folder(office, csv):
    entry = office.load_one("transactions/x.csv/a.csv", csv({}))
    assert entry.rows_accepted == 1


def test_hidden_and_half_copied_files_are_left_alone(office, csv):
    for name in (".DS_Store", "~$a.xlsx", "a.csv.part"):
        office.put(f"transactions/{name}", b"x")
    office.put("transactions/a.csv", csv({}))
    report = office.load()
    assert [result.source_file for result in report.results] == ["transactions/a.csv"]


def test_an_unforeseen_fault_is_an_error_of_the_file_without_its_content(office, csv, monkeypatch):
    def fall_over(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret 71234567")

    monkeypatch.setattr("kpi.ingest.load_file.Validator.check", fall_over)
    entry = office.load_one("transactions/a.csv", csv({}))
    assert entry.error_key == "unreadable"
    assert "ZeroDivisionError" in entry.error
    assert "secret" not in entry.error


@pytest.mark.parametrize(
    ("toml", "key", "told"),
    [
        ("[[source]\n", "sources_unreadable", []),
        ('[[source]]\nname="a"\nfiles="*"\n', "sources_slips", ["log"]),
        ('[[source]]\nname="a"\nlog="letters"\nfiles="*"\n', "sources_slips", ["letters"]),
        ('[[source]]\nname="a"\nlog="transactions"\nfiles="*"\ncolour="x"\n', "sources_slips", ["colour"]),
        (
            '[[source]]\nname="a"\nlog="transactions"\nfiles="*"\ncolumns={A="chanel"}\n',
            "sources_slips",
            ["chanel", "channel"],
        ),
        ('[[source]]\nname="a"\nlog="transactions"\nfiles="*"\nencoding="klingon"\n', "sources_slips", ["klingon"]),
        ('[[source]]\nname="a"\nlog="transactions"\nfiles="*"\ndates="dd/yyyy"\n', "sources_slips", ["dd/yyyy"]),
        (
            '[[source]]\nname="a"\nlog="transactions"\nfiles="*"\nperiod="fortnight"\n',
            "sources_slips",
            ["fortnight", "quarter"],
        ),
        ('[[registry]]\nname="kings"\nfile="k.csv"\n', "registries_slips", ["kings"]),
    ],
)
def test_a_wrong_sources_file_stops_the_load_and_names_the_entry(office, toml, key, told):
    office.declare(toml)
    with pytest.raises(SettingsError) as caught:
        office.load()
    assert caught.value.key == key
    for language in messages.LANGUAGES:
        text = caught.value.what(language) + caught.value.next_step(language)
        assert all(word in text for word in told)


def test_a_missing_workspace_is_said(tmp_path):
    from kpi.ingest.load import load
    from kpi.settings import Settings

    with pytest.raises(SettingsError, match="not a folder"):
        load(Settings(workspace=tmp_path / "nowhere"))


def words_of(language: str) -> dict[str, set[str]]:
    path = Path(messages.__file__).parent / language / "ingest.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {f"{key}.{part}": text for key, parts in words["errors"].items() for part, text in parts.items()}
    return {
        key: {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for key, text in (texts | words["reasons"]).items()
    }


def test_every_error_speaks_both_languages_with_the_same_facts():
    assert words_of("ar") == words_of("en")


@pytest.fixture
def endless(office, csv, monkeypatch):
    """Put two good files around one whose reader waits for ever, and give each to a process."""
    for name in "ac":
        office.put(f"transactions/{name}.csv", csv({}))
    os.mkfifo(office.folder / "inbox" / "transactions" / "b.csv")
    monkeypatch.setattr("kpi.ingest.workers.WORTH_A_PROCESS_BYTES", 0)
    monkeypatch.setattr("kpi.ingest.workers.WORTH_ALL_PROCESSES_BYTES", 0)
    return office


def load_with_the_endless_one(office, bounds, on_result=lambda result: None):
    tasks = [("transactions/a.csv", 1), ("transactions/b.csv", 9), ("transactions/c.csv", 1)]
    plan = replace(make_plan(Settings(workspace=office.folder)), bounds=bounds)
    found = load_all(plan, tasks, workers=2, on_result=on_result)
    return [(result.source_file, result.error.key if result.error else result.status) for result in found]


def test_a_worker_that_dies_costs_its_file_only_which_is_tried_once_more(endless):
    done = threading.Event()
    killed = set()

    def kill_readers():
        while not done.wait(0.05):
            entry = endless.lake.entry
            if entry("transactions/a.csv") and entry("transactions/c.csv"):
                for worker in multiprocessing.active_children():
                    killed.add(worker.pid)
                    worker.kill()

    killer = threading.Thread(target=kill_readers)
    killer.start()
    try:
        found = load_with_the_endless_one(endless, Bounds())
    finally:
        done.set()
        killer.join()
    assert sorted(found[:2]) == [("transactions/a.csv", "loaded"), ("transactions/c.csv", "loaded")]
    assert found[2:] == [("transactions/b.csv", "bound_memory")]
    assert len(killed) >= 2


def test_a_file_that_takes_too_long_is_given_up_and_the_others_are_loaded(endless):
    found = load_with_the_endless_one(endless, Bounds(file_seconds=1))
    assert sorted(found) == [
        ("transactions/a.csv", "loaded"), ("transactions/b.csv", "bound_seconds"), ("transactions/c.csv", "loaded"),
    ]  # fmt: skip
    assert multiprocessing.active_children() == []


def test_a_pipe_in_the_inbox_does_not_hold_up_the_load(office, csv):
    os.mkfifo(office.folder / "inbox" / "pipe.csv")
    assert office.load_one("transactions/a.csv", csv({})).rows_accepted == 1


def test_a_source_error_survives_the_way_between_processes():
    import pickle

    error = pickle.loads(pickle.dumps(SourceError("file_empty", file="a.csv")))
    assert (error.key, error.facts) == ("file_empty", {"file": "a.csv"})
