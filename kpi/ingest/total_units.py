"""What totals are about: a sender, a service and a period; and the rows with ids that may be about the same.

A declared period is taken at its word. Of an undeclared total only the day is known under which it came: whether that
is the day, or just how a month or a week was dated, nobody has said (`sure` is false).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from kpi.ingest.received import Received

PARTS = ("governorate_id", "channel", "beneficiary")
_CELL = ("governorate_id", "channel", "outcome", "beneficiary", "transactions")
_ROW = ("source_row", "entity_id", "service_id", "month", "months_covered", *_CELL)


@dataclass(frozen=True)
class Totals:
    """Rows without an id (`rows`, with the number of their `unit`), the `units` they are about, and rows with ids.

    `units` has file, span, entity_id, service_id ("" is the whole body), month, months_covered, from_day, until_day,
    sure, transactions, rows, profile, and for each of `PARTS` the list of what the rows name, empty when one names
    none. `single` has the same columns as `rows`, of the rows with ids that count.
    """

    rows: pl.DataFrame
    units: pl.DataFrame
    single: pl.DataFrame


def totals_by_batch(
    log: Received, spans: pl.DataFrame, left_out: pl.DataFrame, first_weekday: int, rows_at_once: int
) -> Iterator[Totals]:
    """Give the totals of some spans, a few entities at a time; `left_out`: file and source_row of rows with ids."""
    for batch in _batches(spans, rows_at_once):
        totals = batch.filter(~pl.col("has_ids"))
        if totals.is_empty():
            continue
        rows = _with_periods(log, _rows(log, totals), first_weekday)
        units = _units(rows)
        key = ["file", "span", "service_id", "from_day", "until_day"]
        numbered = rows.join(units.select("unit", *key), on=key)
        single = _rows(log, batch.filter("has_ids")).join(left_out, on=["file", "source_row"], how="anti")
        yield Totals(numbered, units, single)


def _batches(spans: pl.DataFrame, rows_at_once: int) -> Iterator[pl.DataFrame]:
    sizes = spans.group_by("entity_id").agg(pl.col("rows").sum()).sort("entity_id")
    numbered = sizes.with_columns((pl.col("rows").cum_sum() // rows_at_once).alias("batch"))
    for batch in numbered.partition_by("batch", maintain_order=True):
        yield spans.join(batch, on="entity_id", how="semi")


def _rows(log: Received, spans: pl.DataFrame) -> pl.DataFrame:
    columns = [pl.col(name) for name in _ROW if name != "service_id"]
    columns += [pl.col("service_id").fill_null(""), pl.col("submitted_at").dt.date().alias("day")]
    if spans.is_empty():
        nothing = {"file": pl.UInt32, "span": pl.UInt32, "source_row": pl.Int64, "months_covered": pl.Int8}
        dates = dict.fromkeys(("month", "day"), pl.Date)
        texts = dict.fromkeys(("entity_id", "service_id", "outcome", *PARTS), pl.String)
        return pl.DataFrame(schema=nothing | dates | texts | {"transactions": pl.Int64})
    return log.rows(spans, *columns)


def _with_periods(log: Received, rows: pl.DataFrame, first_weekday: int) -> pl.DataFrame:
    declared = pl.Series([file.period for file in log.files], dtype=pl.String).gather(rows["file"])
    week = pl.duration(days=(pl.col("day").dt.weekday() - first_weekday) % 7)
    is_month = ~pl.col("period").is_in(["", "day", "week"]) | (pl.col("months_covered") > 1)
    start = pl.when(is_month).then("month").when(pl.col("period") == "week").then(pl.col("day") - week).otherwise("day")
    end = pl.col("month").dt.offset_by(pl.format("{}mo", "months_covered"))
    days = pl.when(pl.col("period") == "week").then(7).otherwise(1)
    return (
        rows.with_columns(declared.alias("period"))
        .with_columns(start.alias("from_day"), ((pl.col("period") != "") | is_month).alias("sure"), is_month.alias("m"))
        .with_columns(pl.when("m").then(end).otherwise(pl.col("from_day") + pl.duration(days=days)).alias("until_day"))
        .drop("m", "period")
    )


def _units(rows: pl.DataFrame) -> pl.DataFrame:
    named = [pl.when(pl.col(name).is_null().any()).then([]).otherwise(_distinct(name)).alias(name) for name in PARTS]
    units = rows.group_by("file", "span", "service_id", "from_day", "until_day").agg(
        pl.col("entity_id", "month", "months_covered", "sure").first(),
        pl.col("transactions").sum(),
        pl.len().cast(pl.Int64).alias("rows"),
        pl.struct(_CELL).hash().bitwise_xor().alias("profile"),
        *named,
    )
    ordered = units.sort("file", "span", "service_id", "from_day")
    return ordered.with_columns(pl.int_range(len(ordered), eager=True, dtype=pl.UInt32).alias("unit"))


def _distinct(name: str) -> pl.Expr:
    return pl.col(name).unique().sort().implode()


def disjoint(suffix: str) -> pl.Expr:
    """Tell whether two units (one with a suffix) name places, channels or beneficiaries and share none of them."""
    return pl.any_horizontal(
        (pl.col(name).list.len() > 0)
        & (pl.col(f"{name}{suffix}").list.len() > 0)
        & (pl.col(name).list.set_intersection(pl.col(f"{name}{suffix}")).list.len() == 0)
        for name in PARTS
    )
