"""Compare `kpi load` with DuckDB's own read of the same files, and with loading one changed month again.

Ours reads the rows from 17 months of files, one per entity and month, checks every value, replaces beneficiary numbers,
looks for duplicates and re-sends, and writes lake and ledger. DuckDB makes one table of the files as it reads them.
"""

import shutil
from pathlib import Path

from bench.entity_months import EntityMonths, entity_months
from bench.hostile import FILES, HEAD, peak_bytes
from bench.measure_table import Measure, Options
from bench.measured import Measured, measure, measure_duckdb, measure_kpi, median_seconds, peak_mib, spread
from kpi.settings import REPOSITORY

LIMITS = """
**Where the time goes.** Of the processor time of CSV files, a third parses and checks the values, a fifth reads and
splits the text, a sixth writes the lake's Parquet, a tenth makes the keyed hashes of people; ledger, digests and the
search for duplicate ids share the rest. Parquet saves most of the reading. Small files that are read alike are checked
as one, up to 16 MiB at a time, but each has its own rows in the lake and its own ledger entry, and all of them are
synced to disk before they count, those of a bundle at once.

**The limit.** The hashes are HMAC-SHA-256, made one by one; each worker remembers two million people, so that most are
hashed once. The ratio to `read_parquet` is the harder one, for DuckDB has nothing to parse there. A reload pays for the
start of the command and for looking at every file's size and time, four tenths of a second, and for the changed files.
A month of all entities is a seventeenth of the rows; a thread and a process, which starts as soon as it is seen that
much has come, share them, and everybody in them is hashed anew.
"""
# Without the options a file with a row too many fields is read as one column of whole lines.
READERS = {
    "csv": "read_csv('{files}', header = true, delim = ',', ignore_errors = true)",
    "parquet": "read_parquet('{files}')",
}
MARKS = {"csv": (1.5, 1.0), "parquet": (2.0, 1.5)}
RELOAD_MARK = 1 / 8
CHANGED_MONTH = "2025-03"
_COPY = """
import sys
import duckdb
duckdb.execute(f"copy (select * from {sys.argv[1]}) to '{sys.argv[2]}' (format parquet, compression zstd)").fetchall()
"""


def measures(options: Options) -> list[Measure]:
    """Measure loading from CSV and Parquet, reloading, and the bytes of a row in the lake."""
    source = entity_months(options, "csv")
    whole, found = _load(options, source)
    found += _load(options, entity_months(options, "parquet"))[1]
    return [*found, *_reload(options, source, whole), _worst_file(options), _row_bytes(options, source)]


def lake_source(workspace: Path) -> str:
    """Return what DuckDB reads a workspace's accepted transactions from."""
    return f"read_parquet('{workspace}/lake/transactions/*.accepted.parquet')"


def _load(options: Options, source: EntityMonths) -> tuple[list[Measured], list[Measure]]:
    """Return our runs, the last of which leaves a full lake, and what they come to."""
    reader = READERS[source.kind].format(files=f"{source.workspace}/inbox/transactions/*/*.{source.kind}")
    peaks = peak_mib(source.load(watched=True)), peak_mib(measure_duckdb(options.scratch, reader, watched=True))
    ours, peer = [], []
    for _ in range(options.runs):
        ours.append(source.load())
        peer.append(measure_duckdb(options.scratch, reader))
    ratio = median_seconds(ours) / median_seconds(peer)
    name = {"csv": "CSV", "parquet": "Parquet"}[source.kind]
    note = f"{source.rows:,} rows in {len(source.files)} files: {spread(ours)} ÷ {spread(peer)}"
    return ours, [
        Measure(f"`kpi load` of {name} ÷ DuckDB `{READERS[source.kind].partition('(')[0]}`", ratio, "ratio",
                *MARKS[source.kind], note),
        Measure(f"peak memory of loading {name}", peaks[0], "MiB", note=f"DuckDB {peaks[1]:,.0f} MiB"),
    ]  # fmt: skip


def _reload(options: Options, source: EntityMonths, whole: list[Measured]) -> list[Measure]:
    """Change files of one month, then run the whole `kpi load` again: the largest entity's file, and every entity's."""
    month = [path for path in source.files if path.parent.name == CHANGED_MONTH]
    largest = max(month, key=lambda path: path.stat().st_size)
    found = []
    for name, changed in (("one entity's file of a month", [largest]), ("all files of a month", month)):
        again = []
        for _ in range(options.runs):
            for path in changed:
                _drop_last_row(path)
            again.append(measure_kpi("load", "--workspace", str(source.workspace)))
        note = f"{len(changed)} of {len(source.files)} files changed: {spread(again)} ÷ {spread(whole)}"
        ratio = median_seconds(again) / median_seconds(whole)
        found.append(Measure(f"reload of {name} among 17 ÷ full load", ratio, "ratio", RELOAD_MARK, None, note))
    return found


def _worst_file(options: Options) -> Measure:
    """Load each file of the hostile suite by itself, beside a good one."""
    peaks = {}
    for name, (content, _) in FILES.items():
        workspace = options.scratch / "hostile" / name
        inbox = workspace / "inbox" / "transactions"
        inbox.mkdir(parents=True)
        shutil.copytree(REPOSITORY / "data" / "reference", workspace / "reference")
        (inbox / "good.csv").write_text(f"{HEAD}\n", encoding="utf-8")
        (inbox / name).write_bytes(content())
        peaks[name] = peak_bytes(workspace)[0] / 2**20
    shutil.rmtree(options.scratch / "hostile")
    worst = max(peaks, key=lambda name: peaks[name])
    note = f"{worst}, of {len(peaks)} files"
    return Measure("peak memory of loading the worst of the hostile suite", peaks[worst], "MiB", 1024, None, note)


def _drop_last_row(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: content.rstrip(b"\n").rfind(b"\n") + 1])


def _row_bytes(options: Options, source: EntityMonths) -> Measure:
    files = list((source.workspace / "lake" / "transactions").glob("*.accepted.parquet"))
    target = options.scratch / "peer.parquet"
    measure(_COPY, lake_source(source.workspace), str(target))
    peer = target.stat().st_size / source.rows
    target.unlink()
    size = sum(path.stat().st_size for path in files) / source.rows
    note = f"{len(files)} files; the same rows as one Parquet file with zstd, written by DuckDB: {peer:.1f}"
    return Measure("lake on disk", size, "bytes/row", None, peer, note)
