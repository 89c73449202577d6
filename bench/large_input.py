"""Load very large files and print rows a second and the peak memory of the whole process tree.

`--rows` rows are written once as a single CSV and once as `--files` Parquet files, every row with an id of its own, and
loaded with full validation from an empty lake. The mark is 2 GiB at any size.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from bench.load_and_build import LOAD
from bench.measured import measure
from kpi.demo import generate
from kpi.settings import REPOSITORY

MARK_BYTES = 2 * 2**30
BLOCK_ROWS = 500_000
SMALL_SCALE = 0.0001


def main() -> None:
    """Print the table; exit 1 when the mark is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000_000, help="rows of each input")
    parser.add_argument("--files", type=int, default=100, help="Parquet files of the second input")
    options = parser.parse_args()
    table = Table("input", "rows", "GB", "seconds", "rows a second", "peak MiB")
    peaks = []
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as folder:
        registries = Path(folder) / "registries"
        _registries(registries)
        for kind in ("one CSV", f"{options.files} Parquet files"):
            workspace = Path(folder) / "workspace"
            shutil.copytree(registries, workspace, ignore=shutil.ignore_patterns("inbox"))
            size = _write(workspace, options.rows, 1 if kind == "one CSV" else options.files)
            done = measure(LOAD, str(workspace))
            peaks.append(done.peak_bytes)
            table.add_row(
                kind, f"{options.rows:,}", f"{size / 1e9:.1f}", f"{done.seconds:.1f}",
                f"{options.rows / done.seconds:,.0f}", f"{done.peak_bytes / 2**20:,.0f}",
            )  # fmt: skip
            shutil.rmtree(workspace)
    Console().print(table)
    sys.exit(max(peaks) > MARK_BYTES)


def _registries(target: Path) -> None:
    shutil.copytree(REPOSITORY / "data" / "reference", target / "reference")
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "data" / name, target / name)
    generate(target, scale=SMALL_SCALE)


def _write(workspace: Path, rows: int, files: int) -> int:
    """Write the rows in blocks that differ in their ids; return the bytes."""
    services = pl.read_csv(workspace / "reference" / "services.csv", infer_schema=False)
    block = services.sample(BLOCK_ROWS, with_replacement=True, seed=1).select(
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
    total = 0
    for number in range(files):
        first, last = number * share, min((number + 1) * share, rows)
        path = folder / (f"all-{number}.csv" if files == 1 else f"part-{number:04}.parquet")
        if path.suffix == ".csv":
            _write_csv(path, block, first, last)
        else:
            _numbered(block, first, last).write_parquet(path, row_group_size=250_000)
        total += path.stat().st_size
    return total


def _write_csv(path: Path, block: pl.DataFrame, first: int, last: int) -> None:
    with path.open("wb") as file:
        for start in range(first, last, BLOCK_ROWS):
            _numbered(block, start, min(start + BLOCK_ROWS, last)).write_csv(file, include_header=start == first)


def _numbered(block: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    repeated = pl.concat([block] * -(-(last - first) // BLOCK_ROWS)).head(last - first)
    ids = ("L-" + pl.int_range(first, last, eager=True).cast(pl.String).str.zfill(12)).alias("transaction_id")
    return repeated.with_columns(ids)


if __name__ == "__main__":
    main()
