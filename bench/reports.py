"""Measure what all documents of one month cost: every scope in both languages, written by one `kpi report`."""

import shutil

from bench.measure_table import Measure, Options
from bench.measured import measure_kpi
from bench.workspaces import built_demo
from kpi.queries.freshness import freshness
from kpi.warehouse.connect import Warehouse

MUST_SECONDS, MUST_MIB = 20, 300
LIMITS = """
Each document is set in a process forked from one that holds the fonts; what is left is Typst's work. Most of the memory
is the process that read the answers, and much of that are pages of DuckDB, Polars and Arrow, which are counted in
proportion where another process of the machine has loaded them too, as the bench itself has.
"""


def measures(options: Options) -> list[Measure]:
    """Measure seconds and memory of the last month's documents."""
    workspace = built_demo(options)
    warehouse = Warehouse.open(workspace)
    month = f"{freshness(warehouse).last_month:%Y-%m}"
    warehouse.close()
    out = options.scratch / "documents"
    done = measure_kpi("report", "--workspace", str(workspace), "--month", month, "--scope", "all", "--out", str(out),
                       watched=True)  # fmt: skip
    files = list(out.glob("*.pdf"))
    size = sum(path.stat().st_size for path in files) / 2**20
    shutil.rmtree(out)
    return [
        Measure("documents of a month", done.seconds, "s", MUST_SECONDS, None, f"{len(files)} PDF, {size:.1f} MiB"),
        Measure("peak memory of making them", done.peak_bytes / 2**20, "MiB", MUST_MIB, None),
    ]
