"""What only pretends to be a sent file is refused by name; what is too large is read in slices."""

import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kpi import messages
from kpi.errors import SettingsError
from kpi.settings import REPOSITORY

HEAD = "transaction_id,submitted_at,service_id,channel,outcome\n"
GIB = 2**30


def failures(report) -> dict[str, str]:
    return {failure.source_file: failure.error.key for failure in report.failures}


def test_a_link_that_leaves_the_inbox_is_refused_and_the_rest_is_loaded(office, csv, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.csv").write_text(csv({}), encoding="utf-8")
    folder = office.put("transactions/good.csv", csv({})).parent
    (folder / "link.csv").symlink_to(outside / "secret.csv")
    (folder / "climbing.csv").symlink_to("../../../../../../etc/hostname")
    (folder / "folder").symlink_to(outside)
    (folder / "nowhere.csv").symlink_to(folder / "gone.csv")
    report = office.load()
    assert failures(report) == {
        "transactions/climbing.csv": "link_leaves_inbox",
        "transactions/folder": "link_leaves_inbox",
        "transactions/link.csv": "link_leaves_inbox",
        "transactions/nowhere.csv": "file_vanished",
    }
    assert len(office.accepted()) == 1
    assert office.load().exit_code == 3  # it is said again until somebody acts


def test_a_link_inside_the_inbox_does_not_count_a_file_twice(office, csv):
    path = office.put("transactions/good.csv", csv({}))
    (path.parent / "again.csv").symlink_to(path)
    assert office.load().exit_code == 0
    assert [file.source_file for file in office.lake.files()] == ["transactions/good.csv"]


def test_a_path_with_dots_is_the_place_it_leads_to(office, csv):
    path = office.put("transactions/good.csv", csv({}))
    office.load(path.parent / ".." / "transactions" / "good.csv")
    assert [file.source_file for file in office.lake.files()] == ["transactions/good.csv"]


@pytest.mark.parametrize("file", ["../../secret.csv", "/etc/passwd"])
def test_a_registry_outside_its_folder_is_refused(office, file):
    office.declare(f'[[registry]]\nname = "services"\nfile = "{file}"\n')
    with pytest.raises(SettingsError) as caught:
        office.load()
    assert caught.value.key == "sources_slips"


def test_a_name_that_is_not_text_is_refused_under_a_name_that_is(office, csv):
    folder = office.put("transactions/good.csv", csv({})).parent
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.csv")).write_text(csv({}), encoding="utf-8")
    assert failures(office.load()) == {"transactions/bad\ufffd.csv": "name_unreadable"}
    entry = office.lake.entry("transactions/bad\ufffd.csv")
    for language in messages.LANGUAGES:
        assert entry.problem.what(language)


@pytest.mark.parametrize(
    "name", ["a b.csv", "تقرير يناير.csv", "a\nb.csv", "a'; drop table x;--.csv", "x" * 200 + ".csv"]
)
def test_an_unusual_name_is_only_a_name(office, csv, name):
    assert office.load_one(f"transactions/{name}", csv({})).rows_accepted == 1


def test_a_directory_named_like_a_file_is_only_a_folder(office, csv):
    (office.folder / "inbox" / "transactions" / "x.csv").mkdir(parents=True)
    (office.folder / "inbox" / "transactions" / "x.parquet").mkdir()
    assert office.load().results == ()


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_load(office, csv, monkeypatch):
    path = office.put("transactions/a.csv", csv({}))
    office.load()
    path.write_text(csv(*({} for _ in range(2000))), encoding="utf-8")
    monkeypatch.setattr("kpi.ingest.decode.BLOCK_BYTES", 4096)
    stop = threading.Event()

    def grow():
        while not stop.is_set():
            with path.open("a") as file:
                file.write("G,2025-01-02,,moh,moh-1,,web,completed,,,,,\n")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        report = office.load()
    finally:
        stop.set()
        writer.join()
    assert failures(report) == {"transactions/a.csv": "file_changing"}
    assert len(office.accepted()) == 1  # the last good content stays
    office.load()
    entry = office.lake.entry("transactions/a.csv").latest  # an id that recurs is rejected, so it is held back
    assert entry.error is None
    assert entry.rows_read == len(path.read_text().splitlines()) - 1


def test_slices_that_end_anywhere_give_the_same_rows(office, csv, monkeypatch):
    rows = [
        {"transaction_id": f'"T\n{n}"' if n % 3 else f"T{n}", "channel": "fax" if n % 5 == 0 else "web"}
        for n in range(400)
    ]
    whole = office.load_one("transactions/a.csv", csv(*rows))
    before, findings = office.accepted(), office.findings()
    for size in (700, 1111, 5000):
        monkeypatch.setattr("kpi.ingest.decode.BLOCK_BYTES", size)
        next((office.folder / "lake" / "files").glob("*.json")).unlink()
        office.load()
        assert office.accepted().equals(before)
        assert office.findings() == findings
    assert (whole.rows_read, whole.rows_rejected) == (400, 80)


def peak_and_errors(workspace: Path) -> tuple[int, str]:
    """Load in a process of its own; return its peak memory in bytes and the keys of the errors."""
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from kpi.ingest.load import load\nfrom kpi.settings import Settings\n"
        "report = load(Settings(workspace=Path(sys.argv[1])))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, *(f.error.key for f in report.failures))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace)], cwd=REPOSITORY, capture_output=True, text=True, timeout=120,
        check=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )  # fmt: skip
    peak, _, errors = done.stdout.strip().partition(" ")
    return int(peak), errors


def test_a_sparse_file_of_five_gigabytes_is_refused_in_little_memory(office):
    path = office.put("transactions/a.csv", HEAD + "1,2025-01-02,moh-1,web,completed\n")
    os.truncate(path, 5 * 10**9)
    peak, errors = peak_and_errors(office.folder)
    assert errors == "row_too_long"
    assert peak < GIB


def test_a_small_gzip_of_two_million_rows_is_read_in_slices(office):
    import gzip

    row = b",2025-01-02,moh-1,web,completed\n"
    path = office.put("transactions/a.csv.gz", b"")
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(HEAD.encode())
        for _ in range(20):
            packed.write(row * 100_000)
    peak, errors = peak_and_errors(office.folder)
    assert errors == ""
    assert office.lake.entry("transactions/a.csv.gz").rows_accepted == 2_000_000
    assert peak < 2 * GIB
