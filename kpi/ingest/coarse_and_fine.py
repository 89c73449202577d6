"""One thing said twice at two depths: a body's total, a service's total, single transactions.

Where one file holds both they complete each other. Where two files do, the finer one counts when it came later, or when
the total only confirms it; anything else is asked. Of a total of which only the day is known, the month is meant.
"""

from dataclasses import dataclass

import polars as pl

from kpi.ingest.questions import asked, no_question
from kpi.ingest.same_totals import RESTATED
from kpi.ingest.total_units import PARTS, Totals, disjoint


@dataclass(frozen=True)
class Depths:
    """`units` that do not count (schema `RESTATED`), single rows that a released total replaces, and the questions."""

    units: pl.DataFrame
    rows: pl.DataFrame
    asked: pl.DataFrame


def compare_depths(totals: Totals, restated: pl.DataFrame) -> Depths:
    """Compare what is said at different depths; units that are `restated` already count for nothing here."""
    standing = totals.units.join(restated.select("unit").unique(), on="unit", how="anti")
    of_services = standing.filter(pl.col("service_id") != "")
    of_bodies = standing.filter(pl.col("service_id") == "")
    found = []
    if len(totals.single):
        found.append(_compared(_coarse(of_services), _by_day(totals.single), ["entity_id", "service_id"]))
    if len(of_bodies):
        finer = [_spread(of_services)] + ([_by_day(totals.single)] if len(totals.single) else [])
        found += [_compared(_coarse(of_bodies), fine, ["entity_id"]) for fine in finer]
        found.append(_crossing(_coarse(of_bodies), _coarse(of_services), _done(found)))
    units = [found_at.units for found_at in found]
    return Depths(
        pl.concat(units) if units else pl.DataFrame(schema=RESTATED),
        pl.concat([_replaced_rows(totals.single, depth.rows) for depth in found]) if found else _no_rows(totals.single),
        pl.concat([depth.asked for depth in found]) if found else no_question(),
    )


def _coarse(units: pl.DataFrame) -> pl.DataFrame:
    """Return totals as what they mean: undated ones of a file, service and month together are its month."""
    last = pl.col("until_day") - pl.duration(days=1)
    until = pl.when("sure").then("until_day").otherwise(pl.col("month").dt.offset_by("1mo"))
    meant = units.with_columns(
        pl.when("sure").then("from_day").otherwise("month").alias("from_day"), until.alias("until_day")
    )
    joined = meant.group_by("file", "entity_id", "service_id", "month", "months_covered", "from_day", "until_day").agg(
        pl.col("unit"), pl.col("transactions", "rows").sum(), *_joined_parts()
    )
    numbered = joined.with_columns(pl.int_range(len(joined), eager=True, dtype=pl.UInt32).alias("total"))
    months = pl.date_ranges(pl.col("from_day").dt.truncate("1mo"), last.dt.truncate("1mo"), "1mo")
    return numbered.with_columns(months.alias("in_month")).explode("in_month")


def _joined_parts() -> list[pl.Expr]:
    """Return what several units name; nothing when one of them does not name it."""
    return [
        pl.when((pl.col(name).list.len() == 0).any())
        .then([])
        .otherwise(pl.col(name).explode().unique().sort().implode())
        .alias(name)
        for name in PARTS
    ]


def _by_day(single: pl.DataFrame) -> pl.DataFrame:
    named = [
        pl.when(pl.col(name).is_null().any()).then([]).otherwise(pl.col(name).unique().sort().implode()).alias(name)
        for name in PARTS
    ]
    days = single.group_by("file", "entity_id", "service_id", "month", "months_covered", "day").agg(
        pl.col("transactions").sum(), pl.len().cast(pl.Int64).alias("rows"), *named
    )
    return days.with_columns(
        pl.lit(None, dtype=pl.UInt32).alias("unit"),
        pl.col("day").alias("from_day"),
        (pl.col("day") + pl.duration(days=1)).alias("until_day"),
        pl.col("day").dt.truncate("1mo").alias("in_month"),
    )


def _spread(units: pl.DataFrame) -> pl.DataFrame:
    return units.with_columns(pl.col("from_day").dt.truncate("1mo").alias("in_month"))


