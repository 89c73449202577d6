"""Which questions about re-sent files are still open, one for each file, entity and month that it is about."""

import polars as pl

from kpi.ingest.received import Received, Without

ASKED_OF_FILES: dict[str, pl.DataType] = {
    "question": pl.String(),
    "source_file": pl.String(),
    "old_file": pl.String(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "services": pl.List(pl.String()),
    "rows": pl.Int64(),
    "old_transactions": pl.Int64(),
    "new_transactions": pl.Int64(),
    "old_days": pl.List(pl.Date()),
    "new_days": pl.List(pl.Date()),
}
_SUBJECT = ["file", "entity_id", "month"]


def still_asked(log: Received, asked: pl.DataFrame, settled: pl.DataFrame, without: Without) -> pl.DataFrame:
    """Return the questions that nothing has settled.

    A file that says it is complete leaves none open, nor does a newer statement that replaces what is asked about. What
    is asked about a file that is itself in question is asked when that has been answered.
    """
    answered = pl.DataFrame(
        [(_place(log, file), entity, month) for file, entity, month in sorted(without.answered)],
        schema={"file": pl.UInt32, "entity_id": pl.String, "month": pl.Date},
        orient="row",
    )
    complete = [place for place, file in enumerate(log.files) if file.is_complete]
    of_service = [*_SUBJECT, "service_id"]
    is_moot = settled.filter("sure").select(of_service)
    was_settled = settled.select("entity_id", "month", "service_id", old_file="file", by="by")
    open_ones = (
        asked.filter(~pl.col("file").is_in(complete) | (pl.col("question") == "empty_file"))
        .join(answered, on=_SUBJECT, how="anti")
        .join(is_moot, on=of_service, how="anti")
        .join(was_settled, on=["old_file", "entity_id", "month", "service_id"], how="left")
        .filter(pl.col("by").is_null() | (pl.col("by") >= pl.col("file")) | (pl.col("question") == "other_service"))
    )
    subjects = open_ones.select(old_file="file", entity_id="entity_id", month="month").unique()
    first = open_ones.join(subjects, on=["old_file", "entity_id", "month"], how="anti")
    grouped = first.group_by("question", "file", "old_file", "entity_id", "month", "months_covered").agg(
        pl.col("service_id").replace("", None).drop_nulls().unique().sort().alias("services"),
        pl.col("rows", "old_transactions", "new_transactions").sum(),
        *(pl.col(name).explode().unique().drop_nulls().sort() for name in ("old_days", "new_days")),
    )
    return (
        grouped.with_columns(
            log.names(grouped["file"]).alias("source_file"), log.names(grouped["old_file"]).alias("old_file")
        )
        .select(ASKED_OF_FILES.keys())
        .cast(ASKED_OF_FILES)  # ty: ignore[invalid-argument-type]
        .sort("source_file", "entity_id", "month", "question", "old_file")
    )


def _place(log: Received, source_file: str) -> int | None:
    return next((place for place, file in enumerate(log.files) if file.source_file == source_file), None)
