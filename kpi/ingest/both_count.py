"""Where two files of one sender bring the same month and both count: right for late rows, wrong for a re-sent month."""

import polars as pl

from kpi.ingest.received import Received, months_of

BOTH_COUNT: dict[str, pl.DataType] = {
    "entity_id": pl.String(),
    "month": pl.Date(),
    "older_file": pl.String(),
    "newer_file": pl.String(),
    "older_rows": pl.Int64(),
    "older_transactions": pl.Int64(),
    "newer_rows": pl.Int64(),
    "newer_transactions": pl.Int64(),
    "reason": pl.String(),
}


COUNTED: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "rows": pl.Int64(),
    "transactions": pl.Int64(),
    "replaces": pl.Boolean(),
}


def counted_by_span(log: Received, left_out: pl.DataFrame) -> pl.DataFrame:
    """Return the spans with the rows and transactions that count; `left_out` holds those per span that do not."""
    totals = left_out.group_by("span").agg(pl.col("rows", "transactions").sum())
    return (
        log.spans.join(totals, on="span", how="left", suffix="_out")
        .with_columns(
            pl.col("rows") - pl.col("rows_out").fill_null(0),
            pl.col("transactions") - pl.col("transactions_out").fill_null(0),
        )
        .filter(pl.col("rows") > 0)
    )


def counted_months(log: Received, counted: pl.DataFrame, replaced: pl.DataFrame) -> pl.DataFrame:
    """Return what each file adds to an entity's month, and whether it took the place of an older file's rows there."""
    key = ["source_file", "entity_id", "month", "months_covered"]
    newer = replaced.select(pl.col("new_file").alias("source_file"), *key[1:]).unique()
    named = counted.with_columns(log.names(counted["file"]).alias("source_file"))
    summed = named.group_by(key).agg(pl.col("rows", "transactions").sum())
    found = summed.join(newer.with_columns(pl.lit(value=True).alias("replaces")), on=key, how="left")
    return found.with_columns(pl.col("replaces").fill_null(value=False)).select(COUNTED.keys()).sort(key)


def files_that_both_count(log: Received, counted: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Return each file beside the one before it of the same entity and month, with what counts of both, and why.

    `again` holds the pairs (file, newer, entity_id) of which the newer one states something of the older again.
    """
    group = ["entity_id", "covered_month"]
    by_file = (
        months_of(counted)
        .group_by(*group, "file")
        .agg(pl.col("rows", "transactions").sum(), pl.col("has_ids").any().alias("ids"), pl.col("has_ids").all())
        .sort(*group, "file")
        .with_columns(pl.col("file", "rows", "transactions", "ids", "has_ids").shift(1).over(group).name.suffix("_old"))
        .filter(pl.col("file_old").is_not_null())
    )
    known = again.select("entity_id", file_old="file", file="newer").unique().with_columns(pl.lit(1).alias("again"))
    found = by_file.join(known, on=["entity_id", "file_old", "file"], how="left")
    return found.select(
        "entity_id",
        pl.col("covered_month").alias("month"),
        log.names(found["file_old"]).alias("older_file"),
        log.names(found["file"]).alias("newer_file"),
        pl.col("rows_old").alias("older_rows"),
        pl.col("transactions_old").alias("older_transactions"),
        pl.col("rows").alias("newer_rows"),
        pl.col("transactions").alias("newer_transactions"),
        _reason().alias("reason"),
    ).cast(BOTH_COUNT)  # ty: ignore[invalid-argument-type]


def _reason() -> pl.Expr:
    only_ids = pl.col("has_ids") & pl.col("has_ids_old")
    only_totals = ~pl.col("ids") & ~pl.col("ids_old")
    some = pl.col("again").is_not_null()
    return (
        pl.when(only_ids & some)
        .then(pl.lit("some_ids_again"))
        .when(only_ids)
        .then(pl.lit("other_ids"))
        .when(only_totals & some)
        .then(pl.lit("some_totals_again"))
        .when(only_totals)
        .then(pl.lit("other_totals"))
        .otherwise(pl.lit("rows_and_totals"))
    )
