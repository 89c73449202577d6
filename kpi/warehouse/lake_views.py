"""Let SQL read the lake: its rows, the ledger, and what is left out because it was sent more than once."""

import json

import duckdb
import polars as pl

from kpi.ingest.overlap import Overlap, read_overlap
from kpi.lake import Lake, LakeFile

LOGS = ("transactions", "projects", "services", "assessments")
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
}


def attach_lake(connection: duckdb.DuckDBPyConnection, lake: Lake, time_zone: str) -> None:
    """Make the temporary views `lake_*` that the SQL of a build reads; dates of receipt are in the time zone."""
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
        paths = {file.source_file: str(file.accepted_path) for file in files if file.log == log and file.accepted_path}
        _view(connection, log, _counted(connection, paths, overlap) if log == "transactions" else [_all(paths)])
    rejected = {file.source_file: str(file.rejected_path) for file in files if file.rejected_path}
    _view(connection, "rejected", [f"select * from read_parquet([{_listed(rejected)}])" if rejected else ""])


def _view(connection: duckdb.DuckDBPyConnection, name: str, selects: list[str]) -> None:
    whole = " union all by name ".join([f"select * from empty_{name}", *filter(None, selects)])
    connection.execute(f"create temp view lake_{name} as {whole}").fetchall()


def _all(paths: dict[str, str]) -> str:
    return f"select * from read_parquet([{_listed(paths)}], filename = 'lake_file')" if paths else ""


def _counted(connection: duckdb.DuckDBPyConnection, paths: dict[str, str], overlap: Overlap) -> list[str]:
    """Return the selects of the rows that count; only files with something to leave out pay for the comparison."""
    touched = {*overlap.replaced["old_file"], *overlap.duplicates["other_file"]}
    places = pl.DataFrame(
        [(name, paths[name]) for name in sorted(touched)],
        schema={"old_file": pl.String, "path": pl.String},
        orient="row",
    )
    register(connection, "left_out_spans", overlap.replaced.join(places, on="old_file"))
    register(connection, "left_out_rows", overlap.duplicates.join(places, left_on="other_file", right_on="old_file"))
    partly = {name: path for name, path in paths.items() if name in touched}
    if not partly:
        return [_all(paths)]
    compared = f"""
        select sent.* from read_parquet([{_listed(partly)}], filename = 'lake_file') as sent
        where not exists (
            select 1 from left_out_spans as span
            where span.path = sent.lake_file and span.entity_id = sent.entity_id and span.month = sent.month
            and span.months_covered = sent.months_covered and span.has_ids = (sent.transaction_id is not null)
        ) and not exists (
            select 1 from left_out_rows as twin
            where twin.path = sent.lake_file and twin.other_row = sent.source_row
        )"""
    return [_all({name: path for name, path in paths.items() if name not in touched}), compared]


def _listed(paths: dict[str, str]) -> str:
    return ", ".join("'" + path.replace("'", "''") + "'" for path in paths.values())


def _ledger(files: tuple[LakeFile, ...]) -> pl.DataFrame:
    rows = [
        (
            file.source_file, file.log, file.source_name, file.sha256, file.bytes, file.rows_read, file.rows_accepted,
            file.rows_rejected, json.dumps(file.rejected_by_reason, sort_keys=True), file.received_at or None,
            file.loaded_at, file.loader_version, file.error_key,
            json.dumps(file.error_facts, ensure_ascii=False, sort_keys=True) if file.error_key else None,
            file.error, file.only_entity,
            str(file.accepted_path) if file.accepted_path else None,
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
        (file.source_file, s.entity_id, s.month, s.months_covered, s.has_ids, s.rows, s.received_at)
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
