"""Sum up what a file holds: per entity and month how many transactions, and between which ids they lie.

These few figures in the ledger tell which files can overlap at all, so that only those are ever compared row by row.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from kpi.lake import LakeFile, Span, iso_time

_KEY = ("entity_id", "month", "months_covered", "has_ids")
_Totals = tuple[int, str | None, str | None, int]


class SpanCounter:
    """Collect the spans of one file, slice by slice."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, date, int, bool], _Totals] = {}

    def add(self, accepted: pl.DataFrame) -> None:
        """Count the accepted transactions of a slice."""
        if accepted.is_empty():
            return
        for key, *totals in _grouped(accepted):
            self._found[key] = _joined(self._found.get(key), (totals[0], totals[1], totals[2], totals[3]))

    def spans(self, known: LakeFile | None, modified_ns: int) -> tuple[Span, ...]:
        """Return the spans in order; one that an earlier content of the file had keeps the time it first came."""
        before = {
            (span.entity_id, span.month, span.months_covered): span.received_at
            for span in (known.spans if known else ())
        }
        now = iso_time(modified_ns)
        found = []
        for (entity, month, covered, has_ids), (rows, first, last, transactions) in sorted(self._found.items()):
            first_received = min(before.get((entity, month.isoformat(), covered), now), now)
            key = (entity, month.isoformat(), covered, has_ids)
            found.append(Span(*key, rows, first, last, first_received, transactions))
        return tuple(found)


def _grouped(accepted: pl.DataFrame) -> Iterable[tuple]:
    ids = accepted["transaction_id"]
    alike = all(accepted[name].first() == accepted[name].last() for name in ("entity_id", "month", "months_covered"))
    if alike and not ids.null_count() and all(accepted[name].n_unique() == 1 for name in ("entity_id", "month")):
        # the usual file is one entity's month: no need to group what is one group
        row = accepted.select("entity_id", "month", "months_covered").row(0)
        yield (*row, True), len(accepted), ids.min(), ids.max(), accepted["transactions"].sum()
        return
    grouped = (
        accepted.lazy()
        .with_columns(pl.col("transaction_id").is_not_null().alias("has_ids"))
        .group_by(_KEY)
        .agg(
            pl.len(),
            pl.col("transaction_id").min().alias("first_id"),
            pl.col("transaction_id").max().alias("last_id"),
            pl.col("transactions").sum(),
        )
        .collect()
    )
    for entity, month, covered, has_ids, *totals in grouped.iter_rows():
        yield (entity, month, covered, has_ids), *totals


def _joined(one: _Totals | None, other: _Totals) -> _Totals:
    if one is None:
        return other
    first = min((text for text in (one[1], other[1]) if text is not None), default=None)
    last = max((text for text in (one[2], other[2]) if text is not None), default=None)
    return one[0] + other[0], first, last, one[3] + other[3]
