"""The lake: content-addressed, committed by its ledger, unchanged by a second load."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.ingest.contracts import CONTRACTS, REJECTED_SCHEMA


def state(office) -> dict[str, tuple[bytes, int]]:
    files = (path for path in (office.folder / "lake").rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files if path.name != ".lock"}


def test_accepted_and_rejected_files_have_the_schema_of_the_contract(office, csv):
    office.load_one("transactions/a.csv", csv({}, {"channel": "fax"}))
    assert dict(office.accepted().schema) == CONTRACTS["transactions"].lake_schema
    assert dict(office.rejected().schema) == REJECTED_SCHEMA


def test_a_second_load_changes_nothing(office, csv):
    office.put("transactions/a.csv", csv({}, {"channel": "fax"}))
    office.put("transactions/broken.csv", b"")
    office.load()
    before = state(office)
    report = office.load()
    assert state(office) == before
    assert [result.status for result in report.results] == ["unchanged", "failed"]


def test_an_old_file_is_not_even_opened_again(office, csv, monkeypatch):
    path = office.put("transactions/a.csv", csv({}))
    os.utime(path, (time.time() - 3600, time.time() - 3600))
    office.load()
    monkeypatch.setattr("kpi.ingest.load.load_all", lambda _plan, tasks, **_: pytest.fail(str(tasks)) if tasks else [])
    assert [result.status for result in office.load().results] == ["unchanged"]


def test_a_touched_file_with_the_same_content_is_unchanged(office, csv):
    path = office.put("transactions/a.csv", csv({}))
    office.load()
    before = state(office)
    os.utime(path, (1, 1))
    assert [result.status for result in office.load().results] == ["unchanged"]
    assert state(office) == before


def test_a_change_of_the_same_size_and_time_is_seen_in_a_young_file(office, csv):
    path = office.put("transactions/a.csv", csv({"rating": "1"}))
    office.load()
    stat = path.stat()
    path.write_text(csv({"rating": "2"}), encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    office.load()
    assert office.accepted()["rating"].to_list() == [2]


def test_a_changed_file_replaces_itself_and_leaves_no_orphan(office, csv):
    first = office.load_one("transactions/a.csv", csv({}, {}))
    second = office.load_one("transactions/a.csv", csv({}))
    assert first.accepted_path != second.accepted_path
    assert len(office.accepted()) == 1
    kept = (office.folder / "lake" / "transactions").rglob("*.parquet")
    assert [path.name for path in kept] == [second.accepted_path.name]


def test_a_file_that_left_the_inbox_stays_in_the_lake(office, csv):
    path = office.put("transactions/a.csv", csv({}))
    office.put("transactions/b.csv", csv({}))
    office.load()
    path.unlink()
    report = office.load()
    assert {result.source_file: result.status for result in report.results} == {"transactions/b.csv": "unchanged"}
    assert [file.source_file for file in office.lake.files()] == ["transactions/a.csv", "transactions/b.csv"]
    assert len(list((office.folder / "lake").glob("transactions/*.parquet"))) == 2
    assert (report.exit_code, report.missing) == (0, 1)


def test_a_file_that_became_unreadable_keeps_its_last_good_rows_and_says_so(office, csv):
    good = office.load_one("transactions/a.csv", csv({}, {}))
    bad = office.load_one("transactions/a.csv", "")
    assert len(office.accepted()) == 2
    assert (bad.rows_accepted, bad.error_key, bad.sha256) == (2, "file_empty", good.sha256)
    assert "2 rows of its last good version" in bad.problem.what("en")
    assert "آخر نسخة سليمة" in bad.problem.what("ar")
    healed = office.load_one("transactions/a.csv", csv({}, {}))
    assert healed.error is None


def test_a_changed_registry_or_mapping_reads_the_files_again(office, csv):
    office.load_one("transactions/a.csv", csv({"service_id": "moh-3"}, {"channel": "portal"}))
    assert len(office.accepted()) == 0
    with (office.folder / "reference" / "services.csv").open("a") as file:
        file.write("moh-3,moh,جديد,New\n")
    office.declare(
        '[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*"\n[source.codes.channel]\n"Portal"="web"\n'
    )
    office.load()
    assert office.findings() == []
    assert len(office.accepted()) == 2


def test_a_damaged_ledger_entry_or_a_lost_data_file_heals(office, csv):
    entry = office.load_one("transactions/a.csv", csv({}))
    entry.accepted_path.unlink()
    office.load()
    assert len(office.accepted()) == 1
    next((office.folder / "lake" / "files").glob("*.json")).write_text("{torn", encoding="utf-8")
    assert office.load().results[0].status == "loaded"
    assert len(office.lake.files()) == 1


def test_drafts_of_a_killed_load_are_swept(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    for name in ("transactions/dead.accepted.parquet", ".staging/dead.accepted.0.parquet", "files/.dead.json.99"):
        (office.folder / "lake" / name).write_bytes(b"dead")
    office.load()
    assert [path for path in (office.folder / "lake").rglob("*dead*")] == []


def test_a_file_from_elsewhere_is_copied_into_the_inbox_and_never_over_another(office, csv, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sent") / "transactions"
    folder.mkdir()
    outside = folder / "a.csv"
    outside.write_text(csv({}), encoding="utf-8")
    assert office.load(outside).exit_code == 0
    assert (office.folder / "inbox" / "transactions" / "a.csv").read_bytes() == outside.read_bytes()
    assert [result.status for result in office.load().results] == ["unchanged"]
    outside.write_text(csv({}, {}), encoding="utf-8")
    report = office.load(outside)
    assert [failure.error.key for failure in report.failures] == ["name_taken"]
    assert len(office.accepted()) == 1


def test_a_path_that_does_not_exist_or_belongs_to_no_log_is_said(office, tmp_path_factory):
    stray = tmp_path_factory.mktemp("stray") / "a.csv"
    stray.write_text("x\n", encoding="utf-8")
    report = office.load(Path("/nowhere/a.csv"), stray)
    assert sorted(failure.error.key for failure in report.failures) == ["file_vanished", "log_unknown"]


@pytest.mark.parametrize("leave", ["nothing", "a folder", "a file"])
def test_an_inbox_that_is_not_there_or_empty_does_not_empty_the_lake_and_is_told(office, csv, leave):
    office.load_one("transactions/a.csv", csv({}))
    (office.folder / "inbox").rename(office.folder / "elsewhere")
    if leave == "a folder":
        (office.folder / "inbox").mkdir()
    if leave == "a file":
        (office.folder / "inbox").write_text("", encoding="utf-8")
    report = office.load()
    assert report.exit_code == 7
    (held,) = report.held
    assert (held.kind, held.facts["missing"]) == ("withdrawal", "1")
    assert "Nothing was withdrawn" in held.what("en")
    assert "لم يُسحب شيء" in held.what("ar")
    assert len(office.accepted()) == 1


def test_a_rejected_future_date_is_looked_at_again_on_a_later_day(office, csv, monkeypatch):
    from datetime import date

    monkeypatch.setattr("kpi.ingest.load.today", lambda zone: date(2025, 1, 1))
    office.load_one("transactions/a.csv", csv({}))
    assert office.findings()[0][2] == "future_date"
    monkeypatch.undo()
    from kpi.lake import Lake, LakeFile  # the entry as of that day

    entry = office.lake.entry("transactions/a.csv")
    Lake(office.folder).commit(LakeFile(**{**entry.__dict__, "loaded_at": "2025-01-01T00:00:00+00:00"}))
    office.load()
    assert office.findings() == []
    assert len(office.accepted()) == 1


@pytest.mark.parametrize("all_processes_from", [0, 2**40], ids=["processes only", "a thread and a process"])
def test_several_workers_give_the_same_ledger_as_one(office, csv, monkeypatch, all_processes_from):
    for name in "abcdef":
        office.put(f"transactions/{name}.csv", csv(*({"channel": "fax" if n % 5 == 0 else "web"} for n in range(50))))
    office.put("transactions/bad.csv", b"")
    steps = []
    office.load()
    one = [(file.source_file, file.rows_accepted, file.rejected_by_reason, file.error) for file in office.lake.files()]
    for path in (office.folder / "lake" / "files").glob("*.json"):
        path.unlink()
    monkeypatch.setattr("kpi.ingest.workers.WORTH_A_PROCESS_BYTES", 0)
    monkeypatch.setattr("kpi.ingest.workers.WORTH_ALL_PROCESSES_BYTES", all_processes_from)
    monkeypatch.setattr("kpi.ingest.together.TOGETHER_FILES", 2)  # so that there is something to share out
    from kpi.ingest.load import load
    from kpi.settings import Settings

    report = load(Settings(workspace=office.folder, threads=2), progress=steps.append)
    many = [(file.source_file, file.rows_accepted, file.rejected_by_reason, file.error) for file in office.lake.files()]
    assert many == one
    assert report.exit_code == 3
    assert [step.files_done for step in steps] == list(range(1, 8))
    assert steps[-1].bytes_done == steps[-1].bytes_total


UNBOUND = 'name_ar = "م"\nname_en = "W"\n[gate]\nrejected_share_pct = 100\nlost_share_pct = 100\n'
cells = st.sampled_from(["", "x", "5", "moh-1", "2025-01-02", "completed", "٣", '"', "web", "1,5", "\u200f"])
lines = st.lists(cells, min_size=1, max_size=5).map(",".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(lines, max_size=12))
def test_rows_read_are_rows_accepted_plus_rows_rejected_whatever_is_sent(office, rows):
    (office.folder / "workspace.toml").write_text(UNBOUND, encoding="utf-8")  # each content replaces the one before
    good = "2025-01-02,moh-1,completed,web"
    text = "\n".join(["submitted_at,service_id,outcome,channel", good, *rows, good]) + "\n"
    entry = office.load_one("transactions/a.csv", text)
    assert entry.error is None
    assert entry.rows_read == entry.rows_accepted + entry.rows_rejected
    assert entry.rows_accepted == len(office.accepted())
    rejected = office.rejected()
    assert entry.rows_rejected == (0 if rejected.is_empty() else rejected["source_row"].n_unique())
    assert sum(entry.rejected_by_reason.values()) == len(rejected)
    assert not any('"' in row for row in rows) or entry.rows_accepted >= 1
    if not any('"' in row for row in rows):
        assert entry.rows_read == len(rows) + 2 - sum(row.strip(",") == "" for row in rows)
