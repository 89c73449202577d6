"""Let SQL read the lake: its rows, the ledger, and what is left out because it was sent more than once."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from kpi.ingest.overlap import Overlap, read_overlap
from kpi.lake import Lake, LakeFile

TRANSACTIONS = "transactions"
LOGS = (TRANSACTIONS, "projects", "services", "assessments")
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
LAKE_SCHEMAS: dict[str, str] = {
    "transactions": (
        "source_row bigint, transaction_id varchar, submitted_at timestamp, completed_at timestamp, month date, "
        "months_covered tinyint, entity_id varchar, service_id varchar, governorate_id varchar, channel varchar, "
        "outcome varchar, beneficiary varchar, beneficiary_key bigint, fee_omr decimal(18, 3), rating tinyint, "
        "transactions bigint, lake_file varchar"
    ),
    "projects": (
        "source_row bigint, project_id varchar, reported_on date, progress_pct decimal(5, 2), "
        "planned_pct decimal(5, 2), status varchar, note varchar, lake_file varchar"
    ),
    "services": (
        "source_row bigint, service_id varchar, event varchar, event_on date, programme varchar, "
        "steps_before bigint, steps_after bigint, documents_before bigint, documents_after bigint, "
        "visits_before bigint, visits_after bigint, minutes_before bigint, minutes_after bigint, "
        "lake_file varchar"
    ),
    "assessments": (
        "source_row bigint, entity_id varchar, indicator_id varchar, assessed_on date, score_pct decimal(5, 2), "
        "lake_file varchar"
    ),
    "rejected": (
        'log varchar, source_file varchar, source_row bigint, "column" varchar, reason varchar, raw varchar, '
        "entity_id varchar"
    ),
}
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


def attach_lake(connection: duckdb.DuckDBPyConnection, lake: Lake, time_zone: str) -> TransactionLog:
    """Make the temporary views `lake_*` that the SQL of a build reads; dates of receipt are in the time zone.

    The view of the transactions is left to the engine: it makes the cubes, and is given the log that is returned.
    """
    files = lake.files()
    overlap = read_overlap(lake)
    register(connection, "lake_files", _ledger(files))
    register(connection, "lake_contents", _contents(files))
    register(connection, "lake_spans", _spans(files, time_zone))
    register(connection, "lake_replaced", overlap.replaced)
    register(connection, "lake_duplicates", overlap.duplicates)
    for log in (*LOGS, "rejected"):
        connection.execute(f"create temp table empty_{log} ({LAKE_SCHEMAS[log]})").fetchall()
    for log in LOGS:
        if log != TRANSACTIONS:
            _view(connection, f"lake_{log}", log, [file.accepted_path for file in files if file.log == log])
    rejected = _listed([file.rejected_path for file in files])
    whole = f" union all by name select * from read_parquet([{rejected}])" if rejected else ""
    connection.execute(f"create temp view lake_rejected as select * from empty_rejected{whole}").fetchall()
    return read_transaction_log(files, overlap)


def read_transaction_log(files: tuple[LakeFile, ...], overlap: Overlap) -> TransactionLog:
    """Tell which files of the ledger hold transactions and what of them does not count."""
    names = {file.source_file: file.accepted_path.name for file in files if file.accepted_path}
    spans = overlap.replaced.select(
        pl.col("old_file").replace_strict(names, return_dtype=pl.String).alias("lake_file"), *SPAN_KEY
    )
    rows = overlap.duplicates.select(
        pl.col("other_file").replace_strict(names, return_dtype=pl.String).alias("lake_file"),
        pl.col("other_row").alias("source_row"),
    )
    paths = [file.accepted_path for file in files if file.log == TRANSACTIONS and file.accepted_path]
    touched = {*spans["lake_file"], *rows["lake_file"]}
    return TransactionLog(
        tuple(path for path in paths if path.name not in touched),
        tuple(path for path in paths if path.name in touched),
        spans,
        rows,
    )


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


def _view(connection: duckdb.DuckDBPyConnection, name: str, log: str, paths: Iterable[Path | None]) -> None:
    listed = _listed(paths)
    read = (
        " union all by name select * exclude (filename), parse_filename(filename) as lake_file "
        f"from read_parquet([{listed}], filename = true)"
    )
    whole = f"select * from empty_{log}{read if listed else ''}"
    connection.execute(f"create or replace temp view {name} as {whole}").fetchall()


def _listed(paths: Iterable[Path | None]) -> str:
    return ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths if path)


def _ledger(files: tuple[LakeFile, ...]) -> pl.DataFrame:
    rows = [
        (
            file.source_file, file.log, file.source_name, file.sha256, file.bytes, file.rows_read, file.rows_accepted,
            file.rows_rejected, json.dumps(file.rejected_by_reason, sort_keys=True), file.received_at or None,
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


def _spans(files: tuple[LakeFile, ...], time_zone: str) -> pl.DataFrame:
    rows = [
        (file.source_file, s.entity_id, s.month, s.months_covered, s.has_ids, s.rows, s.received_at, s.transactions)
        for file in files
        for s in file.spans
    ]
    received = pl.col("received_at").str.to_datetime(time_zone="UTC").dt.convert_time_zone(time_zone)
    return pl.DataFrame(rows, schema=_SPANS, orient="row").select(
        pl.exclude("month", "received_at"),
        pl.col("month").str.to_date(),
        received.dt.date().alias("received_on"),
    )


def register(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Let SQL read a frame under a name while the connection lasts."""
    connection.register(name, frame.to_arrow())
