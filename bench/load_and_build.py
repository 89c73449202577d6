"""Compare load and build with DuckDB's own unvalidated read of the same files, in one run.

The left side validates every row, replaces beneficiary numbers and writes the lake; the right side is one
`create table as select * from read_csv(...)` or `read_parquet(...)`. Each figure is the median of the runs.
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measured import Measured, measure
from kpi.demo import generate
from kpi.settings import REPOSITORY

LOAD = """
import sys
from pathlib import Path
from kpi.ingest.load import load
from kpi.settings import Settings
if __name__ == "__main__":
    report = load(Settings(workspace=Path(sys.argv[1])))
    sys.exit(bool(report.failures))
"""
BUILD = """
import sys
from pathlib import Path
from kpi.settings import Settings
from kpi.warehouse.build import build
build(Settings(workspace=Path(sys.argv[1])), force=True)
"""
READ = """
import sys
import duckdb
from pathlib import Path
target = Path(sys.argv[1]) / "peer.duckdb"
target.unlink(missing_ok=True)
with duckdb.connect(str(target)) as connection:
    connection.execute("set enable_progress_bar = false").fetchall()
    connection.execute(f"create table t as select * from {sys.argv[2]}").fetchall()
"""


def main() -> None:
    """Print the table of ratios; `--scale` and `--runs` make it smaller or steadier."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the demo's row-level volume")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as folder:
        origin = Path(folder) / "origin"
        _demo(origin, options.scale)
        rows = [
            _load_row(
                Path(folder),
                origin,
                "csv",
                "read_csv",
                ", all_varchar = true, union_by_name = true, ignore_errors = true",
                options.runs,
            ),
            _load_row(Path(folder), origin, "parquet", "read_parquet", ", union_by_name = true", options.runs),
            _build_row(Path(folder), origin, options.runs),
        ]
    table = Table("measure", "ours s", "DuckDB s", "ratio", "our peak MiB", "DuckDB peak MiB")
    for name, ours, peer in rows:
        table.add_row(
            name, f"{ours.seconds:.2f}", f"{peer.seconds:.2f}", f"{ours.seconds / peer.seconds:.2f}",
            f"{ours.peak_bytes / 2**20:,.0f}", f"{peer.peak_bytes / 2**20:,.0f}",
        )  # fmt: skip
    Console().print(table)


def _demo(target: Path, scale: float) -> None:
    shutil.copytree(REPOSITORY / "data" / "reference", target / "reference")
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "data" / name, target / name)
    generate(target, scale=scale)


def _load_row(
    folder: Path, origin: Path, kind: str, reader: str, options: str, runs: int
) -> tuple[str, Measured, Measured]:
    workspace = folder / kind
    shutil.copytree(origin, workspace, ignore=shutil.ignore_patterns("inbox"))
    chosen = [path for path in (origin / "inbox" / "transactions").rglob(f"*.{kind}") if _is_plain(path)]
    for path in chosen:
        target = workspace / path.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    peer_reader = f"{reader}('{workspace}/inbox/**/*.{kind}'{options})"
    ours, peer = [], []
    for _ in range(runs):
        shutil.rmtree(workspace / "lake", ignore_errors=True)
        ours.append(measure(LOAD, str(workspace)))
        peer.append(measure(READ, str(folder), peer_reader))
    return f"load {len(chosen)} {kind} files", _median(ours), _median(peer)


def _build_row(folder: Path, origin: Path, runs: int) -> tuple[str, Measured, Measured]:
    measure(LOAD, str(origin))
    reader = f"read_parquet('{origin}/lake/transactions/*.accepted.parquet')"
    ours, peer = [], []
    for _ in range(runs):
        ours.append(measure(BUILD, str(origin)))
        peer.append(measure(READ, str(folder), reader))
    return "build from the lake", _median(ours), _median(peer)


def _is_plain(path: Path) -> bool:
    return not any(mark in path.name for mark in ("windows-1256", "utf-16"))


def _median(runs: list[Measured]) -> Measured:
    return Measured(statistics.median(run.seconds for run in runs), max(run.peak_bytes for run in runs))


if __name__ == "__main__":
    main()
