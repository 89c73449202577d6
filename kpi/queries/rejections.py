"""Which rows were not accepted, and why: counted, sampled, and every one of them for download."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from kpi.warehouse.connect import Warehouse

FILES_SHOWN = 10
SAMPLES_PER_REASON = 2
ROWS_PER_PART = 200_000

_TOTALS = "select coalesce(sum(rows_read), 0)::bigint, coalesce(sum(rows_rejected), 0)::bigint from load_file"
_REASONS = "select reason, count(*) from load_rejected group by reason order by count(*) desc, reason"
_FILES = """
select source_file, rows_read, rows_rejected
from load_file
where rows_rejected > 0
order by rows_rejected desc, source_file
limit $limit
"""
# From as many files as possible: two rows of one file seldom teach more than one.
_SAMPLES = """
with numbered as (
    select
        reason, source_file, source_row, source_column, raw,
        row_number() over (partition by reason, source_file order by source_row) as in_file
    from load_rejected
),

chosen as (
    select *, row_number() over (partition by reason order by in_file, source_file desc, source_row) as position
    from numbered
    where in_file <= $limit
)

select reason, source_file, source_row, source_column, raw
from chosen
where position <= $limit
order by reason, position
"""
_PART = """
select log, source_file, source_row, source_column, reason, raw
from load_rejected
where rowid >= $first and rowid < $last
order by rowid
"""


@dataclass(frozen=True)
class RejectedReason:
    """Count the rows rejected for one reason, with their share of all rows read, in percent."""

    reason: str
    rows: int
    share_pct: float


@dataclass(frozen=True)
class RejectedFile:
    """Count the rejected rows of one file, with their share of the rows read from it, in percent."""

    source_file: str
    rows_read: int
    rows_rejected: int
    share_pct: float


@dataclass(frozen=True)
class Sample:
    """Hold one rejected row as it was sent, beneficiary numbers masked; `value` is that of the column at fault."""

    reason: str
    source_file: str
    source_row: int
    column: str | None
    value: str


@dataclass(frozen=True)
class Rejections:
    """Count what was rejected of everything read, by reason and by file; `entries` is one per row and reason."""

    rows_read: int
    rows_rejected: int
    entries: int
    reasons: tuple[RejectedReason, ...]
    files: tuple[RejectedFile, ...]
    samples: tuple[Sample, ...]

    @property
    def share_pct(self) -> float:
        """Return the rejected rows in percent of the rows read."""
        return _share(self.rows_rejected, self.rows_read)


def rejections(warehouse: Warehouse) -> Rejections:
    """Count the rejected rows of all files, name the files that have most, and show some rows of each reason."""
    rows_read, rows_rejected = warehouse.query(_TOTALS).row(0)
    reasons = tuple(
        RejectedReason(reason, rows, _share(rows, rows_read)) for reason, rows in warehouse.query(_REASONS).iter_rows()
    )
    files = tuple(
        RejectedFile(name, read, rejected, _share(rejected, read))
        for name, read, rejected in warehouse.query(_FILES, limit=FILES_SHOWN).iter_rows()
    )
    samples = warehouse.query(_SAMPLES, limit=SAMPLES_PER_REASON).iter_rows()
    shown = tuple(Sample(*where, column, _value(raw, column)) for *where, column, raw in samples)
    entries = sum(reason.rows for reason in reasons)
    return Rejections(rows_read, rows_rejected, entries, reasons, files, shown)


def rejected_parts(warehouse: Warehouse) -> Iterator[pl.DataFrame]:
    """Read every rejected row in the order of the files, `ROWS_PER_PART` at a time."""
    total = warehouse.query("select count(*) from load_rejected").item()
    for first in range(0, total, ROWS_PER_PART):
        yield warehouse.query(_PART, first=first, last=first + ROWS_PER_PART)


def zipped(parts: Iterator[pl.DataFrame], encode: Callable[[pl.DataFrame], bytes], name: str) -> bytes:
    """Pack the parts as numbered CSV files; only one of them is held unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts, start=1):
            archive.writestr(f"{name}-{number:03d}.csv", encode(part))
    return buffer.getvalue()


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _value(raw: str, column: str | None) -> str:
    """Return the value at fault as it was sent, or the filled values of the whole row where no column is at fault."""
    try:
        row = json.loads(raw)
    except ValueError:
        return raw
    if not isinstance(row, dict):
        return raw
    if column is not None and column in row:
        return "" if row[column] is None else str(row[column])
    return " · ".join(str(value) for value in row.values() if value is not None)
