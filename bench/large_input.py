"""Load very large inputs, every row with an id of its own, and measure the peak memory of the whole process tree.

The rows are written once as a single CSV and once as 100 Parquet files, and loaded with full validation into an empty
lake. The bound on memory does not depend on the rows.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

from bench.measure_table import Measure, Options
from bench.measured import measure_kpi
from bench.workspaces import with_registries
from kpi.demo import generate

MUST_MIB, AIM_MIB = 2048, 1024
PARQUET_FILES = 100
LIMITS = """
**Where the memory goes.** A file is read in blocks of 16 MiB and its rows are checked and written slice by slice; what
grows with the rows of a single file is one 64-bit hash of each id, kept so that an id that comes again is found: 8
bytes a row. They lie in sorted runs of a few million, so that merging two needs little more. Many files need no more
than the largest of them, in each worker.
"""
_BLOCK_ROWS = 500_000
_SMALL_SCALE = 0.0001


def measures(options: Options) -> list[Measure]:
    """Measure one CSV and many Parquet files; one run each, for the memory does not vary."""
    found = []
    for name, files, write in (("one CSV", 1, _write_csv), (f"{PARQUET_FILES} Parquet files", PARQUET_FILES, _write)):
        workspace = with_registries(options.scratch / "large")
        generate(workspace, scale=_SMALL_SCALE)
        shutil.rmtree(workspace / "inbox")
        size = _write_files(workspace, options.large_rows, files, write)
        done = measure_kpi("load", "--workspace", str(workspace), watched=True)
        rate = options.large_rows / done.seconds
        note = f"{size / 1e9:.1f} GB in {done.seconds:.0f} s, {rate:,.0f} rows a second"
        name = f"peak memory of loading {options.large_rows:,} rows from {name}"
        found.append(Measure(name, done.peak_bytes / 2**20, "MiB", MUST_MIB, AIM_MIB, note))
        shutil.rmtree(workspace)
    return found


def _write_files(workspace: Path, rows: int, files: int, write: Callable[[Path, pl.DataFrame, int, int], Path]) -> int:
    """Write the rows in blocks that differ in their ids; return the bytes."""
    services = pl.read_csv(workspace / "reference" / "services.csv", infer_schema=False)
    block = services.sample(_BLOCK_ROWS, with_replacement=True, seed=1).select(
        (pl.datetime(2025, 1, 1) + pl.duration(seconds=pl.int_range(pl.len()) * 7)).alias("submitted_at"),
        "entity_id",
        "service_id",
        pl.lit("web").alias("channel"),
        pl.lit("completed").alias("outcome"),
        (pl.int_range(pl.len()) % 89_999_999 + 10_000_000).cast(pl.String).alias("beneficiary_number"),
    )
    folder = workspace / "inbox" / "transactions"
    folder.mkdir(parents=True)
    share = -(-rows // files)
    written = [
        write(folder / f"part-{number:04}", block, number * share, min((number + 1) * share, rows))
        for number in range(files)
    ]
    return sum(path.stat().st_size for path in written)


def _write(stem: Path, block: pl.DataFrame, first: int, last: int) -> Path:
    path = stem.with_suffix(".parquet")
    _numbered(block, first, last).write_parquet(path, row_group_size=250_000)
    return path


def _write_csv(stem: Path, block: pl.DataFrame, first: int, last: int) -> Path:
    path = stem.with_suffix(".csv")
    with path.open("wb") as file:
        for start in range(first, last, _BLOCK_ROWS):
            _numbered(block, start, min(start + _BLOCK_ROWS, last)).write_csv(file, include_header=start == first)
    return path


def _numbered(block: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    repeated = pl.concat([block] * -(-(last - first) // _BLOCK_ROWS)).head(last - first)
    ids = ("L-" + pl.int_range(first, last, eager=True).cast(pl.String).str.zfill(12)).alias("transaction_id")
    return repeated.with_columns(ids)
