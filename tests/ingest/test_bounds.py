"""Whatever a file holds, it costs itself only: it is refused by name with the bound, in bounded memory."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.hostile import FILES, parquet, peak_bytes
from kpi import messages
from kpi.errors import SourceError
from kpi.ingest.bounds import Bounds
from kpi.settings import REPOSITORY

GIB, MIB = 2**30, 2**20


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_bounded_memory_and_the_good_one_is_loaded(office, csv, name):
    content, error = FILES[name]
    office.put("transactions/good.csv", csv({}))
    office.put(f"transactions/{name}", content())
    peak, _ = peak_bytes(office.folder)
    assert peak < GIB
    assert office.lake.entry("transactions/good.csv").rows_accepted == 1
    entry = office.lake.entry(f"transactions/{name}")
    assert entry.error_key == error
    if entry.problem:
        for language in messages.LANGUAGES:
            assert name in entry.problem.what(language)
            assert entry.problem.next_step(language)


@pytest.mark.parametrize(
    ("unpacked", "packed", "key"),
    [
        (200 * MIB, 1, None),  # a small file of one repeated row
        (257 * MIB, 2 * MIB, None),
        (257 * MIB, MIB, "bound_ratio"),
        (17 * GIB, 2 * GIB, "bound_unpacked"),
    ],
)
def test_a_packed_file_has_a_bound_and_from_a_size_on_a_ratio(unpacked, packed, key):
    try:
        Bounds().check_unpacked(unpacked, packed, "a.csv.gz")
    except SourceError as error:
        assert error.key == key
    else:
        assert key is None


def test_what_ended_its_reader_is_not_read_again_until_it_changes_or_is_named(office, csv):
    office.put("transactions/good.csv", csv({}))
    path = office.put("transactions/long.parquet", parquet("moh-1", 20 * 10**6))
    assert [one.error.key for one in office.load(load_file_seconds=1).failures] == ["bound_seconds"]
    given_up = office.lake.entry("transactions/long.parquet")
    assert given_up.given_up
    assert [one.error.key for one in office.load(load_file_seconds=1).failures] == ["bound_seconds"]
    assert office.lake.entry("transactions/long.parquet") == given_up
    path.write_bytes(csv({"transaction_id": "N"}).encode())
    assert [one.error.key for one in office.load(load_file_seconds=1).failures] == ["file_of_another_kind"]
    assert not office.lake.entry("transactions/long.parquet").given_up


def test_a_killed_load_leaves_no_worker(office):
    office.put("transactions/newlines.csv.gz", FILES["newlines.csv.gz"][0]())
    command = [sys.executable, "-m", "kpi", "load", "--workspace", str(office.folder)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as load:
        workers = []
        while not (workers := _spawned(load.pid)):
            assert load.poll() is None
            time.sleep(0.02)
        os.kill(load.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(_is_running(pid) for pid in workers):
        assert time.monotonic() < deadline, "a worker outlived its load"
        time.sleep(0.05)


def _spawned(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
