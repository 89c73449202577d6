"""Compare `kpi build` with DuckDB's own copy of the lake: `create table as select * from` the accepted transactions.

Ours verifies every byte of the lake, aggregates, makes and documents every table and view, checks, digests and
publishes.
"""

from pathlib import Path
from statistics import median
from time import perf_counter

from bench.entity_months import entity_months
from bench.load import lake_source
from bench.measure_table import Measure, Options
from bench.measured import measure_duckdb, measure_kpi, median_seconds, peak_mib, spread
from kpi.decisions import decisions
from kpi.gate import Gate
from kpi.ingest.held_back import held_back
from kpi.warehouse.held_publication import published_losses
from kpi.warehouse.manifest import Manifest
from kpi.warehouse.publish import POINTER

MUST, AIM = 2.0, 1.3
GATE_MUST = 0.03
LIMITS = """
**Where the time goes.** Two thirds of the processor time go to the tables: they aggregate the lake's rows, and a third
of that is counting distinct people at three grains. A quarter goes to the digest of every table and view, for which
every view is computed once; the rest is the SHA-256 of the lake's files and the checks.

**The limit.** Each cube reads its columns of the lake once. The digests are what `kpi verify` and `kpi diff` compare
builds by; a lake of few rows pays for them as one of many does.
"""


def measures(options: Options) -> list[Measure]:
    """Measure building from a loaded lake, and the bytes of a row in the published file."""
    source = entity_months(options, "csv")
    measure_kpi("load", "--workspace", str(source.workspace))
    command, lake = ("build", "--force", "--workspace", str(source.workspace)), lake_source(source.workspace)
    peak, peer_peak = measure_kpi(*command, watched=True), measure_duckdb(options.scratch, lake, watched=True)
    ours, peer = [], []
    for _ in range(options.runs):
        ours.append(measure_kpi(*command))
        peer.append(measure_duckdb(options.scratch, lake))
    gate = [_gate_seconds(source.workspace) for _ in range(options.runs)]
    published = Manifest.read(source.workspace / "warehouse" / POINTER)
    peer_bytes = (options.scratch / "peer.duckdb").stat().st_size / source.rows
    size = published.size_bytes / source.rows if published else float("nan")
    return [
        Measure("`kpi build` ÷ DuckDB copy of the lake", median_seconds(ours) / median_seconds(peer), "ratio",
                MUST, AIM, f"{source.rows:,} rows: {spread(ours)} ÷ {spread(peer)}"),
        Measure("gate ÷ `kpi build`", median(gate) / median_seconds(ours), "ratio", GATE_MUST, None,
                "what is held back, and the build compared with the one in service; in one process"),
        Measure("peak memory of building", peak_mib(peak), "MiB", note=f"DuckDB {peak_mib(peer_peak):,.0f} MiB"),
        Measure("published file on disk, by row of the lake", size, "bytes/row", None, None,
                f"all tables and views; a DuckDB table of the rows themselves: {peer_bytes:.1f}"),
    ]  # fmt: skip


def _gate_seconds(workspace: Path) -> float:
    """Time what a build does for the gate: judge the lake, and compare a build with the one in service."""
    served = (workspace / "warehouse" / "current.duckdb").resolve()
    started = perf_counter()
    held = held_back(workspace)
    published_losses(served, served, Gate(), held.lake, decisions(workspace))
    return perf_counter() - started
