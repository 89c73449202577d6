"""How soon a query is answered: on the SQL page, from the shell, and what an endless one costs the others."""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from bench.measure_table import Measure, Options
from bench.workspaces import built_demo
from kpi.errors import QueryRefused
from kpi.queries.filters import Filters
from kpi.queries.headline import headlines
from kpi.queries.options import filter_options
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.sandbox import Sandbox

SMALL = {
    "one row of a registry": "select name_ar from dim_entity where entity_id = 'rop'",
    "an indicator month by month": "select * from kpi_series('digital_take_up', '2025-01', '2025-05')",
    "an indicator by entity": "select * from kpi_by_entity('digital_transactions', '2025-01', '2025-05')",
}
INDICATORS = ("digital_transactions", "digital_take_up", "completion_rate", "satisfaction")
ENDLESS = "select count(*) from range(1000000000) a, range(1000000000) b"
SECONDS_TO_PREPARE = 1.5
TIMEOUT_SECONDS = 60.0
LIMITS = """A worker starts anew for each query: Python, DuckDB and Polars are loaded before the walls are up. The page
keeps one ready, so that its readers do not wait for that; the shell pays for it, and for loading itself, each time."""


def measures(options: Options) -> list[Measure]:
    """Time small queries with a worker ready, the shell as a whole, and the pages' queries beside an endless one."""
    workspace = built_demo(options)
    sandbox = Sandbox(workspace, timeout_seconds=TIMEOUT_SECONDS, walls_demanded=False, spare=True)
    try:
        found = [_small(sandbox, name, sql, options.runs) for name, sql in SMALL.items()]
        found.append(_shell(workspace, options.runs))
        found += _beside_an_endless_one(workspace, sandbox, options.runs)
    finally:
        sandbox.close()
    return found


def _small(sandbox: Sandbox, name: str, sql: str, runs: int) -> Measure:
    def ask() -> None:
        sandbox.start(sql, row_limit=1_000).result()

    note = "walled in, from the question to the rows, a worker ready"
    return _measure(f"query: {name}", ask, runs, note, must=0.2)


def _shell(workspace: Path, runs: int) -> Measure:
    command = [sys.executable, "-m", "kpi", "query", SMALL["one row of a registry"], "--workspace", str(workspace)]

    def ask() -> None:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603  our own command

    return _measure("`kpi query` as a whole", ask, runs, "starts Python, the worker and the walls each time")


def _beside_an_endless_one(workspace: Path, sandbox: Sandbox, runs: int) -> list[Measure]:
    """Time what the overview reads, alone and while an endless query runs."""
    warehouse = Warehouse.open(workspace)
    period = filter_options(warehouse).default_period
    if period is None:
        return []

    def read() -> None:
        headlines(warehouse, kpi_ids=INDICATORS, filters=Filters(period))

    alone = _measure("overview's indicators, alone", read, runs, "read from the open file")
    with _running(sandbox, ENDLESS):
        beside = _measure("overview's indicators beside an endless query", read, runs, "the page's share", must=1.0)
    warehouse.close()
    return [alone, beside]


@contextmanager
def _running(sandbox: Sandbox, sql: str) -> Generator[None]:
    running = sandbox.start(sql, row_limit=1)

    def wait() -> None:
        try:
            running.result()
        except QueryRefused:
            pass

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(SECONDS_TO_PREPARE)
    yield
    running.kill()
    thread.join()


def _measure(name: str, run: Callable[[], None], runs: int, note: str, must: float | None = None) -> Measure:
    taken = []
    for _ in range(max(runs, 3)):
        time.sleep(SECONDS_TO_PREPARE)
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    spread = f"{min(taken):.3f} to {max(taken):.3f} s"
    return Measure(name, statistics.median(taken), "s", must=must, note=f"{note}; {spread}")