def _compared(coarse: pl.DataFrame, fine: pl.DataFrame, subject: list[str]) -> Depths:
    """Compare totals with what is finer; `subject` says whose and of which service both are."""
    at = [*subject, "in_month"]
    own = pl.col("file") == pl.col("file_fine")
    inside = (pl.col("from_day_fine") >= pl.col("from_day")) & (pl.col("until_day_fine") <= pl.col("until_day"))
    pairs = coarse.join(fine, on=at, suffix="_fine").filter(inside)
    completed = pairs.filter(own).select("total").unique()
    both_depths = fine.join(coarse.select("file", *at).unique(), on=["file", *at], how="semi")
    pairs = pairs.filter(~own).join(completed, on="total", how="anti")
    pairs = pairs.join(
        both_depths.select(*at, file_fine="file", from_day_fine="from_day").unique(),
        on=[*at, "file_fine", "from_day_fine"],
        how="anti",
    )
    if pairs.is_empty():
        return Depths(pl.DataFrame(schema=RESTATED), _no_days(), no_question())
    newer = _summed(pairs.filter(pl.col("file_fine") > pl.col("file")))
    older = _summed(pairs.filter(pl.col("file_fine") < pl.col("file")))
    return _judged(newer, older)


def _done(found: list[Depths]) -> pl.DataFrame:
    """Return the units that count for nothing already, without a question."""
    return pl.concat([depth.units for depth in found]).filter(pl.col("reason") != "released").select("unit").unique()


def _crossing(bodies: pl.DataFrame, services: pl.DataFrame, done: pl.DataFrame) -> Depths:
    """Ask about totals of a body and of its services whose periods overlap, where the service's is not a part.

    Neither is finer than the other, and added they would count the days twice that both have.
    """
    left = [frame.explode("unit").join(done, on="unit", how="anti") for frame in (bodies, services)]
    pairs = left[0].join(left[1], on=["entity_id", "in_month"], suffix="_fine").unique(["unit", "unit_fine"])
    overlap = (pl.col("from_day") < pl.col("until_day_fine")) & (pl.col("from_day_fine") < pl.col("until_day"))
    inside = (pl.col("from_day_fine") >= pl.col("from_day")) & (pl.col("until_day_fine") <= pl.col("until_day"))
    crossing = pairs.filter(overlap & ~inside, pl.col("file") != pl.col("file_fine"))
    later = pl.col("file") > pl.col("file_fine")
    asked_of = [
        _crossed("total_after_rows", crossing.filter(~later), old="", new="_fine"),
        _crossed("part_of_period", crossing.filter(later), old="_fine", new=""),
    ]
    units = [
        crossing.filter(~later).select("unit", newer="file_fine", new_transactions="transactions_fine"),
        crossing.filter(later).select(unit="unit_fine", newer="file", new_transactions="transactions"),
    ]
    replaced = pl.concat(units).with_columns(pl.lit("released").alias("reason"))
    return Depths(
        replaced.select(RESTATED.keys()).cast(RESTATED),  # ty: ignore[invalid-argument-type]
        _no_days(),
        pl.concat(asked_of),
    )


def _crossed(question: str, pairs: pl.DataFrame, *, old: str, new: str) -> pl.DataFrame:
    """Ask about the newer of each pair; the columns of the older one end in `old`, those of the newer one in `new`."""
    return asked(
        question,
        pairs.select(
            "entity_id",
            pl.col(f"file{new}").alias("file"),
            pl.col(f"file{old}").alias("old_file"),
            pl.col(f"month{new}").alias("month"),
            pl.col(f"months_covered{new}").alias("months_covered"),
            pl.col(f"service_id{new}").alias("service_id"),
            pl.col(f"rows{new}").alias("rows"),
            pl.col(f"transactions{old}").alias("old_transactions"),
            pl.col(f"transactions{new}").alias("new_transactions"),
            pl.concat_list(f"from_day{old}").alias("old_days"),
            pl.concat_list(f"from_day{new}").alias("new_days"),
        ),
    )


