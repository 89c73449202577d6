"""Print what all documents of one month cost: `python -m bench.reports [WORKSPACE]`.

Every scope in both languages is written to a scratch folder by one `kpi report`; the bound is 20 seconds and 300 MiB
for the whole process tree on two cores. Without a workspace the demo is made, loaded and built first.
"""

import resource
import sys
import tempfile
from pathlib import Path

from bench.measured import measure
from kpi.demo import generate
from kpi.ingest.load import load
from kpi.queries.freshness import freshness
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse

BOUND_SECONDS, BOUND_BYTES = 20, 300 * 2**20
_REPORT = """
import sys
from kpi.cli import app
app(["report", "--workspace", sys.argv[1], "--month", sys.argv[2], "--scope", "all", "--out", sys.argv[3]])
"""


def main() -> None:
    """Make the documents of the last month and print seconds, memory and bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(sys.argv[1]) if len(sys.argv) > 1 else _demo(Path(scratch) / "workspace")
        warehouse = Warehouse.open(workspace)
        last = freshness(warehouse).last_month
        warehouse.close()
        out = Path(scratch) / "out"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        cost = measure(_REPORT, str(workspace), f"{last:%Y-%m}", str(out))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        files = list(out.glob("*.pdf"))
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = sum(path.stat().st_size for path in files) / 2**20
        print(f"{len(files)} documents, {size:.1f} MiB: {cost.seconds:.1f} s wall, {cpu:.1f} s of processor time")  # noqa: T201
        print(f"peak memory of the process tree: {cost.peak_bytes / 2**20:.0f} MiB")  # noqa: T201
        within = cost.seconds < BOUND_SECONDS and cost.peak_bytes < BOUND_BYTES
        print(f"bound: {BOUND_SECONDS} s, {BOUND_BYTES / 2**20:.0f} MiB: {'kept' if within else 'MISSED'}")  # noqa: T201


def _demo(folder: Path) -> Path:
    import shutil

    folder.mkdir()
    shutil.copytree(REPOSITORY / "data" / "reference", folder / "reference")
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "data" / name, folder / name)
    generate(folder)
    settings = Settings(workspace=folder)
    load(settings)
    build(settings)
    return folder


if __name__ == "__main__":
    main()
