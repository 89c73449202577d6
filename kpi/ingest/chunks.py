"""What a reader hands on: a slice of a file with every row numbered and structural flaws named."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.bounds import DEFAULT, Bounds
from kpi.ingest.normalise import label_key
from kpi.masking import OUT_OF_PLACE, masked

ROW = "\x1erow"  # no header can be called this
FLAW = "\x1eflaw"
FILE_STEP = 2**40  # rows of several files that are checked as one are this far apart
FORMULA = "\ue01eformula"  # in a cell of a workbook: a formula whose result was never stored
ROUNDED = "\ue01e"  # behind a number of a workbook that has more digits than a spreadsheet keeps
UNNAMED_HEADER = "(column "
UNREAD_HEADER = "(again, column "
HEADER_JOINT = " | "  # between the upper and the lower line of a header


@dataclass(frozen=True)
class Chunk:
    """`frame`: the file's own headers (strings, or typed from Parquet), `ROW` Int64 (1 = first data row) and
    `FLAW` String (a structural reason code, null when the row is whole)."""

    frame: pl.DataFrame
    sparse: bool = False  # a missing column means a missing value (NDJSON), not a wrong file
    is_typed: bool = False  # numbers stand in it as numbers, written with a point, beside texts
    has_formulas: bool = False  # some cells hold `FORMULA`
    hides_percent: bool = False  # a number may show as a percentage without it being known

    @property
    def headers(self) -> list[str]:
        """Return the headers of the file."""
        return [name for name in self.frame.columns if name not in (ROW, FLAW)]


def numbered(frame: pl.DataFrame, first_row: int, flaws: pl.Series | None = None) -> pl.DataFrame:
    """Add the row numbers and flaws of a slice that begins at a data row."""
    rows = pl.int_range(first_row, first_row + len(frame), eager=True, dtype=pl.Int64).alias(ROW)
    flaw = flaws if flaws is not None else pl.Series(FLAW, [None], dtype=pl.String).new_from_index(0, len(frame))
    return frame.with_columns(rows, flaw.alias(FLAW))


def split_header(line: str, delimiter: str, source_file: str, bounds: Bounds = DEFAULT) -> list[str]:
    """Split a header line; raise `SourceError` when it is torn, beyond bounds, or was split by the wrong delimiter."""
    bounds.check_columns(line.count(delimiter) + 1, source_file)
    try:
        headers = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise SourceError("header_unreadable", file=source_file) from error
    others = [other for other in ",;\t|" if other != delimiter and other in line]
    if len(headers) == 1 and others:
        shown = "\\t" if others[0] == "\t" else others[0]
        raise SourceError("delimiter_wrong", file=source_file, delimiter=shown)
    return headers


def joined_headers(lines: list[list[str]]) -> list[str]:
    """Return one header per column of headers in one line or in two, whose upper cells may span several columns."""
    if len(lines) == 1:
        return lines[0]
    upper, lower = lines
    found, above = [], ""
    for place in range(max(map(len, lines))):
        top = upper[place] if place < len(upper) else ""
        above = top if top.strip() else above
        below = lower[place] if place < len(lower) else ""
        found.append(HEADER_JOINT.join(part for part in (above, below) if part.strip()) if below.strip() else top)
    return found


def unique_headers(
    headers: list[str], source_file: str, ignored: Iterable[str] = (), bounds: Bounds = DEFAULT
) -> list[str]:
    """Return the headers, ignored ones made unique; raise `SourceError` when two say the same, or are beyond bounds."""
    bounds.check_columns(len(headers), source_file)
    for header in headers:
        bounds.check_header(header, source_file)
    unread = set(map(label_key, ignored))
    seen: set[str] = set()
    unique = []
    for place, header in enumerate(headers, start=1):
        key = label_key(header)
        if key in seen and key not in unread:
            raise SourceError("column_twice", file=source_file, column=masked(header, OUT_OF_PLACE))
        named = f"{UNREAD_HEADER}{place})" if key in seen else header
        unique.append(named if key else f"{UNNAMED_HEADER}{place})")
        seen.update({key} - {""})
    return unique
