"""Read workbooks: one sheet, or several as one table; a sheet of notes beside the data is left alone."""

import zipfile
import zlib

import fastexcel
import polars as pl

from kpi.errors import SourceError
from kpi.ingest.bounds import Bounds
from kpi.ingest.chunks import Chunk, joined_headers, numbered, unique_headers
from kpi.ingest.headers import columns_that_are, required_columns
from kpi.ingest.normalise import label_key
from kpi.ingest.sources import Source, glob_pattern
from kpi.ingest.workbook_bounds import check_workbook
from kpi.ingest.workbook_cells import told_cells, told_cells_of_ods

_HIDE_PERCENT = ("xlsb", "xls")  # whose reader does not tell the format of a cell
_FEW = 2  # known headers from which a sheet is data with a fault, and no notes


def read_workbook(content: bytes, kind: str, source_file: str, source: Source, bounds: Bounds) -> Chunk:
    """Return the rows of a workbook's sheets; raise `SourceError` when it is damaged or two sheets hold data."""
    has_formulas = False
    try:
        if kind != "xls":
            check_workbook(content, source_file, bounds)
        if kind == "xlsx":
            content, has_formulas = told_cells(content)
        elif kind == "ods":
            content = told_cells_of_ods(content)
        book = fastexcel.read_excel(content)
        tables = _tables(book, source_file, source, bounds)
    except (
        fastexcel.FastExcelError,
        KeyError,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
    ) as error:
        raise SourceError("file_unreadable", file=source_file, format=kind.upper()) from error
    frame = pl.concat(tables, how="diagonal") if len(tables) > 1 else tables[0]
    chunk = numbered(frame, 1)
    filled = chunk.filter(pl.any_horizontal(pl.col(frame.columns).is_not_null()))
    return Chunk(filled, is_typed=True, has_formulas=has_formulas, hides_percent=kind in _HIDE_PERCENT)


def _tables(book: fastexcel.ExcelReader, source_file: str, source: Source, bounds: Bounds) -> list[pl.DataFrame]:
    if source.sheet is not None:
        if source.sheet not in book.sheet_names:
            raise SourceError("sheet_missing", file=source_file, sheet=source.sheet, sheets=", ".join(book.sheet_names))
        return [_table(_load(book, source.sheet, source), source_file, source, bounds)]
    wanted = [name for name in book.sheet_names if not source.sheets or _is_meant(name, source)]
    sheets = {sheet.name: sheet for sheet in (_load(book, name, source) for name in wanted)}
    filled = [sheet for sheet in sheets.values() if sheet.visible == "visible" and sheet.height]
    if not filled:
        raise SourceError("file_empty", file=source_file)
    tables = [(sheet.name, _table(sheet, source_file, source, bounds)) for sheet in filled]
    with_data = [(name, table) for name, table in tables if _is_data(name, table, source_file, source, len(tables))]
    if len(with_data) > 1 and not source.sheets:
        raise SourceError("sheets_several", file=source_file, sheets=", ".join(name for name, _ in with_data))
    if not with_data:
        raise SourceError("sheets_without_header", file=source_file, sheets=", ".join(name for name, _ in tables))
    return [_with_name(name, table, source) for name, table in with_data]


def _is_meant(name: str, source: Source) -> bool:
    return any(glob_pattern(label_key(glob)).fullmatch(label_key(name)) for glob in source.sheets)


def _is_data(name: str, table: pl.DataFrame, source_file: str, source: Source, sheets: int) -> bool:
    """Tell whether a sheet has the header; one that has most of it is no sheet of notes and must not be lost."""
    if sheets == 1:
        return True
    given = columns_that_are(table.columns, source)
    elsewhere = set(source.constants)
    if source.sheet_name_is:
        elsewhere.add(source.sheet_name_is)
    if source.unpivot:
        elsewhere |= {*source.unpivot.into, source.unpivot.values}
    needed = set(required_columns(source, given | elsewhere)) - elsewhere
    if needed <= given:
        return True
    if len(given) >= _FEW:
        missing = ", ".join(sorted(needed - given))
        raise SourceError("sheet_header_incomplete", file=source_file, sheet=name, columns=missing)
    return False


def _with_name(name: str, table: pl.DataFrame, source: Source) -> pl.DataFrame:
    return table.with_columns(pl.lit(name).alias(source.sheet_name_is)) if source.sheet_name_is else table


def _load(book: fastexcel.ExcelReader, name: str, source: Source) -> fastexcel.ExcelSheet:
    # without a number of rows to skip, a sheet begins with the first row that has something in it
    skipped = source.header_row - 1 if source.header_row else None
    return book.load_sheet(name, header_row=None, dtypes="string", skip_rows=skipped)


def _table(sheet: fastexcel.ExcelSheet, source_file: str, source: Source, bounds: Bounds) -> pl.DataFrame:
    """Make the first row that holds anything the header; rows without a single value are not rows."""
    cells = _cells(sheet)
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    if not len(filled):
        raise SourceError("file_empty", file=source_file)
    top = 0 if source.header_row else int(filled[0])
    lines = [
        [label or "" for label in cells.row(place)] for place in range(top, min(top + source.header_rows, len(cells)))
    ]
    labels = joined_headers(lines)
    body = cells.slice(top + source.header_rows)
    used = [place for place, label in enumerate(labels) if label or body.to_series(place).null_count() < len(body)]
    headers = unique_headers([labels[place] for place in used], source_file, source.ignore, bounds)
    return pl.DataFrame([body.to_series(place).alias(header) for place, header in zip(used, headers, strict=True)])


def _cells(sheet: fastexcel.ExcelSheet) -> pl.DataFrame:
    """Return the cells as text, blanks as null; one that holds an error such as #DIV/0! says so."""
    batch, errors = sheet.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        name = cells.columns[column]
        cells = cells.with_columns(cells[name].scatter(row, f"#{error.detail.rpartition('(')[2].strip(chr(39) + ')')}"))
    text = pl.all()
    return cells.with_columns(pl.when(text.str.strip_chars() != "").then(text).name.keep())
