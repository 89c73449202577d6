"""Which totals, and which rows below them, do not count because a newer file says something else of the same."""

from dataclasses import dataclass

import polars as pl

from kpi.ingest.coarse_and_fine import compare_depths
from kpi.ingest.questions import ASKED
from kpi.ingest.received import Received, may_share_totals
from kpi.ingest.same_totals import restated_units
from kpi.ingest.total_units import Totals, totals_by_batch

LISTED: dict[str, pl.DataType] = {
    "file": pl.UInt32(),
    "newer": pl.UInt32(),
    "reason": pl.String(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "has_ids": pl.Boolean(),
    "service_id": pl.String(),
    "from_day": pl.Date(),
    "until_day": pl.Date(),
    "rows": pl.Int64(),
    "old_transactions": pl.Int64(),
    "new_transactions": pl.Int64(),
}
_ROWS: dict[str, pl.DataType] = {
    "file": pl.UInt32(), "span": pl.UInt32(), "source_row": pl.Int64(), "transactions": pl.Int64(),
}  # fmt: skip
_AGAIN: dict[str, pl.DataType] = {"file": pl.UInt32(), "entity_id": pl.String(), "newer": pl.UInt32()}
SETTLED: dict[str, pl.DataType] = {
    "file": pl.UInt32(),
    "entity_id": pl.String(),
    "service_id": pl.String(),
    "month": pl.Date(),
    "by": pl.UInt32(),
    "sure": pl.Boolean(),
}
_REASONS = ("unit", "finer", "confirms", "released", "month")


@dataclass(frozen=True)
class Resent:
    """`spans` that do not count at all, single `rows` that do not, and the list of both (schema `LISTED`).

    `again` are the pairs of files of which the newer one states something of the older again. `settled` (`SETTLED`)
    are the totals of a service and month of which none counts: since which file, and whether without a question.
    """

    spans: tuple[int, ...]
    rows: pl.DataFrame
    replaced: pl.DataFrame
    again: pl.DataFrame
    asked: pl.DataFrame
    settled: pl.DataFrame


def resent_totals(
    log: Received, gone: dict[int, int], left_out: pl.DataFrame, first_weekday: int, rows_at_once: int
) -> Resent:
    """Compare the totals of the months that several files speak of; spans that are `gone` count for nothing here."""
    spans = may_share_totals(log.spans)
    spans = spans.filter(~(pl.col("has_ids") & pl.col("span").is_in(list(gone))))
    batches = totals_by_batch(log, spans, left_out, first_weekday, rows_at_once)
    found = [_of_batch(totals, gone) for totals in batches]
    frames = [pl.DataFrame(schema=schema) for schema in (_ROWS, LISTED, _AGAIN, ASKED, SETTLED)]
    whole = [Resent((), *frames), *found]
    return Resent(
        tuple(span for part in whole for span in part.spans),
        pl.concat([part.rows for part in whole]),
        pl.concat([part.replaced for part in whole]),
        pl.concat([part.again for part in whole]),
        pl.concat([part.asked for part in whole]),
        pl.concat([part.settled for part in whole]),
    )


def _of_batch(totals: Totals, gone: dict[int, int]) -> Resent:
    same, asked = restated_units(totals.units)
    depths = compare_depths(totals, same)
    restated = pl.concat([same, depths.units])
    order = pl.col("reason").replace_strict(_REASONS, list(range(len(_REASONS))), return_dtype=pl.Int8)
    first = restated.sort(order == _REASONS.index("month"), "newer", order).unique("unit", keep="first")
    is_gone = pl.col("span").is_in(list(gone))
    units = totals.units.join(first, on="unit").filter(~is_gone)
    sizes = totals.units.group_by("span").agg(pl.len().alias("all"))
    spans = units.group_by("span").len().join(sizes, on="span").filter(pl.col("len") == pl.col("all"))["span"]
    partly = units.filter(~pl.col("span").is_in(spans.implode()))
    rows = totals.rows.join(partly.select("unit"), on="unit").select(_ROWS.keys())
    single = depths.rows.unique(["file", "source_row"])
    return Resent(
        tuple(spans),
        pl.concat([rows, single.select(_ROWS.keys())]),
        pl.concat([_listed_units(units), _listed_rows(single)]),
        units.select(_AGAIN.keys()).unique(),
        pl.concat([asked, depths.asked]),
        _settled(totals.units.with_columns(is_gone.alias("gone")), restated),
    )


def _listed_units(units: pl.DataFrame) -> pl.DataFrame:
    return (
        units.with_columns(
            pl.lit(value=False).alias("has_ids"),
            pl.when(pl.col("service_id") != "").then("service_id").alias("service_id"),
            pl.col("transactions").alias("old_transactions"),
        )
        .select(LISTED.keys())
        .cast(LISTED)  # ty: ignore[invalid-argument-type]
    )


def _listed_rows(single: pl.DataFrame) -> pl.DataFrame:
    grouped = single.group_by("file", "newer", "entity_id", "month", "months_covered", "service_id").agg(
        pl.col("day").min().alias("from_day"),
        (pl.col("day").max() + pl.duration(days=1)).alias("until_day"),
        pl.len().alias("rows"),
        pl.col("transactions").sum().alias("old_transactions"),
    )
    return (
        grouped.with_columns(
            pl.lit("released").alias("reason"),
            pl.lit(value=True).alias("has_ids"),
            pl.lit(None, dtype=pl.Int64).alias("new_transactions"),
        )
        .select(LISTED.keys())
        .cast(LISTED)  # ty: ignore[invalid-argument-type]
    )


def _settled(units: pl.DataFrame, restated: pl.DataFrame) -> pl.DataFrame:
    by_unit = restated.group_by("unit").agg(
        pl.col("newer").min().alias("by"), (pl.col("reason") != "released").any().alias("sure")
    )
    known = units.join(by_unit, on="unit", how="left").with_columns(
        (pl.col("sure").fill_null(value=False) | pl.col("gone")).alias("sure")
    )
    groups = known.group_by("file", "entity_id", "service_id", "month").agg(
        pl.col("by").max(),
        pl.col("sure").all(),
        (pl.col("by").is_not_null() | pl.col("gone")).all().alias("none_counts"),
    )
    return groups.filter("none_counts").select(SETTLED.keys()).cast(SETTLED)  # ty: ignore[invalid-argument-type]
