"""Read CSV and TSV: one fast parse per block when every row is whole, a careful one per row when it is not.

Polars fills short rows with nulls and drops surplus fields without a word. A sentinel field appended to each line
makes both visible: it must come back in its own column, or the row is short or long.
"""

import csv
import re
from collections.abc import Iterator

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.bounds import DEFAULT, Bounds
from kpi.ingest.chunks import FLAW, ROW, Chunk, joined_headers, numbered, split_header, unique_headers
from kpi.ingest.decode import pieces
from kpi.ingest.sources import Source

_END = "\x1f"
_END_COLUMN = "\x1eend"
_BLANK = ""  # the flaw of a line without anything on it, which is no row but has a number
_DAMAGED = "\ufffd"
_LONGEST_RECORD_LINES = 50


def read_delimited(
    blocks: Iterator[bytes], source_file: str, source: Source, bounds: Bounds = DEFAULT, *, delimiter: str = ","
) -> Iterator[Chunk]:
    """Yield the rows of a delimited text; raise `SourceError` when its header cannot be read."""
    headers: list[str] = []
    separator = source.delimiter or delimiter
    row = 1
    for block in blocks:
        body = block
        if not headers:
            body = body if source.header_row else body.lstrip(b"\n")
            if not body:
                continue
            separator, body = _separator(body, separator)
            headers, body = _header(body, separator, source_file, source, bounds)
        for piece in pieces(body, bounds.rows_of(len(headers))):
            frame, records = _rows(piece, headers, separator, row)
            row += records
            yield Chunk(_flaw_damaged(frame, headers, piece))
    if not headers:
        raise SourceError("file_empty", file=source_file)


def _separator(body: bytes, separator: str) -> tuple[str, bytes]:
    """Return the separator, which Excel writes into a first line of its own (`sep=;`), and what follows that line."""
    said = re.match(rb'"?sep=(.)"?\n', body, re.IGNORECASE)
    return (said[1].decode("latin-1"), body[said.end() :]) if said else (separator, body)


def _header(body: bytes, separator: str, source_file: str, source: Source, bounds: Bounds) -> tuple[list[str], bytes]:
    """Return the headers and what follows them; titles stand above the declared line."""
    for _ in range((source.header_row or 1) - 1):
        body = body[body.find(b"\n") + 1 :] if b"\n" in body else b""
    if not body:
        raise SourceError("header_row_missing", file=source_file, row=source.header_row)
    lines = []
    for _ in range(source.header_rows):
        end = _record_end(body)
        lines.append(split_header(body[:end].decode(), separator, source_file, bounds))
        body = body[end + 1 :]
    return unique_headers(joined_headers(lines), source_file, source.ignore, bounds), body


def _record_end(body: bytes) -> int:
    """Return where the first record ends: at the first line end outside quotes, as far as that is near."""
    first = end = body.find(b"\n")
    for _ in range(_LONGEST_RECORD_LINES):
        if end < 0 or body.count(b'"', 0, end) % 2 == 0:
            break
        end = body.find(b"\n", end + 1)
    else:
        return first
    return end if end >= 0 else (first if first >= 0 else len(body))


def _rows(body: bytes, headers: list[str], delimiter: str, first_row: int) -> tuple[pl.DataFrame, int]:
    """Return the rows of a piece, and how many records it has, blank ones included."""
    frame = _fast(body, headers, delimiter, first_row)
    if frame is None:
        return _careful(body.decode(), headers, delimiter, first_row)
    records = len(frame)
    blank = frame[FLAW] == _BLANK
    return frame.filter(~blank.fill_null(value=False)) if blank.any() else frame, records


