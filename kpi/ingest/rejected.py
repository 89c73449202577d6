"""Say of one file why its rows were rejected: the most frequent reasons, each with an example."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.headers import known_headers
from kpi.ingest.normalise import label_key
from kpi.ingest.sources import Source
from kpi.lake_file import LakeFile


@dataclass(frozen=True)
class RejectedFor:
    """One reason of a file: how many rows, and the first of them with what stands in the columns at fault.

    `headers` are those of the file over these columns, `cells` holds column → value.
    """

    reason: str
    rows: int
    row: int
    headers: tuple[str, ...]
    cells: dict[str, str]
    entity_id: str | None


def most_frequent_reasons(file: LakeFile, source: Source, most: int = 3) -> tuple[RejectedFor, ...]:
    """Return the reasons for which most rows of a file were rejected, the most frequent first."""
    if file.rejected_path is None or not Path(file.rejected_path).exists():
        return ()
    first = pl.all().sort_by("source_row").first()
    found = (
        pl.scan_parquet(str(file.rejected_path), glob=False)
        .filter(pl.col("severity") == "row")
        .group_by("reason")
        .agg(first, pl.len().alias("rows"))
        .sort("rows", "reason", descending=[True, False])
        .head(most)
        .collect()
    )
    known = known_headers(CONTRACTS[file.log], source)
    return tuple(_rejected_for(row, known) for row in found.iter_rows(named=True))


def _rejected_for(row: dict, known: dict[str, str]) -> RejectedFor:
    cells, headers = cells_at_fault(row["column"], json.loads(row["raw"]), known)
    return RejectedFor(row["reason"], row["rows"], row["source_row"], headers, cells, row["entity_id"])


def cells_at_fault(columns: str | None, raw: dict, known: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return column → value of the columns at fault, and the headers over them; the column where it has no header."""
    named = columns.split(", ") if columns else []
    over = {known.get(label_key(header), ""): header for header in raw}
    cells = {column: str(raw[over[column]] or "") for column in named if column in over}
    return cells, tuple(over.get(column, column) for column in named)
