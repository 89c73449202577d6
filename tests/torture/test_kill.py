"""`kill -9` at random moments: nothing acknowledged is lost, nothing half-made is served, the next run heals."""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl

from kpi.ingest.load import load
from kpi.lake import Lake
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.manifest import Manifest
from kpi.warehouse.publish import POINTER, is_intact
from kpi.warehouse.verify import verify
from tests.torture.drivers import served_generation
from tests.warehouse.smalltown import BATHS, PARKS, write_generation

LONGEST_SECONDS = 2.0


def killed(role: str, workspace: Path, first: int, moment: random.Random) -> int | None:
    """Start a driver, kill it at a random moment of its work, and return the last generation it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.drivers", role, str(workspace), str(first)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    lines: list[str] = []
    assert process.stdout.readline().strip() == "ready", process.stderr.read()
    listener = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
    listener.start()
    time.sleep(moment.uniform(0, LONGEST_SECONDS))
    process.kill()
    process.wait()
    listener.join()
    assert "Traceback" not in process.stderr.read()
    return int(lines[-1]) if lines else None


def test_a_build_killed_at_any_moment_leaves_the_last_good_one_in_service(
    settings: Settings, rounds: int, report
) -> None:
    moment = random.Random(1)
    folder = settings.workspace / "warehouse"
    leftovers = orphans = published = 0
    generation = 1
    for _ in range(rounds // 2):
        acknowledged = killed("publish_forever", settings.workspace, generation + 1, moment) or generation
        served = served_generation(settings.workspace)
        assert served is not None, "a mixed or wrong state is served"
        assert served >= acknowledged, "an acknowledged build was lost"
        leftovers += bool(list(folder.glob(".build-*")))
        orphans += len(list(folder.glob("kpi-*.duckdb"))) != len(list(folder.glob("kpi-*.json")))
        published += acknowledged - generation
        generation = max(served, acknowledged) + 1
        write_generation(settings.workspace, generation)
        load(settings)
        manifest = build(settings).manifest
        assert served_generation(settings.workspace) == generation
        assert Manifest.read(folder / POINTER) == manifest
        assert is_intact(folder, manifest)
        assert not list(folder.glob(".build-*"))
        assert {path.stem for path in folder.glob("kpi-*.json")} == {path.stem for path in folder.glob("kpi-*.duckdb")}
    assert verify(settings).is_same
    report(
        f"{rounds // 2} kill -9 of build: {published} acknowledged publishes, {leftovers} times leftovers, "
        f"{orphans} times a file without its manifest; 0 lost, 0 mixed, all healed by the next run"
    )


def test_a_load_killed_at_any_moment_leaves_whole_files_in_the_lake(settings: Settings, rounds: int, report) -> None:
    moment = random.Random(2)
    lake = Lake(settings.workspace)
    generation, loads = 1, 0
    for _ in range(rounds // 2):
        acknowledged = killed("load_forever", settings.workspace, generation + 1, moment)
        loads += (acknowledged or generation) - generation
        assert lake.unreadable_entries() == ()
        assert list(lake.damaged_data()) == []
        found = {file.source_file: file for file in lake.files()}
        assert len(found) == 3
        for entity, share in (("baths", BATHS), ("parks", PARKS)):
            path = found[f"transactions/{entity}.csv"].accepted_path
            assert path
            counts = set(pl.read_parquet(path)["transactions"].to_list())
            assert len(counts) == 1
            reached, rest = divmod(counts.pop(), share)
            assert rest == 0
            assert reached >= (acknowledged or generation)
            generation = max(generation, reached)
        generation += 1
        write_generation(settings.workspace, generation)
        load(settings)
        staging = settings.workspace / "lake" / ".staging"
        assert not staging.exists() or not list(staging.iterdir())
    build(settings)
    assert served_generation(settings.workspace) == generation
    assert verify(settings).is_same
    report(f"{rounds // 2} kill -9 of load: {loads} acknowledged loads; 0 lost, 0 torn, all healed by the next run")
