"""What a reader hands on: a slice of a file with every row numbered and structural flaws named."""

import csv
import io
from dataclasses import dataclass

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.normalise import label_key

ROW = "\x1erow"  # no header can be called this
FLAW = "\x1eflaw"
FILE_STEP = 2**40  # rows of several files that are checked as one are this far apart
UNNAMED_HEADER = "(column "


@dataclass(frozen=True)
class Chunk:
    """`frame`: the file's own headers (strings, or typed from Parquet), `ROW` Int64 (1 = first data row) and
    `FLAW` String (a structural reason code, null when the row is whole)."""

    frame: pl.DataFrame
    sparse: bool = False  # a missing column means a missing value (NDJSON), not a wrong file

    @property
    def headers(self) -> list[str]:
        """Return the headers of the file."""
        return [name for name in self.frame.columns if name not in (ROW, FLAW)]


def numbered(frame: pl.DataFrame, first_row: int, flaws: pl.Series | None = None) -> pl.DataFrame:
    """Add the row numbers and flaws of a slice that begins at a data row."""
    rows = pl.int_range(first_row, first_row + len(frame), eager=True, dtype=pl.Int64).alias(ROW)
    flaw = flaws if flaws is not None else pl.Series(FLAW, [None], dtype=pl.String).new_from_index(0, len(frame))
    return frame.with_columns(rows, flaw.alias(FLAW))


def parse_header(line: str, delimiter: str, source_file: str) -> list[str]:
    """Split a header line; raise `SourceError` when it is torn or was split by the wrong delimiter."""
    try:
        headers = next(csv.reader(io.StringIO(line), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise SourceError("header_unreadable", file=source_file) from error
    others = [other for other in ",;\t|" if other != delimiter and other in line]
    if len(headers) == 1 and others:
        shown = "\\t" if others[0] == "\t" else others[0]
        raise SourceError("delimiter_wrong", file=source_file, delimiter=shown)
    return unique_headers(headers, source_file)


def unique_headers(headers: list[str], source_file: str) -> list[str]:
    """Return the headers; raise `SourceError` when two say the same thing."""
    keys = [label_key(header) for header in headers]
    for place, key in enumerate(keys):
        if key and keys.index(key) != place:
            raise SourceError("column_twice", file=source_file, column=headers[place])
    named = enumerate(zip(headers, keys, strict=True), start=1)
    return [header if key else f"{UNNAMED_HEADER}{place})" for place, (header, key) in named]
