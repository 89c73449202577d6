"""Write the accepted and rejected rows of one file aside and put them into the lake as a whole."""

from collections import Counter
from pathlib import Path

import polars as pl

from kpi.ingest.contracts import CONTRACTS, REJECTED_SCHEMA
from kpi.ingest.sources import Source
from kpi.ingest.spans import SpanCounter
from kpi.ingest.validate import CheckedRows
from kpi.lake import Lake

_ROW_GROUP = 250_000
_ZSTD_LEVEL = 1  # the third makes the lake a tenth smaller and the whole load a thirtieth slower


class LakeOutput:
    """The rows of one file on their way into the lake: a part per slice, joined at the commit."""

    def __init__(self, lake: Lake, source: Source, lake_key: str) -> None:
        log = source.log
        self.lake, self.log, self.lake_key = lake, log, lake_key
        self.staging = lake.root / ".staging"
        self.staging.mkdir(parents=True, exist_ok=True)
        (lake.root / log).mkdir(exist_ok=True)
        self.parts: dict[str, list[Path]] = {"accepted": [], "rejected": []}
        self.schemas = {"accepted": CONTRACTS[log].lake_schema, "rejected": REJECTED_SCHEMA}
        self.rows_read = 0
        self.rows_rejected = 0
        self.by_reason: Counter[str] = Counter()
        self.accepted_values: Counter[str] = Counter()
        self.dropped_by_reason: Counter[str] = Counter()
        self.counter = SpanCounter(source.declared_period)

    def add(self, checked: CheckedRows) -> None:
        """Write one checked slice aside and count it."""
        self.rows_read += checked.rows_read
        self.rows_rejected += checked.rows_rejected
        self._write("accepted", checked.accepted)
        self.accepted_values.update({column.name: column.len() - column.null_count() for column in checked.accepted})
        if self.log == "transactions":
            self.counter.add(checked.accepted)
        if len(checked.rejected):
            self._write("rejected", checked.rejected)
            for severity, reason, count in checked.rejected.group_by("severity", "reason").len().iter_rows():
                (self.dropped_by_reason if severity == "value" else self.by_reason)[reason] += count

    def _write(self, kind: str, frame: pl.DataFrame) -> None:
        path = self.staging / f"{self.lake_key}.{kind}.{len(self.parts[kind])}.parquet"
        self.parts[kind].append(path)
        frame.write_parquet(path, compression="zstd", compression_level=_ZSTD_LEVEL, row_group_size=_ROW_GROUP)

    def finished(self) -> dict[str, tuple[Path, Path]]:
        """Join the parts; return for each kind that has rows the file as it lies aside, and its place in the lake."""
        return {
            kind: (self._whole(kind, parts), self.lake.data_path(self.log, self.lake_key, kind))
            for kind, parts in self.parts.items()
            if parts
        }

    def _whole(self, kind: str, parts: list[Path]) -> Path:
        whole = parts[0]
        if len(parts) > 1:
            whole = self.staging / f"{self.lake_key}.{kind}.parquet"
            pl.scan_parquet(parts, glob=False).sink_parquet(
                whole, compression="zstd", compression_level=_ZSTD_LEVEL, row_group_size=_ROW_GROUP, maintain_order=True
            )
        return whole

    def discard(self) -> None:
        """Remove what was written aside."""
        for path in self.staging.glob(f"{self.lake_key}.*"):
            path.unlink(missing_ok=True)
