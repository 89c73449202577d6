"""Count every statement once, whatever number of files it was sent in: the newest statement about a unit counts.

Files are taken in the order they were received (modification time, then path). `docs/re-sends.md` tells the rules to
those who send; in short:

* Of an id the newest row counts, whichever month it names. Ids are compared in normal form.
* Of a service and a period the newest total counts, however it is split and whatever it was before.
* Of an entity's month in an older file nothing counts any more once a newer file states at least half of it again, or
  says that it is complete.
* What could be meant in two ways is asked, and `Overlap.questions` says so; who reads it holds those rows back.

Nothing is removed: the sources and the accepted rows stay, and what does not count is listed in the lake. The ledger's
spans say which files can overlap; the others are not opened.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from kpi.durable import put_all
from kpi.errors import KpiError
from kpi.ingest.both_count import BOTH_COUNT, COUNTED, counted_by_span, counted_months, files_that_both_count
from kpi.ingest.complete_files import replaced_by_complete
from kpi.ingest.received import NOTHING_HELD, Received, Without, in_order_received, received
from kpi.ingest.resent_totals import LISTED, resent_totals
from kpi.ingest.same_ids import ROWS_PER_PASS, RestatedIds, restated_ids
from kpi.ingest.same_keys import RESTATED_KEYS, restated_keys
from kpi.ingest.still_asked import ASKED_OF_FILES, still_asked
from kpi.lake import Lake
from kpi.workspace import WEEKDAYS, read_workspace

RULE_VERSION = "2"
REPLACED: dict[str, pl.DataType] = {
    "old_file": pl.String(),
    "new_file": pl.String(),
    **{name: kind for name, kind in LISTED.items() if name not in {"file", "newer"}},
}
_GONE: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "has_ids": pl.Boolean(),
}
_ROWS: dict[str, pl.DataType] = {"source_file": pl.String(), "source_row": pl.Int64()}


@dataclass(frozen=True)
class Overlap:
    """What does not count, and why.

    `replaced` (schema `REPLACED`) lists what a newer file replaces, unit by unit, with both figures; `duplicates`
    (`RESTATED_KEYS`) single rows and the row of a newer file that counts instead. `left_out_spans` (whole months of an
    entity in a file) and `left_out_rows` are the same for a machine. `both_count` (`BOTH_COUNT`) shows the months of
    which two files count, `counted` (`COUNTED`) what each file adds to a month, `questions` (`ASKED_OF_FILES`) what has
    to be held back until somebody answers.
    """

    replaced: pl.DataFrame
    duplicates: pl.DataFrame
    left_out_spans: pl.DataFrame
    left_out_rows: pl.DataFrame
    both_count: pl.DataFrame
    counted: pl.DataFrame
    questions: pl.DataFrame


_SCHEMAS = {
    "replaced": REPLACED,
    "duplicates": RESTATED_KEYS,
    "left_out_spans": _GONE,
    "left_out_rows": _ROWS,
    "both_count": BOTH_COUNT,
    "counted": COUNTED,
    "questions": ASKED_OF_FILES,
}


def read_overlap(lake: Lake, without: Without = NOTHING_HELD) -> Overlap:
    """Return the overlap of the lake's files as they are now; find it when it is not on record."""
    if not lake.files():
        return Overlap(*(pl.DataFrame(schema=schema) for schema in _SCHEMAS.values()))
    paths = _paths(lake, without)
    try:
        found = [pl.read_parquet(paths[name], glob=False).cast(schema) for name, schema in _SCHEMAS.items()]  # ty: ignore[invalid-argument-type]
        return Overlap(*found)
    except (OSError, pl.exceptions.PolarsError):
        pass
    overlap = _find(lake, without)
    _keep(lake, paths, overlap)
    return overlap


def forget_stale_overlaps(lake: Lake) -> None:
    """Remove what was found for an earlier state of the lake; call only while holding the lock."""
    found = list((lake.root / "overlap").glob("*"))
    state = _state(lake) if found else ""
    for path in found:
        if not path.name.startswith(state):
            path.unlink(missing_ok=True)


def _state(lake: Lake) -> str:
    files = [file for log in _logs(lake) for file in in_order_received(lake, log, NOTHING_HELD)]
    return _digest([RULE_VERSION, _first_weekday(lake), [(file.source_file, file.lake_key) for file in files]])


def _logs(lake: Lake) -> list[str]:
    return sorted({file.log for file in lake.files()})


def _first_weekday(lake: Lake) -> int:
    """Return the day on which the workspace's weeks begin, 1 is Monday."""
    try:
        return 1 + WEEKDAYS.index(read_workspace(lake.root.parent).week.first_day)
    except (KpiError, OSError):
        return 1  # a workspace without settings; one with wrong settings is refused where they are read


