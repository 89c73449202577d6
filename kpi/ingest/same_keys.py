"""Of the statements of the other logs (a project's progress on a day, say) the newest about the same counts."""

import polars as pl

from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.received import Without, in_order_received
from kpi.ingest.unit_ids import normal_ids
from kpi.lake import Lake

RESTATED_KEYS: dict[str, pl.DataType] = {
    "log": pl.String(),
    "entity_id": pl.String(),
    "transaction_id": pl.String(),
    "statement": pl.String(),
    "kept_file": pl.String(),
    "kept_row": pl.Int64(),
    "other_file": pl.String(),
    "other_row": pl.Int64(),
}


def restated_keys(lake: Lake, without: Without) -> pl.DataFrame:
    """Return the rows of the other logs of which a newer file has the key again, and the rows that count instead."""
    found = [_of_log(lake, log, without) for log in CONTRACTS if log != "transactions"]
    return pl.concat(found).sort("log", "statement", "other_file", "other_row")


def _of_log(lake: Lake, log: str, without: Without) -> pl.DataFrame:
    files = [file for file in in_order_received(lake, log, without) if file.accepted_path]
    if len(files) < 2:
        return pl.DataFrame(schema=RESTATED_KEYS)
    contract = CONTRACTS[log]
    owner = [pl.col("entity_id")] if "entity_id" in contract.key else [pl.lit(None, pl.String).alias("entity_id")]
    parts = [
        pl.scan_parquet(str(file.accepted_path), glob=False).select(
            pl.lit(place, pl.UInt32).alias("file"),
            "source_row",
            *owner,
            pl.concat_str(
                *(pl.col(name).cast(pl.String).fill_null("") for name in contract.key), separator=" · "
            ).alias("statement"),
        )
        for place, file in enumerate(files)
    ]
    rows = pl.concat(pl.collect_all(parts))
    rows = rows.with_columns(normal_ids(rows["statement"]).alias("key"))
    rows = rows.filter(pl.col("file").n_unique().over("key") > 1).sort("file", "source_row")
    newest = rows.filter(pl.col("file") == pl.col("file").max().over("key")).unique("key", keep="first")
    newest = newest.select("key", kept="file", kept_row="source_row")
    old = rows.join(newest, on="key").filter(pl.col("file") < pl.col("kept"))
    names = pl.Series([file.source_file for file in files], dtype=pl.String)
    return old.select(
        pl.lit(log).alias("log"),
        "entity_id",
        pl.lit(None, pl.String).alias("transaction_id"),
        "statement",
        names.gather(old["kept"]).alias("kept_file"),
        "kept_row",
        names.gather(old["file"]).alias("other_file"),
        pl.col("source_row").alias("other_row"),
    ).cast(RESTATED_KEYS)  # ty: ignore[invalid-argument-type]
