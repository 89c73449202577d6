"""Read CSV and TSV: one fast parse per block when every row is whole, a careful one per row when it is not.

Polars fills short rows with nulls and drops surplus fields without a word. A sentinel field appended to each line
makes both visible: it must come back in its own column, or the row is short or long.
"""

import csv
from collections.abc import Iterator

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.chunks import FLAW, ROW, Chunk, numbered, parse_header

_END = "\x1f"
_END_COLUMN = "\x1eend"
_BLANK = ""  # the flaw of a line without anything on it, which is no row but has a number
_DAMAGED = "\ufffd"
_LONGEST_RECORD_LINES = 50


def read_delimited(blocks: Iterator[bytes], source_file: str, delimiter: str) -> Iterator[Chunk]:
    """Yield the rows of a delimited text; raise `SourceError` when its header cannot be read."""
    headers: list[str] = []
    row = 1
    for block in blocks:
        body = block
        if not headers:
            body = body.lstrip(b"\n")
            if not body:
                continue
            end = body.index(b"\n")
            headers, body = parse_header(body[:end].decode(), delimiter, source_file), body[end + 1 :]
        frame = _fast(body, headers, delimiter, row)
        if frame is None:
            frame, records = _careful(body.decode(), headers, delimiter, row)
        else:
            records = len(frame)
            blank = frame[FLAW] == _BLANK
            if blank.any():
                frame = frame.filter(~blank.fill_null(value=False))
        row += records
        yield Chunk(_flaw_damaged(frame, headers, body))
    if not headers:
        raise SourceError("file_empty", file=source_file)


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
        return _with_blanks_marked(whole, headers) if len(headers) == 1 else whole
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
    return numbered(frame.with_columns(mended), first_row, flaws)


def _with_blanks_marked(frame: pl.DataFrame, headers: list[str]) -> pl.DataFrame:
    blank = pl.col(headers[0]).is_null()
    return frame.with_columns(pl.when(blank).then(pl.lit(_BLANK)).otherwise(pl.col(FLAW)).alias(FLAW))


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
        if not fields:
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