def _summed(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each total beside the sum of what is finer."""
    first = ["file", "unit", "entity_id", "service_id", "month", "months_covered", "transactions", "rows", "from_day"]
    parts = [
        pl.when((pl.col(f"{name}_fine").list.len() == 0).any())
        .then([])
        .otherwise(pl.col(f"{name}_fine").explode().unique().sort().implode())
        .alias(f"{name}_fine")
        for name in PARTS
    ]
    fine = pl.struct(
        file="file_fine", unit="unit_fine", month="month_fine", covered="months_covered_fine",
        day="from_day_fine", transactions="transactions_fine", rows="rows_fine",
        service="service_id_fine" if "service_id_fine" in pairs.columns else "service_id",
    )  # fmt: skip
    return (
        pairs.group_by("total")
        .agg(
            pl.col(*first, *PARTS).first(),
            pl.col("transactions_fine", "rows_fine").sum(),
            pl.col("file_fine").max().alias("latest"),
            fine.alias("fine"),
            *parts,
        )
        .with_columns((disjoint("_fine") & (pl.col("transactions") != pl.col("transactions_fine"))).alias("apart"))
    )


def _judged(newer: pl.DataFrame, older: pl.DataFrame) -> Depths:
    enough = 2 * pl.col("transactions_fine") >= pl.col("transactions")
    refined = newer.filter(~pl.col("apart"))
    confirming = older.filter(~pl.col("apart"), pl.col("transactions") == pl.col("transactions_fine"))
    differing = older.filter(~pl.col("apart"), pl.col("transactions") != pl.col("transactions_fine"))
    units = [
        _units(refined.filter(enough), "finer"),
        _units(refined.filter(~enough), "released"),
        _units(confirming, "confirms"),
    ]
    fine = differing.select("file", "entity_id", "transactions", "fine")
    fine = fine.explode("fine").unnest("fine", separator="_")
    own_units = fine.drop_nulls("fine_unit").select(
        unit="fine_unit", newer="file", new_transactions="transactions", reason=pl.lit("released")
    )
    days = fine.filter(pl.col("fine_unit").is_null()).select(
        "entity_id", file="fine_file", service_id="fine_service", day="fine_day", newer="file"
    )
    questions = [
        _ask_about_total("total_after_rows", differing),
        _ask_about_total("other_part", older.filter("apart")),
        _ask_about_finer("other_part", newer.filter("apart")),
        _ask_about_finer("few_rows", refined.filter(~enough)),
    ]
    return Depths(
        pl.concat([*units, own_units.cast(RESTATED)]),  # ty: ignore[invalid-argument-type]
        days.select(_no_days().columns).unique(),
        pl.concat(questions),
    )


def _units(totals: pl.DataFrame, reason: str) -> pl.DataFrame:
    return totals.explode("unit").select(
        "unit",
        pl.col("latest").alias("newer"),
        pl.col("transactions_fine").alias("new_transactions"),
        pl.lit(reason).alias("reason"),
    )


def _ask_about_total(question: str, totals: pl.DataFrame) -> pl.DataFrame:
    return asked(
        question,
        totals.select(
            "file", "entity_id", "month", "months_covered", "service_id", "rows",
            old_file="latest", old_transactions="transactions_fine", new_transactions="transactions",
            new_days=pl.concat_list("from_day"),
        ),
    )  # fmt: skip


def _ask_about_finer(question: str, totals: pl.DataFrame) -> pl.DataFrame:
    """Ask about each file that brought something finer than an older total."""
    each = totals.select(
        "entity_id", old_file="file", old_transactions="transactions", old_days=pl.concat_list("from_day"), fine="fine"
    )
    each = each.explode("fine").unnest("fine", separator="_")
    key = ["entity_id", "old_file", "old_transactions", "old_days", "fine_file", "fine_month", "fine_covered"]
    summed = each.group_by(*key, "fine_service").agg(
        pl.col("fine_transactions", "fine_rows").sum(), pl.col("fine_day").unique().sort().alias("new_days")
    )
    return asked(
        question,
        summed.rename(
            {
                "fine_file": "file", "fine_month": "month", "fine_covered": "months_covered",
                "fine_service": "service_id", "fine_transactions": "new_transactions", "fine_rows": "rows",
            }
        ),
    )  # fmt: skip


def _replaced_rows(single: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    if days.is_empty() or single.is_empty():
        return _no_rows(single)
    return single.join(days, on=["file", "entity_id", "service_id", "day"])


def _no_rows(single: pl.DataFrame) -> pl.DataFrame:
    return single.clear().with_columns(pl.lit(None, dtype=pl.UInt32).alias("newer"))


def _no_days() -> pl.DataFrame:
    schema = {"file": pl.UInt32, "entity_id": pl.String, "service_id": pl.String, "day": pl.Date, "newer": pl.UInt32}
    return pl.DataFrame(schema=schema)
