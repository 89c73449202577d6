"""Compare the pages over 100 million rows with those over one million; the file holds cubes.

Both workspaces are made by the demo's generator, which draws every row of January to May 2025 (time, service,
governorate, channel, outcome, rating, duration) from the same distributions: only the volume differs, `scale` = rows ÷
DEMO_ROWS. The years before are weighted monthly rows in both. They are loaded and built as any workspace; logs and lake
are deleted then, which no page reads. A larger volume fills more cells of the cube, and more classes of duration.
"""

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from bench.measure_table import Measure, NeedMissingError, Options
from bench.measured import measure_kpi
from bench.pages import in_fresh_process
from bench.workspaces import with_registries
from kpi.demo import generate
from kpi.warehouse.connect import Warehouse
from tests.addresses import NAMES

DEMO_ROWS = 13_895_841
"""Rows that the generator's logs have at scale 1."""
SMALL_ROWS = 1_000_000
MARKS = (1.2, 1.0)
BYTES_PER_ROW = 80
"""Disk that logs and lake need together while a workspace is made."""

LIMITS = """
Every page reads `serve_kpi` and its like, whose rows are entity × service × governorate × channel × month at most, and
the duration classes of the median. What grows with the volume is how many of those cells occur; the number of
statements and their plans, which are most of a cold page, do not.
"""


@dataclass(frozen=True)
class Volume:
    """Hold a built workspace: rows of the logs, rows of the cube, bytes of the file."""

    workspace: Path
    rows: int
    cube_rows: int
    file_bytes: int


def measures(options: Options) -> list[Measure]:
    """Return the ratios of page times, cold and warm, over all screens, and what both files hold."""
    needed = options.large_rows * BYTES_PER_ROW
    if shutil.disk_usage(options.scratch).free < needed:
        raise NeedMissingError(f"{needed / 2**30:.0f} GiB of disk in {options.scratch} (--scratch chooses another)")
    small, large = (_volume(options.scratch / f"rows-{rows}", rows) for rows in (SMALL_ROWS, options.large_rows))
    runs = [_all_screens(small, large) for _ in range(options.runs)]
    found = []
    for moment in ("cold", "warm"):
        before, after = (statistics.median(run[moment, one] for run in runs) for one in (small, large))
        note = f"all {len(NAMES)} screens: {after:.2f} s ÷ {before:.2f} s; {large.rows:,} and {small.rows:,} rows"
        found.append(Measure(f"pages {moment}, 100 M ÷ 1 M rows", after / before, "ratio", *MARKS, note))
    for name, one in (("1 M", small), ("100 M", large)):
        note = f"{one.rows:,} rows of logs, {one.cube_rows:,} rows of the cube"
        found.append(Measure(f"file of {name} rows", one.file_bytes / 2**20, "MiB", note=note))
    return found


def _volume(workspace: Path, rows: int) -> Volume:
    """Make, load and build a workspace, and keep of it what the pages read."""
    generate(with_registries(workspace), scale=rows / DEMO_ROWS)
    measure_kpi("load", "--workspace", str(workspace))
    measure_kpi("build", "--workspace", str(workspace))
    for part in ("inbox", "lake"):
        shutil.rmtree(workspace / part)
    warehouse = Warehouse.open(workspace)
    counted = warehouse.query("select sum(rows_read)::bigint from load_file where log = 'transactions'").item()
    cube = warehouse.query(
        "select (select count(*) from serve_kpi) + (select count(*) from serve_kpi_service) as cells"
    ).item()
    size = warehouse.path.stat().st_size
    warehouse.close()
    return Volume(workspace, counted, cube, size)


def _all_screens(small: Volume, large: Volume) -> dict[tuple[str, Volume], float]:
    """Run every screen over both, in turns; return the seconds of all screens together."""
    sums = {(moment, one): 0.0 for moment in ("cold", "warm") for one in (small, large)}
    for screen in NAMES:
        for one in (small, large):
            cold, warm = in_fresh_process(one.workspace, screen)
            sums["cold", one] += cold.wall
            sums["warm", one] += warm.wall
    return sums
