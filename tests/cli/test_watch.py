"""`kpi load --watch` as an office runs it: a real process, real copies, real signals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kpi.lake import Lake
from kpi.settings import REPOSITORY
from kpi.warehouse.connect import current_build_id

HEADER = "transaction_id,submitted_at,entity_id,service_id,outcome\n"
FILES = {
    "workspace.toml": 'name_ar = "بلدة"\nname_en = "Smalltown"\n',
    "reference/entities.csv": "entity_id,name_ar,name_en\nbaths,الحمّامات,Baths\n",
    "reference/services.csv": "service_id,entity_id,name_ar,name_en\nswim,baths,سباحة,Swim\n",
    "inbox/transactions/old.csv": f"{HEADER}100,2024-03-01,baths,swim,completed\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def watcher(workspace: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "kpi", "load", "--watch", "--settle", "1", "--workspace", str(workspace)]
    environment = os.environ | {"KPI_LANGUAGE": "en"}
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


def until(holds: Callable[[], object], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def accepted(workspace: Path, name: str) -> int | None:
    entry = Lake(workspace).entry(f"transactions/{name}")
    return entry.rows_accepted if entry else None


def built(workspace: Path) -> str | None:
    try:
        return current_build_id(workspace)
    except Exception:  # noqa: BLE001 - nothing is published yet
        return None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_arrives_is_loaded_and_built_and_the_watch_ends_cleanly(workspace, watcher, number):
    until(lambda: built(workspace))
    assert accepted(workspace, "old.csv") == 1
    first = built(workspace)
    folder = workspace / "inbox" / "transactions"
    (folder / "new.csv.part").write_text(f"{HEADER}1,2024-03-02,baths,swim,completed\n", encoding="utf-8")
    (folder / "new.csv.part").rename(folder / "new.csv")
    until(lambda: built(workspace) not in (None, first))
    assert accepted(workspace, "new.csv") == 1
    watcher.send_signal(number)
    _, said = watcher.communicate(timeout=30)
    assert watcher.returncode == 0
    assert "Traceback" not in said
    assert "Stopped." in said


def test_a_file_that_is_still_being_copied_is_not_taken(workspace, watcher):
    until(lambda: built(workspace))
    path = workspace / "inbox" / "transactions" / "slow.csv"
    with path.open("w", encoding="utf-8") as copy:
        copy.write(HEADER)
        for number in range(12):
            copy.write(f"S{number},2024-03-02,baths,swim,completed\n")
            copy.flush()
            time.sleep(0.3)
            assert accepted(workspace, "slow.csv") is None
        time.sleep(2.5)  # the copy stalls for longer than the watch waits, but the file is still open
        assert accepted(workspace, "slow.csv") is None
        copy.write("S99,2024-03-02,baths,swim,completed\n")
    until(lambda: accepted(workspace, "slow.csv") == 13)


def test_a_broken_setting_is_said_and_the_watch_goes_on(workspace, watcher):
    until(lambda: built(workspace))
    first = built(workspace)
    (workspace / "sources.toml").write_text("[[source]\n", encoding="utf-8")
    time.sleep(3.5)
    assert watcher.poll() is None
    (workspace / "sources.toml").unlink()
    (workspace / "inbox" / "transactions" / "b.csv").write_text(
        f"{HEADER}5,2024-03-02,baths,swim,completed\n", encoding="utf-8"
    )
    until(lambda: built(workspace) not in (None, first))
    assert accepted(workspace, "b.csv") == 1
