"""Workspaces that several suites share: the demo at a small scale and at full size, and foreign real data."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from kpi.demo import generate
from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.export_file import export_file
from tests.warehouse.smalltown import make_smalltown

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KPI_SHARED", str(REPOSITORY.parent / "shared")))
SMALL_SCALE = 0.002
LONG_BYTES = 10_000

# How long an example takes is said by the bench: on a busy machine a deadline fails what is right.
hypothesis.settings.register_profile("no_deadline", deadline=None)
hypothesis.settings.load_profile("no_deadline")

# The width of the terminal that runs the tests is no part of what a command writes into a pipe.
os.environ.pop("COLUMNS", None)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say where long bytes part: to compare a document line by line takes a quarter of an hour."""
    if op != "==" or not (isinstance(left, bytes) and isinstance(right, bytes)) or len(left) + len(right) < LONG_BYTES:
        return None
    place = len(os.path.commonprefix([left, right]))
    return [f"{len(left):,} bytes == {len(right):,} bytes, which part at byte {place:,}",
            f"{left[place : place + 40]!r} == {right[place : place + 40]!r}"]  # fmt: skip


def copy_demo_registries(target: Path) -> Path:
    """Copy what is committed of the demo workspace; the generated files stay behind."""
    shutil.copytree(
        REPOSITORY / "data" / "reference", target / "reference", ignore=shutil.ignore_patterns("services.csv")
    )
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "data" / name, target / name)
    return target


def publish_demo(target: Path, scale: float) -> Path:
    """Generate, load and publish the demo workspace in an empty folder."""
    copy_demo_registries(target)
    generate(target, scale=scale)
    settings = Settings(workspace=target)
    load(settings)
    build(settings)
    return target


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder once for all worker processes of a test run, and hand it out read-mostly."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def demo_workspace(once) -> Path:
    """Return the demo workspace at a small scale, built and published; treat it as read-only."""
    return once("demo", lambda folder: publish_demo(folder, SMALL_SCALE))


@pytest.fixture
def published_town(once, tmp_path: Path) -> Settings:
    """Return a published workspace of two entities with 7 and 3 transactions a month, to do with as a test likes."""
    made = once("smalltown", lambda folder: build(make_smalltown(folder)))
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Settings(workspace=tmp_path, threads=1, build=None)


@pytest.fixture(scope="session")
def analyst_file(once, demo_workspace: Path) -> Path:
    """Return a copy of the demo's file to open as an analyst does, with settings of one's own.

    In one process DuckDB opens a path with one set of settings only, and other suites hold the published one open.
    """

    def copy(folder: Path) -> None:
        shutil.copy((demo_workspace / "warehouse" / "current.duckdb").resolve(), folder / "kpi.duckdb")

    return once("analyst", copy) / "kpi.duckdb"


@pytest.fixture(scope="session")
def public_edition(once, demo_workspace: Path) -> Callable[[int], Path]:
    """Return a function that makes the demo's public edition for a threshold, once for all suites."""

    def make(below: int) -> Path:
        settings = Settings(workspace=demo_workspace, small_cell_below=below)
        folder = once(f"public{below}", lambda made: export_file(settings, made, public=True))
        return next(folder.glob("*-public.duckdb"))

    return make


@pytest.fixture(scope="session")
def full_demo_workspace(once) -> Path:
    """Return the demo workspace at full size, built and published; treat it as read-only."""
    return once("demo_full", lambda folder: publish_demo(folder, 1.0))


@pytest.fixture(scope="session")
def uk_workspace(once) -> Path:
    """Return a workspace of real UK volumes, mapped by its sources.toml alone; skip where the data are absent."""
    data = SHARED / "testdata" / "uk"
    if not data.is_dir():
        pytest.skip(f"{data} is absent: the real foreign data are not part of the repository")

    def fill(folder: Path) -> None:
        (folder / "reference").mkdir()
        (folder / "inbox" / "transactions").mkdir(parents=True)
        for name in ("workspace.toml", "sources.toml"):
            shutil.copy(REPOSITORY / "tests" / "workspaces" / "uk" / name, folder / name)
        shutil.copy(data / "UK_departments.csv", folder / "reference")
        shutil.copy(data / "UK_services.csv", folder / "reference")
        shutil.copy(data / "UK_quarterly_volumes.csv", folder / "inbox" / "transactions")
        settings = Settings(workspace=folder)
        load(settings)
        build(settings)

    return once("uk", fill)


@pytest.fixture(scope="session")
def uk_expected() -> Path:
    """Return the folder with the expected totals of the UK data; skip where it is absent."""
    folder = SHARED / "testdata" / "uk"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: the real foreign data are not part of the repository")
    return folder
