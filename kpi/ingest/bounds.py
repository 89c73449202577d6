"""What one file may ask of a load, whatever it holds: every bound, declared once.

`docs/limits.md` is written from this declaration. A file beyond a bound is refused by name with the bound; the others
are loaded. What no reader looks at by itself, memory and time, the walls of its process hold (`kpi.ingest.worker`).
"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from kpi.errors import SourceError

if TYPE_CHECKING:
    from kpi.settings import Settings

ROWS_OF_NARROW_COLUMNS = 16
"""A slice of few columns has no more rows than one of so many: what a row costs beside its own columns."""
SECONDS_PER_MEBIBYTE = 4
RATIO_FROM_BYTES = 256 * 2**20
"""Unpacked bytes from which the ratio counts: a small file of one repeated row is no attack."""


def _bound(default: int, unit: str, *formats: str, setting: str = "") -> int:
    return field(default=default, metadata={"unit": unit, "formats": formats, "setting": setting})


@dataclass(frozen=True)
class Bounds:
    """Hold the bounds of one load; those that an operator may need to move are settings."""

    memory_mebibytes: int = _bound(1024, "MiB", "all", setting="load_memory_mib")
    file_seconds: int = _bound(300, "s", "all", setting="load_file_seconds")
    unpacked_mebibytes: int = _bound(16_384, "MiB", "gz", "zip", setting="load_unpacked_mib")
    unpacked_ratio: int = _bound(250, "×", "gz", "zip")
    columns: int = _bound(2_000, "columns", "all")
    header_bytes: int = _bound(1_000, "bytes", "all")
    row_mebibytes: int = _bound(4, "MiB", "csv", "tsv", "ndjson", "json")
    slice_cells: int = _bound(4_000_000, "cells", "csv", "tsv", "ndjson", "json")
    workbook_cells: int = _bound(5_000_000, "cells", "xlsx", setting="load_workbook_cells")
    workbook_mebibytes: int = _bound(256, "MiB", "xlsx")
    whole_mebibytes: int = _bound(512, "MiB", "parquet.gz", "xlsx.gz")
    output_mebibytes: int = _bound(16_384, "MiB", "all")

    @staticmethod
    def of(settings: "Settings") -> "Bounds":
        """Return the bounds of an installation."""
        named = {one.name: one.metadata["setting"] for one in fields(Bounds) if one.metadata["setting"]}
        return Bounds(**{name: getattr(settings, setting) for name, setting in named.items()})

    def seconds_of(self, size_bytes: int) -> float:
        """Return how long a file of a size may take."""
        return self.file_seconds + SECONDS_PER_MEBIBYTE * size_bytes / 2**20

    def rows_of(self, columns: int) -> int:
        """Return how many rows of so many columns are held at once."""
        return max(1, self.slice_cells // max(columns, ROWS_OF_NARROW_COLUMNS))

    def check_columns(self, count: int, source_file: str) -> None:
        """Raise `SourceError` when a file has more columns than a table has."""
        if count > self.columns:
            raise SourceError("bound_columns", file=source_file, columns=f"{count:,}", most=f"{self.columns:,}")

    def check_header(self, header: str, source_file: str) -> None:
        """Raise `SourceError` when a header is too long to be the name of a column."""
        if len(header.encode(errors="replace")) > self.header_bytes:
            raise SourceError("bound_header", file=source_file, most=f"{self.header_bytes:,}")

    def check_unpacked(self, unpacked: int, packed: int, source_file: str) -> None:
        """Raise `SourceError` when what has come out of a packed file so far is more than such a file holds."""
        most = self.unpacked_mebibytes
        if unpacked > most * 2**20:
            raise SourceError("bound_unpacked", file=source_file, mebibytes=f"{most:,}")
        if unpacked > RATIO_FROM_BYTES and unpacked > self.unpacked_ratio * packed:
            raise SourceError("bound_ratio", file=source_file, ratio=f"{self.unpacked_ratio:,}")

    def check_workbook(self, cells: int, place: str, source_file: str) -> None:
        """Raise `SourceError` when the rectangle that a sheet spans, up to its last cell, is too large to hold."""
        if cells > self.workbook_cells:
            raise SourceError(
                "bound_cells", file=source_file, cells=f"{cells:,}", place=place, most=f"{self.workbook_cells:,}"
            )


DEFAULT = Bounds()
