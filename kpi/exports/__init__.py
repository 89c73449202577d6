"""Write rows as CSV, JSON, NDJSON, Parquet or XLSX, safe to open in a spreadsheet."""

import io
import sys
from pathlib import Path

import polars as pl

from kpi.errors import QueryRefused, storage_error
from kpi.exports.plain_rows import flat_rows, without_formulas
from kpi.exports.workbook import workbook_bytes

BINARY_FORMATS = ("parquet", "xlsx")


def write_rows(rows: pl.DataFrame, form: str, out: Path | None) -> None:
    """Write rows to a file or to standard output; raise as `write_bytes` does."""
    write_bytes(rows_as_bytes(rows, form), form, out)


def write_bytes(content: bytes, form: str, out: Path | None) -> None:
    """Write what is encoded; raise `QueryRefused` for a binary terminal or a wrong place, `StorageError` when full."""
    if out is None:
        if form in BINARY_FORMATS and sys.stdout.isatty():
            raise QueryRefused("query_format_needs_file", format=form)
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise storage_error(error, out) or QueryRefused("out_not_writable", file=out) from error


def rows_as_bytes(rows: pl.DataFrame, form: str, *, is_first: bool = True) -> bytes:
    """Encode rows as csv (UTF-8 with BOM, RFC 4180), json, ndjson, parquet or xlsx.

    Text and headings that a spreadsheet would run as a formula get an apostrophe before them in CSV. CSV that is not
    the first part of a file has neither mark nor heading.
    """
    if form == "xlsx":
        return workbook_bytes({"rows": rows})
    buffer = io.BytesIO()
    if form == "parquet":
        rows.write_parquet(buffer)
    elif form in ("json", "ndjson"):
        # Polars writes no bytes as JSON.
        getattr(rows.with_columns(pl.col(pl.Binary).bin.encode("hex")), f"write_{form}")(buffer)
    else:
        if is_first:
            buffer.write("\ufeff".encode())
        without_formulas(flat_rows(rows)).write_csv(buffer, include_header=is_first, line_terminator="\r\n")
    return buffer.getvalue()
