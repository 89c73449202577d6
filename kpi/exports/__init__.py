"""Write rows as CSV, JSON, Parquet or XLSX, safe to open in a spreadsheet."""

import io
import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import xlsxwriter

from kpi.errors import QueryRefused

BINARY_FORMATS = ("parquet", "xlsx")
# A spreadsheet runs a text cell that begins with one of these as a formula.
FORMULA_STARTS = r"^[\s\u00a0\u200b\ufeff]*[=+\-@\t\r\n＝＋－＠]"
PLAIN_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def write_rows(rows: pl.DataFrame, form: str, out: Path | None) -> None:
    """Write rows to a file, or to standard output for the text formats; raise `QueryRefused` for a binary terminal."""
    if out is None and form in BINARY_FORMATS and sys.stdout.isatty():
        raise QueryRefused("query_format_needs_file", format=form)
    content = rows_as_bytes(rows, form)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)


def rows_as_bytes(rows: pl.DataFrame, form: str) -> bytes:
    """Encode rows as csv (UTF-8 with BOM, RFC 4180), json, ndjson, parquet or xlsx.

    Text that a spreadsheet would run as a formula gets an apostrophe before it in CSV; XLSX stores text as text.
    """
    buffer = io.BytesIO()
    if form == "parquet":
        rows.write_parquet(buffer)
    elif form == "json":
        rows.write_json(buffer)
    elif form == "ndjson":
        rows.write_ndjson(buffer)
    elif form == "csv":
        buffer.write("\ufeff".encode())
        without_formulas(_flat(rows)).write_csv(buffer, line_terminator="\r\n")
    else:
        _flat(rows).write_excel(buffer, autofit=True)
    return buffer.getvalue()


def sheets_as_bytes(sheets: Mapping[str, pl.DataFrame], *, right_to_left: bool = False) -> bytes:
    """Encode several frames as the sheets of one XLSX; text is stored as text, never as a formula or a link."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        for name, rows in sheets.items():
            _flat(rows).write_excel(workbook, worksheet=name, autofit=True)
            if right_to_left:
                workbook.get_worksheet_by_name(name).right_to_left()
    return buffer.getvalue()


def without_formulas(rows: pl.DataFrame) -> pl.DataFrame:
    """Prefix an apostrophe to text that a spreadsheet would run; plain numbers stay as they are."""
    text = pl.col(pl.String)
    runs = text.str.contains(FORMULA_STARTS) & ~text.str.contains(PLAIN_NUMBER)
    return rows.with_columns(pl.when(runs).then(pl.lit("'") + text).otherwise(text).name.keep())


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]
    return rows.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(", ")) if lists else rows