def _paths(lake: Lake, without: Without) -> dict[str, Path]:
    months = [
        [(file, entity, month.isoformat()) for file, entity, month in sorted(named)]
        for named in (without.sender_months, without.answered)
    ]
    name = f"{_state(lake)}.{_digest([sorted(without.files), months])}"
    return {kind: lake.root / "overlap" / f"{name}.{kind}.parquet" for kind in _SCHEMAS}


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:40]


def _keep(lake: Lake, paths: dict[str, Path], overlap: Overlap) -> None:
    staging = lake.root / ".staging"
    for folder in (staging, lake.root / "overlap"):
        folder.mkdir(parents=True, exist_ok=True)
    drafts = {staging / path.name: path for path in paths.values()}
    for draft, field in zip(drafts, fields(overlap), strict=True):
        getattr(overlap, field.name).write_parquet(draft, compression="zstd")
    put_all(drafts)


def _find(lake: Lake, without: Without) -> Overlap:
    log = received(lake, without)
    complete, unnamed = replaced_by_complete(log)
    ids = restated_ids(log, set(complete))
    whole = complete | ids.months
    totals = resent_totals(log, whole, ids.rows.select("file", "source_row"), _first_weekday(lake), ROWS_PER_PASS)
    gone = log.spans.filter(pl.col("span").is_in([*whole, *totals.spans]))
    listed = [_whole_months(log, whole, complete), totals.replaced]
    duplicates = pl.concat([_duplicates(log, ids), restated_keys(lake, without)])
    one = pl.lit(1, pl.Int64).alias("rows")
    left_out = [gone.select("span", "rows", "transactions")]
    left_out += [rows.select("span", one, "transactions") for rows in (ids.rows, totals.rows)]
    again = [ids.rows.select("file", "entity_id", newer="kept_file"), totals.again]
    counted = counted_by_span(log, pl.concat(left_out))
    replaced = _named(log, listed)
    return Overlap(
        replaced=replaced.sort("entity_id", "month", "old_file", "service_id", "from_day", "has_ids"),
        duplicates=duplicates,
        left_out_spans=gone.with_columns(log.names(gone["file"]).alias("source_file")).select(_GONE.keys()),
        left_out_rows=_left_out_rows(log, [ids.rows, totals.rows], duplicates),
        both_count=files_that_both_count(log, counted, pl.concat(again)),
        counted=counted_months(log, counted, replaced),
        questions=still_asked(log, pl.concat([unnamed, totals.asked]), totals.settled, without),
    )


def _whole_months(log: Received, whole: dict[int, int], complete: dict[int, int]) -> pl.DataFrame:
    """List the months of an entity of which nothing in an older file counts any more."""
    found = pl.DataFrame(
        [(span, newer, "complete" if span in complete else "month") for span, newer in whole.items()],
        schema={"span": pl.UInt32, "newer": pl.UInt32, "reason": pl.String},
        orient="row",
    )
    sums = log.spans.group_by("entity_id", "month", newer="file").agg(pl.col("transactions").sum())
    months = log.spans.join(found, on="span")
    months = months.join(sums, on=["entity_id", "month", "newer"], how="left", suffix="_new")
    return months.with_columns(
        pl.lit(None, pl.String).alias("service_id"),
        pl.lit(None, pl.Date).alias("from_day"),
        pl.lit(None, pl.Date).alias("until_day"),
        pl.col("transactions").alias("old_transactions"),
        pl.col("transactions_new").fill_null(0).alias("new_transactions"),
    ).select(LISTED.keys())


def _named(log: Received, listed: list[pl.DataFrame]) -> pl.DataFrame:
    found = pl.concat([frame.select(LISTED.keys()).cast(LISTED) for frame in listed])  # ty: ignore[invalid-argument-type]
    old, new = log.names(found["file"]).alias("old_file"), log.names(found["newer"]).alias("new_file")
    return found.with_columns(old, new).select(REPLACED.keys())


def _duplicates(log: Received, ids: RestatedIds) -> pl.DataFrame:
    rows = ids.rows
    return (
        rows.select(
            pl.lit("transactions").alias("log"),
            "entity_id",
            "transaction_id",
            pl.col("transaction_id").alias("statement"),
            log.names(rows["kept_file"]).alias("kept_file"),
            "kept_row",
            log.names(rows["file"]).alias("other_file"),
            pl.col("source_row").alias("other_row"),
        )
        .cast(RESTATED_KEYS)  # ty: ignore[invalid-argument-type]
        .sort("entity_id", "transaction_id", "other_file", "other_row")
    )


def _left_out_rows(log: Received, rows: list[pl.DataFrame], duplicates: pl.DataFrame) -> pl.DataFrame:
    found = pl.concat([frame.select("file", "source_row") for frame in rows])
    named = found.select(log.names(found["file"]).alias("source_file"), "source_row")
    others = duplicates.filter(pl.col("log") != "transactions")
    return pl.concat([named, others.select(source_file="other_file", source_row="other_row")]).cast(_ROWS)  # ty: ignore[invalid-argument-type]
