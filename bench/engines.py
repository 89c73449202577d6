"""Make the cubes of the lake on DuckDB and on Spark side by side, and say how close the medians of the classes are.

    python -m bench.engines [--rows 100_000_000] [--workspace DIR] [--url sc://host:15002]

The rows are the demo's, enlarged. Spark's time holds what its cubes are proved with; the processor's time is given too,
for the machine may have other work.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bench.measure_table import Measure, NeedMissingError, Options, terminal_table
from kpi.demo import generate
from kpi.ingest.load import load
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.spark_server import is_local, java

DEMO_ROWS = 11_400_000
LIMITS = (
    "DuckDB reads Parquet as fast as its cores decode it. Spark's time on one machine goes into starting, into rows as "
    "objects on the way to the distinct people, and into the sample that is made twice; it pays with several machines."
)
MAKE = """
import json, sys, time
from pathlib import Path
import duckdb
from kpi.catalogue import SQL_FOLDER
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.warehouse.engines import engine_in_force
from kpi.warehouse.lake_views import attach_lake
from kpi.warehouse.statements import sql_files
workspace, engine, url = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
started = time.perf_counter()
with engine_in_force(Settings(workspace=workspace, engine=engine, engine_url=url)) as made_by, duckdb.connect() as db:
    reached = time.perf_counter()
    log = attach_lake(db, Lake(workspace), "UTC")
    cubes = sql_files(SQL_FOLDER, "cube")
    made_by.make_cubes(db, log, cubes)
    done = time.perf_counter()
    cells = sum(db.execute(f"select count(*) from {cube.name}").fetchall()[0][0] for cube in cubes)
print(json.dumps({"start": reached - started, "make": done - reached, "cells": cells}))
"""
MEDIANS = """
with timed as (
    select month, entity_id,
        date_diff('minute', date_trunc('minute', submitted_at), date_trunc('minute', completed_at)) as minutes
    from lake_transactions
    where outcome = 'completed' and completed_at is not null and transactions = 1
),
classes as (
    select *, case when minutes < 64 then minutes
        else minutes - minutes % least(4096, pow(2, floor(log2(minutes)) - 5)::bigint) end as class
    from timed
),
medians as (
    select month, entity_id, quantile_disc(minutes, 0.5) as exact, quantile_disc(class, 0.5) as class
    from classes group by month, entity_id
)
select count(*), max(abs(
    class + case when class < 64 then 0 else (pow(2, floor(log2(class)) - 5) - 1) / 2 end - exact
) / nullif(exact, 0)) * 100 from medians
"""


def measures(options: Options, url: str = "local[2]") -> list[Measure]:
    """Measure both engines on the same lake; without Spark or Java raise `NeedMissingError`."""
    if is_local(url) and (java() is None or not _has_spark()):
        raise NeedMissingError("Spark itself and Java 17: `make bench-engines` installs Spark aside")
    workspace = options.workspace or _demo(options)
    rows, size = _size(workspace)
    million = rows / 1e6
    found = [Measure("rows of the lake", million, "million", note=f"{size / rows:.1f} bytes a row of Parquet")]
    made = {}
    for engine, place in (("duckdb", f"{os.cpu_count()} threads"), ("spark", url)):
        made[engine], seconds = _made(workspace, engine, url)
        found.append(Measure(f"cubes by {engine}", made[engine]["make"], "s", note=place))
        if engine == "duckdb" or is_local(url):
            note = f"{seconds:,.0f} s of processor time, with the start"
            found.append(Measure(f"processor time by {engine}", seconds / million, "s/million rows", note=note))
    found.append(Measure("start of spark", made["spark"]["start"], "s", note=url))
    found.append(Measure("spark by duckdb", made["spark"]["make"] / made["duckdb"]["make"], "ratio"))
    found.append(Measure("cells of the cubes", made["duckdb"]["cells"] / 1e6, "million"))
    medians, error = _medians(workspace)
    note = f"largest of {medians:,} medians of an entity and month, against all rows"
    return [*found, Measure("error of a median from classes", error, "percent", must=100 / 64, note=note)]


def _has_spark() -> bool:
    from importlib.util import find_spec

    found = find_spec("pyspark")
    return bool(found and found.origin and (Path(found.origin).parent / "bin" / "spark-submit").is_file())


def _demo(options: Options) -> Path:
    target = options.scratch / "engines"
    shutil.copytree(REPOSITORY / "data" / "reference", target / "reference")
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "data" / name, target / name)
    generate(target, scale=options.rows / DEMO_ROWS)
    load(Settings(workspace=target))
    return target


def _size(workspace: Path) -> tuple[int, int]:
    from kpi.lake import Lake

    files = [file for file in Lake(workspace).files() if file.log == "transactions" and file.accepted_path]
    return sum(file.rows_accepted for file in files), sum(file.accepted_path.stat().st_size for file in files)


def _made(workspace: Path, engine: str, url: str) -> tuple[dict[str, float], float]:
    before = _processor_seconds()
    command = [sys.executable, "-c", MAKE, str(workspace), engine, url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=REPOSITORY)  # noqa: S603 our own code
    return json.loads(done.stdout.splitlines()[-1]), _processor_seconds() - before


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _medians(workspace: Path) -> tuple[int, float]:
    import duckdb

    from kpi.lake import Lake
    from kpi.warehouse.lake_views import attach_lake, attach_transactions

    with duckdb.connect() as connection:
        attach_transactions(connection, attach_lake(connection, Lake(workspace), "UTC"))
        return connection.execute(MEDIANS).fetchall()[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=DEMO_ROWS, help="rows of the lake, about")
    parser.add_argument("--workspace", type=Path, help="a loaded workspace; default: the demo, made anew")
    parser.add_argument("--url", default="local[2]", help="the Spark, as in KPI_ENGINE_URL")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as folder:
        options = replace(Options(Path(folder)), rows=arguments.rows, workspace=arguments.workspace)
        Console(width=140).print(terminal_table("Engines", measures(options, arguments.url)))


if __name__ == "__main__":
    main()
