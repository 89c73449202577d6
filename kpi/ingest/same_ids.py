"""Of transactions with an id the newest statement counts, whichever month it names."""

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from kpi.ingest.received import Received, may_share_ids
from kpi.ingest.unit_ids import normal_ids

ROWS_PER_PASS = 5_000_000  # compared at a time: bounds the memory


@dataclass(frozen=True)
class RestatedIds:
    """`months`: span → file that replaces it whole; `rows`: single rows (file, span, source_row, …) and what counts."""

    months: dict[int, int]
    rows: pl.DataFrame


def restated_ids(log: Received, gone: set[int]) -> RestatedIds:
    """Compare the ids of files that can share some; spans that are `gone` still say that what is older is too."""
    spans = may_share_ids(log.spans)
    if spans.is_empty():
        return RestatedIds({}, _nothing())
    passes = -(-int(spans["rows"].sum()) // ROWS_PER_PASS)
    sizes: dict[int, int] = defaultdict(int)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for number in range(passes):
        keys = _keys(log, spans, number, passes).select("file", "span", "key").unique()
        for span, size in keys.group_by("span").len().iter_rows():
            sizes[span] += size
        common = keys.filter(pl.col("key").is_duplicated()).lazy()
        pairs = common.join(common.select("key", newer="file"), on="key").filter(pl.col("file") < pl.col("newer"))
        # a file may have an id in two months: it states the unit once
        counted = pairs.unique(["span", "key", "newer"]).group_by("span", "newer").len().collect()
        for span, newer, count in counted.iter_rows():
            shared[span, newer] += count
    months: dict[int, int] = {}
    for span, newer in sorted(shared, key=lambda pair: (pair[1], pair[0])):
        if span not in months and span not in gone and 2 * shared[span, newer] >= sizes[span]:
            months[span] = newer
    left = gone | months.keys()
    again = [_again(log, spans, number, passes, left) for number in range(passes)] if shared else []
    return RestatedIds(months, _listed(log, spans, pl.concat(again)) if again else _nothing())


def _keys(log: Received, spans: pl.DataFrame, number: int, passes: int) -> pl.DataFrame:
    """Return file, span, key (UInt64) and source_row of the rows whose key falls to this pass."""
    parts = []
    for _, wanted in spans.partition_by("file", as_dict=True).items():
        rows = log.rows(wanted, pl.col("entity_id"), pl.col("transaction_id"), pl.col("source_row"))
        key = normal_ids(rows["transaction_id"]).hash(1) ^ rows["entity_id"].hash(2)
        rows = rows.select("file", "span", key.alias("key"), "source_row")
        parts.append(rows.filter(pl.col("key") % passes == number) if passes > 1 else rows)
    return pl.concat(parts, rechunk=False)


def _again(log: Received, spans: pl.DataFrame, number: int, passes: int, left: set[int]) -> pl.DataFrame:
    """Return the rows whose id a newer file has too, and those rows of the newest file."""
    keys = _keys(log, spans, number, passes)
    newest = pl.col("file").max().over("key")
    stays = ~pl.col("span").is_in(sorted(left))
    is_old = (pl.col("file") < newest) & stays
    return keys.filter(is_old.any().over("key")).filter(is_old | (pl.col("file") == newest)).drop("key")


def _listed(log: Received, spans: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Compare the ids themselves, for two ids may share a key, and say which row counts instead of which."""
    if again.is_empty():
        return _nothing()
    wanted = spans.join(again, on="span", how="semi")
    rows = log.rows(wanted, pl.col(*_ROW)).join(again, on=["file", "span", "source_row"], how="semi")
    rows = rows.with_columns(normal_ids(rows["transaction_id"]).alias("unit"))
    newest = pl.col("file").max().over("entity_id", "unit")
    kept = rows.filter(pl.col("file") == newest).sort("source_row").unique(["entity_id", "unit"], keep="first")
    kept = kept.select("entity_id", "unit", kept_file="file", kept_row="source_row")
    old = rows.filter(pl.col("file") < newest).join(kept, on=["entity_id", "unit"])
    return old.select(_nothing().columns).cast(dict(_nothing().schema))


_ROW = ("entity_id", "month", "months_covered", "transaction_id", "transactions", "source_row")


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "file": pl.UInt32, "span": pl.UInt32, "source_row": pl.Int64, "entity_id": pl.String,
            "transaction_id": pl.String, "transactions": pl.Int64, "kept_file": pl.UInt32, "kept_row": pl.Int64,
        }
    )  # fmt: skip
