"""A load of much that has arrived begins its first worker before it has imported what it reads data with."""

import multiprocessing
import os
import subprocess
import sys
import time

import pytest

from kpi.ingest import worker
from kpi.ingest.load import load
from kpi.ingest.worker import begun_early
from kpi.settings import REPOSITORY, Settings


@pytest.fixture
def busy(office, csv, monkeypatch):
    """Put four files into the inbox, of which each pair is a bundle, and let so few be worth two workers."""
    for name in "abcd":
        office.put(f"transactions/{name}.csv", csv({}, {"channel": "fax"}))
    monkeypatch.setattr(worker, "WORTH_A_PROCESS_BYTES", 1)
    monkeypatch.setattr("kpi.ingest.workers.WORTH_A_PROCESS_BYTES", 1)
    monkeypatch.setattr("kpi.ingest.together.TOGETHER_FILES", 2)
    return office


def ledger(office):
    return [(file.source_file, file.rows_accepted, file.rows_rejected) for file in office.lake.files()]


def test_little_is_not_worth_a_process(office, csv):
    office.put("transactions/a.csv", csv({}))
    office.put("transactions/b.csv", csv({}))
    with begun_early(office.folder, 2) as begun:
        assert begun is None


def test_a_single_large_file_is_not_worth_a_process(busy):
    busy.load(threads=1)
    (busy.folder / "inbox" / "transactions" / "a.csv").touch()
    with begun_early(busy.folder, 2) as begun:
        assert begun is None


def test_only_what_came_since_the_last_load_is_worth_a_process(busy):
    with begun_early(busy.folder, 1) as begun:
        assert begun is None
    with begun_early(busy.folder, 2) as begun:
        assert begun.runs.is_alive()
    assert not begun.runs.is_alive()
    busy.load(threads=1)
    with begun_early(busy.folder, 2) as begun:
        assert begun is None
    time.sleep(0.05)  # several ticks of the clock that files are stamped by
    for name in "ab":  # moved here with the times they had: they came all the same
        path = busy.folder / "inbox" / "transactions" / f"{name}.csv"
        os.utime(path, (1_600_000_000, 1_600_000_000))
    with begun_early(busy.folder, 2) as begun:
        assert begun is not None


def test_nothing_is_begun_where_there_is_no_inbox(tmp_path):
    with begun_early(tmp_path / "nowhere", 2) as begun:
        assert begun is None


@pytest.mark.parametrize("all_processes_from", [0, 2**40], ids=["processes only", "a thread and a process"])
def test_the_worker_that_has_begun_is_one_of_those_that_load(busy, monkeypatch, all_processes_from):
    monkeypatch.setattr("kpi.ingest.workers.WORTH_ALL_PROCESSES_BYTES", all_processes_from)
    with begun_early(busy.folder, 2) as begun:
        report = load(Settings(workspace=busy.folder, threads=2), begun=begun)
        assert begun.knows_plan
    assert [result.status for result in report.results] == ["loaded"] * 4
    assert ledger(busy) == [(f"transactions/{name}.csv", 1, 1) for name in "abcd"]
    assert multiprocessing.active_children() == []


def test_a_worker_that_died_before_it_was_asked_is_replaced(busy):
    with begun_early(busy.folder, 2) as begun:
        begun.runs.kill()
        begun.runs.join()
        report = load(Settings(workspace=busy.folder, threads=2), begun=begun)
    assert [result.status for result in report.results] == ["loaded"] * 4
    assert multiprocessing.active_children() == []


def test_a_worker_nobody_needs_is_stopped(busy, monkeypatch):
    monkeypatch.setattr("kpi.ingest.workers.WORTH_A_PROCESS_BYTES", 2**40)
    with begun_early(busy.folder, 2) as begun:
        report = load(Settings(workspace=busy.folder, threads=2), begun=begun)
        assert not begun.knows_plan
    assert len(report.results) == 4
    assert multiprocessing.active_children() == []


def test_a_load_that_fails_leaves_no_worker_behind(busy):
    busy.declare("[[source]]\n")
    with pytest.raises(Exception, match="sources"), begun_early(busy.folder, 2) as begun:
        load(Settings(workspace=busy.folder, threads=2), begun=begun)
    assert multiprocessing.active_children() == []


def test_a_worker_can_begin_before_anything_that_reads_data_is_imported():
    code = "import sys, kpi.cli, kpi.ingest.worker; print({'polars', 'numpy', 'duckdb', 'pyarrow'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
