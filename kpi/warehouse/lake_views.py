"""Let SQL read the lake: its rows, the ledger, and what is left out because it was sent more than once."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from kpi.ingest.contracts import TRANSACTIONS as TRANSACTIONS_CONTRACT
from kpi.ingest.overlap import Overlap, read_overlap
from kpi.ingest.received import NOTHING_HELD, Without
from kpi.lake import Lake, LakeFile
from kpi.warehouse.logs import LAKE_SCHEMAS, LOG_MONTHS, LOGS, OTHER_LOGS, log_months, values_by_column
from kpi.warehouse.statements import register

TRANSACTIONS = TRANSACTIONS_CONTRACT.log
SPAN_KEY = ("entity_id", "month", "months_covered", "has_ids")
COUNTED_VIEW = "lake_transactions"
COUNTED = """
select * from lake_untouched
union all
select sent.* from lake_touched as sent
where not exists (
    select 1 from left_out_spans as span
    where span.lake_file = sent.lake_file and span.entity_id = sent.entity_id and span.month = sent.month
    and span.months_covered = sent.months_covered and span.has_ids = (sent.transaction_id is not null)
) and not exists (
    select 1 from left_out_rows as twin
    where twin.lake_file = sent.lake_file and twin.source_row = sent.source_row
)
"""
"""The accepted transactions that count, on every engine: only files with something to leave out are compared."""
LEFT_OUT_STATEMENTS = """
where not exists (
    select 1 from left_out_statements as newer
    where newer.lake_file = sent.lake_file and newer.source_row = sent.source_row
)
"""
_LEDGER: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "log": pl.String(),
    "source_name": pl.String(),
    "sha256": pl.String(),
    "size_bytes": pl.Int64(),
    "rows_read": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_rejected": pl.Int64(),
    "rejected_by_reason": pl.String(),
    "values_dropped": pl.Int64(),
    "rows_held": pl.Int64(),
    "received_at": pl.String(),
    "loaded_at": pl.String(),
    "loader_version": pl.String(),
    "error_key": pl.String(),
    "error_facts": pl.String(),
    "error": pl.String(),
    "entity_id": pl.String(),
    "lake_file": pl.String(),
}
_CONTENT: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "version": pl.Int64(),
    "is_current": pl.Boolean(),
    "sha256": pl.String(),
    "size_bytes": pl.Int64(),
    "rows_read": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_rejected": pl.Int64(),
    "received_at": pl.String(),
    "loaded_at": pl.String(),
    "loader_version": pl.String(),
}
_SPANS: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "entity_id": pl.String(),
    "month": pl.String(),
    "months_covered": pl.Int8(),
    "has_ids": pl.Boolean(),
    "log_rows": pl.Int64(),
    "received_at": pl.String(),
    "transactions": pl.Int64(),
    "is_held": pl.Boolean(),
    "has_days": pl.Boolean(),
}


@dataclass(frozen=True)
class TransactionLog:
    """Name the files that hold accepted transactions, and what of them does not count.

    `untouched` files count whole; of the `touched` ones `left_out_spans` (lake_file and `SPAN_KEY`) and `left_out_rows`
    (lake_file, source_row) are left out. A file is known by its name, which is unique in the lake.
    """

    untouched: tuple[Path, ...]
    touched: tuple[Path, ...]
    left_out_spans: pl.DataFrame
    left_out_rows: pl.DataFrame

    def only(self, names: frozenset[str]) -> "TransactionLog":
        """Return the log as if these files were all there is."""
        return TransactionLog(
            tuple(path for path in self.untouched if path.name in names),
            tuple(path for path in self.touched if path.name in names),
            self.left_out_spans.filter(pl.col("lake_file").is_in(sorted(names))),
            self.left_out_rows.filter(pl.col("lake_file").is_in(sorted(names))),
        )


def attach_lake(
    connection: duckdb.DuckDBPyConnection, lake: Lake, time_zone: str, without: Without = NOTHING_HELD
) -> TransactionLog:
    """Make the temporary views `lake_*` that the SQL of a build reads; dates of receipt are in the time zone.

    What is held back is in the ledger, and nowhere else. The view of the transactions is left to the engine: it makes
    the cubes, and is given the log that is returned.
    """
    files = lake.files()
    overlap = read_overlap(lake, without)
    register(connection, "lake_files", _ledger(files, without))
    register(connection, "lake_contents", _contents(files))
    register(connection, "lake_spans", _spans(files, time_zone, without))
    register(connection, "lake_replaced", overlap.replaced)
    register(connection, "lake_duplicates", overlap.duplicates)
    register(connection, "lake_both_count", overlap.both_count)
    register(connection, "left_out_statements", _left_out_rows(files, overlap))
    for log in (*LOGS, "rejected"):
        connection.execute(f"create temp table empty_{log} ({LAKE_SCHEMAS[log]})").fetchall()
    for log in OTHER_LOGS:
        _view(connection, f"lake_{log}", log, _counted_paths(files, log, without), LEFT_OUT_STATEMENTS)
    connection.execute(f"create temp view {LOG_MONTHS} as {log_months()}").fetchall()
    register(connection, "lake_values", values_by_column(connection, files))
    rejected = _listed([file.rejected_path for file in files])
    whole = f" union all by name select * from read_parquet([{rejected}])" if rejected else ""
    connection.execute(f"create temp view lake_rejected as select * from empty_rejected{whole}").fetchall()
    return read_transaction_log(files, overlap, without)


def read_transaction_log(
    files: tuple[LakeFile, ...], overlap: Overlap, without: Without = NOTHING_HELD
) -> TransactionLog:
    """Tell which files of the ledger hold transactions and what of them does not count."""
    spans = overlap.left_out_spans.select(_lake_file(files), *SPAN_KEY)
    rows = _left_out_rows(files, overlap)
    held = _held_spans(files, without)
    paths = _counted_paths(files, TRANSACTIONS, without)
    spans = pl.concat([spans, held]) if len(held) else spans
    rows = rows.filter(pl.col("lake_file").is_in([path.name for path in paths]))
    touched = {*spans["lake_file"], *rows["lake_file"]}
    return TransactionLog(
        tuple(path for path in paths if path.name not in touched),
        tuple(path for path in paths if path.name in touched),
        spans,
        rows,
    )


def _lake_file(files: tuple[LakeFile, ...]) -> pl.Expr:
    names = {file.source_file: file.accepted_path.name for file in files if file.accepted_path}
    return pl.col("source_file").replace_strict(names, return_dtype=pl.String).alias("lake_file")


def _left_out_rows(files: tuple[LakeFile, ...], overlap: Overlap) -> pl.DataFrame:
    return overlap.left_out_rows.select(_lake_file(files), "source_row")


def _counted_paths(files: tuple[LakeFile, ...], log: str, without: Without) -> list[Path]:
    kept = [file for file in files if file.log == log and file.source_file not in without.files]
    return [file.accepted_path for file in kept if file.accepted_path]


def _held_spans(files: tuple[LakeFile, ...], without: Without) -> pl.DataFrame:
    rows = [
        (file.accepted_path.name, span.entity_id, date.fromisoformat(span.month), span.months_covered, span.has_ids)
        for file in files
        for span in file.spans
        if file.accepted_path and without.holds(file.source_file, span)
    ]
    types = {"entity_id": pl.String, "month": pl.Date, "months_covered": pl.Int8, "has_ids": pl.Boolean}
    return pl.DataFrame(rows, schema={"lake_file": pl.String} | types, orient="row")


def attach_transactions(connection: duckdb.DuckDBPyConnection, log: TransactionLog) -> None:
    """Make the view `lake_transactions` of the rows of a log that count, replacing the one there may be."""
    register(connection, "left_out_spans", log.left_out_spans)
    register(connection, "left_out_rows", log.left_out_rows)
    _view(connection, "lake_untouched", TRANSACTIONS, log.untouched)
    _view(connection, "lake_touched", TRANSACTIONS, log.touched)
    connection.execute(f"create or replace temp view {COUNTED_VIEW} as {COUNTED}").fetchall()


def detach_transactions(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the transactions away: behind the cubes no SQL reads single rows, whatever engine made them."""
    connection.execute(f"drop view {COUNTED_VIEW}").fetchall()


