"""Small files that are checked as one come out as if each had been checked by itself."""

import multiprocessing
import os
import threading
import time

import polars as pl
import pytest

from kpi.ingest import together, workers
from kpi.ingest.load import make_plan
from kpi.settings import Settings


def kept(office):
    """Return everything the lake knows of each file but when it was loaded."""
    names = [path.relative_to(office.folder / "inbox").as_posix() for path in (office.folder / "inbox").rglob("*.*")]
    found = {}
    for file in filter(None, map(office.lake.entry, names)):
        rows = [pl.read_parquet(path).rows() for path in (file.accepted_path, file.rejected_path) if path]
        spans = [(span.entity_id, span.month, span.rows, span.first_id, span.last_id) for span in file.spans]
        found[file.source_file] = (rows, spans, file.rows_read, file.rejected_by_reason, file.error_key, file.sha256)
    return found


@pytest.fixture
def mixed(office, csv):
    """Put files of many kinds into the inbox: alike, torn, empty of rows, of other columns, unreadable."""
    twice = [{"transaction_id": "T-1"}, {"channel": "fax"}, {"transaction_id": "T-1"}]
    for name in "abc":
        office.put(f"transactions/{name}.csv", csv(*twice, {"entity_id": "mol", "service_id": f"m{name}l-1"}))
    office.put("transactions/torn.csv", csv({}, {}) + "T-9,x\n\nT-8" + ",y" * 20 + "\n")
    office.put("transactions/no-rows.csv", csv())
    office.put("transactions/quoted.csv", csv({"transaction_id": '"T\n1"'}, {"submitted_at": "2025-02-31"}))
    office.put("transactions/other.csv", "submitted_at,service_id,outcome\n2025-01-03,moh-1,completed\n")
    office.put("transactions/tail.csv", csv({}).replace("\n", ",\n"))
    office.put("transactions/wrong.csv", "submitted_at,colour\n2025-01-03,red\n")
    office.put("transactions/empty.csv", b"")
    for name, rating in (("p", [1, 9]), ("q", [5, 2]), ("r", ["4", "six"])):
        frame = pl.read_csv(csv({}, {}).encode(), infer_schema=False).with_columns(rating=pl.Series(rating))
        frame.write_parquet(office.folder / "inbox" / "transactions" / f"{name}.parquet")
    return office


def test_each_file_keeps_its_own_rows_reasons_and_duplicates(mixed, monkeypatch):
    mixed.load()
    at_once = kept(mixed)
    for path in (mixed.folder / "lake" / "files").glob("*.json"):
        path.unlink()
    monkeypatch.setattr(together, "TOGETHER_FILES", 1)
    mixed.load()
    assert at_once == kept(mixed)
    assert len(at_once) == 13
    assert at_once["transactions/b.csv"][3] == {"duplicate_id": 1, "unknown_code": 1, "unknown_service": 1}


def test_files_that_are_read_alike_are_checked_in_one_piece(office, csv, monkeypatch):
    for name in "abcdef":
        office.put(f"transactions/{name}.csv", csv({}, {"channel": "fax"}))
    pieces = []
    check = together.Validator.check
    monkeypatch.setattr(
        together.Validator, "check", lambda self, chunk: pieces.append(len(chunk.frame)) or check(self, chunk)
    )
    office.load()
    assert pieces == [12]
    assert len(office.accepted()) == 6


def test_files_of_different_declarations_are_not_put_together(office, csv):
    office.declare('[[source]]\nname="one"\nlog="transactions"\nfiles="transactions/a*"\n')
    for name in ("a1", "a2", "b1", "b2"):
        office.put(f"transactions/{name}.csv", csv({}))
    office.put("transactions/c.csv.gz", b"")
    plan = make_plan(Settings(workspace=office.folder))
    tasks = [(f"transactions/{name}", 10) for name in ("a1.csv", "a2.csv", "b1.csv", "b2.csv", "c.csv.gz")]
    found = [[name.removeprefix("transactions/") for name in names] for names in together.bundles(plan, tasks)]
    assert found == [["a1.csv", "a2.csv"], ["b1.csv", "b2.csv"], ["c.csv.gz"]]


def test_what_takes_longest_is_begun_first_and_an_empty_file_is_looked_at_by_itself(office, csv):
    sizes = {"large.csv": 9 * 2**20, "empty.csv": 0, **{f"small{n:02}.csv": 1000 for n in range(40)}}
    for name in sizes:
        office.put(f"transactions/{name}", csv({}))
    plan = make_plan(Settings(workspace=office.folder))
    found = together.bundles(plan, [(f"transactions/{name}", size) for name, size in sizes.items()])
    assert [len(names) for names in found] == [40, 1, 1]
    assert found[1:] == [("transactions/large.csv",), ("transactions/empty.csv",)]


def test_a_worker_that_dies_over_several_files_costs_the_one_it_cannot_read(office, csv):
    names = [f"transactions/{name}.csv" for name in "abc"]
    for name in (names[0], names[2]):
        office.put(name, csv({}))
    stuck = office.folder / "inbox" / names[1]
    os.mkfifo(stuck)
    done = threading.Event()

    def kill_who_waits_for_it():
        while not done.is_set():
            try:
                held = os.open(stuck, os.O_WRONLY | os.O_NONBLOCK)  # only when somebody is there to read
            except OSError:
                time.sleep(0.05)
                continue
            for worker in multiprocessing.active_children():
                worker.kill()
                worker.join()
            os.close(held)

    killer = threading.Thread(target=kill_who_waits_for_it)
    killer.start()
    results = []
    try:
        plan = make_plan(Settings(workspace=office.folder))
        load = workers._Load(plan, dict.fromkeys(names, 1), results.append)
        load.run([tuple(names)], [workers.start_process()], None)
        load.once_more()
    finally:
        done.set()
        killer.join()
    found = {result.source_file: result.error.key if result.error else result.status for result in results}
    assert found == {names[0]: "loaded", names[1]: "bound_memory", names[2]: "loaded"}
