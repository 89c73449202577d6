"""Prove the cubes of another engine before they are used: their types, a sample made beside them, and the ledger."""

from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from kpi.errors import EngineDiffers, EngineError
from kpi.warehouse.lake_views import TransactionLog, attach_transactions
from kpi.warehouse.statements import SqlFile

SAMPLE_BYTES = 4_000_000
"""A sample takes the largest file of a kind that is not above this: many rows, and little to wait for."""
EXPECTED = """
create or replace temp table expected_contribution as
with counted_spans as (
    select lake_files.lake_file, spans.entity_id, spans.month, spans.months_covered, spans.has_ids,
        spans.log_rows, spans.transactions
    from lake_spans as spans
    inner join lake_files on spans.source_file = lake_files.source_file
    anti join left_out_spans as span
        on lake_files.lake_file = span.lake_file and spans.entity_id = span.entity_id and spans.month = span.month
        and spans.months_covered = span.months_covered and spans.has_ids = span.has_ids
),
twins as (
    select sent.lake_file, sent.entity_id, sent.month, sent.months_covered,
        (sent.transaction_id is not null) as has_ids,
        -count(*)::bigint as log_rows, -sum(sent.transactions)::bigint as transactions
    from lake_touched as sent
    semi join left_out_rows as twin on sent.lake_file = twin.lake_file and sent.source_row = twin.source_row
    group by sent.lake_file, sent.entity_id, sent.month, sent.months_covered, has_ids
)
select lake_file, entity_id, month, months_covered, has_ids,
    sum(log_rows)::bigint as log_rows, sum(transactions)::bigint as transactions
from (select * from counted_spans union all select * from twins)
group by all
having sum(log_rows) <> 0
"""
SUMS = {
    "lake_contribution": (
        "lake_file, entity_id, month, months_covered",
        "sum(log_rows)::bigint, sum(transactions)::bigint",
        "true",
    ),
    "fct_transaction_service_month": (
        "entity_id, month, months_covered",
        "sum(log_rows)::bigint, sum(transactions)::bigint",
        "true",
    ),
    "lake_transaction_day": ("entity_id", "sum(transactions)::bigint", "true"),
}
"""Cube → what it is grouped by, what is summed up there, and which spans of the ledger it holds."""


def sample_of(log: TransactionLog) -> TransactionLog:
    """Return at most two files of the log: one that counts whole, and one of which something is left out."""
    kinds = (log.untouched, log.touched)
    return log.only(frozenset(_sampled(paths).name for paths in kinds if paths))


def prove_sample(connection: duckdb.DuckDBPyConnection, cube: SqlFile, answer: pa.Table) -> None:
    """Raise `EngineDiffers` unless DuckDB makes the same rows and types of the sample that is attached."""
    compare_types(connection, cube, answer)
    connection.register("sample_answer", answer)
    own = f"select * from ({cube.text})"
    other = "select * from sample_answer"
    differing = connection.execute(
        f"select count(*) from (({own} except all {other}) union all ({other} except all {own}))"
    ).fetchall()[0][0]
    connection.unregister("sample_answer")
    if differing:
        raise EngineDiffers("engine_sample_differs", cube=cube.name, rows=f"{differing:,}")


def compare_types(connection: duckdb.DuckDBPyConnection, cube: SqlFile, answer: pa.Table) -> None:
    """Raise `EngineDiffers` unless an answer has the columns and types that DuckDB gives the cube."""
    expected = _described(connection, cube.text)
    connection.register("typed_answer", answer.slice(0, 0))
    found = _described(connection, "select * from typed_answer")
    connection.unregister("typed_answer")
    if found != expected:
        named = ", ".join(f"{name} {kind}" for name, kind in found if (name, kind) not in expected)
        raise EngineDiffers("engine_types_differ", cube=cube.name, columns=named or len(found))


def prove_against_ledger(connection: duckdb.DuckDBPyConnection, log: TransactionLog) -> None:
    """Raise `EngineDiffers` unless rows and sums of the cubes are those of the ledger less what does not count.

    Of the log itself only files with a duplicate are opened, for what the duplicates weigh.
    """
    unknown = connection.execute("select count(*) from lake_spans where transactions is null").fetchall()[0][0]
    if unknown:
        raise EngineError("ledger_without_sums", spans=f"{unknown:,}")
    with_twins = frozenset(log.left_out_rows["lake_file"])
    attach_transactions(connection, _with_all_spans(log, with_twins))
    connection.execute(EXPECTED).fetchall()
    for cube, (keys, sums, spans) in SUMS.items():
        own = f"select {keys}, {sums} from expected_contribution where {spans} group by all"
        other = f"select {keys}, {sums} from {cube} group by all"
        differing = connection.execute(
            f"select * from (({own} except {other}) union ({other} except {own})) order by all"
        ).fetchall()
        if differing:
            where = ", ".join(str(value) for value in differing[0][: len(keys.split(","))])
            raise EngineDiffers("engine_ledger_differs", cube=cube, groups=f"{len(differing):,}", first=where)


def _with_all_spans(log: TransactionLog, names: frozenset[str]) -> TransactionLog:
    files = log.only(names)
    return TransactionLog(files.untouched, files.touched, log.left_out_spans, log.left_out_rows)


def _sampled(paths: tuple[Path, ...]) -> Path:
    sizes = pl.DataFrame([(path.name, path.stat().st_size) for path in paths], schema=["name", "bytes"], orient="row")
    small = sizes.filter(pl.col("bytes") <= SAMPLE_BYTES)
    chosen = small.sort("bytes", "name").tail(1) if len(small) else sizes.sort("bytes", "name").head(1)
    return next(path for path in paths if path.name == chosen["name"][0])


def _described(connection: duckdb.DuckDBPyConnection, select: str) -> list[tuple[str, str]]:
    rows = connection.execute(f"describe {select}").fetchall()
    return [(name, kind) for name, kind, *_ in rows]
