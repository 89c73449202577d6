"""Sum up what a file holds: per entity and month how many transactions, and between which ids they lie.

These few figures in the ledger tell which files can overlap at all, so that only those are ever compared row by row.
Ids are bounded in their normal form, for it is the normal forms that are compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from kpi.ingest.unit_ids import EVERYTHING, bounds, ordered, same_shape
from kpi.lake import LakeFile, Span, iso_time

_KEY = ("entity_id", "month", "months_covered", "has_ids")
_GROUPS_LOOKED_AT = 32  # beyond that the ids of a slice are bounded only when all are written alike
_Key = tuple[str, date, int, bool]


@dataclass(frozen=True)
class _Figures:
    rows: int
    first_id: str | None
    last_id: str | None
    transactions: int

    def joined(self, other: "_Figures") -> "_Figures":
        firsts = [text for text in (self.first_id, other.first_id) if text is not None]
        lasts = [text for text in (self.last_id, other.last_id) if text is not None]
        return _Figures(
            self.rows + other.rows,
            min(firsts, default=None),
            max(lasts, default=None),
            self.transactions + other.transactions,
        )


class SpanCounter:
    """Collect the spans of one file, slice by slice; `period` is what a total of the file covers, "" undeclared."""

    def __init__(self, period: str = "") -> None:
        self.period = period
        self._found: dict[_Key, _Figures] = {}
        self._day_of: dict[tuple[str, date, str | None], date] = {}  # of a service's totals in a month
        self._daily: set[tuple[str, date]] = set()

    def add(self, accepted: pl.DataFrame) -> None:
        """Count the accepted transactions of a slice."""
        if accepted.is_empty():
            return
        for key, figures in _grouped(accepted):
            self._found[key] = self._found[key].joined(figures) if key in self._found else figures
        if not self.period and accepted["transaction_id"].null_count():
            self._note_days(accepted.filter(pl.col("transaction_id").is_null()))

    def _note_days(self, totals: pl.DataFrame) -> None:
        """Note the months in which a service has totals of several days: these days mean something."""
        days = totals.group_by("entity_id", "month", "service_id").agg(
            pl.col("submitted_at").dt.date().min().alias("first"), pl.col("submitted_at").dt.date().max().alias("last")
        )
        for entity, month, service, first, last in days.iter_rows():
            known = self._day_of.setdefault((entity, month, service), first)
            if known != first or first != last:
                self._daily.add((entity, month))

    def spans(self, known: LakeFile | None, modified_ns: int) -> tuple[Span, ...]:
        """Return the spans in order; one that an earlier content of the file had keeps the time it first came."""
        before = {
            (span.entity_id, span.month, span.months_covered): span.received_at
            for span in (known.spans if known else ())
        }
        now = iso_time(modified_ns)
        found = []
        for (entity, month, covered, has_ids), figures in sorted(self._found.items()):
            found.append(
                Span(
                    entity,
                    month.isoformat(),
                    covered,
                    has_ids,
                    figures.rows,
                    figures.first_id,
                    figures.last_id,
                    min(before.get((entity, month.isoformat(), covered), now), now),
                    figures.transactions,
                    has_ids or self.period == "day" or (entity, month) in self._daily,
                )
            )
        return tuple(found)


def _grouped(accepted: pl.DataFrame) -> Iterable[tuple[_Key, _Figures]]:
    ids = accepted["transaction_id"]
    alike = all(accepted[name].first() == accepted[name].last() for name in ("entity_id", "month", "months_covered"))
    if alike and not ids.null_count() and all(accepted[name].n_unique() == 1 for name in ("entity_id", "month")):
        # the usual file is one entity's month: no need to group what is one group
        entity, month, covered = accepted.select("entity_id", "month", "months_covered").row(0)
        yield (entity, month, covered, True), _Figures(len(ids), *bounds(ids), int(accepted["transactions"].sum()))
        return
    keyed = accepted.with_columns(ids.is_not_null().alias("has_ids"))
    grouped = (
        keyed.lazy()
        .group_by(_KEY)
        .agg(
            pl.len(),
            pl.col("transaction_id").min().alias("first_id"),
            pl.col("transaction_id").max().alias("last_id"),
            pl.col("transactions").sum(),
        )
        .collect()
    )
    bounded = _bounds(keyed.filter("has_ids").select(*_KEY[:3], "transaction_id"), grouped.filter("has_ids"))
    for entity, month, covered, has_ids, rows, _, _, transactions in grouped.iter_rows():
        first, last = bounded[entity, month, covered] if has_ids else (None, None)
        yield (entity, month, covered, has_ids), _Figures(rows, first, last, transactions)


def _bounds(rows: pl.DataFrame, groups: pl.DataFrame) -> dict[tuple[str, date, int], tuple[str, str]]:
    """Return the bounds of the ids of each group."""
    if rows.is_empty():
        return {}
    ends = groups.select(*_KEY[:3], "first_id", "last_id")
    if same_shape(rows["transaction_id"]):
        ends = ends.with_columns(ordered(ends["first_id"]), ordered(ends["last_id"]))
        return {(e, m, c): (first, last) for e, m, c, first, last in ends.iter_rows()}
    if len(groups) > _GROUPS_LOOKED_AT:
        return {(e, m, c): EVERYTHING for e, m, c, _, _ in ends.iter_rows()}
    parts = rows.partition_by(_KEY[:3], as_dict=True)
    return {(e, m, c): bounds(part["transaction_id"]) for (e, m, c), part in parts.items()}