def _view(
    connection: duckdb.DuckDBPyConnection, name: str, log: str, paths: Iterable[Path | None], where: str = ""
) -> None:
    listed = _listed(paths)
    read = (
        " union all by name select * exclude (filename), parse_filename(filename) as lake_file "
        f"from read_parquet([{listed}], filename = true, union_by_name = true)"
    )
    whole = f"select * from empty_{log}{read if listed else ''}"
    connection.execute(f"create or replace temp view {name} as select * from ({whole}) as sent {where}").fetchall()


def _listed(paths: Iterable[Path | None]) -> str:
    return ", ".join("'" + unglobbed(path).replace("'", "''") + "'" for path in paths if path)


def unglobbed(path: Path) -> str:
    """Return a path as DuckDB reads it literally: a name is never a pattern, whatever signs are in it."""
    return re.sub(r"[*?\[]", lambda sign: f"[{sign[0]}]", str(path))


def _rows_held(file: LakeFile, without: Without) -> int:
    if file.source_file in without.files:
        return file.rows_accepted
    return sum(span.rows for span in file.spans if without.holds(file.source_file, span))


def _ledger(files: tuple[LakeFile, ...], without: Without) -> pl.DataFrame:
    rows = [
        (
            file.source_file, file.log, file.source_name, file.sha256, file.bytes, file.rows_read, file.rows_accepted,
            file.rows_rejected, json.dumps(file.rejected_by_reason, sort_keys=True),
            sum(file.dropped_by_reason.values()), _rows_held(file, without), file.received_at or None,
            file.loaded_at, file.loader_version, file.error_key,
            json.dumps(file.error_facts, ensure_ascii=False, sort_keys=True) if file.error_key else None,
            file.error, file.only_entity,
            file.accepted_path.name if file.accepted_path else None,
        )
        for file in files
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_LEDGER, orient="row")


def _contents(files: tuple[LakeFile, ...]) -> pl.DataFrame:
    rows = [
        (
            file.source_file, version, version > len(file.earlier), content.sha256, content.bytes, content.rows_read,
            content.rows_accepted, content.rows_rejected, content.received_at or None, content.loaded_at,
            content.loader_version,
        )
        for file in files
        for version, content in enumerate((*file.earlier, *((file,) if file.sha256 else ())), start=1)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_CONTENT, orient="row")


def _spans(files: tuple[LakeFile, ...], time_zone: str, without: Without) -> pl.DataFrame:
    rows = [
        (
            file.source_file, s.entity_id, s.month, s.months_covered, s.has_ids, s.rows, s.received_at, s.transactions,
            without.holds(file.source_file, s), s.has_days,
        )
        for file in files
        for s in file.spans
    ]  # fmt: skip
    received = pl.col("received_at").str.to_datetime(time_zone="UTC").dt.convert_time_zone(time_zone)
    return pl.DataFrame(rows, schema=_SPANS, orient="row").select(
        pl.exclude("month", "received_at"),
        pl.col("month").str.to_date(),
        received.dt.date().alias("received_on"),
    )
