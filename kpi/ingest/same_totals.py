"""Of totals the newest statement about a sender, a service and a period counts, however it is split."""

import polars as pl

from kpi.ingest.questions import asked, no_question
from kpi.ingest.total_units import disjoint

RESTATED: dict[str, pl.DataType] = {
    "unit": pl.UInt32(),
    "newer": pl.UInt32(),
    "new_transactions": pl.Int64(),
    "reason": pl.String(),
}
LEAST_TELLING = 10  # equal figures below it are no sign of a correction
_NEW = ("unit", "file", "month", "months_covered", "transactions", "rows", "from_day", "until_day", "sure")


def restated_units(units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return which units a newer file replaces (schema `RESTATED`), and what has to be asked."""
    equal = _pairs(units, ["entity_id", "service_id", "from_day", "until_day"])
    other_part = disjoint("_new") & (pl.col("transactions") != pl.col("transactions_new"))
    again, parts = equal.filter(~other_part), equal.filter(other_part)
    inside, partial = _of_other_length(units)
    found = [_restated(again, "unit"), *inside]
    undated, other_days = _undated(units, equal, pl.concat(found))
    found.append(undated)
    restated = pl.concat(found)
    restated = pl.concat([restated, _whole_months(units, restated)])
    asked_of = [_ask("other_part", parts), partial, other_days, _other_service(units, restated)]
    return restated, pl.concat(asked_of)


def _pairs(units: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Return units beside those of newer files that are the same in some columns; the newer ones' end in `_new`."""
    paired = units.join(units, on=on, suffix="_new")
    same = [pl.col(name).alias(f"{name}_new") for name in on if name in _NEW]
    return paired.filter(pl.col("file") < pl.col("file_new")).with_columns(same)


def _restated(pairs: pl.DataFrame, reason: str) -> pl.DataFrame:
    return (
        pairs.group_by("unit", pl.col("file_new").alias("newer"))
        .agg(pl.col("transactions_new").sum().alias("new_transactions"))
        .with_columns(pl.lit(reason).alias("reason"))
        .select(RESTATED.keys())
    )


def _ask(question: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """Ask about the newer statements of some pairs."""
    return asked(
        question,
        pairs.select(
            "entity_id",
            pl.col("service_id_new" if "service_id_new" in pairs.columns else "service_id").alias("service_id"),
            pl.col("file").alias("old_file"),
            pl.col("file_new").alias("file"),
            pl.col("month_new").alias("month"),
            pl.col("months_covered_new").alias("months_covered"),
            pl.col("transactions").alias("old_transactions"),
            pl.col("transactions_new").alias("new_transactions"),
            pl.col("rows_new").alias("rows"),
            pl.concat_list("from_day").alias("old_days"),
            pl.concat_list("from_day_new").alias("new_days"),
        ),
    )


def _of_other_length(units: pl.DataFrame) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Return what a total of a longer period, or several that make up a period, replace; and parts that do not."""
    days = pl.col("until_day") - pl.col("from_day")
    last = pl.col("until_day") - pl.duration(days=1)
    months = units.with_columns(
        pl.date_ranges(pl.col("from_day").dt.truncate("1mo"), last.dt.truncate("1mo"), "1mo").alias("in_month"),
        days.alias("days"),
    ).explode("in_month")
    group = ["entity_id", "service_id", "in_month"]
    mixed = months.filter(pl.col("days").n_unique().over(group) > 1)
    pairs = _pairs(mixed, group).unique(["unit", "unit_new"])
    starts, ends = pl.col("from_day") - pl.col("from_day_new"), pl.col("until_day_new") - pl.col("until_day")
    longer = pairs.filter((starts >= pl.duration()) & (ends >= pl.duration()) & (pl.col("days") < pl.col("days_new")))
    shorter = pairs.filter((starts <= pl.duration()) & (ends <= pl.duration()) & (pl.col("days") > pl.col("days_new")))
    covered = pl.col("days_new").sum().over("unit", "file_new") == pl.col("days")
    whole = covered & pl.col("sure_new").all().over("unit", "file_new")
    filled, parts = shorter.filter(whole), shorter.filter(~whole)
    questions = [
        _ask("part_of_period", parts.filter("sure_new")),
        _ask("other_day", parts.filter(~pl.col("sure_new"))),
    ]
    restated = [_restated(longer, "unit"), _restated(filled, "unit"), _restated(parts, "released")]
    return restated, pl.concat(questions)


def _undated(units: pl.DataFrame, equal: pl.DataFrame, restated: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the totals of a service's month that came again under another date, undeclared."""
    group = ["entity_id", "service_id", "month", "months_covered"]
    by_file = (
        units.filter(pl.col("months_covered") == 1, ~pl.col("sure").all().over(group))
        .group_by("file", *group)
        .agg(
            pl.col("unit").len().alias("units"),
            pl.col("sure").all(),
            pl.col("transactions", "rows").sum(),
            pl.col("from_day").sort().alias("days"),
        )
    )
    if by_file["file"].n_unique() < 2:
        return pl.DataFrame(schema=RESTATED), no_question()
    pairs = by_file.join(by_file, on=group, suffix="_new").filter(
        pl.col("file") < pl.col("file_new"), ~(pl.col("sure") & pl.col("sure_new"))
    )
    members = units.select("file", "unit", *group)
    touched = pl.concat([restated.select("unit", file_new="newer"), equal.select("unit", "file_new")]).unique()
    olds = touched.join(members, on="unit").group_by("file", "file_new", *group).agg(pl.len().alias("olds"))
    news = (
        equal.select("file", unit="unit_new").unique().join(members.rename({"file": "file_new"}), on="unit")
        .group_by("file", "file_new", *group).agg(pl.len().alias("news"))
    )  # fmt: skip
    at = ["file", "file_new", *group]
    open_pairs = (
        pairs.join(olds, on=at, how="left")
        .join(news, on=at, how="left")
        .filter(pl.col("olds").fill_null(0) < pl.col("units"), pl.col("news").fill_null(0) < pl.col("units_new"))
    )
    released = open_pairs.join(members, on=["file", *group]).select("unit", "file_new", pl.col("transactions_new"))
    return _restated(released, "released"), _ask_about_days(open_pairs, group)


def _ask_about_days(open_pairs: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    return asked(
        "other_day",
        open_pairs.select(
            *group,
            pl.col("file").alias("old_file"),
            pl.col("file_new").alias("file"),
            pl.col("transactions").alias("old_transactions"),
            pl.col("transactions_new").alias("new_transactions"),
            pl.col("rows_new").alias("rows"),
            pl.col("days").alias("old_days"),
            pl.col("days_new").alias("new_days"),
        ),
    )


def _whole_months(units: pl.DataFrame, restated: pl.DataFrame) -> pl.DataFrame:
    """Return the other units of a file's month of which a newer file states at least half."""
    sizes = units.group_by("span").agg(pl.len().alias("units"))
    stated = restated.select("unit", "newer").unique().join(units.select("unit", "span"), on="unit")
    whole = (
        stated.group_by("span", "newer").agg(pl.len().alias("stated")).join(sizes, on="span")
        .filter(2 * pl.col("stated") >= pl.col("units"))
    )  # fmt: skip
    return units.join(whole, on="span").select(
        "unit", "newer", pl.lit(None, dtype=pl.Int64).alias("new_transactions"), pl.lit("month").alias("reason")
    )


def _other_service(units: pl.DataFrame, restated: pl.DataFrame) -> pl.DataFrame:
    """Ask about figures that came before under another service, which the newer file leaves out."""
    telling = units.filter(pl.col("transactions") >= LEAST_TELLING, pl.col("service_id") != "")
    on = ["entity_id", "from_day", "until_day", "profile", "transactions"]
    pairs = _pairs(telling, on).filter(pl.col("service_id") != pl.col("service_id_new"))
    if pairs.is_empty():
        return no_question()
    named = units.select("file", "month", "service_id").unique()
    swapped = (
        pairs.join(restated.select("unit").unique(), on="unit", how="anti")
        .join(named, left_on=["file_new", "month_new", "service_id"], right_on=named.columns, how="anti")
        .join(named, left_on=["file", "month", "service_id_new"], right_on=named.columns, how="anti")
    )
    return _ask("other_service", swapped)