def _fast(body: bytes, headers: list[str], delimiter: str, first_row: int) -> pl.DataFrame | None:
    """Parse a block in one go and mark the rows that are not whole; None when quotes are torn."""
    if _END.encode() in body:
        return None
    end = f"{delimiter}{_END}\n".encode()
    quoted = b'"' in body
    try:
        frame = pl.read_csv(
            body.replace(b"\n", end),
            has_header=False,
            schema={**dict.fromkeys(headers, pl.String), _END_COLUMN: pl.String},
            separator=delimiter,
            quote_char='"' if quoted else None,
            truncate_ragged_lines=True,
            missing_columns="insert",
            extra_columns="ignore",
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if quoted and len(frame) < body.count(b"\n"):
        # a line end inside quotes got a sentinel too
        frame = frame.with_columns(pl.col(headers).str.replace_all(end.decode(), "\n", literal=True))
    last = frame[_END_COLUMN]
    frame = frame.drop(_END_COLUMN)
    if (last == _END).all() and not last.null_count():
        whole = numbered(frame, first_row)
        return _with_blanks_marked(whole, headers)
    return _with_flaws(frame, last, headers, first_row)


def _with_flaws(frame: pl.DataFrame, last: pl.Series, headers: list[str], first_row: int) -> pl.DataFrame:
    """Name the flaw of each row whose sentinel is not in its place, and take the sentinel out of short rows."""
    where = (last != _END).fill_null(value=True).arg_true()
    torn = frame[where]
    short = pl.any_horizontal(pl.col(headers) == _END)
    blank = pl.col(headers[0]).str.strip_chars().fill_null("") == ""
    blank = blank & (pl.col(headers[1]) == _END) if len(headers) > 1 else blank
    flaw = (
        pl.when(blank)
        .then(pl.lit(_BLANK))
        .when(short)
        .then(pl.lit("too_few_fields"))
        .otherwise(pl.lit("too_many_fields"))
    )
    none = pl.Series(FLAW, [None], dtype=pl.String).new_from_index(0, len(frame))
    flaws = none.scatter(where, torn.select(flaw).to_series())
    ends = torn.select((pl.col(header) == _END).sum() for header in headers).row(0)
    mended = [
        frame[header].scatter(where.filter(torn[header].eq_missing(_END)), None)
        for header, count in zip(headers, ends, strict=True)
        if count
    ]
    return _with_blanks_marked(numbered(frame.with_columns(mended), first_row, flaws), headers)


def _with_blanks_marked(frame: pl.DataFrame, headers: list[str]) -> pl.DataFrame:
    """Mark the rows of delimiters only; where the first columns are filled, no other is looked at."""
    first = frame[headers[0]]
    if not first.null_count():
        return frame
    blank = first.is_null().arg_true()
    for header in headers[1:]:
        if not len(blank):
            return frame
        blank = blank.filter(frame[header].gather(blank).is_null())
    if not len(blank):
        return frame
    return frame.with_columns(frame[FLAW].scatter(blank, _BLANK))


def _flaw_damaged(frame: pl.DataFrame, headers: list[str], body: bytes) -> pl.DataFrame:
    if body.isascii() or _DAMAGED.encode() not in body:
        return frame
    damaged = pl.any_horizontal(pl.col(headers).str.contains(_DAMAGED, literal=True).fill_null(value=False))
    return frame.with_columns(pl.when(damaged).then(pl.lit("bad_encoding")).otherwise(pl.col(FLAW)).alias(FLAW))


def _careful(text: str, headers: list[str], delimiter: str, first_row: int) -> tuple[pl.DataFrame, int]:
    """Parse a block record by record; a torn record costs one line, never the rest of the file."""
    columns: list[list[str | None]] = [[] for _ in headers]
    flaws: list[str | None] = []
    rows: list[int] = []
    count = 0
    for fields, torn in _records(text.split("\n"), delimiter):
        number = first_row + count
        count += 1
        if not any(field.strip() for field in fields):
            continue
        flaw = torn
        if flaw is None and len(fields) != len(headers):
            flaw = "too_few_fields" if len(fields) < len(headers) else "too_many_fields"
        for place, column in enumerate(columns):
            column.append(fields[place] if place < len(fields) else None)
        flaws.append(flaw)
        rows.append(number)
    frame = pl.DataFrame(
        [pl.Series(header, values, dtype=pl.String) for header, values in zip(headers, columns, strict=True)]
    )
    flaw_column = pl.Series(FLAW, flaws, dtype=pl.String)
    frame = numbered(frame, 1, flaw_column).with_columns(pl.Series(ROW, rows, dtype=pl.Int64))
    return frame, count


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], str | None]]:
    place = 0
    last = len(lines) - 1 if lines and not lines[-1] else len(lines)
    while place < last:
        line = lines[place]
        if '"' not in line:
            yield (line.split(delimiter) if line.strip() else []), None
            place += 1
            continue
        fields, used = _quoted_record(lines, place, delimiter)
        if fields is None:
            yield line.replace('"', "").split(delimiter), "broken_quotes"
        else:
            yield fields, None
        place += used


def _quoted_record(lines: list[str], place: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Return the fields of the record that begins at a line and the lines it takes; None when its quotes are torn."""
    for used in range(1, min(_LONGEST_RECORD_LINES, len(lines) - place) + 1):
        record = [f"{line}\n" for line in lines[place : place + used]]
        try:
            parsed = list(csv.reader(record, delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                continue
            return None, 1
        return parsed[0], used
    return None, 1
