"""Spark itself makes the same file as DuckDB, of a small lake and of a large one, and while executors are killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from kpi.doctor import examine
from kpi.errors import EngineError
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from tests.conftest import REPOSITORY
from tests.engine.borough import make_borough
from tests.engine.servers import lack_of_spark

pytestmark = [pytest.mark.spark, pytest.mark.skipif(lack_of_spark() is not None, reason=str(lack_of_spark()))]
DIGESTS = "select object_name, row_count, digest from meta_digest order by all"
OWN_LAKE = "KPI_ENGINE_WORKSPACE"
KILLS = 3
BUSY_TICKS = 20
HOLD = """
import sys, time
from kpi.warehouse.spark_server import local_server
with local_server("local[1]") as url:
    print(url, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small workspace, built by DuckDB; treat it as read-only."""
    folder = tmp_path_factory.mktemp("engine") / "حيّ & co"
    build(make_borough(folder))
    return folder


@pytest.fixture(scope="module")
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the workspace that the environment names, else of the demo at full size, built by DuckDB."""
    source = os.environ.get(OWN_LAKE) or request.getfixturevalue("full_demo_workspace")
    folder = Path(shutil.copytree(source, tmp_path_factory.mktemp("large") / "workspace", symlinks=True))
    build(Settings(workspace=folder), force=True)
    return folder


def on(url: str, workspace: Path, **settings: object) -> Settings:
    return Settings(workspace=workspace, engine="spark", engine_url=url, **settings)


def digests(workspace: Path) -> list[tuple]:
    return Warehouse.open(workspace).query(DIGESTS).rows()


def made_by(workspace: Path) -> str:
    return Warehouse.open(workspace).query("select cube_engine from meta_build").item()


def test_the_file_of_a_small_lake_is_the_same(borough: Path, tmp_path: Path) -> None:
    workspace = Path(shutil.copytree(borough, tmp_path / "borough", symlinks=True))
    build(on("local[2]", workspace), force=True)
    assert made_by(workspace) == "spark"
    assert digests(workspace) == digests(borough)


def test_the_doctor_tells_java_spark_and_the_lake(borough: Path, tmp_path: Path) -> None:
    said = [finding.what("en") for finding in examine(on("local[1]", borough))]
    assert any("Java" in line for line in said)
    assert any("Spark" in line and "answers" in line for line in said)
    assert any("sees the lake" in line for line in said)


def test_a_file_that_spark_cannot_find_is_an_error_in_words(borough: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as found:
        build(on("local[1]", borough, engine_lake=f"file://{tmp_path}/nowhere"), force=True)
    assert "KPI_ENGINE_LAKE" in found.value.next_step("en")
    assert made_by(borough) == "duckdb"


def test_a_spark_without_java_is_an_error_in_words(
    borough: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError) as found:
        build(on("local[1]", borough), force=True)
    assert found.value.key == "engine_java_missing"


def test_a_killed_build_leaves_no_spark_behind() -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stdout.readline().startswith("sc://")
    servers = _descendants(process.pid, "SparkConnectServer")
    assert servers
    process.kill()
    process.wait()
    deadline = time.monotonic() + 120
    while any(Path(f"/proc/{server}").exists() for server in servers) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not any(Path(f"/proc/{server}").exists() for server in servers)


@pytest.mark.full
def test_killing_executors_changes_nothing_in_the_file_of_a_large_lake(large: Path) -> None:
    expected = digests(large)
    killed: list[int] = []
    making, done = Event(), Event()
    killer = Thread(target=_kill_busy_executors, args=(killed, making, done))
    killer.start()
    steps = {"tables": making.set, "checks": done.set}
    try:
        build(on("local-cluster[2,1,1024]", large), force=True, progress=lambda step: steps.get(step, lambda: None)())
    finally:
        making.set()
        done.set()
        killer.join()
    assert len(killed) == KILLS
    assert made_by(large) == "spark"
    assert digests(large) == expected


def _kill_busy_executors(killed: list[int], making: Event, done: Event) -> None:
    """Kill executors of this process that are at work, one by one, from the first cube to the last."""
    making.wait()
    worked: dict[int, int] = {}
    while len(killed) < KILLS and not done.wait(1):
        running = {pid: _ticks(pid) for pid in _descendants(os.getpid(), "CoarseGrainedExecutorBackend")}
        busy = [pid for pid, ticks in running.items() if pid in worked and ticks - worked[pid] >= BUSY_TICKS]
        worked = running
        if busy:
            os.kill(busy[0], signal.SIGKILL)
            killed.append(busy[0])
            done.wait(5)


def _ticks(pid: int) -> int:
    """Return the processor time that a process has had, in hundredths of a second; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _descendants(ancestor: int, name: str) -> list[int]:
    """Return the processes below an ancestor whose command line holds a name."""
    parents, named = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if name.encode() in command:
            named.append(int(folder.name))
    return sorted(pid for pid in named if ancestor in _ancestors(pid, parents))


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while pid in parents and parents[pid] not in found:
        pid = parents[pid]
        found.add(pid)
    return found
